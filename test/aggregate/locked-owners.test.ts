/** A lock names the upstream of each entry: another upstream does not get its place by saying the same. */
import { afterEach, expect, it, vi } from 'vitest';
import { lockOfOffered, lockText } from '../../bin/tools/lock-file.ts';
import { log } from '../../proxy/base/log.ts';
import { toolLock } from '../../proxy/controls/tool-lock/index.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import { keysIn, post, type Results, scripted } from './scripted.ts';
import { startSeveral } from './servers.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const PAY: JsonObject = { name: 'pay', description: 'Pays an invoice.', inputSchema: { type: 'object' } };
const ASK: JsonObject = { name: 'ask', description: 'Asks for a payment.' };
const TEMPLATE: JsonObject = { uriTemplate: 'bill://{id}', name: 'bill' };

/** Of two upstreams without prefixes, `crm` had all of this when it was reviewed. */
const LOCK = JSON.parse(
  lockText(
    lockOfOffered({
      live: {
        server: 'u',
        serverInfo: {},
        instructions: [],
        isModern: true,
        tools: new Map([['pay', PAY]]),
        prompts: new Map([['ask', ASK]]),
        resourceTemplates: new Map([['bill://{id}', TEMPLATE]]),
        skills: new Map(),
      },
      upstreams: { crm: '', other: '' },
      originOf: (_, name) => ({ upstream: 'crm', upstreamName: name }),
    }),
  ),
) as object;

function offering(has: () => boolean): Results {
  return ({ method }) => {
    const some = <T>(entry: T): T[] => (has() ? [entry] : []);
    if (method === 'tools/list') return { tools: some(PAY), ttlMs: 0 };
    if (method === 'prompts/list') return { prompts: some(ASK), ttlMs: 0 };
    if (method === 'resources/list') return { resources: [], ttlMs: 0 };
    if (method === 'resources/templates/list') return { resourceTemplates: some(TEMPLATE), ttlMs: 0 };
    if (method === 'tools/call') return { content: [{ type: 'text', text: 'paid' }] };
    if (method === 'completion/complete') return { completion: { values: ['paid'] } };
    return method === 'prompts/get' ? { messages: [{ role: 'user', content: { type: 'text', text: 'paid' } }] } : {};
  };
}

it('what the lock has of one upstream is not shown, called or completed at another one that describes it alike', async () => {
  vi.spyOn(log, 'warn').mockImplementation(() => {});
  let isMoved = false;
  await using crm = await scripted(offering(() => !isMoved));
  await using other = await scripted(offering(() => isMoved));
  const start = () =>
    startSeveral(
      { crm: crm.url, other: other.url },
      { upstreams: { crm: { prefix: false }, other: { prefix: false } }, controls: [toolLock({ lock: LOCK })] },
    );
  const seen = async (url: string) => ({
    tools: keysIn((await post(url, 'tools/list')).message),
    prompts: keysIn((await post(url, 'prompts/list')).message, 'prompts'),
    templates: keysIn((await post(url, 'resources/templates/list')).message, 'resourceTemplates', 'uriTemplate'),
    called: (await post(url, 'tools/call', { name: 'pay', arguments: {} })).text.includes('paid'),
    got: (await post(url, 'prompts/get', { name: 'ask' })).text.includes('paid'),
    completed: (
      await post(url, 'completion/complete', {
        ref: { type: 'ref/resource', uri: 'bill://{id}' },
        argument: { name: 'id', value: '' },
      })
    ).text.includes('paid'),
  });
  await using several = await start();
  const { url } = several.proxy;
  const all = {
    tools: ['pay'],
    prompts: ['ask'],
    templates: ['bill://{id}'],
    called: true,
    got: true,
    completed: true,
  };
  // The second time, the same text may come from memory.
  for (let i = 0; i < 2; i++) expect(await seen(url)).toEqual(all);
  vi.useFakeTimers({ toFake: ['Date'] });
  isMoved = true;
  vi.setSystemTime(Date.now() + 2_000);
  const nothing = { tools: [], prompts: [], templates: [], called: false, got: false, completed: false };
  expect(await seen(url)).toEqual(nothing);
  await using later = await start();
  expect(await seen(later.proxy.url)).toEqual(nothing);
  expect(other.received.filter(({ text }) => /tools\/call|prompts\/get|completion/.test(text))).toEqual([]);
});
