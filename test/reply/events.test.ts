import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Scanned } from '../../proxy/reply/scanned.ts';
import { startCounting, stepsOf, stopCounting } from '../linear/steps.ts';
import { type Cut, cut } from './chunks.ts';

// Before the code is loaded: V8 counts only in code that is compiled later.
startCounting();
const { EventScan } = await import('../../proxy/reply/event-scan.ts');
const { QuietEvents } = await import('../../proxy/reply/quiet.ts');
const { EventSplitter, EventTooLarge, readEvent, withData } = await import('../../proxy/reply/events.ts');
afterAll(stopCounting);

interface Dispatched {
  readonly data: string;
  readonly type: string;
  readonly id: string;
}

/** The standard's own algorithm (WHATWG HTML, 9.2.6), over the whole text in one pass. */
function reference(text: string): Dispatched[] {
  const events: Dispatched[] = [];
  let data: string[] = [];
  let [type, id] = ['', ''];
  const lines = text.split(/\r\n|\n|\r/);
  // Text after the last line end is not a line.
  for (const line of lines.slice(0, -1)) {
    if (line === '') {
      if (data.length > 0) events.push({ data: data.join('\n'), type, id });
      [data, type] = [[], ''];
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data.push(value);
    else if (field === 'event') type = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
  }
  return events;
}

const line = fc.oneof(
  fc.constantFrom(
    'data: {"jsonrpc":"2.0","method":"a/b"}',
    'data:{"id":1,',
    'data: "result":{}}',
    'data',
    'data:',
    'event: message',
    'id: 7',
    'id',
    ': comment',
    'retry: 5',
    'Data: x',
    'datax: y',
    'x',
  ),
  fc.string({ unit: fc.constantFrom('a', ':', ' ', 'd', 'é', '"'), maxLength: 30 }),
);
const stream = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n', '\n\n', '\r\r', '\r\n\r\n', '')), { maxLength: 20 })
  .map((lines) => lines.flat().join(''));

function split({ chunks }: Cut): Buffer[] {
  const splitter = new EventSplitter(1024 * 1024);
  const events = chunks.flatMap((chunk) => splitter.push(chunk));
  const rest = splitter.rest();
  return rest === undefined ? events : [...events, rest];
}

describe('the splitter', () => {
  test('loses no byte, wherever the chunks and the lines end', () => {
    fc.assert(
      fc.property(cut(stream), (bytes) => {
        expect(Buffer.concat(split(bytes)).equals(bytes.bytes)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('finds the same events as the standard, each in one piece', () => {
    fc.assert(
      fc.property(cut(stream), (bytes) => {
        const pieces = split(bytes).map((piece) => readEvent(piece));
        const complete = pieces.filter(
          ({ bytes, data }) => data !== undefined && /(?:\r\n|\n|\r)(?:\r\n|\n|\r)$/.test(bytes.toString('utf8')),
        );
        const expected = reference(bytes.bytes.toString('utf8'));
        expect(complete.slice(0, expected.length).map(({ data }) => data)).toEqual(expected.map(({ data }) => data));
        expect(complete.slice(0, expected.length).map(({ type = '' }) => type)).toEqual(
          expected.map(({ type }) => type),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('returns an event as soon as its blank line has arrived', () => {
    for (const end of ['\n\n', '\r\r', '\r\n\r', '\r\n\r\n'])
      expect(new EventSplitter(100).push(Buffer.from(`data: 1${end}`))).toHaveLength(1);
  });

  test('holds no more than its limit, however small the chunks are', () => {
    const splitter = new EventSplitter(1000);
    const push = (): void => {
      for (let i = 0; i < 1001; i++) splitter.push(Buffer.from('x'));
    };
    expect(push).toThrow(EventTooLarge);
  });

  test('an event of exactly the limit passes', () => {
    const event = `data: ${'x'.repeat(992)}\n\n`;
    expect(new EventSplitter(1000).push(Buffer.from(event))).toHaveLength(1);
    expect(() => new EventSplitter(999).push(Buffer.from(event))).toThrow(EventTooLarge);
  });

  test.each(['\n', '\r', '\r\n'])('takes time in proportion to the bytes for lines that end in %j', async (end) => {
    const stepsFor = (lines: number): Promise<number> => {
      const chunk = Buffer.from(`data: x${end}`.repeat(lines));
      return stepsOf(async () => {
        new EventSplitter(chunk.length).push(chunk);
        new EventScan(() => {}).push(chunk);
      });
    };
    const few = await stepsFor(2_000);
    expect(few).toBeGreaterThan(2_000);
    // Quadratic code would take 64 times as many.
    expect((await stepsFor(16_000)) / few).toBeLessThan(12);
  });
});

describe('the scan of a stream', () => {
  test('sees the messages that matter, of those that the standard would dispatch, wherever the chunks and the lines end', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '\\"', '{', '}', 'é', '"isError":true'.replaceAll('"', '\\"')),
      maxLength: 20,
    });
    const messages = fc.array(
      fc.tuple(
        fc.oneof(
          fc.record({ id: fc.integer(), result: fc.record({ text }) }),
          fc.record({ method: text, params: fc.record({ text }) }),
          fc.record({ id: fc.integer(), method: text }),
          fc.record({ error: fc.record({ message: text }) }),
          fc.record({ params: fc.record({ text }), method: fc.constant('notifications/tools/list_changed') }),
        ),
        fc.constantFrom('\n', '\r', '\r\n'),
        fc.boolean(),
      ),
      { maxLength: 6 },
    );
    const stream = messages.map((all) =>
      all
        .map(
          ([message, end, pretty]) =>
            `: hello${end}event: message${end}${JSON.stringify(message, undefined, pretty ? 1 : undefined)
              .split('\n')
              .map((line) => `data: ${line}${end}`)
              .join('')}${end}`,
        )
        .join(''),
    );
    fc.assert(
      fc.property(cut(stream), ({ bytes, chunks }) => {
        const seen: Scanned[] = [];
        const scan = new EventScan((scanned) => seen.push(scanned));
        for (const chunk of chunks) scan.push(chunk);
        const expected = reference(bytes.toString('utf8')).map(
          ({ data }) => JSON.parse(data) as { id?: number; method?: string; error?: object },
        );
        const matters = ({ id, method = '', error }: (typeof expected)[number]): boolean =>
          id !== undefined || error !== undefined || method.endsWith('list_changed');
        const shown = seen.filter(
          ({ id, method = '', hasError }) => id !== undefined || hasError || method.endsWith('list_changed'),
        );
        expect(shown.map(({ id, method, complete }) => ({ id, method, complete }))).toEqual(
          expected
            .filter(matters)
            .map(({ id, method }) => ({
              id: id === undefined ? undefined : JSON.stringify(id),
              method,
              complete: true,
            })),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('events that matter to nobody but the client', () => {
  const progress = 'data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}}';

  test.each([
    ['\n\n', '\n\n'],
    ['\r\n\r\n', '\r\n\r\n'],
    ['\r\n\r\n', '\n\n'],
  ])('are passed over up to the last blank line, of %j and %j', (first, last) => {
    const quiet = `${progress}${first}: a comment${last}`;
    const chunk = Buffer.from(`${quiet}data: {"id":1,"result":{}}${last}`);
    expect(new QuietEvents(chunk).after(0)).toBe(quiet.length);
  });

  test.each(['"id":1', '"result":{}', '"error":{}', '"method":"notifications/tools/list_changed"', '"\\u0069d":1'])(
    'are none that hold %s',
    (member) => {
      const chunk = Buffer.from(`data: {${member}}\n\n`);
      expect(new QuietEvents(chunk).after(0)).toBe(0);
    },
  );

  test('begin again after one that matters', () => {
    const response = 'data: {"id":1,"result":{}}\n\n';
    const chunk = Buffer.from(`${response}${progress}\n\n${progress}`);
    expect(new QuietEvents(chunk).after(response.length)).toBe(response.length + progress.length + 2);
  });
});

describe('new data in an event', () => {
  test.each(['\n', '\r', '\r\n'])('does not change its other lines and its line end %j', (end) => {
    const before = [': c', 'id: 7', 'data: {', 'data: "a":1}', 'retry: 9', 'x: y', '', ''].join(end);
    const after = [': c', 'id: 7', 'data: {"a":2}', 'retry: 9', 'x: y', '', ''].join(end);
    expect(withData(readEvent(Buffer.from(before)), '{"a":2}').toString()).toBe(after);
  });

  test('keeps the lines of a multi-line text', () => {
    const event = readEvent(Buffer.from('data: {\ndata:   "a": 1\ndata: }\n\n'));
    expect(withData(event, (event.data ?? '').replace('1', '2')).toString()).toBe(
      'data: {\ndata:   "a": 2\ndata: }\n\n',
    );
  });
});
