/** Lists of tools with members of the wrong type. */
import { callTool, type Case, OPEN } from '../case.ts';

const listing = (tool: object) => ({
  body: {
    jsonrpc: '2.0',
    id: '$ID',
    result: { tools: [{ name: 't', ...tool }], resultType: 'complete', ttlMs: 60_000, cacheScope: 'public' },
  },
});
const S = { type: 'object' };

/** Whole lists: `t` is in all of them. */
const WHOLE: Readonly<Record<string, object>> = {
  'a null next to the tool': { tools: [null, { name: 't', inputSchema: S }] },
  'a text next to the tool': { tools: ['t', { name: 't', inputSchema: S }] },
  'a tool without a name next to it': { tools: [{ inputSchema: S }, { name: 't', inputSchema: S }] },
  'a tool whose name is a number next to it': {
    tools: [
      { name: 7, inputSchema: S },
      { name: 't', inputSchema: S },
    ],
  },
  'the same tool twice': {
    tools: [
      { name: 't', inputSchema: S },
      { name: 't', inputSchema: S },
    ],
  },
  'a next cursor of null': { tools: [{ name: 't', inputSchema: S }], nextCursor: null },
  'an empty next cursor': { tools: [{ name: 't', inputSchema: S }], nextCursor: '' },
  'a _meta of null': { tools: [{ name: 't', inputSchema: S }], _meta: null },
};

export const LISTS: readonly Case[] = Object.entries({
  'without an inputSchema': {},
  'with outputSchema null': { inputSchema: S, outputSchema: null },
  'with annotations null': { inputSchema: S, annotations: null },
  'with title and description null': { inputSchema: S, title: null, description: null },
  'with _meta null': { inputSchema: S, _meta: null },
  'with icons null': { inputSchema: S, icons: null },
})
  .map(([what, tool]): Case => ({
    title: `a tool ${what} is called once, and its result comes back`,
    upstream: { answers: { 'tools/list': listing(tool) } },
    steps: [OPEN, { ask: 'tools/list', gets: { result: '"t"' } }, callTool()],
    seen: { 'tools/call': 1 },
  }))
  .concat(
    Object.entries(WHOLE).map(([what, result]): Case => ({
      title: `with ${what} in the list, the tool is called once, and its result comes back`,
      upstream: {
        answers: {
          'tools/list': {
            body: {
              jsonrpc: '2.0',
              id: '$ID',
              result: { resultType: 'complete', ttlMs: 60_000, cacheScope: 'public', ...result },
            },
          },
        },
      },
      steps: [OPEN, callTool()],
      seen: { 'tools/call': 1 },
    })),
  );
