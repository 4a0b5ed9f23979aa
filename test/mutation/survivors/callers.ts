import type { Explanation } from '../mutants.ts';

export const CALLERS: Readonly<Record<string, readonly Explanation[]>> = {
  'callers/jwt-verifier': [
    {
      why: 'GET is the default.',
      mutants: [
        { was: "method: 'GET',", becomes: 'method: "",' },
        {
          was: "const reply = await fetchKeys(url, { method: 'GET', headers: { accept: 'application/json' } });",
          becomes: 'const reply = await fetchKeys(url, { method: "", headers: { accept: \'application/json\' } });',
        },
      ],
    },
    {
      why: 'No issuer is written like that, so it is another one, too.',
      mutants: [
        {
          was: "issuerId(URL.parse(issuer)?.href ?? '') !== id ||",
          becomes: 'issuerId(URL.parse(issuer)?.href ?? "Stryker was here!") !== id ||',
        },
      ],
    },
    {
      why: 'No claim is called undefined, and the list has texts only. The checks are for the compiler.',
      mutants: [
        {
          was: 'const client = claim === undefined ? undefined : payload[claim];',
          becomes: 'const client = false ? undefined : payload[claim];',
        },
        {
          was: "if (typeof client === 'string' && allowed.includes(client)) return;",
          becomes: 'if (true && allowed.includes(client)) return;',
        },
      ],
    },
  ],
};
