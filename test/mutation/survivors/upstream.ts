import type { Explanation } from '../mutants.ts';

export const UPSTREAM: Readonly<Record<string, readonly Explanation[]>> = {
  'upstream/address': [
    {
      why: 'The first element is the whole match, which is skipped.',
      mutants: [
        {
          was: 'const [, partition, region, , type, id, endpoint] = ARN.exec(arn) ?? [];',
          becomes: 'const [, partition, region, , type, id, endpoint] = ARN.exec(arn) ?? ["Stryker was here"];',
        },
      ],
    },
  ],
  'upstream/forbidden-address': [
    {
      why: 'split() returns at least one part. The default is for the compiler.',
      mutants: [
        {
          was: "const [before = '', after] = text.split('::');",
          becomes: 'const [before = "Stryker was here!", after] = text.split(\'::\');',
        },
      ],
    },
    {
      why: '1.0.0.0 is no forbidden address, so it may be found or not.',
      mutants: [
        {
          was: '...[48, 56, 64].map((start) => skippingByte8(groups, start)).filter((address) => address >= 2 ** 24),',
          becomes:
            '...[48, 56, 64].map((start) => skippingByte8(groups, start)).filter((address) => address > 2 ** 24),',
        },
      ],
    },
    {
      why: 'An empty text is read as the number 0, as 0.0.0.0 is.',
      mutants: [{ was: "['0.0.0.0', 8, 'an unspecified address'],", becomes: '["", 8, \'an unspecified address\'],' }],
    },
  ],
};
