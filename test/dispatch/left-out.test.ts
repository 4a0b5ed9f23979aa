/** A control may leave a message out of a reply: the others are sent, and the sender of a request gets an error. */
import { expect, it } from 'vitest';
import { startFront } from '../support/front.ts';
import { event, openEvents, startUpstream } from '../support/upstream.ts';
import { eras, send } from '../upstream/messages.ts';
import { control } from './forms.ts';
import { startWorld } from './session.ts';

/** Leaves out every message that contains "secret". */
const hiding = control('hiding', async (call, next) =>
  (await next(call)).mapMessages((message) => (JSON.stringify(message).includes('secret') ? undefined : message)),
);

const note = (data: string) => ({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data } });

it.each(eras)(
  'if a notification is left out, only its event id is sent, and the messages around it are unchanged (%s)',
  async (_era, message) => {
    const [before, after] = [
      event('{ "jsonrpc":"2.0", "method":"notifications/message", "params":{"level":"info","data":1.0} }'),
      event({ jsonrpc: '2.0', id: 1, result: {} }, 'e-2'),
    ];
    await using upstream = await startUpstream((_request, response) => {
      openEvents(response);
      response.end(before + event(note('secret'), 'e-1') + after);
    });
    await using front = await startFront(upstream, { controls: [hiding] });
    expect((await send(front, message('tools/call', { name: 'x' }))).text).toBe(
      `${before}event: message\nid: e-1\ndata: \n\n${after}`,
    );
    expect(upstream.received).toHaveLength(1);
  },
);

it('one message of a batch is left out, and the others stay', async () => {
  await using world = await startWorld([hiding]);
  await using stream = await world.call(await world.session());
  stream.out?.end(
    event([note('a'), note('secret'), note('b')]) +
      event([note('secret')]) +
      event({ jsonrpc: '2.0', id: 1, result: {} }),
  );
  const text = await stream.rest();
  expect(text).toContain(JSON.stringify([note('a'), note('b')]).replaceAll('},{', '},{'));
  expect(text).not.toContain('secret');
  expect(text.match(/data:/g)).toHaveLength(2);
});

it.each(['1', '"a"', '9007199254740993'])(
  'a request that is left out is refused to the upstream under its own id, %s, in the same session',
  async (id) => {
    await using world = await startWorld([hiding]);
    const session = await world.session();
    await using stream = await world.call(session, 'tools/call', { name: 'x', arguments: {} }, 77);
    stream.out?.write(event(`{"jsonrpc":"2.0","id":${id},"method":"sampling/createMessage","params":{"secret":1}}`));
    const asked = (): string | undefined => world.upstream.received.find(({ text }) => text.includes('-32601'))?.text;
    while (asked() === undefined) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(asked()).toBe(`{"jsonrpc":"2.0","id":${id},"error":{"code":-32601,"message":"Method not found"}}`);
    expect(world.upstream.received.find(({ text }) => text.includes('-32601'))?.header('mcp-session-id')).toBe(
      'upstream-1',
    );
  },
);

it.each(eras)(
  'a response cannot be left out: the call gets an error, and nothing of the response is sent (%s)',
  async (_era, message) => {
    await using upstream = await startUpstream((_request, response) => {
      openEvents(response);
      response.end(event({ jsonrpc: '2.0', id: 1, result: { secret: 1 } }));
    });
    await using front = await startFront(upstream, { controls: [hiding] });
    const { text } = await send(front, message('tools/call', { name: 'x' }));
    expect(text).toContain('"code":-32603');
    expect(text).not.toContain('secret');
  },
);
