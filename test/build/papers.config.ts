/**
 * A config that bundles every kind of library: policies in Cedar, tokens, patterns, phone numbers, tables, callers'
 * tokens.
 */
import { defineProxy, jwks } from 'agentcore-mcp-proxy';
import {
  accessPolicy,
  allow,
  audit,
  email,
  phone,
  rateLimit,
  redaction,
  tokenization,
  validation,
} from 'agentcore-mcp-proxy/controls';

export default defineProxy({
  caller: jwks({ issuer: 'https://login.example.com', audience: 'mcp' }),
  controls: [
    audit({ firehose: 'AUDIT_STREAM' }),
    rateLimit({ limits: [{ most: 10, seconds: 60 }], store: { table: 'RATE_LIMITS' } }),
    accessPolicy({ policies: [allow({ group: 'g', tools: ['*'] })] }),
    redaction({ client: { detectors: [email(), phone({ countries: ['US'] })] } }),
    tokenization({ tenant: 'acme', detectors: [email()] }),
    validation(),
  ],
});
