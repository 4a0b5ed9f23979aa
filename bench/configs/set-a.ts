import { defineProxy, header } from 'agentcore-mcp-proxy';
import {
  accessPolicy,
  allow,
  audit,
  email,
  paymentCard,
  rateLimit,
  tokenization,
  validation,
} from 'agentcore-mcp-proxy/controls';

/** A platform team's first set: callers are identified, and every call passes five controls. */
export default defineProxy({
  caller: header('x-caller'),
  controls: [
    audit(),
    rateLimit({
      limits: [
        { most: 1_000_000_000, seconds: 3_600 },
        { most: 1_000_000_000, seconds: 60, of: 'upstream' },
      ],
    }),
    accessPolicy({
      policies: [
        allow({ group: 'clerks', tools: ['*_customer', '*_order*', '*_world', 'warehouse_*'] }),
        allow({ group: 'admins', tools: ['*'] }),
      ],
    }),
    tokenization({ keyring: 'BENCH_KEYRING', tenant: 'acme', detectors: [email(), paymentCard()] }),
    validation(),
  ],
});
