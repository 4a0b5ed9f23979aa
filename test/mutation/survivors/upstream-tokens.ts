import type { Explanation } from '../mutants.ts';

export const UPSTREAM_TOKENS: Readonly<Record<string, readonly Explanation[]>> = {
  'upstream/auth/known-refusals': [
    {
      why: 'No number or second code has that name. The defaults are for the compiler.',
      mutants: [
        { was: "NUMBERS.get(number ?? '') ??", becomes: 'NUMBERS.get(number ?? "Stryker was here!") ??' },
        { was: "SUBERRORS.get(suberror ?? '') ??", becomes: 'SUBERRORS.get(suberror ?? "Stryker was here!") ??' },
      ],
    },
  ],
  'upstream/auth/token-refusal': [
    {
      why: 'Without the return the function returns undefined, too.',
      mutants: [{ was: '} catch {', becomes: '} catch {}' }],
    },
    {
      why: 'The defaults match no pattern, nor does what is no text. An endpoint that is no URL is named like none.',
      mutants: [
        {
          was: "const wait = /^\\d{1,6}$/.exec(headers.get('retry-after') ?? '')?.[0];",
          becomes: 'const wait = /^\\d{1,6}$/.exec(headers.get(\'retry-after\') ?? "Stryker was here!")?.[0];',
        },
        {
          was: "const said = typeof description === 'string' ? description : '';",
          becomes: "const said = true ? description : '';",
        },
        {
          was: "const said = typeof description === 'string' ? description : '';",
          becomes: 'const said = typeof description === \'string\' ? description : "Stryker was here!";',
        },
        {
          was: "return `the token endpoint at ${URL.parse(server.token_endpoint ?? '')?.origin ?? 'an unknown place'}`;",
          becomes:
            'return `the token endpoint at ${URL.parse(server.token_endpoint ?? "Stryker was here!")?.origin ?? \'an unknown place\'}`;',
        },
      ],
    },
  ],
};
