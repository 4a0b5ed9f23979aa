/** Questions from the upstream with the same id: an answer must not get the treatment of another question. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { audit } from '../../proxy/controls/audit/index.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';
import type { RawReply } from '../support/raw.ts';
import { event } from '../support/upstream.ts';
import { legacy, send } from '../upstream/messages.ts';
import { Lines } from './lines.ts';
import { startWorld, type World } from './session.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

/** Reveals the meaning of a token only to the trusted tool, as `tokenization` does. */
const revealing = (replies: 'observes' | 'transforms'): DefinedControl =>
  defineControl({
    name: 'revealing',
    replies,
    arguments: [],
    setup: () => (call, next) => {
      if (call.kind !== 'response' || call.origin?.name !== 'trusted') return next(call);
      return next(call.with(JSON.parse(JSON.stringify(call.params).replaceAll('token', 'secret')) as JsonObject));
    },
  });

const ASK = event({ jsonrpc: '2.0', id: 7, method: 'elicitation/create', params: { message: 'which?' } });
const tool = (name: string) => ({ name, arguments: {} });
const answers = (world: World): string[] =>
  world.upstream.received.map(({ text }) => text).filter((text) => text.includes('"action"'));

function answer(world: World, session: string): Promise<RawReply> {
  return send(world.front, {
    body: '{"jsonrpc":"2.0","id":7,"result":{"action":"accept","content":{"which":"token"}}}',
    headers: legacy('x', {}, { session }).headers,
  });
}

describe('two questions with one id in a session', () => {
  test('are open at once: an answer is refused if a control transforms, and that is logged', async () => {
    await using world = await startWorld([audit(), revealing('transforms')]);
    const session = await world.session();
    await using other = await world.call(session, 'tools/call', tool('other'), 1);
    await using trusted = await world.call(session, 'tools/call', tool('trusted'), 2);
    for (const stream of [other, trusted]) {
      stream.out?.write(ASK);
      await stream.until('which?');
    }
    for (let i = 0; i < 2; i++) {
      const reply = await answer(world, session);
      expect([reply.status, reply.json().error]).toMatchObject([
        409,
        { code: -31409, message: expect.stringContaining('one of several questions') as unknown },
      ]);
    }
    expect(answers(world)).toEqual([]);
    expect(await lines.find((line) => line['code'] === 'unmatched-stream')).toMatchObject({
      event: 'call',
      kind: 'response',
      outcome: 'refused',
    });
  });

  test('are open at once: an answer passes like one to an unknown question if controls only observe', async () => {
    await using world = await startWorld([audit(), revealing('observes')]);
    const session = await world.session();
    await using other = await world.call(session, 'tools/call', tool('other'), 1);
    await using trusted = await world.call(session, 'tools/call', tool('trusted'), 2);
    for (const stream of [other, trusted]) {
      stream.out?.write(ASK);
      await stream.until('which?');
    }
    expect((await answer(world, session)).status).toBe(202);
    expect(answers(world)).toEqual([expect.stringContaining('"token"')]);
  });

  test.each(['transforms', 'observes'] as const)(
    'come one after the other: each answer belongs to its own question (%s)',
    async (replies) => {
      await using world = await startWorld([revealing(replies)]);
      const session = await world.session();
      for (const [i, name] of ['other', 'trusted', 'other'].entries()) {
        await using stream = await world.call(session, 'tools/call', tool(name), i + 1);
        stream.out?.write(ASK);
        await stream.until('which?');
        expect((await answer(world, session)).status).toBe(202);
        stream.out?.end(event({ jsonrpc: '2.0', id: i + 1, result: { content: [] } }));
        await stream.rest();
      }
      expect(answers(world).map((text) => /token|secret/.exec(text)?.[0])).toEqual(['token', 'secret', 'token']);
    },
  );

  test('share the id in sequence if the first was never answered but its call was', async () => {
    await using world = await startWorld([revealing('transforms')]);
    const session = await world.session();
    await using first = await world.call(session, 'tools/call', tool('other'), 1);
    first.out?.end(ASK + event({ jsonrpc: '2.0', id: 1, result: { content: [] } }));
    await first.rest();
    await using second = await world.call(session, 'tools/call', tool('trusted'), 2);
    second.out?.write(ASK);
    await second.until('which?');
    expect((await answer(world, session)).status).toBe(202);
    expect(answers(world)).toEqual([expect.stringContaining('"secret"')]);
  });

  test('are independent in different sessions', async () => {
    await using world = await startWorld([revealing('transforms')]);
    for (const [name, seen] of [
      ['other', 'token'],
      ['trusted', 'secret'],
    ] as const) {
      const session = await world.session();
      const stream = await world.call(session, 'tools/call', tool(name), 1);
      stream.out?.write(ASK);
      await stream.until('which?');
      expect((await answer(world, session)).status).toBe(202);
      expect(answers(world).at(-1)).toContain(seen);
      stream.client.destroy();
    }
  });
});

test('a question that is repeated on a resumed stream is the same question: its answer gets the treatment of its call', async () => {
  await using world = await startWorld([revealing('transforms')]);
  const session = await world.session();
  await using stream = await world.call(session, 'tools/call', tool('trusted'), 1);
  stream.out?.write(`id: e-0\ndata:\n\n${ASK}`);
  await stream.until('which?');
  stream.client.destroy();
  await using resumed = await world.get(session, 'e-0');
  resumed.out?.write(ASK);
  await resumed.until('which?');
  expect((await answer(world, session)).status).toBe(202);
  expect(answers(world)).toEqual([expect.stringContaining('"secret"')]);
});
