/** `redaction` for the tests that run all controls. */
import { redaction } from '../../../proxy/controls/redaction/index.ts';
import { email } from '../../../proxy/controls/shared/detectors/index.ts';
import type { Samples } from '../samples.ts';
import { everyDetector, hiddenFields as fields } from '../shared/every-detector.ts';

const known = { tool: 'known', path: 'name' };
const rules = { fields, detectors: everyDetector() };

export const samples: Samples = {
  table: [
    redaction({ upstream: { detectors: [email()] } }),
    ['`client`', redaction({ client: { detectors: [email()] } })],
  ],
  linear: { redaction: redaction({ upstream: rules, client: rules }) },
  hostile: {
    redaction: redaction({ upstream: { fields: [known] }, client: { detectors: [email()], fields: [known] } }),
  },
};
