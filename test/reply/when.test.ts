import { expect, test } from 'vitest';
import { callTool, control, responseOf, textsOf, ways, withSessions } from '../dispatch/forms.ts';
import { startFront } from '../support/front.ts';
import { startUpstream } from '../support/upstream.ts';

test.each(ways)(
  'a transformation with `when` sees only messages whose text it accepts; the others are not parsed (%s)',
  async (_name, way) => {
    const seen: unknown[] = [];
    const picky = control('picky', async (call, next) =>
      (await next(call)).mapMessages(
        (message) => {
          seen.push(message);
          return { ...message, seen: true };
        },
        { when: (text) => text.includes('wanted') },
      ),
    );
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { controls: [picky] });
    // A repeated key: a parse would refuse it.
    upstream.answer = withSessions(way.messages('{"jsonrpc":"2.0","id":ID,"result":{"a":1,"a":2}}'));
    expect(textsOf(await callTool(front, way)).at(-1)).toMatch(/"result":\{"a":1,"a":2\}/);
    expect(seen).toEqual([]);
    upstream.answer = withSessions(way.messages('{"jsonrpc":"2.0","id":ID,"result":{"a":"wanted"}}'));
    expect(responseOf(await callTool(front, way))).toMatchObject({ result: { a: 'wanted' }, seen: true });
    expect(seen).toHaveLength(1);
  },
);
