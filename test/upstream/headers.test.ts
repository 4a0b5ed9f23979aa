/** The two lists of headers, as functions of a call and of a reply. Whole conversations: `test/ingress/forwarding.test.ts`. */
import { describe, expect, test } from 'vitest';
import { Call, type CallKind } from '../../proxy/call/call.ts';
import { NOBODY } from '../../proxy/call/caller.ts';
import { type Era, Exchange } from '../../proxy/call/exchange.ts';
import { type Inbound, NO_HEADERS } from '../../proxy/call/inbound.ts';
import { META_VERSION, readMessage } from '../../proxy/call/message.ts';
import { inwardHeaders, type Outward, outwardHeaders } from '../../proxy/upstream/headers.ts';

interface Sent {
  readonly era: Era;
  readonly kind?: CallKind;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly inbound?: Partial<Inbound>;
}

const upstream = { name: 'default', tools: () => Promise.resolve([]), tool: () => Promise.resolve(undefined) };

function callOf({ era, kind = 'request', method = 'tools/list', params = {}, inbound = {} }: Sent): Call {
  const message =
    kind === 'stream' || kind === 'end'
      ? undefined
      : readMessage(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
  return new Call(kind, method, message, upstream, new Exchange(NOBODY, era, { ...NO_HEADERS, ...inbound }, 0));
}

const OUTWARD: Outward = {
  host: 'mcp.example.com',
  bytes: 7,
  sessionId: undefined,
  version: undefined,
  runtimeSessionId: undefined,
  params: [],
  identity: false,
  resumes: true,
};

/** Names and values, as pairs. */
function sent(call: Call | Sent, outward: Partial<Outward> = {}): [name: string, value: string][] {
  const flat = outwardHeaders(call instanceof Call ? call : callOf(call), { ...OUTWARD, ...outward });
  return flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1] ?? '']] : []));
}

const FIRST = [
  ['host', 'mcp.example.com'],
  ['accept', 'application/json, text/event-stream'],
];
const BODY = [
  ['content-type', 'application/json'],
  ['content-length', '7'],
];

describe('the headers of a request upstream', () => {
  test('of a client that sent none are those of its body', () => {
    expect(sent({ era: 'legacy' })).toEqual([...FIRST, ...BODY]);
    expect(sent({ era: 'modern' })).toEqual([...FIRST, ...BODY]);
  });

  test.each([
    ['nothing', undefined, 'application/json, text/event-stream', 'text/event-stream'],
    ['anything', '*/*', 'application/json, text/event-stream', 'text/event-stream'],
    ['one type', 'application/json', 'application/json', 'application/json'],
  ])('accept what the protocol demands where the client accepts %s', (_what, accept, ofRequest, ofStream) => {
    expect(sent({ era: 'legacy', inbound: { accept } })).toContainEqual(['accept', ofRequest]);
    expect(sent({ era: 'legacy', kind: 'stream', method: 'GET', inbound: { accept } })).toContainEqual([
      'accept',
      ofStream,
    ]);
  });

  test("have the client's content codings, or none where a control looks at the reply", () => {
    const inbound = { acceptEncoding: 'gzip, br' };
    expect(sent({ era: 'legacy', inbound })).toEqual([FIRST[0], FIRST[1], ['accept-encoding', 'gzip, br'], ...BODY]);
    expect(sent({ era: 'legacy', inbound }, { identity: true })).toContainEqual(['accept-encoding', 'identity']);
  });

  test('describe a body only where there is one, even if it is empty', () => {
    expect(sent({ era: 'legacy' }, { bytes: -1 })).toEqual(FIRST);
    expect(sent({ era: 'legacy' }, { bytes: 0 })).toContainEqual(['content-length', '0']);
  });

  test('name the platform session', () => {
    expect(sent({ era: 'legacy' }, { runtimeSessionId: 'r-1' })).toEqual([
      ...FIRST,
      ...BODY,
      ['x-amzn-bedrock-agentcore-runtime-session-id', 'r-1'],
    ]);
  });

  describe('in the legacy era', () => {
    const inbound = { protocolVersion: '2025-06-18', lastEventId: 'e-1', sessionId: 'sealed' };

    test("name the session, and the client's version unless the proxy negotiated another", () => {
      expect(sent({ era: 'legacy', inbound }, { sessionId: 's-1' })).toEqual([
        ...FIRST,
        ...BODY,
        ['mcp-protocol-version', '2025-06-18'],
        ['mcp-session-id', 's-1'],
      ]);
      expect(sent({ era: 'legacy', inbound }, { version: '2025-11-25' })).toContainEqual([
        'mcp-protocol-version',
        '2025-11-25',
      ]);
    });

    test('name no session and no version when one is opened', () => {
      expect(
        sent({ era: 'legacy', method: 'initialize', inbound }, { sessionId: 's-1', version: '2025-11-25' }),
      ).toEqual([...FIRST, ...BODY]);
    });

    test('name the last event only of a stream that is resumed', () => {
      const stream: Sent = { era: 'legacy', kind: 'stream', method: 'GET', inbound };
      expect(sent(stream, { bytes: -1 })).toContainEqual(['last-event-id', 'e-1']);
      expect(sent(stream, { bytes: -1, resumes: false }).flat()).not.toContain('last-event-id');
      expect(sent({ era: 'legacy', inbound }).flat()).not.toContain('last-event-id');
    });

    test('mirror nothing of the body', () => {
      const mirroring = { ...inbound, mirrorMethod: true, mirrorName: true, nameHeader: 'x' };
      expect(
        sent({ era: 'legacy', inbound: mirroring }, { params: ['mcp-param-a', '1'] })
          .flat()
          .filter((name) => /^mcp-(?:method|name|param)/.test(name)),
      ).toEqual([]);
    });
  });

  describe('in the modern era', () => {
    test('name the version that the body has before that of the header, and no session', () => {
      const inbound = { protocolVersion: 'header', lastEventId: 'e-1' };
      expect(sent({ era: 'modern', inbound }, { sessionId: 's-1', version: 'x' })).toEqual([
        ...FIRST,
        ...BODY,
        ['mcp-protocol-version', 'header'],
      ]);
      expect(sent({ era: 'modern', inbound, params: { _meta: { [META_VERSION]: 'body' } } })).toContainEqual([
        'mcp-protocol-version',
        'body',
      ]);
      expect(sent({ era: 'modern', kind: 'end', method: 'DELETE', inbound })).toContainEqual([
        'mcp-protocol-version',
        'header',
      ]);
    });

    test('mirror the method, the name and the parameters where they are asked for', () => {
      const call: Sent = { era: 'modern', method: 'tools/call', params: { name: 'grüße' } };
      expect(
        sent({ ...call, inbound: { mirrorMethod: true, mirrorName: true } }, { params: ['mcp-param-a', '1'] }),
      ).toEqual([
        ...FIRST,
        ...BODY,
        ['mcp-method', 'tools/call'],
        ['mcp-name', '=?base64?Z3LDvMOfZQ==?='],
        ['mcp-param-a', '1'],
      ]);
      expect(sent(call)).toEqual([...FIRST, ...BODY]);
    });

    test('pass the name on for a method whose name is not known', () => {
      const inbound = { mirrorName: true, nameHeader: 'as sent' };
      expect(sent({ era: 'modern', method: 'vendor/x', inbound })).toContainEqual(['mcp-name', 'as sent']);
    });
  });

  describe('continue a trace', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

    test("as the client has it, or the proxy's own in its place", () => {
      const call = callOf({ era: 'legacy', inbound: { traceparent, tracestate: 'a=1' } });
      expect(sent(call)).toEqual([...FIRST, ...BODY, ['traceparent', traceparent], ['tracestate', 'a=1']]);
      call.exchange.channels.trace = { traceparent: 'own', tracestate: undefined };
      expect(sent(call)).toEqual([...FIRST, ...BODY, ['traceparent', 'own']]);
      call.exchange.channels.trace = { traceparent: 'own', tracestate: 'b=2' };
      expect(sent(call)).toEqual([...FIRST, ...BODY, ['traceparent', 'own'], ['tracestate', 'b=2']]);
    });

    test.each([
      'x00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'zz-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      '0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      '00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01',
      '00-zaf7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      '00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-01',
      '00-0af7651916cd43dd8448eb211c80319c-z7ad6b7169203331-01',
      '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0',
      '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-zz',
    ])('unless it is malformed: %s', (malformed) => {
      expect(sent({ era: 'legacy', inbound: { traceparent: malformed, tracestate: 'a=1' } })).toEqual([
        ...FIRST,
        ...BODY,
      ]);
    });

    test('with no state alone', () => {
      expect(sent({ era: 'legacy', inbound: { tracestate: 'a=1' } })).toEqual([...FIRST, ...BODY]);
    });
  });
});

describe("a reply's headers", () => {
  test.each([
    'Connection',
    'Keep-Alive',
    'Proxy-Authenticate',
    'Proxy-Authentication-Info',
    'Proxy-Connection',
    'TE',
    'Trailer',
    'Transfer-Encoding',
    'Upgrade',
    'Set-Cookie',
    'WWW-Authenticate',
    'Authentication-Info',
    'Mcp-Session-Id',
    'X-Amzn-Bedrock-AgentCore-Runtime-Session-Id',
  ])('lose %s, in any case', (name) => {
    for (const spelled of [name, name.toLowerCase(), name.toUpperCase()])
      expect(inwardHeaders(['A', '1', spelled, 'secret', 'B', '2'], undefined)).toEqual(['A', '1', 'B', '2']);
  });

  test('keep everything else as it came: case, order, repetitions, empty values, and names as long as those', () => {
    const raw = ['X-B', '1', 'x-a', '', 'X-B', '2', 'Vary', 'Accept', 'connectioN2', 'x', 'x-cookies1', 'y', '', 'z'];
    expect(inwardHeaders(raw, undefined)).toEqual(raw);
  });

  test('lose what Connection names, however it is written', () => {
    const raw = ['X-Hop', '1', 'x-other', '2', 'X-Kept', '3'];
    expect(inwardHeaders(raw, 'close, x-hop ,X-OTHER')).toEqual(['X-Kept', '3']);
  });

  test.each([undefined, 'close', 'keep-alive'])('lose nothing more where Connection is %s', (connection) => {
    const raw = ['Close', '1', 'X-Kept', '2'];
    expect(inwardHeaders(raw, connection)).toEqual(raw);
  });
});
