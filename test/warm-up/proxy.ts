import { accessPolicy, audit, email, phone, redaction, tokenization, validation } from '../../proxy/controls/index.ts';
import { header } from '../../proxy/index.ts';
/** A proxy with much to load, and much that must not be in a snapshot. */
import { defineControl } from '../../proxy/pipeline/control.ts';
import { run } from '../../proxy/run.ts';

const failing = defineControl({
  name: 'failing',
  replies: 'ignores',
  setup: () => (call, next) => {
    if (call.name === 'fail') throw new Error('a fault of the control');
    return next(call);
  },
});

await run(
  {
    caller: header('x-caller'),
    controls: [
      audit({ chain: { keyring: 'AUDIT_KEYS' }, fingerprints: { keyring: 'AUDIT_KEYS', caller: true } }),
      accessPolicy({ policies: ['permit(principal, action, resource);'] }),
      redaction({ client: { detectors: [phone()] } }),
      tokenization({ keyring: 'TOKEN_KEYS', tenant: 'acme', detectors: [email()] }),
      failing,
      validation(),
    ],
  },
  [],
);
