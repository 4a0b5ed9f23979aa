/**
 * Requests whose end two readers could see in different places. A strict reader of RFC 9112 decides what the bytes
 * contain. The upstream must get exactly that, and nothing that the strict reader refuses or that follows it.
 */
import { startFront } from '../support/front.ts';
import { connect, post } from '../support/raw.ts';
import { startUpstream } from '../support/upstream.ts';
import type { Attack, Attacking, Random } from './attack.ts';

const ROUND = 40;
/** How long a connection is watched that neither ends nor answers. */
const PATIENCE_MS = 2_000;

export const httpForms: Attacking = {
  name: 'http-forms',
  prepare: async (): Promise<Attack> => {
    const upstream = await startUpstream();
    const front = await startFront(upstream, { limits: { headersMs: 1_000, requestMs: 1_000 } });
    let serial = 0;
    return {
      with: 'a strict reader of RFC 9112',
      async round(random) {
        const before = upstream.received.length;
        const sent: { readonly bytes: string; readonly bodies: readonly string[] }[] = [];
        for (let n = 0; n < ROUND; n++) {
          const bytes = requests(random, () => String(++serial));
          sent.push({ bytes, bodies: strict(bytes) });
          await deliver(front.port, bytes);
        }
        // What an ended connection still had in transit arrives before this.
        await post(front.port, '{"jsonrpc":"2.0","id":0,"method":"tools/list"}');
        const got = upstream.received.slice(before, -1).map(({ text }) => text);
        return { tried: ROUND, faults: faultsOf(got, sent) };
      },
      async [Symbol.asyncDispose]() {
        await front[Symbol.asyncDispose]();
        await upstream[Symbol.asyncDispose]();
      },
    };
  },
};

/**
 * The proxy may refuse more than it must, such as a target that it doesn't have. The upstream may get nothing else, and
 * nothing twice. Ids distinguish bodies.
 */
function faultsOf(
  got: readonly string[],
  sent: readonly { readonly bytes: string; readonly bodies: readonly string[] }[],
): string[] {
  const left = new Set(sent.flatMap(({ bodies }) => bodies));
  return got
    .filter((text) => !left.delete(text))
    .map(
      (text) =>
        `the upstream saw ${JSON.stringify(text)}, which a strict reader doesn't see, or not twice, in ${JSON.stringify(sent.find(({ bytes }) => bytes.includes(idIn(text)))?.bytes)}`,
    );
}

function idIn(text: string): string {
  return /"id":\d+/.exec(text)?.[0] ?? text;
}

async function deliver(port: number, bytes: string): Promise<void> {
  await using connection = await connect(port);
  connection.send(bytes);
  connection.finish();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, PATIENCE_MS);
  await Promise.race([connection.closed, promise]);
  clearTimeout(timer);
}

/** One to three requests on one connection, some with odd framing, some hidden in another's body. */
function requests(random: Random, id: () => string): string {
  return Array.from({ length: 1 + random.below(3) }, () => oneRequest(random, id)).join('');
}

function oneRequest(random: Random, id: () => string): string {
  const inner = random.chance(0.3) ? plain(id()) : '';
  const body = `{"jsonrpc":"2.0","id":${id()},"method":"tools/list"}${inner === '' ? '' : random.chance(0.5) ? inner : ' '}`;
  const chunked = random.chance(0.4);
  const content = chunked ? chunks(random, body) : body;
  const lines = [
    `POST ${random.chance(0.95) ? '/mcp' : '/mcp x'} HTTP/${random.chance(0.97) ? '1.1' : '1.0'}`,
    'Host: localhost',
    'Content-Type: application/json',
  ];
  const length = body.length + (random.chance(0.1) ? random.below(9) - 4 : 0);
  const framings = chunked
    ? [
        random.oneOf([
          'Transfer-Encoding: chunked',
          'Transfer-Encoding: chunked',
          'Transfer-Encoding: Chunked',
          'Transfer-Encoding : chunked',
          'Transfer-Encoding: chunked, chunked',
          'Transfer-Encoding: x, chunked',
          'Transfer-Encoding: \tchunked',
          'Transfer-Encoding: chunked\u000b',
          'Transfer-encoding:chunked',
        ]),
      ]
    : [
        random.oneOf([
          `Content-Length: ${length}`,
          `Content-Length: ${length}`,
          `Content-Length: ${length}`,
          `Content-Length: +${length}`,
          `Content-Length: 0${length}`,
          `Content-Length: ${length}, ${length}`,
          `Content-Length : ${length}`,
          `Content-Length:${length}`,
          `Content-Length: 0x${length.toString(16)}`,
          `Content-Length: ${length} `,
        ]),
      ];
  if (random.chance(0.15))
    framings.push(
      random.oneOf([
        'Content-Length: 0',
        `Content-Length: ${length}`,
        'Transfer-Encoding: chunked',
        'Transfer-Encoding: identity',
        ' Content-Length: 3',
        'X: a\rContent-Length: 0',
        'X: a\nContent-Length: 0',
      ]),
    );
  if (random.chance(0.5)) framings.reverse();
  const end = random.chance(0.97) ? '\r\n' : random.oneOf(['\n', '\r', '\r\n ', '\n\r']);
  return `${[...lines, ...framings].join(end)}\r\n\r\n${content}${inner !== '' && random.chance(0.3) ? inner : ''}`;
}

function plain(id: string): string {
  const body = `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"hidden"}}`;
  return `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

function chunks(random: Random, body: string): string {
  const at = random.below(body.length);
  const size = (text: string): string =>
    random.oneOf(['', '', '', '', '0', '00', '+', '0x', ' ']) +
    text.length.toString(16) +
    random.oneOf(['', '', '', ';a=b', ' ', ';a="\r\n0\r\n\r\n"', '\n']);
  const one = (text: string): string =>
    text === '' ? '' : `${size(text)}\r\n${text}${random.chance(0.98) ? '\r\n' : '\n'}`;
  return `${one(body.slice(0, at))}${one(body.slice(at))}0\r\n${random.chance(0.05) ? 'Content-Length: 9\r\n' : ''}\r\n`;
}

/** The bodies that RFC 9112 lets a strict reader see: up to the first text that does not match its grammar exactly. */
function strict(bytes: string): string[] {
  const bodies: string[] = [];
  let rest = bytes;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return bodies;
    const [line = '', ...fields] = rest.slice(0, end).split('\r\n');
    rest = rest.slice(end + 4);
    if (
      !/^POST \/mcp HTTP\/1\.[01]$/.test(line) ||
      fields.some((field) => !/^[!#-'*+.^_`|~\w-]+:[\t -~\x80-\xff]*$/.test(field))
    )
      return bodies;
    const valuesOf = (name: string): string[] =>
      fields
        .filter((field) => field.toLowerCase().startsWith(`${name}:`))
        .map((field) => field.slice(name.length + 1).replace(/^[\t ]+|[\t ]+$/g, ''));
    const [lengths, codings] = [valuesOf('content-length'), valuesOf('transfer-encoding')];
    let body: string | undefined;
    if (codings.length === 0 && lengths.length === 1 && /^\d+$/.test(lengths[0] ?? '')) {
      const length = Number(lengths[0]);
      if (rest.length < length) return bodies;
      body = rest.slice(0, length);
      rest = rest.slice(length);
    } else if (lengths.length === 0 && codings.length === 1 && codings[0]?.toLowerCase() === 'chunked') {
      const read = readChunks(rest);
      if (read === undefined) return bodies;
      [body, rest] = read;
    }
    if (body === undefined) return bodies;
    bodies.push(body);
  }
  return bodies;
}

function readChunks(text: string): [string, string] | undefined {
  let body = '';
  let at = 0;
  for (;;) {
    const [line, digits = ''] =
      /^([\da-f]+)(?:[\t ]*;[\t ]*[\w-]+(?:=(?:[\w-]+|"[^"\r\n]*"))?)*[\t ]*\r\n/i.exec(text.slice(at)) ?? [];
    if (line === undefined) return undefined;
    const size = Number.parseInt(digits, 16);
    at += line.length;
    if (size === 0) break;
    if (text.slice(at + size, at + size + 2) !== '\r\n') return undefined;
    body += text.slice(at, at + size);
    at += size + 2;
  }
  const trailer = /^(?:[!#-'*+.^_`|~\w-]+:[\t -~]*\r\n)*\r\n/.exec(text.slice(at))?.[0];
  return trailer === undefined ? undefined : [body, text.slice(at + trailer.length)];
}
