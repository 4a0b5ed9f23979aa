import { request } from 'node:http';
/**
 * Answers of an upstream whose end two readers could see in different places. What the proxy's own client accepts,
 * Node's client (llhttp) must accept as well, and see the same status, headers and body in it. A connection that is kept
 * must be one that Node keeps, too. The proxy may refuse more.
 */
import { Duplex } from 'node:stream';
import { NotHttp } from '../../proxy/upstream/http/head.ts';
import { ResponseReader } from '../../proxy/upstream/http/reader.ts';
import type { Attack, Attacking, Random } from './attack.ts';

const ROUND = 200;

export const answerForms: Attacking = {
  name: 'answer-forms',
  prepare: (): Promise<Attack> =>
    Promise.resolve({
      with: "llhttp, by Node's client",
      async round(random) {
        const faults: string[] = [];
        for (let n = 0; n < ROUND; n++) {
          const bytes = answer(random);
          const pieces = split(random, bytes);
          const ours = readByUs(pieces);
          // Nothing was accepted.
          if (ours.status === undefined) continue;
          const fault = difference(ours, await readByNode(pieces));
          if (fault !== undefined) faults.push(`${fault} in ${JSON.stringify(pieces)}`);
        }
        return { tried: ROUND, faults };
      },
      async [Symbol.asyncDispose]() {},
    }),
};

interface Read {
  /** Undefined: no head was accepted. */
  status: number | undefined;
  headers: readonly string[];
  body: string;
  /** The response was accepted to its end. */
  complete: boolean;
  /** The connection is kept for another request. */
  kept: boolean;
}

function difference(ours: Read, theirs: Read): string | undefined {
  if (theirs.status !== ours.status) return `the proxy accepts status ${ours.status}, Node ${theirs.status}`;
  if (JSON.stringify(theirs.headers) !== JSON.stringify(ours.headers))
    return `the proxy sees the headers ${JSON.stringify(ours.headers)}, Node ${JSON.stringify(theirs.headers)}`;
  if (ours.complete && !theirs.complete) return 'the proxy sees a complete body, Node does not';
  const isSame = ours.complete
    ? theirs.body === ours.body
    : theirs.body.startsWith(ours.body) || ours.body.startsWith(theirs.body);
  if (!isSame) return `the proxy sees the body ${JSON.stringify(ours.body)}, Node ${JSON.stringify(theirs.body)}`;
  return ours.kept && !theirs.kept ? 'the proxy keeps a connection that Node does not keep' : undefined;
}

function readByUs(pieces: readonly string[]): Read {
  const read: Read = { status: undefined, headers: [], body: '', complete: false, kept: false };
  const reader = new ResponseReader({
    headed({ status, headers }, whole) {
      read.status = status;
      read.headers = headers;
      if (whole === undefined) return;
      read.body = whole.toString('latin1');
      read.complete = true;
    },
    data(chunk) {
      read.body += chunk.toString('latin1');
      return true;
    },
    ended() {
      read.complete = true;
    },
  });
  try {
    for (const [i, piece] of pieces.entries()) {
      if (!read.complete) reader.push(Buffer.from(piece, 'latin1'), piece.length);
      // Anything after the end drops the connection.
      else if (i < pieces.length) return read;
    }
    read.kept = read.complete && reader.keepMs > 0;
    if (!read.complete) reader.finish();
  } catch (error) {
    if (!(error instanceof NotHttp)) throw error;
  }
  return read;
}

/** A connection whose other side is the pieces, each in its own read, and then the end. */
class Wire extends Duplex {
  readonly #pieces: Iterator<string>;

  constructor(pieces: readonly string[]) {
    super({ allowHalfOpen: false });
    this.#pieces = pieces.values();
  }

  override _read(): void {
    setImmediate(() => {
      const { value, done } = this.#pieces.next();
      this.push(done === true ? null : Buffer.from(value, 'latin1'));
    });
  }

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }
}

async function readByNode(pieces: readonly string[]): Promise<Read> {
  const read: Read = { status: undefined, headers: [], body: '', complete: false, kept: false };
  const wire = new Wire(pieces);
  const closed: Promise<void>[] = [];
  const sent = request({ method: 'POST', createConnection: () => wire, headers: { Connection: 'keep-alive' } });
  closed.push(new Promise((resolve) => sent.on('close', resolve)));
  sent.on('error', () => {});
  sent.on('response', (response) => {
    read.status = response.statusCode;
    read.headers = response.rawHeaders;
    read.kept = sent.shouldKeepAlive;
    response.on('error', () => {});
    response.on('data', (chunk: Buffer) => (read.body += chunk.toString('latin1')));
    closed.push(new Promise((resolve) => response.on('close', resolve)));
    response.on('close', () => (read.complete = response.complete));
  });
  sent.end('x');
  await closed[0];
  await closed[1];
  wire.destroy();
  return read;
}

/** One answer, perhaps after interim ones and before another, mostly well-formed, with some odd parts. */
function answer(random: Random): string {
  let bytes = '';
  while (random.chance(0.1))
    bytes += head(random, random.oneOf(['100', '102', '103', '103', '101']), random.chance(0.3) ? [field(random)] : []);
  bytes += final(random);
  if (random.chance(0.08)) bytes += random.chance(0.5) ? final(random) : random.oneOf(['\r\n', '\n', ' ', 'x', '\0']);
  const changes = random.chance(0.6) ? 0 : 1 + random.below(3);
  for (let n = 0; n < changes; n++) bytes = changed(random, bytes);
  return bytes;
}

function final(random: Random): string {
  const status = random.chance(0.8)
    ? '200'
    : random.oneOf(['204', '304', '206', '404', '401', '500', '099', '000', '1', '600', '999', '2000', '+20', '20']);
  const body = random.of('ab\r\n01;{} \x80\xff', random.below(random.chance(0.1) ? 400 : 20));
  const length = random.chance(0.9) ? body.length : Math.max(0, body.length + random.below(7) - 3);
  const fields: string[] = [];
  const kind = random.below(10);
  if (kind < 4)
    fields.push(
      `${name(random, 'Content-Length')}:${blanks(random)}${number(random, length)}${blanks(random)}${random.chance(0.02) ? random.oneOf([',', ', 3']) : ''}`,
    );
  else if (kind < 8)
    fields.push(
      `${name(random, 'Transfer-Encoding')}:${blanks(random)}${random.chance(0.85) ? 'chunked' : random.oneOf(['Chunked', 'CHUNKED ', 'gzip, chunked', 'chunked, chunked', 'identity', 'x', '', '"chunked"', 'chunked;q=1', 'chunked\x0b', 'chunked,', ', chunked'])}${blanks(random)}`,
    );
  while (random.chance(0.5)) fields.push(field(random));
  if (random.chance(0.06)) fields.push(random.oneOf(fields.length > 0 ? fields : ['X: y']));
  if (random.chance(0.06))
    fields.push(
      random.oneOf([
        `Content-Length: ${length}`,
        'Content-Length: 0',
        'Transfer-Encoding: chunked',
        ' folded',
        '\tfolded',
      ]),
    );
  if (random.chance(0.5)) fields.reverse();
  return `${head(random, status, fields)}${kind >= 4 && kind < 8 ? chunks(random, body) : body}`;
}

function head(random: Random, status: string, fields: readonly string[]): string {
  const version = random.chance(0.95)
    ? 'HTTP/1.1'
    : random.oneOf([
        'HTTP/1.0',
        'HTTP/0.9',
        'HTTP/2.0',
        'HTTP/1.2',
        'http/1.1',
        'HTTP/1.1 ',
        'HTTP/01.1',
        'RTSP/1.0',
        'ICE/1.0',
        '\r\nHTTP/1.1',
      ]);
  const reason = random.oneOf([' OK', ' OK', ' ', '', ' Not at all', ' \x80', '  ', ' \t', '\tOK', ' \x01']);
  const end = (): string =>
    random.chance(0.99) ? '\r\n' : random.oneOf(['\n', '\r', '\r\r\n', '\r\n\r', ' \r\n', '\n\r']);
  return `${version} ${status}${reason}${end()}${fields.map((line) => line + end()).join('')}${end()}`;
}

function field(random: Random): string {
  const value = random.chance(0.7)
    ? 'v'
    : random.of('ab ,;\t"=\x80\xff', random.below(random.chance(0.05) ? 17_000 : 12));
  return random.oneOf([
    `X: ${value}`,
    `${name(random, 'Content-Type')}: ${random.oneOf(['application/json', 'text/event-stream', 'Text/Event-Stream; x'])}`,
    `Connection:${blanks(random)}${random.oneOf(['close', 'Close', 'keep-alive', 'keep-alive, close', 'x,close', 'x', 'upgrade', 'close,', 'closed', ' close ', '"close"', 'close x', 'keep-alive\tclose'])}${blanks(random)}`,
    `Keep-Alive: timeout=${random.oneOf(['5', '0', '1', 'x', '99999999999'])}`,
    `${random.oneOf(['X ', 'X\t', '', 'X\x00', 'X\x80', '"X"', 'X(', 'Proxy-Connection', 'Upgrade', 'Trailer', 'Set-Cookie', '__proto__'])}: ${value}`,
    `X:${value} \t `,
    `X: a${random.oneOf(['\x00', '\x01', '\x0b', '\x7f', '\r', '\n', '\n b', '\r\n b'])}b`,
  ]);
}

function name(random: Random, usual: string): string {
  return random.chance(0.9)
    ? usual
    : random.oneOf([
        usual.toLowerCase(),
        usual.toUpperCase(),
        `${usual} `,
        ` ${usual}`,
        usual.replace('-', '_'),
        `${usual}\t`,
      ]);
}

function number(random: Random, value: number): string {
  return random.chance(0.9)
    ? String(value)
    : random.oneOf([
        `0${value}`,
        `+${value}`,
        `-${value}`,
        `0x${value.toString(16)}`,
        `${value}.0`,
        `${value}e0`,
        `${value} ${value}`,
        `${value},${value}`,
        '',
        '9'.repeat(15),
        '9'.repeat(20),
        '18446744073709551616',
        `${'0'.repeat(30)}${value}`,
      ]);
}

function chunks(random: Random, body: string): string {
  let bytes = '';
  for (let at = 0; at < body.length;) {
    const size = 1 + random.below(body.length - at);
    bytes += `${sizeLine(random, size)}${body.slice(at, at + size)}${random.chance(0.98) ? '\r\n' : random.oneOf(['\n', '', '\r', 'x\r\n', '\r\n\r\n'])}`;
    at += size;
  }
  if (random.chance(0.03)) return bytes;
  const trailers = random.chance(0.9)
    ? ''
    : `${random.oneOf(['X: y', 'Content-Length: 3', 'Transfer-Encoding: chunked', 'Connection: close', ' x', 'X : y', 'X', 'X: \x00', `X: ${'y'.repeat(9_000)}`])}\r\n`;
  return `${bytes}${sizeLine(random, 0)}${trailers}\r\n`;
}

function sizeLine(random: Random, size: number): string {
  const digits = random.chance(0.9)
    ? size.toString(16)
    : random.oneOf([
        size.toString(16).toUpperCase(),
        `0${size.toString(16)}`,
        `${'0'.repeat(20)}${size.toString(16)}`,
        `+${size}`,
        ` ${size.toString(16)}`,
        `0x${size.toString(16)}`,
        '',
        'ffffffffffffffff',
        '10000000000000000',
        `${size.toString(16)} `,
      ]);
  const extension = random.chance(0.85)
    ? ''
    : random.oneOf([
        ';a',
        ';a=b',
        '; a=b',
        ' ;a',
        ';a="b"',
        ';a="b\\"c"',
        ';a="b',
        ';',
        ';a=',
        ';=b',
        ';a;b',
        ';a="\r\n0\r\n\r\n"',
        ';a=b c',
        ';a\x00',
        ';a="\x80"',
        '\t',
        ';a="\t"',
        `;${'a'.repeat(300)}`,
      ]);
  return `${digits}${extension}${random.chance(0.985) ? '\r\n' : random.oneOf(['\n', '\r', '\r\r\n', '\n\r\n'])}`;
}

/** Blanks around a value. */
function blanks(random: Random): string {
  return random.chance(0.8) ? '' : random.of(' \t', 1 + random.below(3));
}

const ODD = [
  '\r',
  '\n',
  '\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  '0',
  '1',
  'a',
  '\x7f',
  '\x80',
  '\xff',
  ',',
  '"',
  '\x0b',
  '\x0c',
];

function changed(random: Random, bytes: string): string {
  const at = random.below(bytes.length + 1);
  const until = Math.min(bytes.length, at + 1 + random.below(random.chance(0.2) ? 40 : 3));
  switch (random.below(4)) {
    case 0:
      return bytes.slice(0, at) + random.oneOf(ODD) + bytes.slice(at);
    case 1:
      return bytes.slice(0, at) + bytes.slice(until);
    case 2:
      return bytes.slice(0, at) + random.oneOf(ODD) + bytes.slice(at + 1);
    default:
      return bytes.slice(0, until) + bytes.slice(at);
  }
}

/** In reads: all at once, a few, or byte by byte. */
function split(random: Random, bytes: string): string[] {
  if (bytes === '' || random.chance(0.3)) return [bytes];
  if (random.chance(0.1) && bytes.length < 300) return bytes.split('');
  const cuts = [...new Set(Array.from({ length: 1 + random.below(4) }, () => random.below(bytes.length)))].toSorted(
    (a, b) => a - b,
  );
  return [0, ...cuts].map((cut, i) => bytes.slice(cut, cuts[i] ?? bytes.length)).filter((piece) => piece !== '');
}
