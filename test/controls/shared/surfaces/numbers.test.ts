/** Detectors read all digits of a number as written, with any sign, fraction or exponent. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redaction } from '../../../../proxy/controls/redaction/index.ts';
import { paymentCard } from '../../../../proxy/controls/shared/detectors/index.ts';
import { ways, withSessions } from '../../../dispatch/forms.ts';
import { Lines } from '../../../dispatch/lines.ts';
import { send } from '../../../upstream/messages.ts';
import { startRoute } from './carry.ts';

const lines = new Lines();
beforeAll(() => lines.start());
afterAll(() => lines.stop());

const CARD = '4212345678901234561';

const SPELLINGS = [
  '4242424242424242',
  '-4242424242424242',
  '4242424242424242.5',
  '4242424242424242.0',
  '4.242424242424242e15',
  '42424242424242420E-1',
  CARD,
  `-${CARD}`,
  `${CARD}.0`,
  `${CARD}e0`,
  '4212345678901234561000e-3',
];

describe.each(ways)('%s', (_name, way) => {
  test.each(SPELLINGS)('finds the card %s in both directions, and in JSON in a string', async (spelling) => {
    const cards = { detectors: [paymentCard()] };
    await using route = await startRoute({ controls: [redaction({ upstream: cards, client: cards })] });
    for (const args of [`{"cardNumber":${spelling}}`, JSON.stringify({ body: `{"cardNumber":${spelling}}` })]) {
      const call = way.call('tools/call', { name: 'x', arguments: { there: 1 } });
      route.upstream.answer = withSessions(way.result(`{"content":[],"structuredContent":${args}}`));
      const reply = await send(route.front, { ...call, body: call.body.replace('{"there":1}', () => args) });
      for (const text of [route.upstream.received.at(-1)?.text, reply.text]) {
        expect(text).not.toContain(spelling);
        expect(text).toMatch(/cardNumber\\?":null/);
      }
    }
  });

  test('keeps numbers that share a double with a card but are not cards', async () => {
    const text = '{"content":[],"structuredContent":{"cardNumber":4212345678901234562,"n":4212345678901234563}}';
    await using route = await startRoute({ controls: [redaction({ client: { detectors: [paymentCard()] } })] });
    route.upstream.answer = withSessions(way.result(text));
    expect((await send(route.front, way.call('tools/call', { name: 'x', arguments: {} }))).text).toContain(text);
  });

  test('removes a removed number from the text beside it, with all its digits', async () => {
    await using route = await startRoute({ controls: [redaction({ client: { fields: [{ path: 'n' }] } })] });
    route.upstream.answer = withSessions(
      way.result(
        `{"content":[{"type":"text","text":"no. ${CARD}, 1234.5"}],"structuredContent":{"a":{"n":1},"n":[${CARD},1234.5]}}`,
      ),
    );
    expect((await send(route.front, way.call('tools/call', { name: 'x', arguments: {} }))).text).toContain(
      '"no. REDACTED, REDACTED"',
    );
  });

  test('reads the digits after another control changed the message, too', async () => {
    const cards = { detectors: [paymentCard()] };
    await using route = await startRoute({
      controls: [
        redaction({ upstream: cards, client: cards }),
        { ...redaction({ upstream: { fields: [{ path: 'a' }] }, client: { fields: [{ path: 'a' }] } }), name: 'other' },
      ],
    });
    route.upstream.answer = withSessions(
      way.result(`{"content":[],"structuredContent":{"a":"x","cardNumber":${CARD}}}`),
    );
    expect((await send(route.front, way.call('tools/call', { name: 'x', arguments: {} }))).text).toContain(
      '"cardNumber":null',
    );
  });
});
