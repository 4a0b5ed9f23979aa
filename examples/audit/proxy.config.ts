/** Audit lines in OCSF, each with the hash of the line before, signed at intervals. */
import { defineProxy } from 'agentcore-mcp-proxy';
import { audit } from 'agentcore-mcp-proxy/controls';

export default defineProxy({
  controls: [
    audit({
      format: 'ocsf',
      fingerprints: { keyring: 'AUDIT_KEYS', caller: true, arguments: ['id'] },
      chain: { keyring: 'AUDIT_KEYS', everyLines: 4 },
      onSinkFailure: 'deny',
    }),
  ],
});
