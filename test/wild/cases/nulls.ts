/**
 * Clients that write null for what they leave out. Most servers read it so (Go, serde and pydantic among them), and
 * none reads anything else.
 */
import { type Case, OPEN } from '../case.ts';

const META =
  '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"wild","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}';
const LIST = '{"jsonrpc" : "2.0","id":5,"method":"tools/list","params" : null}';
const NOTE = '{"jsonrpc":"2.0", "method":"notifications/roots/list_changed", "params":null}';
const BARE = '{"jsonrpc":"2.0","id":5,"method":"acme/do","params":null }';
const CALLS = {
  legacy: '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{ "name":"t" , "arguments" : null}}',
  modern: `{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{ "name":"t" , "arguments" : null,${META}}}`,
} as const;
const PROMPTS = {
  legacy: CALLS.legacy.replace('tools/call', 'prompts/get'),
  modern: CALLS.modern.replace('tools/call', 'prompts/get'),
} as const;
const NO_ID = '{"jsonrpc":"2.0","id":null,"method":"tools/list"}';

export const NULLS: readonly Case[] = [
  {
    title: 'params of null count as none, and reach the upstream unchanged',
    eras: ['legacy'],
    upstream: {},
    steps: [
      OPEN,
      { say: LIST, gets: { words: /"name":"t"/ } },
      { say: NOTE, gets: { status: 202 } },
      { say: BARE, gets: { words: /RAN/ } },
    ],
    got: [LIST, NOTE, BARE],
  },
  ...(['legacy', 'modern'] as const).map((era): Case => ({
    title: `arguments of null count as none, and reach the upstream unchanged, ${era}`,
    eras: [era],
    upstream: {
      answers: {
        'prompts/list': {
          body: {
            jsonrpc: '2.0',
            id: '$ID',
            result: { prompts: [{ name: 't' }], resultType: 'complete', ttlMs: 60_000, cacheScope: 'public' },
          },
        },
      },
    },
    steps: [OPEN, { say: CALLS[era], gets: { words: /RAN/ } }, { say: PROMPTS[era], gets: { words: /RAN/ } }],
    seen: { 'tools/call': 1, 'prompts/get': 1 },
    got: [CALLS[era], PROMPTS[era]],
  })),
  {
    title: 'a tool call with params of null has no name, and no control treats it as one with a name',
    eras: ['legacy'],
    sets: ['policy', 'validation', 'all'],
    upstream: {},
    steps: [
      OPEN,
      { say: CALLS.legacy.replace(/"params":.*/, '"params":null}'), gets: { words: /"code":-32602/, without: /RAN/ } },
    ],
    seen: { 'tools/call': 0 },
  },
  {
    title:
      'a request whose id is null is refused with what was expected and what was got: the protocol forbids it, and its reply could not be matched',
    upstream: {},
    steps: [
      OPEN,
      {
        say: NO_ID,
        gets: {
          status: 400,
          words: /"code":-32600,"message":"expected \\"id\\" to be a string or an integer, got null"/,
        },
      },
    ],
    seen: { 'tools/list': 0 },
  },
];
