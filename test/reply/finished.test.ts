import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Control } from '../../proxy/pipeline/next.ts';
import type { Finished } from '../../proxy/reply/reply.ts';
import { callTool, control, responseOf, TOOL, type Way, ways, withSessions } from '../dispatch/forms.ts';
import { Lines } from '../dispatch/lines.ts';
import { startFront } from '../support/front.ts';
import { connect, exchange, request } from '../support/raw.ts';
import { type Answer, event, startUpstream } from '../support/upstream.ts';
import { bytesOf, send } from '../upstream/messages.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

interface Watch {
  readonly control: ReturnType<typeof control>;
  /** The values that finished resolved with, once each time. */
  readonly ends: Finished[];
}

function watch(looks: boolean, name = 'watch'): Watch {
  const ends: Finished[] = [];
  const act: Control = async (call, next) => {
    const reply = await next(call);
    if (call.method === 'tools/call') void reply.finished.then((end) => ends.push(end));
    return looks ? reply.mapMessages((message) => message) : reply;
  };
  return { control: control(name, act, looks ? 'transforms' : 'observes'), ends };
}

const type = (way: Way): { 'Content-Type': string } => ({
  'Content-Type': way.form === 'json' ? 'application/json' : 'text/event-stream',
});
const framed = (way: Way, message: string): string => (way.form === 'json' ? message : event(message));

/** Once the proxy has answered a later connection, it also knows what happened to an earlier one. */
async function answered(port: number): Promise<void> {
  for (let i = 0; i < 3; i++) await exchange(port, request('GET', '/ping', [], undefined));
}

describe.each(ways)('%s', (_name, way) => {
  describe.each([
    ['that passes', false],
    ['that is read', true],
  ])('a reply %s', (_what, looks) => {
    test.each([
      ['ok', '"result":{"content":[],"isError":false}'],
      [
        'ok',
        '"result":{"content":[{"type":"text","text":"\\"isError\\":true"}],"structuredContent":{"isError":true,"error":{}}}',
      ],
      ['tool-error', `"result":{"content":[{"type":"text","text":"${'x'.repeat(50_000)}"}],"isError":true}`],
      ['rpc-error', '"error":{"code":-32000,"message":"isError"}'],
      ['unknown', '"neither":{}'],
    ])('ends %s, once, with the bytes that the client got', async (outcome, member) => {
      const { control, ends } = watch(looks);
      await using upstream = await startUpstream(withSessions(way.messages(`{"jsonrpc":"2.0","id":ID,${member}}`)));
      await using front = await startFront(upstream, { controls: [control] });
      const reply = await callTool(front, way);
      await vi.waitFor(() => expect(ends).toHaveLength(1));
      // A stream without a response ends with an error in its place.
      const end =
        looks && way.form === 'events' && outcome === 'unknown'
          ? { outcome: 'rpc-error', code: 'upstream-invalid' }
          : outcome === 'rpc-error'
            ? { outcome, rpcCode: -32000 }
            : { outcome };
      expect(ends).toEqual([{ ...end, bytes: reply.body.length, ms: expect.any(Number) }]);
    });

    test('of a long list is ok, since only a result of a tool can say that it failed', async () => {
      const ends: Finished[] = [];
      const act: Control = async (call, next) => {
        const reply = await next(call);
        if (call.method === 'tools/list') void reply.finished.then((end) => ends.push(end));
        return looks ? reply.mapMessages((message) => message, { contains: 'nowhere' }) : reply;
      };
      const tools = JSON.stringify(
        Array.from({ length: 300 }, (_, i) => ({ name: `t${i}`, inputSchema: { type: 'object', properties: {} } })),
      );
      const answers = ['"result":{"tools":LIST}', '"error":{"code":-32000,"message":"m","data":{"tools":LIST}}'];
      for (const answer of answers) {
        const message = `{"jsonrpc":"2.0","id":ID,${answer.replace('LIST', tools)}}`;
        await using upstream = await startUpstream(withSessions(way.messages(message)));
        await using front = await startFront(upstream, {
          controls: [control('watch', act, looks ? 'transforms' : 'observes')],
        });
        await send(front, way.call('tools/list'));
      }
      await vi.waitFor(() =>
        expect(ends).toMatchObject([{ outcome: 'ok' }, { outcome: 'rpc-error', rpcCode: -32000 }]),
      );
    });

    test.skipIf(!looks || way.form === 'events')(
      'of some size ends with its outcome, wherever the outcome is in it',
      async () => {
        const { control, ends } = watch(looks);
        const blocks = Array.from({ length: 90 }, (_, i) => `{"type":"text","text":"row ${i}"}`).join();
        await using upstream = await startUpstream(
          withSessions(
            way.messages(
              `{"jsonrpc":"2.0","id":ID,"result":{"content":[${blocks}],"isError":true,"structuredContent":{"s":"${'x'.repeat(20_000)}"}}}`,
            ),
          ),
        );
        await using front = await startFront(upstream, { controls: [control] });
        await callTool(front, way);
        await vi.waitFor(() => expect(ends).toMatchObject([{ outcome: 'tool-error' }]));
      },
    );

    test("ends cut if the upstream breaks off, and with an error under its request's id if a control looks", async () => {
      const { control, ends } = watch(looks);
      const answer: Answer = (_request, response) => {
        response.writeHead(200, { ...type(way), 'Content-Length': 10_000 });
        response.write(framed(way, '{"jsonrpc":"2.0","id":1,"result":{"a":1}}').slice(0, -1), () => response.destroy());
      };
      await using upstream = await startUpstream(withSessions(answer));
      await using front = await startFront(upstream, { controls: [control] });
      const reply = await callTool(front, way).catch(() => undefined);
      if (!looks) return await vi.waitFor(() => expect(ends).toMatchObject([{ outcome: 'cut' }]));
      if (reply === undefined) throw new Error('got no reply, expected one');
      expect(responseOf(reply)).toMatchObject({
        id: 1,
        error: {
          data: { reason: 'upstream-unreachable' },
          message: expect.stringMatching(/broke off after \d+ bytes of 10000/),
        },
      });
      await vi.waitFor(() => expect(ends).toMatchObject([{ outcome: 'rpc-error', code: 'upstream-unreachable' }]));
    });

    test('ends in the same way if the upstream breaks off while a control still processes its headers', async () => {
      const { control: watching, ends } = watch(looks);
      let broken: (() => void) | undefined;
      const gone = new Promise<void>((resolve) => (broken = resolve));
      const answer: Answer = (_request, response) => {
        response.writeHead(200, { ...type(way), 'Content-Length': 10_000 });
        response.write('x', () => setImmediate(() => response.destroy()));
        response.on('close', () => broken?.());
      };
      const busy = control('busy', async (call, next) => {
        const reply = await next(call);
        if (call.method !== 'tools/call') return reply;
        await gone;
        // The message travels over the socket, which is then closed without notice to anything else.
        const { body } = reply;
        if (body !== undefined && !Buffer.isBuffer(body) && !body.destroyed)
          await new Promise((resolve) => body.once('close', resolve));
        return reply;
      });
      await using upstream = await startUpstream(withSessions(answer));
      await using front = await startFront(upstream, { controls: [watching, busy] });
      const reply = await callTool(front, way).catch(() => undefined);
      expect(reply?.json()).toMatchObject({ id: 1, error: { data: { reason: 'upstream-unreachable' } } });
      await vi.waitFor(() => expect(ends).toMatchObject([{ outcome: 'rpc-error', code: 'upstream-unreachable' }]));
    });

    test('ends cut if the client disconnects, even if the upstream continues to the end', async () => {
      const { control, ends } = watch(looks);
      let more: (() => void) | undefined;
      const answer: Answer = (_request, response) => {
        response.writeHead(200, type(way));
        response.write(
          way.form === 'json' ? ' ' : event({ jsonrpc: '2.0', method: 'notifications/message', params: {} }),
        );
        more = () => response.end(framed(way, '{"jsonrpc":"2.0","id":1,"result":{}}'));
      };
      await using upstream = await startUpstream(withSessions(answer));
      await using front = await startFront(upstream, { controls: [control] });
      await using client = await connect(front.port);
      client.send(bytesOf(way.call('tools/call', TOOL)));
      if (way.form === 'events' || !looks) await client.head();
      else await vi.waitFor(() => expect(more).toBeDefined());
      client.destroy();
      await client.closed;
      // The proxy learns of it later: what it sent before is all that it can know.
      await answered(front.port);
      more?.();
      await vi.waitFor(() => expect(ends).toMatchObject([{ outcome: 'cut' }]));
    });
  });

  test('resolves for an inner control if an outer one denies, or a mapping does', async () => {
    const outer = control('outer', async (call, next) =>
      (await next(call)).mapMessages(() => Promise.reject(new Error('no'))),
    );
    const { control: inner, ends } = watch(false, 'inner');
    await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
    await using front = await startFront(upstream, { controls: [outer, inner] });
    const reply = await callTool(front, way);
    await vi.waitFor(() =>
      expect(ends).toEqual([
        { outcome: 'rpc-error', code: 'internal', bytes: reply.body.length, ms: expect.any(Number) },
      ]),
    );
  });
});
