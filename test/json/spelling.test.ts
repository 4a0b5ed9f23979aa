/** No rule depends on how JSON spells a key or a compared value: all spellings of a message are treated the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMessage, RELATED_TASK } from '../../proxy/call/message.ts';
import { mayContain } from '../../proxy/reply/contains.ts';
import { mustLook } from '../../proxy/reply/transform.ts';
import { scanWhole } from '../../proxy/reply/treatment.ts';

/** A string in any JSON spelling: each character plain, or as any of its escapes. */
const spelled = (text: string): fc.Arbitrary<string> =>
  fc.tuple(...Array.from(text).map((c) => fc.constantFrom(c, ...escapesOf(c)))).map((parts) => `"${parts.join('')}"`);

function escapesOf(c: string): string[] {
  const hex = c.charCodeAt(0).toString(16).padStart(4, '0');
  return [`\\u${hex}`, `\\u${hex.toUpperCase()}`, ...(c === '/' ? ['\\/'] : [])];
}

const space = fc.constantFrom('', ' ', '\n', '\t\r\n ');
const runs = { numRuns: 500 };

/** An object of members, in any order, with white space anywhere. */
const object = (members: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.shuffledSubarray(Object.entries(members), { minLength: Object.keys(members).length }), space)
    .chain(([entries, gap]) =>
      fc.tuple(
        ...entries.map(([key, value]) =>
          fc.tuple(spelled(key), value).map(([k, v]) => `${gap}${k}${gap}:${gap}${v}${gap}`),
        ),
      ),
    )
    .map((parts) => `{${parts.join(',')}}`);

test('a request is recognised by its method, name, version, id and progress token', () => {
  const meta = object({
    progressToken: spelled('to/ken'),
    'io.modelcontextprotocol/protocolVersion': spelled('2026-07-28'),
  });
  const request = object({
    jsonrpc: spelled('2.0'),
    id: fc.constant('7'),
    method: spelled('tools/call'),
    params: object({ name: spelled('x'), _meta: meta }),
  });
  fc.assert(
    fc.property(request, (text) => {
      expect(readMessage(text)).toMatchObject({
        kind: 'request',
        method: 'tools/call',
        name: 'x',
        id: '7',
        progressToken: 'to/ken',
        metaVersion: '2026-07-28',
      });
    }),
    runs,
  );
});

test('an answer is recognised by its id and its members', () => {
  const response = object({
    jsonrpc: spelled('2.0'),
    id: spelled('a/b'),
    result: fc.constant('{}'),
    error: fc.constant('null'),
  });
  fc.assert(
    fc.property(response, (text) => {
      const { kind, bodyStart, bodyEnd } = readMessage(text);
      expect([kind, text.slice(bodyStart, bodyEnd)]).toEqual(['response', '{}']);
    }),
    runs,
  );
});

test("an upstream's message about progress or a task is recognised", () => {
  const own = {
    transforms: [],
    refused: { kind: 'request', method: 'tools/call', id: '1', era: 'legacy', dispatched: true },
    progressToken: undefined,
    ofTask: () => Promise.resolve(undefined),
  } as const;
  const treatments = { own, elsewhere: { everything: false, byId: () => undefined, byProgress: () => undefined } };
  const related = object({ _meta: object({ [RELATED_TASK]: object({ taskId: spelled('t') }) }) });
  const messages = [
    object({ method: spelled('notifications/progress'), params: object({ progressToken: fc.constant('1') }) }),
    object({ method: spelled('notifications/tasks'), params: object({ taskId: spelled('t') }) }),
    object({ method: spelled('notifications/tasks/status'), params: object({ taskId: spelled('t') }) }),
    object({ method: spelled('elicitation/create'), id: fc.constant('5'), params: related }),
    object({ id: spelled('another'), result: fc.constant('{}') }),
  ];
  fc.assert(
    fc.property(fc.oneof(...messages), (text) => mustLook(scanWhole(text), text, treatments)),
    runs,
  );
  const plain = '{"method":"notifications/message","params":{"data":"t"}}';
  expect(mustLook(scanWhole(plain), plain, treatments)).toBe(false);
});

test('a string that a control searches for is found', () => {
  for (const wanted of ['"taskId"', 'task', RELATED_TASK, '"traceparent"', 'a/b', 'x~ !#[]^`{|}']) {
    const bare = wanted.replaceAll('"', '');
    fc.assert(
      fc.property(
        spelled(bare),
        (text) => mayContain(`{${text}:1}`, wanted) && mayContain(Buffer.from(`{${text}:1}`), wanted),
      ),
      { numRuns: 200 },
    );
  }
});
