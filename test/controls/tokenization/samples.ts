/** `tokenization` for the tests that run all controls. */
import { email } from '../../../proxy/controls/shared/detectors/index.ts';
import { tokenization } from '../../../proxy/controls/tokenization/index.ts';
import type { Samples } from '../samples.ts';
import { everyDetector, hiddenFields } from '../shared/every-detector.ts';
import { TENANT } from './keys.ts';

const detectors = everyDetector();
const fields = hiddenFields.map((field) => ({ ...field, type: 'name' }));

export const samples: Samples = {
  table: [
    tokenization({ tenant: TENANT, detectors: [email()], keyring: 'KEYRING' }),
    ['`tenant: { claim }`', tokenization({ tenant: { claim: 'org' }, detectors: [email()], keyring: 'KEYRING' })],
  ],
  linear: {
    "tokenization, hideFrom: 'upstream'": tokenization({ tenant: TENANT, detectors, fields, whenNoToken: 'redact' }),
    "tokenization, hideFrom: 'client'": tokenization({
      tenant: TENANT,
      hideFrom: 'client',
      detectors,
      fields,
      whenNoToken: 'redact',
      restore: [{ path: '**', within: true }],
    }),
  },
  hostile: {
    tokenization: tokenization({ tenant: TENANT, detectors: [email()] }),
    'tokenization-hidden': tokenization({
      tenant: { claim: 'sub' },
      hideFrom: 'client',
      fields: [{ tool: 'known', path: 'name', type: 'email' }],
    }),
  },
};
