/** `secrets` for the tests that run all controls. */
import { secrets } from '../../../proxy/controls/secrets/index.ts';
import type { Samples } from '../samples.ts';

export const samples: Samples = {
  table: [secrets({ onFound: 'block' })],
  linear: { secrets: secrets({ onFound: 'redact' }) },
};
