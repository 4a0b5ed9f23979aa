/** A number's digits are read even if other controls changed the message before. */
import { describe, expect, test } from 'vitest';
import type { Call } from '../../../../proxy/call/call.ts';
import type { Era } from '../../../../proxy/call/exchange.ts';
import { redaction } from '../../../../proxy/controls/redaction/index.ts';
import type { Detector } from '../../../../proxy/controls/shared/detectors/index.ts';
import { tokenization } from '../../../../proxy/controls/tokenization/index.ts';
import type { JsonObject } from '../../../../proxy/json/value.ts';
import { type DefinedControl, defineControl } from '../../../../proxy/pipeline/control.ts';
import { withTasks } from '../../../../proxy/reply/tasks.ts';
import { transformText } from '../../../../proxy/reply/transform.ts';
import type { Treatment } from '../../../../proxy/reply/treatment.ts';
import { callOf, replyOf } from '../../../dispatch/fake.ts';
import { bindRing, emails, TENANT, tokenOf } from '../../tokenization/keys.ts';

const CARD = '6304000000000000011';
/** Another number with the same double. */
const OTHER = '6304000000000000012';
const card: Detector = {
  name: 'card',
  type: 'payment-card',
  find: (text) =>
    [...text.matchAll(new RegExp(CARD, 'g'))].map(({ index }) => ({
      start: index,
      end: index + CARD.length,
      type: 'payment-card',
    })),
};
const withoutCards = redaction({ client: { detectors: [card] } });
const withoutA = redaction({ client: { fields: [{ path: 'a' }] } });

/** Changes the structured content. */
function changing(change: (content: JsonObject) => JsonObject): DefinedControl {
  return defineControl({
    name: 'changing',
    replies: 'transforms',
    setup: () => async (call, next) =>
      (await next(call)).mapResult((result) => ({
        ...result,
        structuredContent: change(result['structuredContent'] as JsonObject),
      })),
  });
}

const toolCall = (): Call =>
  callOf({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'x', arguments: {} } });

/** The treatment of a reply by these controls, innermost first. */
async function treatmentBy(call: Call, ...controls: readonly DefinedControl[]): Promise<Treatment> {
  const reply = replyOf();
  for (const control of controls) {
    const act = await control.setup({ bindings: bindRing() });
    if (typeof act !== 'function') throw new Error('expected a function');
    await act(call, () => Promise.resolve(reply));
  }
  return {
    transforms: reply.transforms,
    refused: { kind: 'request', method: call.method, id: '1', era: 'legacy', dispatched: true },
    progressToken: undefined,
  };
}

const response = (content: string): string =>
  `{"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":${content}}}`;

describe('hides a long number after another control changed data beside it', () => {
  const content = `{"a":"secret","card":${CARD}}`;
  const cleaned = '{"a":"REDACTED","card":null}';

  test.each([
    ['alone', (message: string) => message],
    [
      'in a batch',
      (message: string) => `[{"jsonrpc":"2.0","method":"notifications/message","params":{"data":1}},${message}]`,
    ],
  ])('%s', async (_, written) => {
    const own = await treatmentBy(toolCall(), withoutA, withoutCards);
    expect(await transformText(written(response(content)), { own, elsewhere: undefined })).toBe(
      written(response(cleaned)),
    );
  });

  test('in a batch of many messages, each read separately', async () => {
    const own = await treatmentBy(toolCall(), withoutA, withoutCards);
    const batch = (inner: string): string => `[${Array<string>(20_000).fill(response(inner)).join()}]`;
    expect((await transformText(batch(content), { own, elsewhere: undefined })) === batch(cleaned)).toBe(true);
  });

  test.each<[string, Era, (inner: string) => string]>([
    [
      'tasks/result',
      'legacy',
      (inner) => `{"jsonrpc":"2.0","id":1,"result":{"content":[],"structuredContent":${inner}}}`,
    ],
    [
      'tasks/get',
      'modern',
      (inner) =>
        `{"jsonrpc":"2.0","id":1,"result":{"taskId":"t","status":"completed","result":{"content":[],"structuredContent":${inner}}}}`,
    ],
    [
      'subscriptions/listen',
      'modern',
      (inner) =>
        `{"jsonrpc":"2.0","method":"notifications/tasks","params":{"taskId":"t","status":"completed","result":{"content":[],"structuredContent":${inner}}}}`,
    ],
  ])("in a task's result: %s", async (method, era, written) => {
    const begun = await treatmentBy(toolCall(), withoutA, withoutCards);
    const call = callOf({ jsonrpc: '2.0', id: 1, method, params: { taskId: 't' } }, era);
    for (const controls of [[], [withoutCards]]) {
      const own = withTasks(call, method === 'subscriptions/listen', await treatmentBy(call, ...controls), {
        begun: () => {},
        treatment: () => begun,
      });
      expect(await transformText(written(content), { own, elsewhere: undefined })).toBe(written(cleaned));
    }
  });

  test('after tokens were restored', async () => {
    const own = await treatmentBy(toolCall(), tokenization({ tenant: TENANT, detectors: [emails] }), withoutCards);
    const text = `[${response(`{"to":"${tokenOf('ann@a.co')}","card":${CARD}}`)}]`;
    expect(await transformText(text, { own, elsewhere: undefined })).toBe(
      `[${response('{"to":"ann@a.co","card":null}')}]`,
    );
  });
});

describe('a long number that another control moved', () => {
  const kept = changing((content) => ({
    rows: (content['rows'] as readonly JsonObject[]).filter((row) => row['keep'] === true),
  }));
  const rebuilt = changing((content) => ({
    rows: (content['rows'] as readonly JsonObject[]).filter((row) => row['keep'] === true).map((row) => ({ ...row })),
  }));
  const renamed = changing((content) => ({
    other: { inner: content['first'] ?? null, card: content['card'] ?? null },
  }));

  test.each([
    [
      'to an earlier index, with its row',
      kept,
      `{"rows":[{"keep":false,"card":1},{"keep":true,"card":${CARD}}]}`,
      '{"rows":[{"keep":true,"card":null}]}',
    ],
    [
      'to an earlier index, in a copy of its row',
      rebuilt,
      `{"rows":[{"keep":false,"card":1},{"keep":true,"card":${CARD}}]}`,
      '{"rows":[{"keep":true,"card":null}]}',
    ],
    [
      'to an earlier index, with its row, to the place of a number with the same double',
      kept,
      `{"rows":[{"keep":false,"card":${OTHER}},{"keep":true,"card":${CARD}}]}`,
      '{"rows":[{"keep":true,"card":null}]}',
    ],
    [
      'to an earlier index, with its row, to the place of the card',
      kept,
      `{"rows":[{"keep":false,"card":${CARD}},{"keep":true,"card":${OTHER}}]}`,
      `{"rows":[{"keep":true,"card":${OTHER}}]}`,
    ],
    ['to another key', renamed, `{"first":{"x":1},"card":${CARD}}`, '{"other":{"inner":{"x":1},"card":null}}'],
  ])('is hidden after it moved %s', async (_, control, content, expected) => {
    const own = await treatmentBy(toolCall(), control, withoutCards);
    expect(await transformText(response(content), { own, elsewhere: undefined })).toBe(response(expected));
  });

  test.each([
    [
      'to the place of the other number',
      `{"rows":[{"keep":false,"card":${OTHER}},{"keep":false},{"keep":true,"card":${CARD}}]}`,
    ],
    ['to a new place', `{"rows":[{"keep":false},{"keep":false,"card":${OTHER}},{"keep":true,"card":${CARD}}]}`],
  ])('and that may be either of two with the same double is refused: %s', async (_, content) => {
    const own = await treatmentBy(toolCall(), rebuilt, withoutCards);
    await expect(transformText(response(content), { own, elsewhere: undefined })).rejects.toThrow();
  });

  test('stays in place if only data beside it changed, although another number has the same double', async () => {
    const touched = changing((content) => ({
      rows: (content['rows'] as readonly JsonObject[]).map((row) => ({ ...row, seen: true })),
    }));
    const own = await treatmentBy(toolCall(), touched, withoutCards);
    expect(
      await transformText(response(`{"rows":[{"card":${OTHER}},{"card":${CARD}}]}`), { own, elsewhere: undefined }),
    ).toBe(response(`{"rows":[{"card":${OTHER},"seen":true},{"card":null,"seen":true}]}`));
  });
});
