/** Which bytes are a response, and which are refused. Random ones against llhttp: `npm run attack -- --only answer-forms`. */
import { describe, expect, test } from 'vitest';
import { isFieldText, isToken, readHead } from '../../../proxy/upstream/http/head.ts';
import { ResponseReader } from '../../../proxy/upstream/http/reader.ts';

interface Read {
  status: number;
  headers: readonly string[];
  body: string;
  complete: boolean;
  keepMs: number;
}

/** What is read from the bytes, each piece by itself, and then the end of the connection. */
function read(pieces: readonly string[]): Read | string {
  const got: Read = { status: 0, headers: [], body: '', complete: false, keepMs: 0 };
  const reader = new ResponseReader({
    headed({ status, headers }, whole) {
      Object.assign(got, { status, headers });
      if (whole !== undefined) Object.assign(got, { body: whole.toString('latin1'), complete: true });
    },
    data(chunk) {
      got.body += chunk.toString('latin1');
      return true;
    },
    ended() {
      got.complete = true;
    },
  });
  // One buffer for all reads, as a connection has it.
  const buffer = Buffer.alloc(64 * 1024, 'HTTP/1.1 200 OK\r\n\r\n');
  try {
    for (const piece of pieces) {
      buffer.write(piece, 'latin1');
      reader.push(buffer, piece.length);
    }
    got.keepMs = reader.keepMs;
    if (!got.complete) reader.finish();
    return got;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** All at once, byte by byte, and cut in two at each byte, which must make no difference. */
function readInPieces(bytes: string): Read | string {
  const whole = read([bytes]);
  expect(read(bytes.split(''))).toEqual(whole);
  if (bytes.length < 500)
    for (let at = 1; at < bytes.length; at++) expect(read([bytes.slice(0, at), bytes.slice(at)])).toEqual(whole);
  return whole;
}

const ok = 'HTTP/1.1 200 OK\r\n';
const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n`;

describe('a response', () => {
  test.each<[string, string, Partial<Read>]>([
    [
      'of a length',
      `${ok}Content-Length: 3\r\n\r\nabc`,
      { status: 200, body: 'abc', complete: true, keepMs: Infinity },
    ],
    ['without a body', `${ok}Content-Length: 0\r\n\r\n`, { body: '', complete: true, keepMs: Infinity }],
    ['cut short', `${ok}Content-Length: 4\r\n\r\nabc`, { body: 'abc', complete: false, keepMs: 0 }],
    [
      'in chunks',
      `${chunked}3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n`,
      { body: 'abc0123456789', complete: true, keepMs: Infinity },
    ],
    [
      'in chunks longer than a line may be',
      `${chunked}12C\r\n${'a'.repeat(300)}\r\n12d\r\n${'b'.repeat(301)}\r\n0\r\n\r\n`,
      { body: 'a'.repeat(300) + 'b'.repeat(301), complete: true },
    ],
    [
      'with an extension up to the limit',
      `${chunked}3;${'a'.repeat(252)}\r\nabc\r\n0\r\n\r\n`,
      { body: 'abc', complete: true },
    ],
    ['with trailers up to the limit', `${chunked}0\r\nX: ${'y'.repeat(8_185)}\r\n\r\n`, { body: '', complete: true }],
    ['in chunks with CRLF in them', `${chunked}5\r\n\r\n0\r\n\r\n0\r\n\r\n`, { body: '\r\n0\r\n', complete: true }],
    ['in chunks without a last one', `${chunked}3\r\nabc\r\n`, { body: 'abc', complete: false, keepMs: 0 }],
    [
      'with extensions of chunks',
      `${chunked}3;a;b=c;d="e \\" \t;"\r\nabc\r\n0;x\r\n\r\n`,
      { body: 'abc', complete: true },
    ],
    [
      'with trailers, which are dropped',
      `${chunked}1\r\na\r\n0\r\nX: y\r\nZ:\r\n\r\n`,
      { headers: ['Transfer-Encoding', 'chunked'], body: 'a', complete: true, keepMs: Infinity },
    ],
    ['until the end of the connection', `${ok}X: y\r\n\r\nabc`, { body: 'abc', complete: true, keepMs: 0 }],
    [
      'after interim ones',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${ok}Content-Length: 1\r\n\r\na`,
      { status: 200, headers: ['Content-Length', '1'], body: 'a', complete: true },
    ],
    ['without a reason', 'HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n', { status: 404, complete: true }],
    ['with an empty reason', 'HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n', { status: 404, complete: true }],
    [
      '204, which has no body',
      'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n',
      { status: 204, body: '', complete: true, keepMs: Infinity },
    ],
    [
      '304, which has no body',
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
      { status: 304, body: '', complete: true },
    ],
    [
      '204 that says it is chunked',
      'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n',
      { status: 204, complete: true, keepMs: 0 },
    ],
    [
      'in HTTP/1.0',
      'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na',
      { body: 'a', complete: true, keepMs: 0 },
    ],
    ...[
      ['close', 0],
      ['CLOSE', 0],
      ['keep-alive , \tclose', 0],
      ['keep-alive', Infinity],
      ['Keep-Alive', Infinity],
      ['closed', Infinity],
      ['', Infinity],
    ].map(
      ([value, keepMs]) =>
        [
          `whose Connection is "${value}"`,
          `${ok}connection: ${value}\r\nContent-Length: 1\r\n\r\na`,
          { complete: true, keepMs },
        ] as [string, string, Partial<Read>],
    ),
    ...[
      ['timeout=0', 0],
      ['timeout=2', 1_000],
      ['Timeout=123456789', 123_456_788_000],
      ['max=9, timeout=5', Infinity],
      ['timeout=', Infinity],
      ['xtimeout=5', Infinity],
    ].map(
      ([value, keepMs]) =>
        [
          `whose Keep-Alive is "${value}"`,
          `${ok}KEEP-ALIVE: ${value}\r\nContent-Length: 1\r\n\r\na`,
          { complete: true, keepMs },
        ] as [string, string, Partial<Read>],
    ),
    [
      'with fields whose names are as long as those that say something',
      `${ok}Connectiom: close\r\nKeep-Alivf: timeout=0\r\nContent-Lengtg: 9\r\nTransfer-Encodinh: gzip\r\nContent-Length: 1\r\n\r\na`,
      { body: 'a', complete: true, keepMs: Infinity },
    ],
    ['with a status of 600 and more', 'HTTP/1.1 999 x\r\nContent-Length: 0\r\n\r\n', { status: 999, complete: true }],
    [
      'with the longest length that a number holds, cut short',
      `${ok}Content-Length: 000000000000003\r\n\r\nab`,
      { body: 'ab', complete: false },
    ],
    ['with its coding in capitals', `${ok}TRANSFER-ENCODING: CHUNKED \r\n\r\n0\r\n\r\n`, { complete: true }],
    [
      '304 that says it is chunked',
      'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n',
      { status: 304, complete: true, keepMs: 0 },
    ],
    ['that closes', `${ok}Connection: x, Close\r\nContent-Length: 1\r\n\r\na`, { complete: true, keepMs: 0 }],
    [
      'that keeps for some seconds',
      `${ok}Keep-Alive: timeout=5, max=9\r\nContent-Length: 1\r\n\r\na`,
      { complete: true, keepMs: 4_000 },
    ],
    [
      'that keeps for less than the proxy needs',
      `${ok}Keep-Alive: timeout=1\r\nContent-Length: 1\r\n\r\na`,
      { complete: true, keepMs: 0 },
    ],
    ['with more after it', `${ok}Content-Length: 1\r\n\r\nab`, { body: 'a', complete: true, keepMs: 0 }],
    [
      'with more after its chunks',
      `${chunked}1\r\na\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n`,
      { body: 'a', complete: true, keepMs: 0 },
    ],
    [
      'with blanks around values',
      `${ok}X: \t a b \t\r\nY:\r\nContent-Length:1\r\n\r\na`,
      { headers: ['X', 'a b', 'Y', '', 'Content-Length', '1'] },
    ],
    [
      'with bytes beyond ASCII',
      `${ok}X: \x80\xff\r\nContent-Length: 2\r\n\r\n\x80\xff`,
      { headers: ['X', '\x80\xff', 'Content-Length', '2'], body: '\x80\xff' },
    ],
    [
      'of events with a length',
      `${ok}Content-Type: text/event-stream\r\nContent-Length: 2\r\n\r\nab`,
      { body: 'ab', complete: true, keepMs: Infinity },
    ],
  ])('%s is read', (what, bytes, expected) => {
    expect(read([bytes])).toMatchObject(expected);
    if (!what.includes('more after')) readInPieces(bytes);
  });

  test.each<[string, string, RegExp]>([
    ['of another protocol', 'SSH-2.0-OpenSSH_9.9\r\n\r\n', /status line/],
    ['of another version of HTTP/1', 'HTTP/1.2 200 OK\r\n\r\n', /status line/],
    ['with a status that is no number', 'HTTP/1.1 2x0 OK\r\n\r\n', /status line/],
    ['with a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', /status line/],
    ['with a tab after its status', 'HTTP/1.1 200\tOK\r\n\r\n', /status line/],
    ['with something before its status line', `x${ok}\r\n`, /status line/],
    ['with a coding among the trailers', `${chunked}0\r\nTransfer-Encoding: chunked\r\n\r\n`, /among the trailers/],
    ['with another coding of as many letters', `${ok}Transfer-Encoding: chunkee\r\n\r\n`, /other than chunked/],
    ['with a length before other text', `${ok}Content-Length: 1x\r\n\r\na`, /digits/],
    ['of another version', 'HTTP/2.0 200 OK\r\n\r\n', /status line/],
    ['with a status below 100', 'HTTP/1.1 099 OK\r\n\r\n', /status line/],
    ['with a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n', /status line/],
    ['with a line before it', `\r\n${ok}\r\n`, /status line/],
    ['that changes the protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n', /change of protocol/],
    [
      'after an interim one that closes',
      `HTTP/1.1 100 Continue\r\nConnection: close\r\n\r\n${ok}\r\n`,
      /keeps the connection/,
    ],
    ['with a folded line', `${ok}X: a\r\n b\r\n\r\n`, /header field/],
    ['with a line that ends in LF', `${ok}X: a\nContent-Length: 0\r\n\r\n`, /CRLF/],
    ['with a line that ends in CR', `${ok}X: a\rContent-Length: 0\r\n\r\n`, /CRLF/],
    ['with NUL in a value', `${ok}X: a\0b\r\n\r\n`, /CRLF/],
    ['with a control character in its reason', 'HTTP/1.1 200 O\x01K\r\n\r\n', /CRLF/],
    ['with a blank before a colon', `${ok}Content-Length : 0\r\n\r\n`, /header field/],
    ['with a blank before a name', `${ok} Content-Length: 0\r\n\r\n`, /header field/],
    ['with an empty name', `${ok}: 0\r\n\r\n`, /header field/],
    ['with a line without a colon', `${ok}Content-Length\r\n\r\n`, /header field/],
    ['with a name beyond ASCII', `${ok}X\x80: 0\r\n\r\n`, /header field/],
    ['with two lengths', `${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, /one Content-Length/],
    ['with the same length twice', `${ok}Content-Length: 1\r\nContent-Length: 1\r\n\r\na`, /one Content-Length/],
    ['with a length of 0 twice', `${ok}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`, /one Content-Length/],
    [
      'with a length of 0 and chunks',
      `${ok}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      /got both/,
    ],
    ['with a length of 0 among the trailers', `${chunked}0\r\nContent-Length: 0\r\n\r\n`, /among the trailers/],
    ['with a line that ends in NUL and LF', `${ok}X: a\0\nContent-Length: 0\r\n\r\n`, /CRLF/],
    ['with a list of lengths', `${ok}Content-Length: 1, 1\r\n\r\na`, /digits/],
    ['with a signed length', `${ok}Content-Length: +1\r\n\r\na`, /digits/],
    ['with a length in hex', `${ok}Content-Length: 0x1\r\n\r\na`, /digits/],
    ['with an empty length', `${ok}Content-Length:\r\n\r\na`, /digits/],
    ['with a length that no number holds', `${ok}Content-Length: 9999999999999999\r\n\r\na`, /digits/],
    ['with a length and chunks', `${ok}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, /got both/],
    ['with chunks and a length', `${ok}Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n`, /got both/],
    ['with another coding', `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n`, /other than chunked/],
    ['with a tab after its coding', `${ok}Transfer-Encoding: chunked\t \r\n\r\n0\r\n\r\n`, /other than chunked/],
    ['with a tab after its length', `${ok}Content-Length: 1\t\r\n\r\na`, /digits/],
    [
      'chunked twice',
      `${ok}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      /other than chunked/,
    ],
    ['with an empty coding', `${ok}Transfer-Encoding:\r\n\r\n`, /other than chunked/],
    ['in chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', /HTTP\/1\.0/],
    ['with a size that is not hex', `${chunked}0x3\r\nabc\r\n0\r\n\r\n`, /size of a chunk/],
    ['with an empty size', `${chunked}\r\nabc\r\n0\r\n\r\n`, /size of a chunk/],
    ['with a signed size', `${chunked}+3\r\nabc\r\n0\r\n\r\n`, /size of a chunk/],
    ['with a blank after a size', `${chunked}3 \r\nabc\r\n0\r\n\r\n`, /size of a chunk/],
    ['with a size that no number holds', `${chunked}10000000000000\r\n`, /size of a chunk/],
    ['with a size that ends in LF', `${chunked}3\nabc\r\n0\r\n\r\n`, /size of a chunk/],
    ['with CR in an extension', `${chunked}3;a\r;b\r\nabc\r\n0\r\n\r\n`, /size of a chunk/],
    ['with LF in a quoted extension', `${chunked}3;a="\r\n0\r\n\r\n"\r\nabc`, /size of a chunk/],
    ['with an extension without a name', `${chunked}3;\r\nabc\r\n0\r\n\r\n`, /size of a chunk/],
    ['with a chunk that is too long', `${chunked}3\r\nabcd\r\n0\r\n\r\n`, /after a chunk/],
    ['with LF after a chunk', `${chunked}3\r\nabc\n0\r\n\r\n`, /after a chunk/],
    ['with a folded trailer', `${chunked}0\r\nX: a\r\n b\r\n\r\n`, /header field/],
    ['with a length among the trailers', `${chunked}0\r\nContent-Length: 3\r\n\r\n`, /among the trailers/],
    ['with a trailer that ends in LF', `${chunked}0\r\nX: a\n\r\n`, /CRLF/],
    [
      'with an extension beyond the limit',
      `${chunked}3;${'a'.repeat(253)}\r\nabc\r\n0\r\n\r\n`,
      /at most 256 bytes in the line before a chunk$/,
    ],
    [
      'with trailers beyond the limit',
      `${chunked}0\r\nX: ${'y'.repeat(8_186)}\r\n\r\n`,
      /at most 8192 bytes in the trailers$/,
    ],
    ['with headers beyond the limit', `${ok}X: ${'y'.repeat(17_000)}\r\n\r\n`, /at most 16384 bytes/],
    ['with headers that never end', `${ok}${'X: y\r\n'.repeat(4_000)}`, /at most 16384 bytes/],
    [
      'after interim ones beyond the limit',
      `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(600)}${ok}Content-Length: 0\r\n\r\n`,
      /at most 16384 bytes/,
    ],
  ])('%s is refused', (_what, bytes, why) => {
    expect(readInPieces(bytes)).toMatch(why);
  });

  test('is refused with a code of its own', () => {
    expect(() => readHead('HTTP/2.0 200 OK\r\n')).toThrow(expect.objectContaining({ code: 'ENOTHTTP' }));
  });

  // RFC 9110, 5.6.2 and 5.5.
  const NAME = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const isText = (code: number): boolean => code === 9 || (code >= 0x20 && code <= 0x7e) || code >= 0x80;

  test.each(Array.from({ length: 256 }, (_, code) => code).filter((code) => code !== 0x3a))(
    'may have the character %i in a name and in a value, if the grammar lets it',
    (code) => {
      const character = String.fromCharCode(code);
      const after = 'Content-Length: 0\r\n\r\n';
      const named = read([`${ok}a${character}b: c\r\n${after}`]);
      if (NAME.includes(character))
        expect(named).toMatchObject({ headers: [`a${character}b`, 'c', 'Content-Length', '0'] });
      else expect(named).toBe('expected a header field: name, colon, value');
      expect(isToken(`a${character}b`)).toBe(NAME.includes(character));
      const valued = read([`${ok}a: b${character}c\r\n${after}`]);
      if (isText(code)) expect(valued).toMatchObject({ headers: ['a', `b${character}c`, 'Content-Length', '0'] });
      else expect(valued).toBe('expected lines of printable characters that end with CRLF');
      expect(isFieldText(`b${character}c`)).toBe(isText(code));
    },
  );

  test('an empty text is no name, but may be a value', () => {
    expect([isToken(''), isToken('a'), isFieldText('')]).toEqual([false, true, true]);
    expect([isToken('a:'), isToken(':a')]).toEqual([false, false]);
  });

  test.each([
    ['text/event-stream', true],
    ['Text/Event-Stream; charset=utf-8', true],
    ['application/json', false],
    ['x-text/event-stream', false],
    ['application/json\r\nX-Other-Type: text/event-stream', false],
  ])('of the type %s is handed on as it comes: %s', (type, isEvents) => {
    const whole: (string | undefined)[] = [];
    const reader = new ResponseReader({
      headed: (_head, body) => void whole.push(body?.toString()),
      data: () => true,
      ended: () => {},
    });
    const bytes = `${ok}content-type: ${type}\r\nContent-Length: 1\r\n\r\na`;
    reader.push(Buffer.from(bytes), bytes.length);
    expect(whole).toEqual([isEvents ? undefined : 'a']);
  });

  test('may have headers up to the limit, interim ones included', () => {
    const interim = 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(3);
    const start = `${interim}${ok}Content-Length: 0\r\nX: `;
    const filled = (more: number): string => `${start}${'y'.repeat(16_384 - start.length - 4 + more)}\r\n\r\n`;
    expect(read([filled(0)])).toMatchObject({ status: 200, complete: true });
    expect(read([filled(1)])).toBe('expected at most 16384 bytes of headers');
  });

  test('of another protocol is refused at its first bytes, since its server may wait for an answer', () => {
    const reader = new ResponseReader({ headed: () => {}, data: () => true, ended: () => {} });
    expect(reader.push(Buffer.from('HTTP/1'), 6)).toBe(true);
    expect(() => reader.push(Buffer.from('x'), 1)).toThrow('expected a status line of HTTP/1.1');
  });

  describe('in several reads', () => {
    /** Each read's answer, whether to go on reading, and what was received. */
    const reading = (wantsMore: boolean) => {
      const seen: string[] = [];
      const reader = new ResponseReader({
        headed: ({ status }, whole) =>
          void seen.push(`${status} ${whole === undefined ? 'later' : `"${whole.toString()}"`}`),
        data: (chunk) => (seen.push(`"${chunk.toString()}"`), wantsMore),
        ended: () => void seen.push('ended'),
      });
      const push = (text: string): boolean => reader.push(Buffer.from(text), text.length);
      return { reader, seen, push };
    };

    test.each<[string, readonly string[], readonly boolean[], readonly string[]]>([
      [
        'with a length',
        [`${ok}Content-Length: 3\r\n\r\n`, 'a', 'bc'],
        [true, false, true],
        ['200 later', '"a"', '"bc"', 'ended'],
      ],
      ['with a length of 0', [`${ok}Content-Length: 0\r\n\r\n`], [true], ['200 ""']],
      ['that is whole at once', [`${ok}Content-Length: 1\r\n\r\na`], [true], ['200 "a"']],
      [
        'in chunks',
        [`${chunked}1`, '\r\na', '\r', '\n0\r\n\r\n'],
        [true, false, true, true],
        ['200 later', '"a"', 'ended'],
      ],
      ['until the end', [`${ok}\r\n`, 'a', 'b'], [true, false, false], ['200 later', '"a"', '"b"']],
      [
        'of events without any',
        [`${ok}Content-Type: text/event-stream\r\nContent-Length: 0\r\n\r\n`],
        [true],
        ['200 later', '""', 'ended'],
      ],
    ])(
      '%s stops reading while the receiver wants no more, and hands on each part',
      (_what, texts, answers, received) => {
        const { seen, push } = reading(false);
        expect(texts.map(push)).toEqual(answers);
        expect(seen).toEqual(received);
        const willing = reading(true);
        expect(texts.map(willing.push)).toEqual(texts.map(() => true));
        expect(willing.seen).toEqual(received);
      },
    );

    test('has a connection to keep once it is complete, and not if more follows', () => {
      const { reader, push } = reading(true);
      push(`${ok}Content-Length: 2\r\n\r\na`);
      expect(reader.keepMs).toBe(0);
      push('b');
      expect(reader.keepMs).toBe(Infinity);
      reader.restart();
      push(`${ok}Content-Length: 2\r\n\r\na`);
      expect(reader.keepMs).toBe(0);
      push('bc');
      expect(reader.keepMs).toBe(0);
    });

    test.each<[string, string, boolean]>([
      ['nothing', '', false],
      ['a part of its headers', ok, false],
      ['a part of its body', `${ok}Content-Length: 2\r\n\r\na`, false],
      ['a part of its chunks', `${chunked}1\r\na`, false],
      ['headers without a length', `${ok}\r\n`, true],
    ])('that the upstream ends after %s is complete: %s', (_what, text, isComplete) => {
      const { reader, seen, push } = reading(true);
      push(text);
      expect(reader.finish()).toBe(isComplete);
      expect(seen.includes('ended')).toBe(isComplete);
    });
  });

  test('that follows another on its connection is read like the first', () => {
    const seen: string[] = [];
    const reader = new ResponseReader({
      headed: ({ status }, whole) => void seen.push(`${status} ${whole?.toString()}`),
      data: (chunk) => (seen.push(chunk.toString()), true),
      ended: () => void seen.push('ended'),
    });
    for (const bytes of [
      `${ok}Content-Length: 1\r\n\r\na`,
      `${chunked}1\r\nb\r\n0\r\n\r\n`,
      `${ok}Content-Length: 1\r\n\r\nc`,
    ]) {
      reader.restart();
      reader.push(Buffer.from(bytes), bytes.length);
    }
    expect(seen).toEqual(['200 a', '200 undefined', 'b', 'ended', '200 c']);
  });
});
