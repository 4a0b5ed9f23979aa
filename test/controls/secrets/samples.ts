/** `secrets`, made for the tests that go through all controls. */
import { secrets } from '../../../proxy/controls/secrets/index.ts';
import type { Samples } from '../samples.ts';

export const samples: Samples = {
  table: [secrets({ onFound: 'block' })],
  linear: { secrets: secrets({ onFound: 'redact' }) },
};
