/** `audit` for the tests that run all controls. */
import { audit } from '../../../proxy/controls/audit/index.ts';
import type { Samples } from '../samples.ts';

export const samples: Samples = {
  table: [
    audit(),
    ['`fingerprints`', audit({ fingerprints: { keyring: 'KEYRING', caller: true } })],
    ['`chain`', audit({ chain: { keyring: 'KEYRING' } })],
    ['`firehose`', audit({ firehose: 'STREAM' })],
  ],
  linear: { audit: audit() },
};
