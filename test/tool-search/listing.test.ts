/** The list of tools that is searched: which pages are asked for, in whose name, and how an answer is read. */
import { describe, expect, it, vi } from 'vitest';
import { SELF } from '../../proxy/base/self.ts';
import type { Exchange } from '../../proxy/call/exchange.ts';
import { Listing, ListRefused } from '../../proxy/tool-search/listing.ts';
import { Beneath, callOf, type Dispatched, exchangeOf, pages, reply } from './asked.ts';

const A = { tools: [{ name: 'a' }] };
const B = { tools: [{ name: 'b' }] };
const SEARCH = callOf({ name: 'search_tools' });
const VERSION = 'io.modelcontextprotocol/protocolVersion';

function listingOf(answer: (dispatched: Dispatched) => void, maxBytes = 100_000) {
  const beneath = new Beneath(answer);
  const exempt = vi.fn<(exchange: Exchange) => void>();
  const listing = new Listing(beneath, exempt, maxBytes);
  const all = (exchange = exchangeOf()): ReturnType<Listing['pages']> => listing.pages(SEARCH, exchange);
  return { beneath, exempt, listing, all };
}

async function resultsOf(got: ReturnType<Listing['pages']>): Promise<object[]> {
  return Promise.all((await got).map(async (page) => (await page.read()).result));
}

async function refusalOf(answer: (dispatched: Dispatched) => void, maxBytes?: number): Promise<unknown> {
  return listingOf(answer, maxBytes)
    .all()
    .then(
      () => 'nothing',
      (error: unknown) => error,
    );
}

describe('pages', () => {
  it('are asked for as requests of the caller, of which the list stays whole', async () => {
    const { beneath, exempt, listing } = listingOf(pages(A));
    const client = exchangeOf('legacy', 'ann', 'session');
    await listing.pages(SEARCH, client);
    const [{ kind, message, exchange }] = beneath.dispatched as [Dispatched];
    expect([kind, message?.method, beneath.params]).toEqual(['request', 'tools/list', [{}]]);
    expect([exchange.caller, exchange.era, exchange.inbound.sessionId]).toEqual([client.caller, 'legacy', 'session']);
    expect(exchange.facts).toEqual([{ toolSearch: 'search' }]);
    expect(Object.isFrozen(exchange.facts[0])).toBe(true);
    expect(exchange).not.toBe(client);
    expect(exempt.mock.calls).toEqual([[exchange]]);
    expect(exchange.aborted).toBe(false);
  });

  it('are all read, each by the cursor of the one before', async () => {
    const { beneath, all } = listingOf(pages(A, B, A));
    expect(await resultsOf(all())).toEqual([{ ...A, nextCursor: '1' }, { ...B, nextCursor: '2' }, A]);
    expect(beneath.params).toEqual([{}, { cursor: '1' }, { cursor: '2' }]);
  });

  it('name the version of a modern search', async () => {
    const { beneath, listing } = listingOf(pages(A, B));
    const search = callOf({ name: 'search_tools', _meta: { [VERSION]: '2026-07-28', progressToken: 1 } });
    await listing.pages(search, exchangeOf('modern'));
    const _meta = {
      [VERSION]: '2026-07-28',
      'io.modelcontextprotocol/clientInfo': SELF,
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    expect(beneath.params).toEqual([{ _meta }, { _meta, cursor: '1' }]);
  });

  it('are asked for with ids that nobody can guess and that never come twice', async () => {
    const { beneath, all } = listingOf(pages(A, B));
    await all();
    await all();
    const ids = beneath.dispatched.map(({ message }) => String(message?.id));
    expect(new Set(ids).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^"proxy-search-[0-9a-f]{24}-[1-9]\d*"$/);
    const secrets = new Set(ids.map((id) => id.split('-')[2]));
    expect(secrets.size).toBe(1);
    const numbers = ids.map((id) => parseInt(id.split('-')[3] ?? '', 10));
    expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i));
  });

  it('have the same digest for all ids and callers, and another for another text', async () => {
    const { all, beneath } = listingOf(pages(A));
    const digest = async (who: string): Promise<string | undefined> =>
      (await all(exchangeOf('legacy', who)))[0]?.digest;
    const first = await digest('ann');
    expect(await digest('ann')).toBe(first);
    expect(await digest('bob')).toBe(first);
    beneath.answer = pages(B);
    expect(await digest('ann')).not.toBe(first);
  });

  it('are read once, and not at all for the cursor of a page that is known', async () => {
    const { all } = listingOf(pages(A, B));
    const [first] = await all();
    const reading = first?.read();
    expect(first?.read()).toBe(reading);
    const known = await all();
    expect(await resultsOf(Promise.resolve(known))).toEqual([{ ...A, nextCursor: '1' }, B]);
  });

  it('have the text that the upstream sent', async () => {
    const { all } = listingOf(({ message, sink }) => {
      sink.head(200, ['content-type', 'application/json'], false);
      sink.end(Buffer.from(`{"result" : {"tools":[{ "name":"a" }]}, "id":${message?.id}}`));
    });
    const text = (await (await all())[0]?.read())?.text;
    expect(text?.replace(/proxy-search-[\w-]+/, 'X')).toBe('{"result" : {"tools":[{ "name":"a" }]}, "id":"X"}');
  });

  it('are read from event streams', async () => {
    const { all } = listingOf(({ message, sink }) => {
      sink.head(200, ['content-type', 'text/event-stream'], false);
      sink.write(Buffer.from('data: {"jsonrpc":"2.0","method":"notifications/message"}\n\n'));
      sink.end(Buffer.from(`data: {"jsonrpc":"2.0","id":${message?.id},"result":{"tools":[]}}\n\n`));
    });
    expect(await resultsOf(all())).toEqual([{ tools: [] }]);
  });

  it('end with one whose cursor is no text', async () => {
    const { all } = listingOf((each) => reply(each, { result: { ...A, nextCursor: 1 } }));
    expect(await resultsOf(all())).toEqual([{ ...A, nextCursor: 1 }]);
  });
});

describe('a list is refused', () => {
  it('if a cursor comes a second time', async () => {
    const beneath = listingOf((each) => reply(each, { result: { ...A, nextCursor: 'same' } }));
    await expect(beneath.all()).rejects.toMatchObject({
      code: 'upstream-invalid',
      message: 'the list of tools has no end: expected a new cursor on each page, got one a second time',
    });
    expect(beneath.beneath.params).toEqual([{}, { cursor: 'same' }]);
  });

  it('of more than 1,000 pages', async () => {
    const list = (count: number): unknown => {
      const { all } = listingOf(pages(...Array.from({ length: count }, () => A)));
      return all().then(({ length }) => length);
    };
    expect(await list(1_000)).toBe(1_000);
    await expect(list(1_001)).rejects.toMatchObject({
      code: 'upstream-invalid',
      message: 'the list of tools is too long to be searched: expected at most 1000 pages and 67108864 characters',
    });
  });

  it('with more bytes than are inspected', async () => {
    const beneath = listingOf(pages(A), 50);
    await expect(beneath.all()).rejects.toMatchObject({
      code: 'inspection-failed',
      message: 'a list of tools of more than 50 bytes, which the search must read (limits.maxInspectedReply)',
    });
    expect(beneath.beneath.dispatched[0]?.exchange.aborted).toBe(true);
  });

  it('if it breaks off', async () => {
    const error = await refusalOf(({ sink }) => sink.cut());
    expect(error).toMatchObject({ code: 'upstream-unreachable', message: "the upstream's list of tools broke off" });
  });

  it('if the client is gone, who is asked nothing more', async () => {
    const client = exchangeOf();
    const { all, beneath } = listingOf(() => {});
    const got = all(client);
    expect(beneath.dispatched[0]?.exchange.aborted).toBe(false);
    client.abort();
    await expect(got).rejects.toMatchObject({ code: 'cancelled', message: 'the client disconnected' });
    expect(beneath.dispatched.map(({ exchange }) => exchange.aborted)).toEqual([true]);
  });

  it('if the client was gone before, whose page is asked for as aborted', async () => {
    const client = exchangeOf();
    client.abort();
    const aborted: boolean[] = [];
    const { all } = listingOf(({ exchange }) => aborted.push(exchange.aborted));
    await expect(all(client)).rejects.toMatchObject({ code: 'cancelled' });
    expect(aborted).toEqual([true]);
  });

  it('without a list', async () => {
    for (const result of [{}, { tools: {} }, { resultType: 'input_required' }, []])
      expect(await refusalOf((each) => reply(each, { result }))).toMatchObject({
        code: 'upstream-invalid',
        message: 'the upstream answered tools/list without a list of tools',
      });
  });

  it('in a content coding', async () => {
    const headers = ['content-type', 'application/json', 'content-encoding', 'gzip'];
    const error = await refusalOf((each) => reply(each, { result: A }, 200, headers));
    expect(error).toMatchObject({ code: 'upstream-invalid' });
  });

  it('as it was refused, with the text of its error', async () => {
    const error = await refusalOf(({ message, sink }) => {
      sink.head(200, ['Content-Type', 'application/json', 'X-A', 'a'], false);
      sink.end(Buffer.from(` {"jsonrpc":"2.0","error":{"code": 1.0,"message":"no"},"id":${message?.id}}`));
    });
    expect(error).toBeInstanceOf(ListRefused);
    expect(error).toMatchObject({
      message: 'the list of tools was refused',
      status: 200,
      headers: ['Content-Type', 'application/json', 'X-A', 'a'],
      error: '{"code": 1.0,"message":"no"}',
    });
  });

  it.each([300, 404, 502])('with a status of %i and an error', async (status) => {
    const json = ['content-type', 'application/json; charset=utf-8'];
    const error = await refusalOf((each) => reply(each, { error: { code: 1 } }, status, json));
    expect(error).toBeInstanceOf(ListRefused);
    expect(error).toMatchObject({ status, error: '{"code":1}' });
  });

  it.each([
    [300, ['content-type', 'text/html']],
    [503, ['x-type', 'application/json']],
  ])('with a status of %i and a body that is not JSON: %j', async (status, headers) => {
    const error = await refusalOf(({ sink }) => {
      sink.head(status, headers, false);
      sink.end(Buffer.from('<p>'));
    });
    expect(error).toBeInstanceOf(ListRefused);
    expect(error).toMatchObject({ status, headers, error: undefined, body: Buffer.from('<p>') });
  });
});

it('takes a list with a status below 300 for a list', async () => {
  const { all } = listingOf((each) => reply(each, { result: A }, 299));
  expect(await resultsOf(all())).toEqual([A]);
});
