/** Replies byte for byte: status, headers except those that must not pass, and body, with and without the proxy. */
import type { ServerResponse } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { startFront } from '../support/front.ts';
import type { RawReply } from '../support/raw.ts';
import { startUpstream } from '../support/upstream.ts';
import { lookers } from '../upstream/controls.ts';
import { eras, modern, send } from '../upstream/messages.ts';

const DATE = 'Sun, 22 Nov 2026 00:00:00 GMT';
/** The headers about each hop's own connection; framing is compared by its content. */
const PER_HOP = /^(?:connection|keep-alive|transfer-encoding|content-length)$/i;

interface Seen {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
  readonly complete: boolean;
}

function seen({ status, rawHeaders, body, complete }: RawReply): Seen {
  const headers = rawHeaders.flatMap((name, i) =>
    i % 2 === 0 && !PER_HOP.test(name) ? [`${name}: ${rawHeaders[i + 1]}`] : [],
  );
  return { status, headers, body: body.toString('latin1'), complete };
}

type Answer = (response: ServerResponse) => void;

async function expectSame(answer: Answer, which: readonly string[], more: readonly string[] = []): Promise<void> {
  await using upstream = await startUpstream((_request, response) => answer(response));
  const name = { name: 'x', arguments: {} };
  for (const [, message] of eras) {
    const direct = seen(await send(upstream, message('tools/call', name), more));
    for (const [title, controls] of lookers) {
      if (!which.includes(title)) continue;
      await using front = await startFront(upstream, { controls: controls() });
      const proxied = await send(front, message('tools/call', name), more);
      expect(seen(proxied), title).toEqual(direct);
      if (proxied.header('content-length') !== undefined)
        expect(proxied.header('content-length')).toBe(String(proxied.body.length));
    }
  }
}

const [NONE, AUDIT, MAPPING] = lookers.map(([title]) => title) as [string, string, string];
const ALL = [NONE, AUDIT, MAPPING];

const json =
  (body: string, status = 200, headers: readonly string[] = []): Answer =>
  (response) =>
    void response
      .writeHead(status, [
        'Date',
        DATE,
        'Content-Type',
        'application/json',
        'Content-Length',
        String(Buffer.byteLength(body)),
        ...headers,
      ])
      .end(body);
/** Without a length, and in pieces that end anywhere, also in the middle of characters. */
const pieces =
  (body: string | Buffer, type: string, size = 7, status = 200): Answer =>
  (response) => {
    response.writeHead(status, ['Date', DATE, 'Content-Type', type]);
    const bytes = Buffer.from(body);
    for (let i = 0; i < bytes.length; i += size) response.write(bytes.subarray(i, i + size));
    response.end();
  };

const result = (inner: string): string => `{"jsonrpc":"2.0","id":1,"result":${inner}}`;
const AWKWARD: Readonly<Record<string, string>> = {
  'white space, key order and a trailing line end':
    '\n{ "result" : {  "content":[ ]\t} ,\r\n "id":1 , "jsonrpc":"2.0" }\n',
  'numbers that a double cannot hold': result(
    '{"content":[],"structuredContent":{"a":12345678901234567890,"b":1.0,"c":-0,"d":1E+2,"e":0.1000,"f":1e400,"g":9007199254740993}}',
  ),
  'escapes, surrogates and astral characters': result(
    '{"content":[{"type":"text","text":"\\u00e9\\/\\ud83d\\ude00 \\ud800 é😀\\u2028\u2028"}]}',
  ),
  'unknown content types and members': result(
    '{"content":[{"type":"hologram","data":{"x":[1,{"y":null}]},"_meta":{"k":1}}],"unheardOf":true,"_meta":{"com.example/x":[]}}',
  ),
  'an array as output schema': result(
    '{"tools":[{"name":"t","inputSchema":{"type":"object"},"outputSchema":{"type":"array","items":{"type":"integer"}},"icons":[{"src":"data:,"}],"x-vendor":1}]}',
  ),
  'schemas of all shapes': result(
    '{"tools":[{"name":"a","inputSchema":{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{"x":{"$ref":"#/$defs/x"}},"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{}},"if":true,"then":false}}]}',
  ),
  'an error with data':
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32042,"message":"URL elicitation required","data":{"elicitations":[{"mode":"url","url":"https://example.com"}]}}}',
  'an empty result': result('{}'),
  'a result that is not an object': result('[1,"two",null]'),
  'nothing that JSON-RPC knows': '{"hello":"world"}',
  'a long list': result(
    `{"tools":[${Array.from({ length: 2_000 }, (_, i) => `{"name":"tool-${i}","inputSchema":{"type":"object"}}`).join(', ')}]}`,
  ),
};

describe('a JSON reply', () => {
  test.each(Object.entries(AWKWARD))('with %s arrives byte for byte', async (_what, body) => {
    await expectSame(json(body), ALL);
  });

  test('without a length, in pieces cut anywhere, arrives byte for byte', async () => {
    await expectSame(
      pieces(AWKWARD['escapes, surrogates and astral characters'] ?? '', 'application/json; charset=utf-8'),
      ALL,
    );
  });

  test('of 10 MB arrives byte for byte', async () => {
    await expectSame(
      json(result(`{"content":[{"type":"text","text":"${'ä"\\n'.replaceAll('"', '\\"').repeat(1_500_000)}"}]}`)),
      ALL,
    );
  });

  test.each([400, 404, 405, 406, 409, 413, 415, 422, 429, 500, 501, 503, 599])(
    'with status %i keeps its body',
    async (status) => {
      await expectSame(
        json('{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"no","data":{"n":1.0}}}', status, [
          'Retry-After',
          '7',
        ]),
        ALL,
      );
    },
  );

  test('with duplicate keys passes if no control must look at it', async () => {
    await expectSame(json(result('{"content":[],"content":[{}]}')), [NONE, AUDIT]);
  });
});

describe('a reply that is not JSON', () => {
  test.each([
    [502, 'text/html', '<html>\r\n<h1>Bad Gateway</h1>'],
    [404, 'text/plain; charset=latin1', 'caf\xe9'],
    [200, 'application/octet-stream', '\x00\x01\xff\xfe'],
    [200, 'application/json-seq', '\x1e{}\n'],
  ])('(%i %s) passes if no control must look at it', async (status, type, body) => {
    await expectSame(pieces(Buffer.from(body, 'latin1'), type, 3, status), [NONE, AUDIT]);
  });

  // As an answer to a request, this is none: if a control transforms replies, the client gets an error (`test/wild`).
  test.each([202, 204, 205, 200, 400])('with status %i and no body has none', async (status) => {
    await expectSame(
      (response) =>
        void response.writeHead(status, status === 204 ? ['Date', DATE] : ['Date', DATE, 'Content-Length', '0']).end(),
      status === 400 ? ALL : [NONE, AUDIT],
    );
  });

  test('without a type passes if no control must look at it', async () => {
    await expectSame((response) => void response.writeHead(200, ['Date', DATE]).end('anything'), [NONE, AUDIT]);
  });
});

describe('headers', () => {
  test('keep their case, their order, their repetition and their bytes', async () => {
    await expectSame(
      json('{"jsonrpc":"2.0","id":1,"result":{}}', 200, [
        'X-OdD-cAsE',
        'kept',
        'x-repeated',
        'one',
        'X-Between',
        '',
        'X-Repeated',
        'two, three',
        'Vary',
        'Origin',
        'Vary',
        'Accept',
        'ETag',
        '"abc"',
        'X-Latin',
        'caf\xe9',
        'Cache-Control',
        'no-store',
        'Server',
        'Odd/1.0 (test)',
        'Access-Control-Expose-Headers',
        'Mcp-Session-Id',
        'MCP-Protocol-Version',
        '2025-11-25',
        'x-amzn-requestid',
        'abc',
      ]),
      ALL,
    );
  });

  test('about a hop stay on it, and so do those that Connection names', async () => {
    await using upstream = await startUpstream(
      (_request, response) =>
        void response
          .writeHead(200, [
            'Connection',
            'close, X-Hop',
            'X-Hop',
            'private',
            'Proxy-Authenticate',
            'Basic',
            'Upgrade',
            'h2c',
            'Trailer',
            'X-T',
            'X-End',
            'kept',
          ])
          .end('{}'),
    );
    await using front = await startFront(upstream);
    const reply = await send(front, modern('tools/list'));
    expect(reply.raw).not.toMatch(/x-hop|proxy-authenticate|upgrade|trailer/i);
    expect([reply.header('connection'), reply.header('x-end')]).toEqual(['keep-alive', 'kept']);
  });
});

const EVENT = '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"ä 1.0"}}';
const DONE = result('{"content":[]}');
const STREAMS: Readonly<Record<string, string>> = {
  'events that end with LF': `event: message\ndata: ${EVENT}\n\nevent: message\ndata: ${DONE}\n\n`,
  'events that end with CRLF': `event: message\r\ndata: ${EVENT}\r\n\r\ndata: ${DONE}\r\n\r\n`,
  'events that end with CR': `event: message\rdata: ${EVENT}\r\rdata: ${DONE}\r\r`,
  'line ends of all kinds': `event: message\r\ndata: ${EVENT}\n\r\ndata: ${DONE}\r\n\n`,
  'data over several lines': `data: {"jsonrpc":"2.0",\ndata: "id":1,\ndata:  "result":{"content":[]}}\n\n`,
  'data without a space, and a space too many': `data:${EVENT}\n\ndata:   ${DONE}\n\n`,
  'comments, ids and retry times': `: hello\n\nid: 1\nretry: 500\ndata:\n\nid: e-2\ndata: ${EVENT}\n: in between\n\n:\n\nid: \nretry: 10\ndata: ${DONE}\n\n`,
  'a byte order mark': `\uFEFFdata: ${EVENT}\n\ndata: ${DONE}\n\n`,
  'unknown fields': `foo: bar\nx\ndata: ${DONE}\nDATA: ignored\n data: ignored\n\n`,
  'an end without a blank line': `data: ${EVENT}\n\ndata: ${DONE}\n`,
  'an end in the middle of a comment': `data: ${DONE}\n\n: bye`,
  'blank lines between events': `\n\n\ndata: ${EVENT}\n\n\n\ndata: ${DONE}\n\n\n`,
  'no events': ': nothing\n\n',
  'a result of 300 KB': `data: ${result(`{"content":[{"type":"text","text":"${'€'.repeat(100_000)}"}]}`)}\n\n`,
  'a batch of 2025-03-26': `data: [${EVENT},${DONE}]\n\n`,
};

/** A stream without a response is not an answer: if a control transforms replies, the client gets an error. */
const whoPass = (what: string): readonly string[] => (what === 'no events' ? [NONE, AUDIT] : ALL);

describe('an event stream', () => {
  test.each(Object.entries(STREAMS))('with %s arrives byte for byte', async (what, body) => {
    await expectSame(pieces(body, 'text/event-stream', body.length > 10_000 ? 4_099 : 7), whoPass(what));
  });

  test.each(Object.entries(STREAMS).filter(([, body]) => body.length < 1_000))(
    'with %s arrives byte for byte in pieces of one byte and in one piece',
    async (what, body) => {
      await expectSame(pieces(body, 'text/event-stream;charset=utf-8', 1), whoPass(what));
      await expectSame(pieces(body, 'Text/Event-Stream', 1_000), whoPass(what));
    },
  );

  test('with an event of a kind that is not a message passes if no control must look at it', async () => {
    await expectSame(pieces(`event: endpoint\ndata: /messages?id=1\n\ndata: ${DONE}\n\n`, 'text/event-stream'), [
      NONE,
      AUDIT,
    ]);
  });

  test('that is an error reply keeps its status and body', async () => {
    await expectSame(
      pieces(`data: {"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no"}}\n\n`, 'text/event-stream', 9, 500),
      ALL,
    );
  });
});

describe('a content coding', () => {
  test.each([
    ['gzip', gzipSync(DONE)],
    ['br', brotliCompressSync(DONE)],
  ])('(%s) that the client accepts passes if no control looks', async (coding, bytes) => {
    await using upstream = await startUpstream((request, response) => {
      const coded = request.header('accept-encoding')?.includes(coding) === true;
      response
        .writeHead(200, [
          'Date',
          DATE,
          'Content-Type',
          'application/json',
          ...(coded ? ['Content-Encoding', coding] : []),
        ])
        .end(coded ? bytes : DONE);
    });
    const sent = modern('tools/call', { name: 'x', arguments: {} });
    const direct = seen(await send(upstream, sent, [`Accept-Encoding: ${coding}`]));
    expect(direct.headers).toContain(`Content-Encoding: ${coding}`);
    await using front = await startFront(upstream);
    expect(seen(await send(front, sent, [`Accept-Encoding: ${coding}`]))).toEqual(direct);
    for (const [, controls] of lookers.slice(1)) {
      // A control looks, so the proxy requests plain bytes, which any client accepts.
      await using looking = await startFront(upstream, { controls: controls() });
      expect((await send(looking, sent, [`Accept-Encoding: ${coding}`])).text).toBe(DONE);
      expect(upstream.received.at(-1)?.header('accept-encoding')).toBe('identity');
    }
  });

  test.each([
    ['application/json', DONE],
    ['text/event-stream', `data: ${DONE}\n\n`],
  ])(
    'that was not requested (%s) passes an observer and is refused if a control must look, since it could hide anything',
    async (type, body) => {
      await using upstream = await startUpstream(
        (_request, response) =>
          void response
            .writeHead(200, ['Date', DATE, 'Content-Type', type, 'Content-Encoding', 'gzip'])
            .end(gzipSync(body)),
      );
      const sent = modern('tools/call', { name: 'x', arguments: {} });
      const direct = seen(await send(upstream, sent));
      const replies = await Promise.all(
        lookers.map(async ([, controls]) => {
          await using front = await startFront(upstream, { controls: controls() });
          return await send(front, sent);
        }),
      );
      expect(replies.slice(0, 2).map(seen)).toEqual([direct, direct]);
      expect(replies[2]?.status).toBe(502);
      expect(replies[2]?.json().error?.data?.['reason']).toBe('inspection-failed');
    },
  );
});

test('1,000 tools in 34 pages arrive byte for byte, page by page, cursors included', async () => {
  const page = (n: number): string => {
    const tools = Array.from(
      { length: n === 33 ? 10 : 30 },
      (_, i) =>
        `{"name":"tool-${n * 30 + i}","inputSchema":{"type":"object","properties":{"n":{"const":1.0}}},"x-${n}":${10n ** 20n + BigInt(i)}}`,
    );
    return result(
      `{"tools":[${tools.join(',')}]${n === 33 ? '' : `,"nextCursor":"c=${n + 1}&\\u00e9"`},"ttlMs":1.50e3}`,
    );
  };
  await using upstream = await startUpstream((request, response) =>
    json(page(Number(/"cursor":"c=(\d+)/.exec(request.text)?.[1] ?? 0)))(response),
  );
  for (const [, controls] of lookers) {
    await using front = await startFront(upstream, { controls: controls() });
    let cursor: unknown;
    let pages = 0;
    do {
      const reply = await send(front, modern('tools/list', cursor === undefined ? {} : { cursor }));
      expect(reply.text).toBe(page(pages));
      cursor = reply.json().result?.['nextCursor'];
      pages++;
    } while (cursor !== undefined);
    expect(pages).toBe(34);
  }
});
