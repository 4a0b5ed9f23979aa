/** `rate-limit` for the tests that run all controls. */
import { rateLimit } from '../../../proxy/controls/rate-limit/index.ts';
import type { Samples } from '../samples.ts';

export const samples: Samples = {
  table: [
    rateLimit({ limits: [{ most: 1, seconds: 1, of: 'upstream' }] }),
    ["`of: 'caller'`", rateLimit({ limits: [{ most: 1, seconds: 1 }] })],
    ['`concurrency`', rateLimit({ concurrency: { perUpstream: 1 } })],
    ['`store`', rateLimit({ limits: [{ most: 1, seconds: 1, of: 'upstream' }], store: { table: 'TABLE' } })],
  ],
  linear: {
    'rate-limit': rateLimit({
      limits: [
        { most: 1_000_000, seconds: 60 },
        { most: 1_000_000, seconds: 60, tools: ['*'] },
      ],
    }),
  },
};
