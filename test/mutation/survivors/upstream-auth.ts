import type { Explanation } from '../mutants.ts';

export const UPSTREAM_AUTH: Readonly<Record<string, readonly Explanation[]>> = {
  'upstream/auth/header-list': [
    {
      why: 'There is no header beyond the end of the list.',
      mutants: [
        {
          was: 'for (let i = headers.length - 2; i >= 0; i -= 2) {',
          becomes: 'for (let i = headers.length + 2; i >= 0; i -= 2) {',
        },
        {
          was: 'for (let i = 0; i < headers.length; i += 2) {',
          becomes: 'for (let i = 0; i <= headers.length; i += 2) {',
        },
      ],
    },
  ],
};
