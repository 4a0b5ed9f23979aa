import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkJson } from '../../proxy/json/strict.ts';
import { EventSplitter, readEvent } from '../../proxy/reply/events.ts';
import { PlainProgress } from '../../proxy/reply/plain-progress.ts';

const token = fc.oneof(
  fc.constantFrom('"a"', '"p-1"', '""', '17', '-3'),
  fc.constantFrom('1e5', '"\\u0061"', 'null', '{}'),
);
const member = fc.oneof(
  fc.constantFrom('"progress":1', '"progress":0.5', '"progress":1e3', '"progress":01', '"progress":"1"'),
  fc.constantFrom('"total":100', '"total":null', '"message":"x"', '"message":"é"', '"message":"\\n"', '"message":1'),
  fc.constantFrom('"_meta":{}', '"more":1', '"Progress":1'),
);
const params = fc
  .tuple(
    token,
    fc.oneof(
      fc.array(member, { maxLength: 4 }),
      fc.constantFrom(
        ['"progress":1'],
        ['"progress":1', '"total":100'],
        ['"progress":1', '"total":100', '"message":"é"'],
        ['"message":"x"', '"progress":0.5'],
      ),
    ),
    fc.constantFrom(0, 0, 4, 1),
  )
  .map(([own, members, at]) => {
    const all: string[] = [...members];
    all.splice(at, 0, `"progressToken":${own}`);
    return all.join(',');
  });
const message = fc
  .tuple(
    params,
    fc.constantFrom('"jsonrpc":"2.0",', '', '"jsonrpc":"2.0","id":1,'),
    fc.constantFrom('', ',"jsonrpc":"2.0"', ',"result":{}'),
    fc.constantFrom('notifications/progress', 'notifications/progress', 'notifications/message'),
  )
  .map(([inner, before, after, method]) => `{${before}"method":"${method}","params":{${inner}}${after}}`);
const stream = fc
  .array(
    fc.tuple(message, fc.constantFrom('', 'event: message', 'event: ping', ': x'), fc.constantFrom('\n', '\n', '\r\n')),
    { minLength: 1, maxLength: 5 },
  )
  .map((events) =>
    events.map(([data, type, end]) => `${type === '' ? '' : type + end}data: ${data}${end}${end}`).join(''),
  );

test('what is passed over as plain progress is only that, event by event, for a strict reader', () => {
  let found = 0;
  fc.assert(
    fc.property(stream, (text) => {
      const bytes = Buffer.from(text);
      const run = new PlainProgress().at(bytes.toString('latin1'), 0);
      if (run === undefined) return;
      found++;
      const events = new EventSplitter(1e6).push(bytes.subarray(0, run.end));
      expect(Buffer.concat(events).length).toBe(run.end);
      for (const event of events) {
        const { data = '', type = 'message', id } = readEvent(event);
        checkJson(data);
        const { params: own, ...envelope } = JSON.parse(data) as { readonly params: object };
        expect([type, id, envelope]).toEqual([
          'message',
          undefined,
          { jsonrpc: '2.0', method: 'notifications/progress' },
        ]);
        expect(own).toMatchObject({ progressToken: JSON.parse(run.token), progress: expect.any(Number) });
        for (const key of Object.keys(own)) expect(['progressToken', 'progress', 'total', 'message']).toContain(key);
      }
    }),
    { numRuns: 5_000 },
  );
  expect(found).toBeGreaterThan(50);
});

test.each([
  ['the order of the specification', '"progressToken":"a","progress":1,"total":2,"message":"x"'],
  ['the alphabet', '"progressToken":"a","message":"x","progress":1,"total":2'],
  ['a token that comes last', '"progress":1,"total":2,"progressToken":"a"'],
])('events in %s are one run, whatever their lines end with and wherever the version is', (_name, members) => {
  const message = `"method":"notifications/progress","params":{${members}}`;
  for (const data of [`{"jsonrpc":"2.0",${message}}`, `{${message},"jsonrpc":"2.0"}`])
    for (const end of ['\n', '\r\n']) {
      const events = `event: message${end}data: ${data}${end}${end}data: ${data}${end}${end}`;
      expect(new PlainProgress().at(`${events}data: {}`, 0)).toEqual({ token: '"a"', end: events.length });
    }
});

test('a run ends before an event with another token', () => {
  const event = (own: string): string =>
    `data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${own},"progress":1}}\n\n`;
  expect(new PlainProgress().at(event('"a"') + event('"b"'), 0)?.end).toBe(event('"a"').length);
});
