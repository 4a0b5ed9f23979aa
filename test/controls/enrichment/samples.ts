/** `enrichment`, made for the tests that go through all controls. */
import { enrichment } from '../../../proxy/controls/enrichment/index.ts';
import type { Samples } from '../samples.ts';

export const samples: Samples = {
  table: [
    enrichment({ hide: ['y'] }),
    ['an argument from a claim', enrichment({ tools: { y: { arguments: { a: { claim: 'org' } } } } })],
    [
      'an argument from a binding',
      enrichment({ tools: { y: { arguments: { a: { binding: 'VARIABLE', for: 'x' } } } } }),
    ],
  ],
  linear: { enrichment: enrichment({ tools: { x: { delimit: true } } }) },
};
