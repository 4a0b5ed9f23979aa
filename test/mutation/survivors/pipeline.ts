import type { Explanation } from '../mutants.ts';

export const PIPELINE: Readonly<Record<string, readonly Explanation[]>> = {
  'pipeline/compose': [
    {
      why: 'A control in steps does the same alone. Those in a row are run together to save promises.',
      mutants: [
        { was: 'if (stepsIn(layer) !== undefined) {', becomes: 'if (false) {' },
        {
          was: 'while (start > 0 && stepsIn(layers[start - 1]) !== undefined) start--;',
          becomes: 'while (false) start--;',
        },
        {
          was: 'while (start > 0 && stepsIn(layers[start - 1]) !== undefined) start--;',
          becomes: 'while (start <= 0 && stepsIn(layers[start - 1]) !== undefined) start--;',
        },
        {
          was: 'function stepsIn(layer: Layer | undefined): Stepped | undefined {',
          becomes: 'function stepsIn(layer: Layer | undefined): Stepped | undefined {}',
        },
        {
          was: 'if (layer === undefined || layer.seen === true) return undefined;',
          becomes: 'if (true) return undefined;',
        },
        {
          was: 'if (layer === undefined || layer.seen === true) return undefined;',
          becomes: 'if (layer !== undefined || layer.seen === true) return undefined;',
        },
      ],
    },
    {
      why: 'The index is within the list, and before the first layer stands none. The checks are for the compiler.',
      mutants: [
        { was: 'for (let end = layers.length; end > 0;) {', becomes: 'for (let end = layers.length; end >= 0;) {' },
        { was: 'if (layer === undefined) break;', becomes: 'if (false) break;' },
        {
          was: 'if (layer === undefined || layer.seen === true) return undefined;',
          becomes: 'if (false || layer.seen === true) return undefined;',
        },
        {
          was: 'while (start > 0 && stepsIn(layers[start - 1]) !== undefined) start--;',
          becomes: 'while (true && stepsIn(layers[start - 1]) !== undefined) start--;',
        },
        {
          was: 'while (start > 0 && stepsIn(layers[start - 1]) !== undefined) start--;',
          becomes: 'while (start >= 0 && stepsIn(layers[start - 1]) !== undefined) start--;',
        },
      ],
    },
    {
      why: 'Each of these layers has steps. The default is for the compiler.',
      mutants: [
        {
          was: 'layers.slice(start, end).flatMap((one) => stepsIn(one) ?? []),',
          becomes: 'layers.slice(start, end).flatMap((one) => stepsIn(one) ?? ["Stryker was here"]),',
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
