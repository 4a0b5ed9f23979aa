/** Names that an upstream lists so that they are taken for another's. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readBare } from '../../proxy/aggregate/look-alikes.ts';
import { nextTurn } from '../../proxy/base/turns.ts';
import { settingsOf } from '../../proxy/config/config.ts';
import { keysIn, post, scripted, tool } from './scripted.ts';
import { startSeveral } from './servers.ts';

describe('comparing names', () => {
  afterEach(async () => {
    await nextTurn();
    vi.restoreAllMocks();
  });

  it('lets other work run in between, however many there are', async () => {
    let now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 1));
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const names = Array.from({ length: 1_000 }, (_, i) => `ｎａｍｅ${i}`);
    const { byKey } = await readBare({}, names);
    isDone = true;
    expect([byKey.size, byKey.has('narne7')]).toEqual([1_000, true]);
    expect(turns).toBeGreaterThan(50);
  });

  it('keeps few of thousands that look almost alike', async () => {
    const names = Array.from({ length: 4_096 }, (_, i) =>
      i.toString(2).padStart(12, '0').replaceAll('0', 'I').replaceAll('1', 'l'),
    );
    const { byKey } = await readBare({}, names);
    expect([...byKey.values()].map((each) => each.length)).toEqual([9]);
  });
});

describe('an upstream without a prefix', () => {
  it.each(['crrn___pay', 'CRM___pay', 'crm__pay', 'x'.repeat(1_025)])(
    'neither shows nor gets %s beside one with the prefix crm',
    async (name) => {
      await using crm = await scripted({ 'tools/list': { tools: [tool('pay')] } });
      await using other = await scripted({
        'tools/list': { tools: [tool(name), tool('honest')] },
        'tools/call': { content: [] },
      });
      await using several = await startSeveral(
        { crm: crm.url, other: other.url },
        { upstreams: { crm: { prefix: true }, other: { prefix: false } } },
      );
      const { url } = several.proxy;
      expect(keysIn((await post(url, 'tools/list')).message)).toEqual(['crm___pay', 'honest']);
      expect((await post(url, 'tools/call', { name })).message.error?.message).toContain('Unknown tool');
    },
  );

  it('hides what looks like a tool of another one, and neither is called', async () => {
    await using one = await scripted({ 'tools/list': { tools: [tool('add_mode1'), tool('uri')] }, 'tools/call': {} });
    await using two = await scripted({ 'tools/list': { tools: [tool('add_model'), tool('url')] }, 'tools/call': {} });
    await using several = await startSeveral(
      { one: one.url, two: two.url },
      { upstreams: { one: { prefix: false }, two: { prefix: false } } },
    );
    const { url } = several.proxy;
    expect(keysIn((await post(url, 'tools/list')).message)).toEqual(['uri', 'url']);
    for (const name of ['add_mode1', 'add_model'])
      expect((await post(url, 'tools/call', { name })).message.error?.message).toContain('Unknown tool');
  });
});

it.each([
  [{ search: 'crm___find', call: 'do' }, '"crm___find", which begins like "crm___"'],
  [{ search: 'find', call: 'CRM___call' }, '"CRM___call", which begins like "crm___"'],
  [{ search: 'find', call: 'crrn___call' }, '"crrn___call", which begins like "crm___"'],
  [{ search: 'tool', call: 'too1' }, 'expected names that look different, got "tool" and "too1"'],
])('names of the search that can be taken for others are refused: %j', (names, expected) => {
  const errors: string[] = [];
  settingsOf({ controls: [], upstreams: { crm: { prefix: true }, b: { prefix: false } }, search: { names } }, errors);
  expect(errors).toEqual([expect.stringContaining(expected)]);
});
