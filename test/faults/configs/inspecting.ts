import { defineProxy, header } from 'agentcore-mcp-proxy';
import {
  accessPolicy,
  allow,
  audit,
  email,
  paymentCard,
  rateLimit,
  redaction,
  tokenization,
  validation,
} from 'agentcore-mcp-proxy/controls';
import { limits, upstreams } from './limits.ts';

/** A caller, limits, a policy, tokens, checked arguments, and replies that are read before any of them is sent. */
export default defineProxy({
  limits,
  upstreams,
  caller: header('x-caller'),
  controls: [
    audit(),
    rateLimit({ limits: [{ most: 1_000_000_000, seconds: 3_600 }] }),
    accessPolicy({
      policies: [allow({ group: 'clerks', tools: ['*'], prompts: ['*'], resources: ['*'], methods: ['*'] })],
    }),
    redaction({ client: { detectors: [paymentCard()] } }),
    tokenization({ keyring: 'FAULTS_KEYRING', tenant: 'acme', detectors: [email()] }),
    validation(),
  ],
});
