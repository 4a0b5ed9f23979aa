/** `validation` for the tests that run all controls. */
import { validation } from '../../../proxy/controls/validation/index.ts';
import type { Samples } from '../samples.ts';

export const samples: Samples = {
  table: [validation(), ['`results`', validation({ results: { stripHiddenUnicode: true } })]],
  linear: {
    validation: validation({
      results: { checkOutputSchema: true, stripHiddenUnicode: true, maxCharacters: 2_000_000 },
    }),
    'validation, cutting': validation({ checkInputSchema: false, maxDepth: 100, results: { maxCharacters: 4_000 } }),
    'validation, sanitizing': validation({
      checkInputSchema: false,
      refuse: [{ path: '**', what: ['path-traversal', 'hidden-unicode'] }],
    }),
  },
  hostile: { validation: validation({ results: { checkOutputSchema: true } }) },
};
