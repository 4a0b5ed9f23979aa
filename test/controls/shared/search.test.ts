/** The result of a gateway's search: its tools are shown as the list shows them, in both places. */
import { describe, expect, it } from 'vitest';
import { foundOf, isSearch, SEARCH, type ShowTools } from '../../../proxy/controls/shared/search.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import { callOf, toolCall } from '../../dispatch/fake.ts';

const [ADD, SECRET] = [
  { name: 'add', n: 1 },
  { name: 'secret', n: 2 },
];
/** Hides one tool. */
const hiding: ShowTools = (tools) => {
  const left = tools.filter((tool) => Object(tool)['name'] !== 'secret');
  return left.length === tools.length ? tools : left;
};
const found = (result: object, show = hiding, onlyTools?: boolean): Promise<JsonObject> =>
  foundOf(result as JsonObject, show, onlyTools === undefined ? undefined : { onlyTools });
const text = (value: unknown): object => ({
  type: 'text',
  text: typeof value === 'string' ? value : JSON.stringify(value),
});
const UNCLEAR = {
  code: 'inspection-failed',
  message: 'cannot filter the search for tools: expected a list of tools, got something else',
};
const FAILED = 'the search for tools failed: check its arguments against its input schema, or try other words';

describe('a search', () => {
  it('is a call of the tool of that name', () => {
    expect(SEARCH).toBe('x_amz_bedrock_agentcore_search');
    expect([isSearch(toolCall({}, SEARCH)), isSearch(toolCall({}, 'add'))]).toEqual([true, false]);
    const params = { name: SEARCH };
    expect(isSearch(callOf({ jsonrpc: '2.0', id: 1, method: 'prompts/get', params }))).toBe(false);
  });

  it('has the name with which the call went on, or which the upstream has for it', () => {
    const [renamed, other] = [toolCall({}, 'find'), toolCall({}, SEARCH)];
    renamed.exchange.channels.sent = toolCall({}, SEARCH);
    other.exchange.channels.sent = toolCall({}, 'add');
    expect([isSearch(renamed), isSearch(other)]).toEqual([true, false]);
    renamed.exchange.channels.nameAtUpstream = 'add';
    other.exchange.channels.nameAtUpstream = SEARCH;
    expect([isSearch(renamed), isSearch(other)]).toEqual([false, true]);
  });
});

describe('what was found', () => {
  it('is the same if all of it may be shown', async () => {
    for (const result of [
      {},
      { structuredContent: { tools: [ADD], more: 1 }, more: 1 },
      { content: [text({ tools: [ADD] }), text({ tools: [] })] },
      { content: [], structuredContent: { tools: [] }, isError: false },
    ])
      expect(await found(result)).toBe(result);
  });

  it('is without the tools that may not be shown, in both places', async () => {
    const both = { tools: [ADD, SECRET], more: 1 };
    expect(await found({ structuredContent: both, content: [text({ tools: [ADD] }), text(both)], more: 1 })).toEqual({
      structuredContent: { tools: [ADD], more: 1 },
      content: [text({ tools: [ADD] }), text({ tools: [ADD], more: 1 })],
      more: 1,
    });
    expect(await found({ structuredContent: { tools: [SECRET] } })).toEqual({ structuredContent: { tools: [] } });
    expect(await found({ content: [{ ...text(both), annotations: {} }] })).toEqual({
      content: [{ ...text({ tools: [ADD], more: 1 }), annotations: {} }],
    });
  });

  it('keeps the digits of numbers in a text that changes', async () => {
    const given = '{"tools":[{"name":"add","n":12345678901234567890},{"name":"secret"}]}';
    expect(await found({ content: [text(given)] })).toEqual({
      content: [text('{"tools":[{"name":"add","n":12345678901234567890}]}')],
    });
  });

  it('may be decided later', async () => {
    const later: ShowTools = async (tools) => Promise.resolve(hiding(tools));
    expect(await found({ structuredContent: { tools: [SECRET] } }, later)).toEqual({
      structuredContent: { tools: [] },
    });
  });

  it('has nothing beside the tools, if that is asked for', async () => {
    const more = { hint: 'secret is a tool' };
    const info = { isError: false, resultType: 'complete', _meta: {} };
    const tools = [ADD];
    const given = { structuredContent: { tools, ...more }, content: [{ ...text({ tools, ...more }), ...more }] };
    const left = { structuredContent: { tools }, content: [text({ tools })] };
    expect(await found({ ...given, ...info, ...more }, hiding, true)).toEqual({ ...left, ...info });
    expect(await found({ structuredContent: { tools: [SECRET], ...more } }, hiding, true)).toEqual({
      structuredContent: { tools: [] },
    });
    expect(await found({ ...given, ...more }, hiding, false)).toEqual({ ...given, ...more });
    const plain = { ...left, ...info };
    expect(await found(plain, hiding, true)).toBe(plain);
    const beside = { ...left, ...more };
    expect(await found(beside, hiding, true)).toEqual(left);
    expect(await found({ content: [{ ...text({ tools }), ...more }] }, hiding, true)).toEqual({
      content: [text({ tools })],
    });
  });

  it.each([
    [{ structuredContent: 'secret' }],
    [{ structuredContent: ['secret'] }],
    [{ structuredContent: null }],
    [{ content: 'secret' }],
    [{ content: text({ tools: [] }) }],
    [{ content: ['secret'] }],
    [{ content: [{ type: 'image', text: '{"tools":[]}' }] }],
    [{ content: [{ type: 'text', text: { tools: [] } }] }],
    [{ content: [{ type: 'text' }] }],
    [{ content: [text('secret is a tool')] }],
    [{ content: [text('"secret"')] }],
    [{ content: [text({ tools: [] }), text('secret')] }],
  ])('is refused in a form in which nothing can be hidden: %j', async (result) => {
    await expect(found(result)).rejects.toMatchObject(UNCLEAR);
  });

  it.each([
    [{ structuredContent: { found: [] } }],
    [{ structuredContent: { tools: {} } }],
    [{ content: [text({ found: [] })] }],
    [{ structuredContent: { tools: [], Tools: ['secret'] } }],
    [{ structuredContent: { tools: [] }, StructuredContent: { tools: ['secret'] } }],
    [{ content: [], CONTENT: ['secret'] }],
    [{ isError: false, iserror: true }],
  ])('is refused if readers may find tools elsewhere: %j', async (result) => {
    await expect(found(result)).rejects.toMatchObject({ code: 'inspection-failed' });
  });
});

describe('a search that failed', () => {
  it('says so in words of the proxy', async () => {
    const result = {
      content: [text('secret needs a query'), { ...text('secret'), annotations: {} }, text({ why: 'secret' })],
      structuredContent: { why: 'secret' },
      isError: true,
    };
    const failed = text(FAILED);
    expect(await found(result)).toEqual({ content: [failed, failed, failed], isError: true });
    expect(await found({ content: [text('7')], structuredContent: 'secret', isError: true })).toEqual({
      content: [failed],
      isError: true,
    });
  });

  it('shows the tools that it lists all the same', async () => {
    const both = { tools: [ADD, SECRET] };
    expect(await found({ content: [text(both)], structuredContent: both, isError: true })).toEqual({
      content: [text({ tools: [ADD] })],
      structuredContent: { tools: [ADD] },
      isError: true,
    });
  });

  it('has failed only if it says so', async () => {
    for (const isError of [false, 'true', 1])
      await expect(found({ content: [text('secret')], isError })).rejects.toMatchObject(UNCLEAR);
  });
});
