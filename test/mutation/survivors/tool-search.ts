import type { Explanation } from '../mutants.ts';

/** It stands after each part of long work. */
const TURN = 'if (isTurnOver()) await nextTurn();';
const TURNS: Explanation = {
  why: 'Other calls go on between the parts of long work. Its result is the same.',
  mutants: [
    { was: TURN, becomes: 'if (true) await nextTurn();' },
    { was: TURN, becomes: 'if (false) await nextTurn();' },
  ],
};

export const TOOL_SEARCH: Readonly<Record<string, readonly Explanation[]>> = {
  'tool-search/listing': [
    {
      why: 'It saves work for a page that is known. Its digest and its cursor are the same.',
      mutants: [
        { was: 'const MAX_CURSOR_BYTES = 4 * 1024 * 1024;', becomes: 'const MAX_CURSOR_BYTES = 4 * 1024 / 1024;' },
        { was: 'const MAX_CURSOR_BYTES = 4 * 1024 * 1024;', becomes: 'const MAX_CURSOR_BYTES = 4 / 1024 * 1024;' },
        {
          was: 'readonly #cursors = new Cache<string>({ maxBytes: MAX_CURSOR_BYTES });',
          becomes: 'readonly #cursors = new Cache<string>({});',
        },
        { was: 'this.#cursors.set(page.digest, cursor);', becomes: ';' },
        {
          was: "const whose = `${client.era}\\n${cursor ?? ''}\\n${client.caller.key}`;",
          becomes: 'const whose = ``;',
        },
        {
          was: "const whose = `${client.era}\\n${cursor ?? ''}\\n${client.caller.key}`;",
          becomes: "const whose = `${client.era}\\n${cursor && ''}\\n${client.caller.key}`;",
        },
        {
          was: "const whose = `${client.era}\\n${cursor ?? ''}\\n${client.caller.key}`;",
          becomes: 'const whose = `${client.era}\\n${cursor ?? "Stryker was here!"}\\n${client.caller.key}`;',
        },
      ],
    },
    {
      why: 'JSON leaves out a member that is undefined.',
      mutants: [
        {
          was: 'const page = cursor === undefined ? {} : { cursor };',
          becomes: 'const page = false ? {} : { cursor };',
        },
      ],
    },
  ],
  // In each of three loops.
  'tool-search/ranker': [TURNS, TURNS, TURNS],
  'tool-search/searched': [
    TURNS,
    {
      why: 'A page that was read has a list of tools, and a text for each. The checks are for the compiler.',
      mutants: [
        { was: 'let result = -1;', becomes: 'let result = +1;' },
        { was: 'let list = -1;', becomes: 'let list = +1;' },
        {
          was: "texts.push(flat(shown(items[i] ?? '')));",
          becomes: 'texts.push(flat(shown(items[i] ?? "Stryker was here!")));',
        },
        {
          was: 'return Array.isArray(tools) ? (tools as readonly JsonValue[]) : [];',
          becomes: 'return Array.isArray(tools) ? (tools as readonly JsonValue[]) : ["Stryker was here"];',
        },
      ],
    },
  ],
};
