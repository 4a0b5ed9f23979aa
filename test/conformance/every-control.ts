/**
 * The proxy with every built-in control. Each looks at everything that it can, and allows it. `setup` gets the bindings
 * that an operator would set.
 */
import { randomBytes } from 'node:crypto';
import {
  accessPolicy,
  allow,
  audit,
  custom,
  enrichment,
  rateLimit,
  redaction,
  secrets,
  tokenization,
  toolLock,
  validation,
} from '../../proxy/controls/index.ts';
import { defineProxy, fixed } from '../../proxy/index.ts';
import { run } from '../../proxy/run.ts';
import { writtenLock } from '../controls/tool-lock/written.ts';

process.env['CONFORMANCE_KEYRING'] ??= JSON.stringify({
  current: 'k1',
  keys: { k1: randomBytes(32).toString('base64url') },
});
process.env['TOKENIZATION_KEYRING'] ??= 'env:CONFORMANCE_KEYRING';

/** A text that every control searches for, and that never occurs. */
const fields = [{ path: '**.x-looked-for' }];
const detectors = [custom({ name: 'looked-for', pattern: 'LOOKED-FOR-\\d{6}' })];

await run(
  defineProxy({
    caller: fixed({ sub: 'conformance' }),
    controls: [
      audit(),
      rateLimit({
        limits: [
          { most: 1_000_000, seconds: 60 },
          { most: 1_000_000, seconds: 60, tools: ['*'] },
        ],
      }),
      accessPolicy({ policies: [allow({ tools: ['*'], resources: ['*'], prompts: ['*'], methods: ['*'] })] }),
      enrichment({ tools: { test_simple_text: { description: 'Returns a text, as the proxy has it' } } }),
      redaction({ upstream: { fields, detectors }, client: { fields, detectors } }),
      secrets({ onFound: 'redact' }),
      tokenization({ tenant: 'conformance', fields: [{ path: '**.x-looked-for', type: 'name' }], detectors }),
      // The suite calls this tool with null where the tool's own schema requires a boolean.
      validation({
        unchecked: ['test_custom_headers_null'],
        results: { checkOutputSchema: true, stripHiddenUnicode: true, maxCharacters: 2_000_000 },
      }),
      // Compares everything with a lock that has nothing of it, and lets it pass.
      toolLock({ lock: writtenLock({}), mode: 'audit' }),
    ],
  }),
  process.argv.slice(2),
);
