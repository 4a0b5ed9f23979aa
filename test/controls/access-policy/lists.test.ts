/** What is left of a list for a caller. */
import { describe, expect, it } from 'vitest';
import {
  listOf,
  namesOn,
  shownInText,
  shownOf,
  subscribedBy,
  usable,
} from '../../../proxy/controls/access-policy/lists.ts';
import type { Asked } from '../../../proxy/controls/access-policy/requests.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import { callOf } from '../../dispatch/fake.ts';
import { turnsDuring } from '../../support/turns.ts';

const LISTS = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list'] as const;

function list(method: string) {
  const found = listOf(method);
  if (found === undefined) throw new Error(`expected a list, got none: ${method}`);
  return found;
}

const shown = (method: string, result: JsonObject, may: (asked: Asked) => boolean, own = false) =>
  shownOf(result, list(method), may, own);

describe('a list', () => {
  it.each([
    ['tools/list', 'tools', 'name', 'tools/call', { type: 'Tool', name: 'x' }],
    ['prompts/list', 'prompts', 'name', 'prompts/get', { type: 'Prompt', name: 'x' }],
    ['resources/list', 'resources', 'uri', 'resources/read', { type: 'Resource', uri: 'x' }],
    ['resources/templates/list', 'resourceTemplates', 'uriTemplate', 'resources/read', { type: 'Resource', uri: 'x' }],
    ['resources/directory/read', 'resources', 'uri', 'resources/read', { type: 'Resource', uri: 'x' }],
    ['skills/list', 'skills', 'uri', 'resources/read', { type: 'Resource', uri: 'x' }, {}],
  ])('of %s has %s, each decided by its %s as %s', async (method, member, key, action, resource, given?: object) => {
    expect(list(method)).toMatchObject({ member, key, action });
    const asked: Asked[] = [];
    const page = { [member]: [{ [key]: 'x' }] };
    expect(await shown(method, page, (it) => asked.push(it) > 0)).toBe(page);
    expect(asked).toEqual([{ action, resource, arguments: given }]);
    expect(namesOn(page, list(method))).toEqual(['x']);
  });

  it.each(['tools/call', 'toString', ''])('is not what %j returns', (method) => {
    expect(listOf(method)).toBeUndefined();
  });

  it('keeps the entries that may be used, in their order, and everything beside them', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name }));
    const page = { tools: [a, b, c, { title: 'a' }, { name: 5 }, 'a', null], nextCursor: 'n' } as JsonObject;
    expect(await shown('tools/list', page, ({ resource }) => 'name' in resource && resource.name !== 'b')).toEqual({
      tools: [a, c],
      nextCursor: 'n',
    });
  });

  it('of skills shows those of their files that may be read', async () => {
    const skills = ['a', 'b'].map((uri) => ({ uri, resources: [{ uri: `${uri}/1` }, { uri: `${uri}/2` }] }));
    const may = ({ resource }: Asked): boolean => 'uri' in resource && ['a', 'a/2', 'b/1'].includes(resource.uri);
    expect(await shown('skills/list', { skills }, may)).toEqual({
      skills: [{ uri: 'a', resources: [{ uri: 'a/2' }] }],
    });
  });

  it('is marked as private if it is one caller’s, whether or not an entry is left out', async () => {
    const page = { tools: [{ name: 'a' }], cacheScope: 'public' };
    expect(await shown('tools/list', page, () => true, true)).toEqual({ ...page, cacheScope: 'private' });
    expect(await shown('tools/list', page, () => false, true)).toEqual({ tools: [], cacheScope: 'private' });
    expect(await shown('tools/list', page, () => false)).toEqual({ tools: [], cacheScope: 'public' });
  });

  it.each(LISTS)('that is none is refused: %s', async (method) => {
    await expect(shown(method, { [list(method).member]: {} }, () => true)).rejects.toMatchObject({
      code: 'inspection-failed',
    });
    expect(namesOn({ [list(method).member]: {} }, list(method))).toEqual([]);
  });

  const responseWith = (result: string): string => `{"jsonrpc":"2.0", "id":1,"result":${result} }`;
  const PAGE = '{"tools":[ {"name":"a","n":1.0},{"name":"b"} ,{"title":"a"},{"name":"c"}],"cacheScope":"public"}';
  const inText = (result: string, may: (asked: Asked) => boolean, own = false) =>
    shownInText(responseWith(result), list('tools/list'), may, own);

  it('is changed in its text as if it had been parsed', async () => {
    const may = ({ resource }: Asked): boolean => 'name' in resource && resource.name !== 'b';
    for (const own of [false, true]) {
      const [edit] = (await inText(PAGE, may, own)) ?? [];
      const left = '{"tools":[{"name":"a","n":1.0},{"name":"c"}],"cacheScope":"public"}';
      expect(edit).toEqual({
        start: 0,
        end: responseWith(PAGE).length,
        text: responseWith(own ? left.replace('public', 'private') : left),
      });
    }
  });

  it('of which all may be used is not changed in its text', async () => {
    expect(await inText('{"tools":[{"name":"a"},{"name":"b"}]}', () => true)).toEqual([]);
  });

  it.each(['{"tools":{}}', '{"tools":["a"]}', '{"tools":[{"name":"a","name":"b"}]}'])(
    'that is none, or is not clear, is left to a parse: %s',
    async (result) => {
      expect(await inText(result, () => true)).toBeUndefined();
    },
  );

  it('under two keys is refused in its text, too', async () => {
    await expect(inText('{"tools":[],"Tools":[]}', () => true)).rejects.toMatchObject({ code: 'inspection-failed' });
  });

  it('that takes long to decide leaves turns to other calls, and a short one does not wait', async () => {
    const tools = Array.from({ length: 10 }, (_, i) => ({ name: `${i}` }));
    const turns = (ms: number) =>
      turnsDuring(async (clock) => {
        const may = (): boolean => clock.move(ms) === undefined;
        expect(await shown('tools/list', { tools }, may)).toEqual({ tools });
      });
    expect(await turns(10)).toBeGreaterThan(2);
    expect(await turns(0)).toBe(0);
  });

  it('has the names that are texts', () => {
    expect(namesOn({ tools: [{ name: 'a' }, { name: 5 }, {}, null, 'x', { name: 'b' }] }, list('tools/list'))).toEqual([
      'a',
      'b',
    ]);
  });
});

it('of the tools that a search found, those remain that may be used', async () => {
  const tools = [{ name: 'a' }, { name: 'b' }, { name: 5 }, {}, 'a', null];
  const asked: Asked[] = [];
  expect(await usable(tools, (it) => asked.push(it) !== 2)).toEqual([{ name: 'a' }]);
  expect(asked).toEqual(
    ['a', 'b'].map((name) => ({ action: 'tools/call', resource: { type: 'Tool', name }, arguments: undefined })),
  );
  const all = [{ name: 'a' }];
  expect(await usable(all, () => true)).toBe(all);
});

describe('a subscription', () => {
  const listening = (params?: unknown) =>
    callOf({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', ...(params === undefined ? {} : { params }) });
  const notOther = (uri: string): boolean => uri !== 'x:other';

  it('keeps the resources that may be read, and everything beside them', async () => {
    const notifications = { toolsListChanged: true, resourceSubscriptions: ['x:a', 'x:other', 5, 'x:b'] };
    const call = await subscribedBy(listening({ notifications, more: 1 }), notOther);
    expect(call.params).toEqual({
      notifications: { ...notifications, resourceSubscriptions: ['x:a', 'x:b'] },
      more: 1,
    });
  });

  it.each([
    ['without parameters', undefined],
    ['without notifications', {}],
    ['to no resources', { notifications: { toolsListChanged: true } }],
    ['to resources that may all be read', { notifications: { resourceSubscriptions: ['x:a'] } }],
    ['to an empty list', { notifications: { resourceSubscriptions: [] } }],
  ])('%s is passed on as it came', async (_what, params) => {
    const call = listening(params);
    expect(await subscribedBy(call, notOther)).toBe(call);
  });

  it.each([
    ['a text', 'x:a'],
    ['nothing', null],
    ['a list', ['x:a']],
    ['an object with a text', { resourceSubscriptions: 'x:a' }],
    ['an object with nothing', { resourceSubscriptions: null }],
  ])('is refused if its notifications are %s', async (_what, notifications) => {
    await expect(subscribedBy(listening({ notifications }), notOther)).rejects.toMatchObject({
      code: 'invalid-params',
      message:
        'subscriptions/listen: expected params.notifications to be an object with a list resourceSubscriptions, got something else',
    });
  });
});
