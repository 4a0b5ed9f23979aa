/**
 * Short values are walked in one go, long ones in turns: both visit the same places in the same order, with the same
 * result.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LONG_TEXT, SHORT, type Work } from '../../../../proxy/base/turns.ts';
import type { Call } from '../../../../proxy/call/call.ts';
import { mapCall, mapMessage, type Place, type Visitor } from '../../../../proxy/controls/shared/surfaces/index.ts';
import type { JsonObject } from '../../../../proxy/json/value.ts';
import { defineControl } from '../../../../proxy/pipeline/control.ts';
import { callControl } from '../../../../testing/index.ts';

/** Everything that a visitor can see of a place. */
function seen(text: string | number, at: Place): string {
  const {
    direction,
    surface,
    method,
    path,
    holders,
    roots,
    root,
    permits,
    isKey,
    fixed,
    grammar,
    echoed,
    unreadable,
    field,
    nested,
  } = at;
  return JSON.stringify([
    text,
    direction,
    surface,
    method,
    path,
    holders.list.map((holder, i) => Object.hasOwn(holder, path[i] ?? '')),
    roots,
    root,
    permits,
    isKey,
    fixed,
    grammar,
    echoed,
    unreadable,
    field,
    nested,
    typeof text === 'number' ? at.digits(text) : '',
  ]);
}

class Recorder implements Visitor {
  readonly visits: string[] = [];

  text(text: string, at: Place): string | Work<string> {
    this.visits.push(seen(text, at));
    const next = at.fixed ? text : text.replaceAll('x', 'yy');
    return text.length > LONG_TEXT ? later(next) : next;
  }

  number(value: number, at: Place): number {
    this.visits.push(seen(value, at));
    return at.fixed || value !== 7 ? value : 8;
  }
}

function* later(text: string): Work<string> {
  yield;
  return text;
}

const key = fc.oneof(
  fc.constantFrom(
    'content',
    'text',
    'type',
    'structuredContent',
    'mimeType',
    'blob',
    'resource',
    'x',
    '_meta',
    'annotations',
    'uri',
    'a',
  ),
  fc.string({ maxLength: 3 }),
);
const short = fc.constantFrom('x', 'text', 7, 'eHh4', null);
const leaf = fc.oneof(
  fc.constantFrom(
    'x',
    '',
    'text',
    '\ufeff{"x":7}',
    '{"x":["x",7,9007199254740993]}',
    '{"x":1,"x":2}',
    '"{\\"x\\":7}"',
    'eHh4',
    `x${'a'.repeat(LONG_TEXT)}`,
    7,
    2 ** 60,
    null,
    true,
  ),
  fc.string(),
);
const tree = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('node'), { maxLength: 6 }),
    fc.dictionary(key, tie('node'), { maxKeys: 6 }),
    fc.tuple(short, fc.nat(200)).map(([item, times]) => Array.from({ length: times }, () => ({ x: [item] }))),
  ),
})).node;

async function visited(walk: (visitor: Visitor) => unknown): Promise<readonly unknown[]> {
  const recorder = new Recorder();
  try {
    return [await walk(recorder), recorder.visits];
  } catch (error) {
    return [error instanceof Error ? error.message : error, recorder.visits];
  }
}

/** The call that a control gets. */
async function callOf(params: JsonObject): Promise<Call> {
  let got: Call | undefined;
  const control = defineControl({ name: 'get', replies: 'ignores', setup: () => (call, next) => next((got = call)) });
  await callControl(control, { method: 'tools/call', params });
  if (got === undefined) throw new TypeError('expected the control to be called');
  return got;
}

test('a long message is visited like a short one', async () => {
  const call = await callOf({ name: 'x', arguments: {} });
  await fc.assert(
    fc.asyncProperty(fc.dictionary(key, tree, { maxKeys: 5 }), fc.boolean(), async (result, isError) => {
      const json = JSON.stringify({ jsonrpc: '2.0', id: 1, [isError ? 'error' : 'result']: result, more: 'x' });
      const value = JSON.parse(json) as JsonObject;
      // Padded to a text that is too long for one go; spaces before the message change nothing.
      const long = { json: ' '.repeat(SHORT) + json, value };
      expect(await visited((visitor) => mapMessage(value, call, visitor, long))).toEqual(
        await visited((visitor) => mapMessage(value, call, visitor, { json, value })),
      );
    }),
    { numRuns: 100 },
  );
});

test('a long call is visited like a short one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(key, tree, { maxKeys: 5 }), async (values) => {
      const walk = async (padding: string): Promise<readonly unknown[]> => {
        const call = await callOf({ name: 'x', arguments: values as JsonObject, _meta: { progressToken: padding } });
        const [next, visits] = await visited((visitor) => mapCall(call, visitor));
        return [typeof next === 'string' ? next : (next as Call).params?.['arguments'], visits];
      };
      expect(await walk('a'.repeat(SHORT))).toEqual(await walk('a'));
    }),
    { numRuns: 50 },
  );
});
