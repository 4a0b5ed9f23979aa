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
  'upstream/auth/sigv4': [
    {
      why: 'What is cached is computed anew: slower, and the same.',
      mutants: [
        { was: 'if (date !== keyDate || secret !== keySecret) {', becomes: 'if (true) {' },
        { was: 'if (Math.floor(now / 1000) !== second) {', becomes: 'if (true) {' },
        { was: 'if (Math.floor(now / 1000) !== second) {', becomes: 'if (Math.floor(now * 1000) !== second) {' },
        { was: 'second = Math.floor(now / 1000);', becomes: 'second = Math.floor(now * 1000);' },
        {
          was: 'if (request.path !== target?.path) target = { path: request.path, canonical: canonicalTarget(request.path) };',
          becomes: 'if (true) target = { path: request.path, canonical: canonicalTarget(request.path) };',
        },
      ],
    },
    {
      why: 'No key, date or second is the one that the cache begins with.',
      mutants: [
        { was: "let keyDate = '';", becomes: 'let keyDate = "Stryker was here!";' },
        { was: "let keySecret = '';", becomes: 'let keySecret = "Stryker was here!";' },
        { was: "let secondText = '';", becomes: 'let secondText = "Stryker was here!";' },
        { was: 'let second = -1;', becomes: 'let second = +1;' },
      ],
    },
    {
      why: 'A flat list has a value for each name. The defaults are for the compiler.',
      mutants: [
        { was: "const name = headers[i] ?? '';", becomes: 'const name = headers[i] ?? "Stryker was here!";' },
        { was: "const value = headers[i + 1] ?? '';", becomes: 'const value = headers[i + 1] ?? "Stryker was here!";' },
      ],
    },
    {
      why: 'There is no header beyond the end of the list.',
      mutants: [
        {
          was: 'for (let i = headers.length - 2; i >= 0; i -= 2) {',
          becomes: 'for (let i = headers.length + 2; i >= 0; i -= 2) {',
        },
      ],
    },
  ],
  'upstream/auth/ways': [
    {
      why: 'The value is awaited, so a promise of undefined and undefined are the same.',
      mutants: [
        {
          was: 'none: way({ variables: {}, read: () => () => Promise.resolve(undefined) }),',
          becomes: 'none: way({ variables: {}, read: () => () => undefined }),',
        },
      ],
    },
    {
      why: 'The pattern matches the text "undefined". The condition is for the compiler.',
      mutants: [
        {
          was: 'if (header !== undefined && !SECRET_HEADER.test(header))',
          becomes: 'if (true && !SECRET_HEADER.test(header))',
        },
      ],
    },
    {
      why: 'No variable is used for two purposes yet.',
      mutants: [
        {
          was: "[...purposes].map(([purpose, names]) => `${names.join(', ')}: ${purpose}`).join('; ');",
          becomes: '[...purposes].map(([purpose, names]) => `${names.join(\', \')}: ${purpose}`).join("");',
        },
      ],
    },
  ],
};
