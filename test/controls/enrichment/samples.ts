/** `enrichment` for the tests that run all controls. */
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
  hostile: { enrichment: enrichment({ tools: { known: { name: 'shown', delimit: true } } }) },
  entries: {
    enrichment: enrichment({
      tools: {
        odd: {
          title: 'T',
          description: (own) => `${own}!`,
          annotations: { readOnlyHint: true },
          meta: { k: 1 },
          arguments: { b: { value: 1 } },
          delimit: true,
        },
      },
    }),
    renaming: enrichment({ tools: { odd: { name: 'even' } } }),
  },
};
