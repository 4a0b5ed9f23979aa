/**
 * A JSON reply that needs no translation is passed on after a glance at its bytes; an event is always read in full. The same
 * message must come out of both.
 */
import { describe, expect, it } from 'vitest';
import { event, openEvents, respondJson, startUpstream } from '../support/upstream.ts';
import { type Asked, LegacyClient } from './legacy.ts';
import { postText, tool } from './scripted.ts';
import { startSeveral } from './servers.ts';

/** In each reply of the upstream, and in none of the proxy's own. */
const MARK = 'of the upstream';

/** A generator of numbers below a bound, the same in each run (mulberry32). */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const KEYS = ['uri', 'taskId', 'requestState', 'method', 'id', 'result', 'error', 'name', 'text', 'x', 'a"uri', 'ü'];
const STRINGS = [
  '',
  'file:///a',
  '"uri"',
  '\\"taskId":',
  'ü "id"',
  '\\u0075ri',
  '{"uri":"file:///b"}',
  '},"jsonrpc":"2.0","id":1}',
];

/** Writes replies of an upstream in many forms. Their ids are `1`, or that of another request. */
class Writer {
  readonly #roll: (below: number) => number;

  constructor(seed: number) {
    this.#roll = dice(seed);
  }

  #one<T>(of: readonly T[]): T {
    const found = of[this.#roll(of.length)];
    if (found === undefined) throw new RangeError('expected something to choose from');
    return found;
  }

  #may(percent: number): boolean {
    return this.#roll(100) < percent;
  }

  /** A string as JSON; sometimes one of its letters is an escape. */
  #string(value: string): string {
    const text = JSON.stringify(value);
    if (!this.#may(2)) return text;
    return text.replace(/[a-z](?=[^\\]*$)/i, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
  }

  #object(members: readonly (readonly [string, string])[]): string {
    const seen = new Map(members);
    return `{${[...seen].map(([key, value]) => `${this.#string(key)}:${value}`).join(',')}}`;
  }

  #value(depth: number): string {
    switch (this.#roll(depth > 2 ? 3 : 5)) {
      case 0:
        return String(this.#roll(100));
      case 1:
        return this.#one(['true', 'null', '1.50', '12345678901234567890']);
      case 2:
        return this.#string(this.#one(STRINGS));
      case 3:
        return `[${Array.from({ length: this.#roll(3) }, () => this.#value(depth + 1)).join(',')}]`;
      default:
        return this.#object(
          Array.from({ length: this.#roll(4) }, () => [this.#one(KEYS), this.#value(depth + 1)] as const),
        );
    }
  }

  #block(): string {
    const uri: readonly [string, string] = ['uri', this.#string('file:///a')];
    switch (this.#roll(8)) {
      case 0:
        return this.#object([['type', '"resource_link"'], uri, ['name', '"a"']]);
      case 1:
        return this.#object([
          ['type', '"resource"'],
          ['resource', this.#object([uri, ['text', '"a"']])],
        ]);
      case 2:
        return this.#value(0);
      default:
        return this.#object([
          ['type', '"text"'],
          ['text', this.#string(this.#one(STRINGS))],
        ]);
    }
  }

  #result(): string {
    const related = this.#object([['taskId', this.#string('t-1')]]);
    const members: (readonly [string, string])[] = [
      ['content', `[${Array.from({ length: 1 + this.#roll(2) }, () => this.#block()).join(',')}]`],
      ['resultType', '"complete"'],
    ];
    if (this.#may(15)) members.push(['structuredContent', this.#value(0)]);
    if (this.#may(5)) members.push(['task', related]);
    if (this.#may(5)) members.push(['requestState', this.#string('state')]);
    if (this.#may(5)) members.push(['_meta', this.#object([['io.modelcontextprotocol/related-task', related]])]);
    if (this.#may(10)) {
      const params = this.#object([['elicitationId', this.#string('e-1')]]);
      members.push(['inputRequests', this.#object([['a', this.#object([['params', params]])]])]);
    }
    members.push([MARK, this.#value(1)]);
    return this.#object(members);
  }

  message(): string {
    const version = '"jsonrpc":"2.0"';
    const id = `${this.#string('id')}:${this.#may(10) ? 7 : this.#one(['1', '1', '"1"', '1.0'])}`;
    const elicitations = `[${this.#object([['elicitationId', this.#string('e-1')]])}]`;
    const data = this.#may(50) ? this.#object([['elicitations', elicitations]]) : this.#value(1);
    const error = this.#object([
      ['code', '1'],
      ['message', `"${MARK}"`],
      ['data', data],
    ]);
    const answer = this.#may(5) ? `"error":${error}` : `"result":${this.#result()}`;
    const members = this.#one([
      [version, id, answer],
      [answer, version, id],
      [id, answer, version],
    ]);
    const others = ['"id":7', '"result":{}', '"x":{"id":7}', '"params":{}', '"method":"ping"', `"error":${error}`];
    if (this.#may(10)) members.splice(this.#roll(4), 0, this.#one(others));
    const space = this.#may(10) ? ' ' : '';
    const text = `{${members.join(`,${space}`)}}`;
    return this.#may(5) ? `[${text}]` : `${space}${text}`;
  }
}

/** The message that a client gets for a call. */
type Called = (reply: string, asEvent: boolean) => Promise<string>;

async function withClient(era: 'legacy' | 'modern', run: (call: Called) => Promise<void>): Promise<void> {
  let next: { readonly reply: string; readonly asEvent: boolean } = { reply: '', asEvent: false };
  const answering = () =>
    startUpstream((request, response) => {
      if (request.method !== 'POST') return void response.writeHead(405).end();
      const { id, method } = JSON.parse(request.text) as Asked;
      if (id === undefined) return void response.writeHead(202).end();
      if (method === 'tools/call') {
        if (!next.asEvent) return respondJson(response, next.reply);
        openEvents(response);
        return void response.end(event(next.reply));
      }
      const info = {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'x', version: '1' },
      };
      const lists = {
        tools: [tool('who')],
        resources: [],
        resourceTemplates: [],
        ttlMs: 3_600_000,
        cacheScope: 'public',
      };
      respondJson(response, { jsonrpc: '2.0', id, result: method === 'initialize' ? info : lists });
    });
  await using one = await answering();
  await using two = await answering();
  await using several = await startSeveral({ one: one.url, two: two.url });
  const { url } = several.proxy;
  const client = era === 'legacy' ? await LegacyClient.open(url) : undefined;
  const call = async (): Promise<string> =>
    client === undefined
      ? (await postText(url, 'tools/call', { name: 'one___who' })).text
      : (await client.call('one___who')).text;
  await run(async (reply, asEvent) => {
    next = { reply, asEvent };
    const text = await call();
    return asEvent ? (/^data: (.*\S.*)$/m.exec(text)?.[1] ?? text) : text;
  });
}

describe.each(['legacy', 'modern'] as const)('a reply to a %s client', (era) => {
  it('is the same whether its text is looked at in short, as JSON, or read, as an event', async () => {
    const writer = new Writer(era === 'legacy' ? 1 : 2);
    const kinds = { unchanged: 0, changed: 0, refused: 0 };
    const shown = (text: string): string => (text.includes(MARK) ? text : 'refused');
    await withClient(era, async (call) => {
      for (let i = 0; i < 800; i++) {
        const reply = writer.message();
        const asJson = shown(await call(reply, false));
        expect([reply, asJson]).toEqual([reply, shown(await call(reply, true))]);
        kinds[asJson === reply ? 'unchanged' : asJson === 'refused' ? 'refused' : 'changed']++;
      }
    });
    for (const count of Object.values(kinds)) expect(count).toBeGreaterThan(40);
  });

  it.each([
    ['its id first', (id: string) => `{"jsonrpc":"2.0","id":${id},"result":{"content":[]}}`],
    ['its result first', (id: string) => `{"result":{"content":[]},"jsonrpc":"2.0","id":${id}}`],
  ])('with %s is refused if a member of the message occurs twice', async (_, written) => {
    await withClient(era, async (call) => {
      const reply = written('1');
      expect(await call(reply, false)).toBe(reply);
      for (const member of ['jsonrpc', 'id', 'result', 'error', 'params', 'method', String.raw`\u0069d`]) {
        const key = JSON.parse(`"${member}"`) as string;
        const again = reply.includes(`"${key}"`) ? `"${member}":7` : `"${member}":7,"${member}":7`;
        for (const twice of [reply.replace('{', `{${again},`), `${reply.slice(0, -1)},${again}}`])
          expect([twice, await call(twice, false)]).toEqual([twice, expect.stringContaining('is not JSON')]);
      }
    });
  });

  it('that has a method as well is no response', async () => {
    const reply = `{"jsonrpc":"2.0","id":1,"result":{},"method":"${MARK}"}`;
    await withClient(era, async (call) => {
      expect(await call(reply, false)).toBe(await call(reply, true));
      expect(await call(reply, false)).toContain('"id":"one:1"');
    });
  });
});
