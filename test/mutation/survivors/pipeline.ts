import type { Explanation } from '../mutants.ts';

export const PIPELINE: Readonly<Record<string, readonly Explanation[]>> = {
  'pipeline/compose': [
    {
      why: 'faultOf adds the name of the control.',
      mutants: [
        {
          was: 'return new ControlFault(`control ${control} ${words}`, { control });',
          becomes: 'return new ControlFault(`control ${control} ${words}`, {});',
        },
      ],
    },
  ],
  'pipeline/answered': [
    {
      why: 'White space between the values of a JSON text means nothing, nor does its absence.',
      mutants: [
        {
          was: "const body = Buffer.from(events ? `event: message\\ndata: ${text.replaceAll(/[\\r\\n]/g, ' ')}\\n\\n` : text);",
          becomes:
            'const body = Buffer.from(events ? `event: message\\ndata: ${text.replaceAll(/[\\r\\n]/g, "")}\\n\\n` : text);',
        },
      ],
    },
    {
      why: 'A client without Accept accepts no event stream by name, whatever else stands there. The first part always exists.',
      mutants: [
        {
          was: "const types = (accept ?? '').split(',').map((range) => (range.split(';', 1)[0] ?? '').trim().toLowerCase());",
          becomes:
            "const types = (accept ?? \"Stryker was here!\").split(',').map((range) => (range.split(';', 1)[0] ?? '').trim().toLowerCase());",
        },
        {
          was: "const types = (accept ?? '').split(',').map((range) => (range.split(';', 1)[0] ?? '').trim().toLowerCase());",
          becomes:
            "const types = (accept ?? '').split(',').map((range) => (range.split(';', 1)[0] ?? \"Stryker was here!\").trim().toLowerCase());",
        },
      ],
    },
  ],
};
