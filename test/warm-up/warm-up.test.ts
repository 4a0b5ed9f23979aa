import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startUpstream, respondJson, type Received, type Upstream } from '../support/upstream.ts';
import { Warmed } from './warmed.ts';

interface Asked {
  readonly id: number;
  readonly method: string;
  readonly params: { readonly name?: string; readonly arguments?: { readonly text?: string } };
}

const asked = (request: Received): Asked => JSON.parse(request.text) as Asked;
const tool = (name: string) => ({
  name,
  inputSchema: { type: 'object', properties: { text: { type: 'string', pattern: '^.+$' } }, required: ['text'] },
});

/** Repeats the text that it gets, and accepts only the right credentials. */
async function echo(): Promise<Upstream> {
  return startUpstream((request, response) => {
    if (request.header('authorization') !== 'Bearer the-bearer-secret') return void response.writeHead(401).end();
    const { id, method, params } = asked(request);
    const result =
      method === 'tools/list'
        ? { tools: [tool('echo'), tool('fail')], resultType: 'complete', ttlMs: 60_000, cacheScope: 'public' }
        : {
            content: [{ type: 'text', text: `${params.arguments?.text}, or call +44 20 7946 0958` }],
            resultType: 'complete',
          };
    respondJson(response, { jsonrpc: '2.0', id, result });
  });
}

const TEXT = 'write to ada@example.com';
const ANSWER = { content: [{ text: expect.stringMatching(/^write to ada@example\.com, or call REDACTED_PHONE$/) }] };

/** Lines of the log are written together, a moment later. */
const logged = (proxy: Warmed, event: string): Promise<void> =>
  expect.poll(() => proxy.lines().map((line) => line['event']), { timeout: 60_000 }).toContain(event);

/** The status. As the platform does, without keeping the connection. */
async function statusOf(method: string, url: string): Promise<number | undefined> {
  const [response] = (await once(request(url, { method, agent: false }).end(), 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
  return response.statusCode;
}

const warmUp = (origin: string): Promise<number | undefined> => statusOf('POST', `${origin}/warm-up`);

describe.each(['start', 'hook'])('a process that is warmed up for a snapshot (WARM_UP=%s)', (mode) => {
  const ready = async (proxy: Warmed): Promise<string> => {
    const origin = await proxy.origin();
    // As the platform does before it takes the snapshot.
    expect(await statusOf('GET', `${origin}/ping`)).toBe(200);
    if (mode === 'hook') expect(await warmUp(origin)).toBe(200);
    await logged(proxy, 'warmed-up');
    return origin;
  };

  it('has read no secret and asked nobody, and its first answer is right', async () => {
    await using upstream = await echo();
    await using proxy = new Warmed(upstream.url, { WARM_UP: mode });
    const origin = await ready(proxy);
    expect(upstream.received).toHaveLength(0);
    // What was read before is of no use.
    proxy.secrets();
    expect(await proxy.call(origin, 'echo', TEXT)).toMatchObject({ status: 200, body: { result: ANSWER } });
    expect(asked(upstream.received.at(-1)!).params.arguments?.text).not.toContain('ada@example.com');
  });

  it.skipIf(!existsSync('/proc/self/fd'))('holds no socket but the one that it listens on', async () => {
    await using upstream = await echo();
    await using proxy = new Warmed(upstream.url, { WARM_UP: mode });
    await ready(proxy);
    await expect.poll(() => proxy.sockets(), { timeout: 60_000 }).toBe(1);
  });

  it('loads nothing more with its first call', async () => {
    await using upstream = await echo();
    await using proxy = new Warmed(upstream.url, { WARM_UP: mode }, ['loads']);
    const origin = await ready(proxy);
    proxy.secrets();
    const loaded = proxy.printed().length;
    expect(await proxy.call(origin, 'echo', TEXT)).toMatchObject({ status: 200 });
    expect(proxy.printed().slice(loaded)).not.toContain('loads ');
  });

  it('refuses a call before which its secrets cannot be read, and begins with the next one', async () => {
    await using upstream = await echo();
    await using proxy = new Warmed(upstream.url, { WARM_UP: mode });
    const origin = await ready(proxy);
    expect(await proxy.call(origin, 'echo', TEXT)).toMatchObject({ status: 500, body: { error: { code: -32603 } } });
    await logged(proxy, 'not-begun');
    expect(upstream.received).toHaveLength(0);
    proxy.secrets();
    expect(await proxy.call(origin, 'echo', TEXT)).toMatchObject({ status: 200, body: { result: ANSWER } });
  });
});

describe('a process of which no snapshot is taken', () => {
  it('reads its secrets at the start, and fails at once if it cannot', async () => {
    await using upstream = await echo();
    await using proxy = new Warmed(upstream.url, {});
    await expect.poll(() => proxy.printed(), { timeout: 60_000 }).toContain('control audit: its setup failed');
  });

  it('has no warm-up to ask for', async () => {
    await using upstream = await echo();
    await using proxy = new Warmed(upstream.url, { WARM_UP: 'start' });
    expect(await warmUp(await proxy.origin())).toBe(404);
  });
});

/** Whatever looks like an id that the process made: UUIDs, sealed texts, and those of traces. */
function idsIn(text: string): string[] {
  return text.match(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g) ?? [];
}

it('two processes restored from one snapshot share no id, though their own generators do', async () => {
  await using upstream = await echo();
  const made: string[][] = [];
  for (let n = 0; n < 2; n++) {
    await using proxy = new Warmed(upstream.url, { WARM_UP: 'start' }, ['clone']);
    const origin = await proxy.origin();
    proxy.secrets();
    await proxy.call(origin, 'echo', TEXT);
    const failed = await proxy.call(origin, 'fail', TEXT);
    const answered = JSON.stringify(failed.body);
    await expect.poll(() => proxy.lines().filter(({ event }) => event === 'call'), { timeout: 60_000 }).toHaveLength(2);
    made.push([...new Set([...idsIn(answered), ...idsIn(proxy.printed())])]);
  }
  const [one = [], other = []] = made;
  // The chain and its calls. The error has the id of its call.
  expect(one.length).toBeGreaterThanOrEqual(3);
  expect(one.filter((id) => other.includes(id))).toEqual([]);
});
