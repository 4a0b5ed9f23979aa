import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idKey } from '../../proxy/call/message.ts';
import { MessageScan } from '../../proxy/reply/scan.ts';
import { rpcCodeOf, type Scanned } from '../../proxy/reply/scanned.ts';
import { type Cut, cut } from './chunks.ts';

function scan(chunks: readonly Buffer[], budget?: number): Scanned {
  const scan = new MessageScan(budget);
  for (const chunk of chunks) scan.push(chunk);
  return scan.scanned;
}

const scanText = (text: string): Scanned => scan([Buffer.from(text)]);

/** The result of JSON.parse for the same message. */
function oracle(text: string): Scanned {
  const message = JSON.parse(text) as Record<string, unknown>;
  const { id, method, result, error } = message;
  const isError =
    typeof result === 'object' &&
    result !== null &&
    !Array.isArray(result) &&
    (result as Record<string, unknown>)['isError'] === true;
  const code = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)['code'] : undefined;
  return {
    id: typeof id === 'string' || typeof id === 'number' ? idKey(JSON.stringify(id)) : undefined,
    method: typeof method === 'string' ? method : undefined,
    hasResult: 'result' in message,
    hasError: 'error' in message && error !== null,
    isError,
    code: typeof code === 'number' ? JSON.stringify(code) : undefined,
    twice: false,
    complete: true,
  };
}

/** Text that looks like structure, in keys and values at every depth. */
const bait = fc.constantFrom(
  'isError',
  'result',
  'error',
  'method',
  'id',
  'code',
  '"code":7',
  '"isError":true',
  '","error":{',
  '\\',
  '\\"',
  '{"result":{"isError":true}}',
  '\u2028',
  'é',
  '😀',
  '\u0000',
);
const word = fc.oneof(
  bait,
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constant('x'.repeat(80)),
  fc.constant('\\"'.repeat(40)),
);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    word,
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(word, tie('value'), { maxKeys: 4 }),
  ),
})).value;
const members = fc.record(
  {
    jsonrpc: fc.constant('2.0'),
    id: fc.oneof(word, fc.integer(), fc.constant(null)),
    method: word,
    params: value,
    result: fc.oneof(
      value,
      fc.record({
        isError: fc.oneof(fc.boolean(), fc.constant('true'), value),
        content: value,
        structuredContent: value,
      }),
    ),
    error: fc.oneof(
      value,
      fc.record({
        data: fc.oneof(value, fc.record({ error: fc.record({ code: fc.integer() }) })),
        code: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), value),
        message: word,
      }),
    ),
    more: value,
  },
  { requiredKeys: [] },
);

/** JSON text in one of its spellings: keys and strings escaped or not, with white space or without. */
const message = fc
  .tuple(members, fc.boolean(), fc.constantFrom(undefined, 2), fc.array(fc.nat(6), { minLength: 7, maxLength: 7 }))
  .map(([object, escape, indent, order]) => {
    const shuffled = Object.fromEntries(
      Object.entries(object)
        .map((entry, i) => [order[i] ?? 0, entry] as const)
        .sort(([a], [b]) => a - b)
        .map(([, entry]) => entry),
    );
    const text = JSON.stringify(shuffled, undefined, indent);
    // Every letter of a key or string may be written as \u00XX.
    return escape
      ? text.replaceAll(
          /(?<!\\)(?:result|error|code|isError|method|id)(?=")/g,
          (key) => `\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}`,
        )
      : text;
  });

describe('the structural scan', () => {
  test('agrees with JSON.parse, however the bytes are cut and spelled', () => {
    fc.assert(
      fc.property(cut(message), ({ bytes, chunks }: Cut) => {
        const scanned = scan(chunks, Number.POSITIVE_INFINITY);
        // However its id is spelled, it is the same id.
        expect({ ...scanned, id: scanned.id === undefined ? undefined : idKey(scanned.id) }).toEqual(
          oracle(bytes.toString('utf8')),
        );
      }),
      { numRuns: 1500 },
    );
  });

  test('never throws and never runs too long, for any bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
      fc
        .string({
          unit: fc.constantFrom(
            '{',
            '}',
            '[',
            ']',
            '"',
            '\\',
            ':',
            ',',
            'i',
            'd',
            '\n',
            '1',
            '"id"',
            '"method"',
            '"result"',
          ),
          maxLength: 80,
        })
        .map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 5 }), (chunks) => void scan(chunks)),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['an escape that JSON lacks', String.raw`{"method":"a\qb"}`],
    ['a raw control character', '{"method":"a\u0001b","id":"x"}'],
    ['an escape that is cut off', `{"method":"${String.raw`\u00`}"}`],
  ])('does not fail on a method with %s', (_what, text) => {
    expect(scanText(text).method).toBeUndefined();
  });

  test('is not misled by a text that quotes a failure', () => {
    const result = {
      content: [{ type: 'text', text: '"isError":true,"error":{"code":1}' }],
      structuredContent: { isError: true, result: { isError: true } },
    };
    expect(scanText(JSON.stringify({ jsonrpc: '2.0', id: 1, result }))).toEqual({
      id: '1',
      method: undefined,
      hasResult: true,
      hasError: false,
      isError: false,
      code: undefined,
      twice: false,
      complete: true,
    });
  });

  test('reports a repeated member of the message, in any spelling, but not a repeated member of a member', () => {
    for (const text of [
      '{"id":1,"id":2}',
      '{"method":"a","m\\u0065thod":"b"}',
      '{"result":{},"result":{}}',
      '{"params":{},"params":{}}',
    ])
      expect(scanText(text).twice).toBe(true);
    for (const text of ['{"id":1,"params":{"id":2,"id":3}}', '{"result":{"result":{},"id":1},"id":1}'])
      expect(scanText(text).twice).toBe(false);
  });

  test.each([
    ['a code of JSON-RPC', '{"error":{"code":-32602,"message":"m"},"id":1}', -32602],
    [
      'one behind its data',
      '{"id":1,"error":{"message":"m","data":{"code":3,"error":{"code":4}},"code":-32001}}',
      -32001,
    ],
    ['escaped keys', String.raw`{"id":1,"\u0065rror":{"c\u006fde":404}}`, 404],
    ['white space', '\t{ "error" :\n{ "code" :\t0 } }', 0],
    ['an integer with a fraction or an exponent of nothing', '{"error":{"code":-32603.0}}', -32603],
    ['an integer with an exponent', '{"error":{"code":1e3}}', 1000],
    ['a fraction', '{"error":{"code":1.5}}', undefined],
    ['a long number, which may be a value', '{"error":{"code":4929123456}}', undefined],
    ['a huge number', '{"error":{"code":1e400}}', undefined],
    ['no JSON number', '{"error":{"code":-0012}}', undefined],
    ['a string', '{"error":{"code":"-32602"}}', undefined],
    ['two codes', '{"error":{"code":1,"code":1}}', undefined],
    ['two codes, one of them escaped', String.raw`{"error":{"code":1,"\u0063ode":null}}`, undefined],
    ['two errors', '{"error":{"code":1},"error":{"code":2}}', undefined],
    ['an error that is null', '{"error":null,"result":{"code":1}}', undefined],
    ['an error that is a list', '{"error":[{"code":1}],"code":2}', undefined],
    ['the code of a result', '{"result":{"code":1,"error":{"code":2}},"id":1}', undefined],
    ['the code of the message', '{"error":{"message":"m"},"code":1}', undefined],
    [
      'the code of what the error quotes',
      String.raw`{"error":{"message":"\"code\":1","data":[{"code":2}]}}`,
      undefined,
    ],
  ])('of %s, reports the error code that all readers see', (_what, text, code) => {
    for (const size of [1, 3, text.length]) {
      const bytes = Buffer.from(text);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      expect(rpcCodeOf(scan(chunks))).toBe(code);
    }
  });

  test('finds isError behind a string of 100 KB with quotes and backslashes in it', () => {
    const text = String.raw`\"isError\":true,\\`.repeat(200) + 'x'.repeat(100_000);
    expect(
      scanText(`{"jsonrpc":"2.0","result":{"content":[{"type":"text","text":"${text}"}],"isError":true},"id":"z"}`),
    ).toMatchObject({ isError: true, id: '"z"', complete: true });
  });

  test('ignores a key of 100 KB', () => {
    expect(
      scanText(`{"${'k'.repeat(100_000)}isError":1,"result":{"${'k'.repeat(100_000)}":2,"isError":true},"id":3}`),
    ).toMatchObject({ isError: true, id: '3', complete: true });
  });

  test('keeps an id with other letters unchanged, and one beyond 2^53', () => {
    expect(scanText('{"id":"é😀","method":"m"}').id).toBe('"é😀"');
    expect(scanText('{"id":12345678901234567890,"method":"m"}').id).toBe('12345678901234567890');
  });

  test('does not treat "error":null next to a result as an error', () => {
    expect(scanText('{"id":1,"result":{},"error":null}')).toMatchObject({ hasResult: true, hasError: false });
  });

  test('gives up on a message that needs more steps than its budget, and reports that', () => {
    const scanner = new MessageScan();
    const text = `{"result":{"a":[${'[],'.repeat(100_000)}[]]},"id":1}`;
    scanner.push(Buffer.from(text));
    expect(scanner.done).toBe(true);
    expect(scanner.scanned).toMatchObject({ complete: false, id: undefined });
  });

  const long = `[${'[],'.repeat(100_000)}[]]`;

  test.each([
    [`{"jsonrpc":"2.0","id":1,"result":{"a":${long},"isError":true}}`, true],
    [`{"result":{"a":${long},"isError":false},"jsonrpc":"2.0","id":"x"}`, false],
    [`{"result":{"a":${long} , "isError" : true } , "id" : 7 }\n`, true],
  ])('reads the outcome from the end of a message that is longer than its budget (%#)', (text, isError) => {
    const scanner = new MessageScan();
    scanner.push(Buffer.from(text));
    scanner.end(Buffer.from(text.slice(-100)));
    expect(scanner.scanned).toMatchObject({ hasResult: true, isError, complete: true });
  });

  test.each([
    `{"result":{"a":${long},"structuredContent":{"isError":true}}}`,
    `{"result":{"a":${long},"text":"{\\"isError\\":true}}"}}`,
    `{"result":{"a":${long},"x,\\"isError":true}}`,
    `{"result":{"a":${long},"isError":"true"}}`,
    `{"result":{"a":${long}}}`,
    `{"x":${long},"y":{"isError":true}}`,
  ])('is not misled by an end that only looks like one (%#)', (text) => {
    expect(JSON.parse(text)).toBeDefined();
    const scanner = new MessageScan();
    scanner.push(Buffer.from(text));
    scanner.end(Buffer.from(text.slice(-100)));
    expect(scanner.scanned).toMatchObject({ isError: false, complete: false });
  });

  test('looks only at the part that it was given', () => {
    const bytes = Buffer.from('xxxx{"id":7,"a":"abcdefghijklmnopqrstuvwxyz"}"yyyy');
    const scanner = new MessageScan();
    scanner.push(bytes, 4, 30);
    scanner.push(bytes, 30, bytes.length - 5);
    expect(scanner.scanned).toMatchObject({ id: '7', complete: true });
  });
});
