/** Each form of `docs/errors.md`, produced through the whole proxy. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  ConsentRequired,
  Denied,
  type ErrorCode,
  InsufficientScope,
  Invalid,
  ProxyError,
  Throttled,
  UnknownName,
} from '../../proxy/base/errors.ts';
import type { Era } from '../../proxy/call/exchange.ts';
import { FORMS } from '../../proxy/call/wire.ts';
import { header } from '../../proxy/callers/header.ts';
import { audit } from '../../proxy/controls/audit/index.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import type { Control } from '../../proxy/pipeline/next.ts';
import { errorData } from '../support/error-data.ts';
import { type FrontOptions, startFront } from '../support/front.ts';
import { exchange, post, type RawReply, request } from '../support/raw.ts';
import { type Answer, emptyResult, startUpstream } from '../support/upstream.ts';
import { legacy, modern, send } from '../upstream/messages.ts';
import { control, TOOL } from './forms.ts';
import { type Line, Lines } from './lines.ts';

/** Every result of 2026-07-28 names its maker like this. */
const SERVER = {
  'io.modelcontextprotocol/serverInfo': { name: 'agentcore-mcp-proxy', version: expect.any(String) as unknown },
};

/** @param code undefined: nothing says why, as for a name that doesn't exist */
function metaOf(era: Era, code: ErrorCode | undefined): object {
  const why = code === undefined ? {} : { 'io.github.agentcore-mcp-proxy/refusal': errorData(code) };
  const meta = { ...(era === 'modern' ? SERVER : {}), ...why };
  return Object.keys(meta).length === 0 ? {} : { _meta: meta };
}

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

interface Case {
  readonly ask: (port: number, era: Era) => Promise<RawReply>;
  /** The request is refused before it becomes a call. */
  readonly early?: true;
  readonly answer?: Answer;
  readonly options?: FrontOptions;
}

const tool = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: TOOL });
const call = (port: number, era: Era): Promise<RawReply> =>
  send({ port }, (era === 'modern' ? modern : legacy)('tools/call', TOOL));
const throwing = (error: () => Error): FrontOptions => ({
  controls: [
    control('tested', () => {
      throw error();
    }),
  ],
});
const looking = control('looking', async (passed, next) => (await next(passed)).mapMessages((message) => message));

const cases: Readonly<Partial<Record<ErrorCode, Case>>> = {
  'parse-error': { early: true, ask: (port) => post(port, '{') },
  'invalid-request': { early: true, ask: (port) => post(port, '{"jsonrpc":"2.0","id":1}') },
  'invalid-params': {
    early: true,
    ask: (port) => post(port, '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}'),
  },
  'header-mismatch': { early: true, ask: (port) => post(port, modern('tools/call', TOOL).body, ['Mcp-Name: other']) },
  'method-not-found': { early: true, ask: (port) => send({ port }, modern('ping')) },
  'missing-capability': {
    ask: call,
    options: throwing(() => new ProxyError('missing-capability', 'expected an extension')),
  },
  'method-not-allowed': { early: true, ask: (port) => exchange(port, request('PUT', '/mcp', [], '')) },
  'unsupported-media-type': { early: true, ask: (port) => post(port, tool, ['Content-Type: text/plain']) },
  'too-many-headers': {
    early: true,
    ask: (port) =>
      post(
        port,
        tool,
        Array.from({ length: 300 }, (_, i) => `x-${i}: 1`),
      ),
  },
  'payload-too-large': { early: true, ask: (port) => post(port, tool), options: { limits: { maxBody: 10 } } },
  'forbidden-origin': { early: true, ask: (port) => post(port, tool, ['Origin: https://evil.example']) },
  'forbidden-host': { early: true, ask: (port) => post(port, tool, ['Host: evil.example']) },
  'not-found': { early: true, ask: (port) => exchange(port, request('GET', '/other', [], undefined)) },
  'unauthenticated-caller': { early: true, ask: call, options: { caller: header('x-caller') } },
  'caller-refused': { ask: call, options: throwing(() => new ProxyError('caller-refused', 'no access')) },
  'consent-required': {
    ask: call,
    options: throwing(() => new ConsentRequired('crm', { id: '1', url: 'https://login.example.com', words: 'Agree.' })),
  },
  'insufficient-scope': { ask: call, options: throwing(() => new InsufficientScope(['orders:write'])) },
  'session-not-found': { ask: (port) => send({ port }, legacy('tools/list', {}, { session: 'mcps1.AAAA' })) },
  denied: {
    ask: (port, era) => send({ port }, (era === 'modern' ? modern : legacy)('tools/list')),
    options: { controls: [defineControl({ name: 'c', setup: () => ({ otherwise: 'deny' }) })] },
  },
  'unknown-name': { ask: call, options: throwing(() => new UnknownName('tool', 'x')) },
  'invalid-arguments': {
    ask: (port, era) => send({ port }, (era === 'modern' ? modern : legacy)('prompts/get', TOOL)),
    options: throwing(() => new Invalid('expected a to be a string')),
  },
  throttled: { ask: call, options: throwing(() => new Throttled(2500)) },
  'inspection-failed': {
    ask: call,
    answer: (_request, response) => void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{'),
    options: { controls: [looking] },
  },
  'unmatched-stream': {
    ask: (port) => exchange(port, request('GET', '/mcp', ['Last-Event-ID: 1'], undefined)),
    options: { controls: [looking] },
  },
  'upstream-unreachable': { ask: call, answer: (_request, response) => void response.destroy() },
  'upstream-timeout': { ask: call, answer: () => {}, options: { upstreams: { default: { firstByteMs: 50 } } } },
  'upstream-auth': { ask: call, answer: (_request, response) => void response.writeHead(401).end() },
  'upstream-invalid': {
    ask: call,
    answer: (_request, response) => void response.writeHead(302, { Location: 'http://127.0.0.1/' }).end(),
  },
  internal: { ask: call, options: throwing(() => new TypeError('inner text')) },
};

/** It answers a client that has already disconnected. */
const UNSEEN: readonly string[] = ['cancelled'];

test('every form is produced, except the one that no client can see', () => {
  expect(Object.keys(FORMS).filter((code) => !UNSEEN.includes(code) && !Object.hasOwn(cases, code))).toEqual([]);
});

describe.each(['legacy', 'modern'] as const)('in the %s era', (era) => {
  test.each(Object.entries(cases) as [ErrorCode, Case][])(
    '%s',
    async (code, { ask, early, answer = emptyResult, options = {} }) => {
      await using upstream = await startUpstream(answer);
      await using front = await startFront(upstream, options);
      const reply = await ask(front.port, era);
      const { status, bare, always, rpc } = FORMS[code];
      const { id, error } = reply.json();
      const called = early === undefined && always === undefined && era === 'legacy';
      expect(reply.status).toBe(id === undefined ? (bare ?? status) : called ? 200 : status);
      expect(error?.code).toBe(rpc);
      expect(error?.data?.['reason']).toBe(code === 'unknown-name' ? undefined : code);
      expect(reply.header('content-type')).toBe('application/json');
      expect(reply.header('retry-after')).toBe(code === 'throttled' ? '3' : undefined);
      expect(reply.text).not.toContain('inner text');
    },
  );

  test.each(Object.entries(cases) as [ErrorCode, Case][])(
    '%s has an id that a line of the log has, with and without an audit record, and the link of its page',
    async (code, { ask, answer = emptyResult, options = {} }) => {
      await using upstream = await startUpstream(answer);
      for (const record of [[audit()], []]) {
        await using front = await startFront(upstream, {
          ...options,
          controls: [...record, ...(options.controls ?? [])],
        });
        lines.start();
        const { data } = (await ask(front.port, era)).json().error ?? {};
        if (code === 'unknown-name') {
          // It is the answer to a name that doesn't exist, which the upstream may give in its own words.
          expect(data).toBeUndefined();
          continue;
        }
        expect(data).toMatchObject(errorData(code));
        const errorId = data?.['errorId'];
        const isIt = (line: Line): boolean => line['errorId'] === errorId || line['id'] === errorId;
        await vi.waitFor(() =>
          expect(lines.all.filter(isIt).map((line) => line['code'] ?? 'internal')).toContain(code),
        );
        // One line of the call; a failure that is explained has that line, too.
        expect(lines.all.filter(isIt).filter(({ level }) => level === undefined)).toHaveLength(record.length);
        expect(lines.all.filter(isIt).length).toBeLessThanOrEqual(2);
      }
    },
  );
});

describe.each([
  ['modern', () => modern('tools/call', { name: 'x', arguments: {} })],
  ['legacy', () => legacy('tools/call', { name: 'x', arguments: {} })],
] as const)('in the %s era', (era, tools) => {
  const access: Control = (passed, next) => {
    // A policy that forbids `x`, and a catalogue without `y`: both get the same answer.
    if (passed.is('tools/call') && passed.params.name !== 'z') throw new UnknownName('tool', passed.params.name);
    return next(passed);
  };

  test('a forbidden and an unknown tool get the same bytes, including headers', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { controls: [control('access', access, 'ignores')] });
    const rename = (name: string): ReturnType<typeof tools> =>
      JSON.parse(
        JSON.stringify(tools()).replaceAll('"x\\"', `"${name}\\"`).replaceAll('Mcp-Name: x', `Mcp-Name: ${name}`),
      );
    const [forbidden, unknown] = [await send(front, rename('x')), await send(front, rename('y'))];
    const comparable = ({ raw, text }: RawReply): string =>
      `${raw}${text}`.replaceAll('Unknown tool: y', 'Unknown tool: x').replace(/Date: .*/, '');
    expect(comparable(unknown)).toBe(comparable(forbidden));
    expect(forbidden.json().error).toEqual({ code: -32602, message: 'Unknown tool: x' });
    expect(upstream.received).toEqual([]);
  });

  test.each([
    ['is denied', () => new Denied('not in this country'), 'not in this country', 'denied'],
    ['is throttled', () => new Throttled(41_001), 'too many calls: try again in 42 s', 'throttled'],
    ['is not for this caller', () => new UnknownName('tool', 'x'), 'Unknown tool: x', undefined],
  ] as const)(
    'a tool call that %s gets a result that a model reads if the config says so, and an error otherwise',
    async (_what, error, words, code) => {
      await using upstream = await startUpstream();
      await using asResult = await startFront(upstream, { ...throwing(error), toolRefusals: 'result' });
      const { status, text } = await send(asResult, tools());
      expect([status === 429 ? 200 : status, JSON.parse(text)]).toEqual([
        200,
        {
          jsonrpc: '2.0',
          id: 1,
          result: {
            ...(era === 'modern' ? { resultType: 'complete' } : {}),
            content: [{ type: 'text', text: words }],
            isError: true,
            ...metaOf(era, code),
          },
        },
      ]);
      // Only a tool call has a tool result.
      const list = (era === 'modern' ? modern : legacy)('tools/list');
      expect((await send(asResult, list)).json()).toMatchObject({ error: { message: words } });
      await using asError = await startFront(upstream, throwing(error));
      expect((await send(asError, tools())).json()).toMatchObject({ error: { message: words } });
    },
  );

  test('an internal error is never a tool result, so that a model cannot continue after it', async () => {
    await using upstream = await startUpstream((_request, response) => void response.destroy());
    await using front = await startFront(upstream, { toolRefusals: 'result' });
    expect((await send(front, tools())).json()).toMatchObject({ error: { code: -32603 } });
  });

  test('an unreachable upstream is named only in the log, under the id that the client gets', async () => {
    const upstream = await startUpstream();
    const { port } = upstream;
    await upstream[Symbol.asyncDispose]();
    await using front = await startFront(upstream);
    const reply = await send(front, tools());
    expect(reply.text).not.toMatch(new RegExp(`127[.]0[.]0[.]1|${port}|UPSTREAM`));
    const errorId = reply.json().error?.data?.['errorId'];
    expect(errorId).toEqual(expect.any(String));
    expect(await lines.find((line) => line['errorId'] === errorId)).toMatchObject({
      code: 'upstream-unreachable',
      why: expect.stringContaining(`127.0.0.1:${port}`) as unknown,
    });
  });

  test('invalid arguments of a tool are reported in its result, so that the model can correct them', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(
      upstream,
      throwing(() => new Invalid('expected a to be a string')),
    );
    const reply = await send(front, tools());
    expect([reply.status, reply.header('content-type')]).toEqual([200, 'application/json']);
    expect(reply.json().result).toEqual({
      ...(era === 'modern' ? { resultType: 'complete' } : {}),
      content: [{ type: 'text', text: 'expected a to be a string' }],
      isError: true,
      ...metaOf(era, 'invalid-arguments'),
    });
  });
});
