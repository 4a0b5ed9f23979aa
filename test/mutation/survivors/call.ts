import type { Explanation } from '../mutants.ts';

export const CALL: Readonly<Record<string, readonly Explanation[]>> = {
  'call/variants': [
    {
      why: 'It saves work for the usual keys. Folding gives the same.',
      mutants: [
        { was: 'if (/^[a-z]*$/.test(key)) return key;', becomes: 'if (false) return key;' },
        { was: 'if (/^[a-z]*$/.test(key)) return key;', becomes: 'if (/^[a-z]$/.test(key)) return key;' },
      ],
    },
  ],
};
