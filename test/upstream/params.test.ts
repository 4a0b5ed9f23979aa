/** `Mcp-Param-*` (MCP 2026-07-28): arguments that an intermediary can read in headers. They must equal the body's. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { startFront } from '../support/front.ts';
import { respondJson, startUpstream, type Upstream } from '../support/upstream.ts';
import { rewriting } from './controls.ts';
import { parsed } from './legacy-upstream.ts';
import { modern, send } from './messages.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

const schema = {
  type: 'object',
  properties: {
    region: { type: 'string', 'x-mcp-header': 'Region' },
    limit: { type: 'integer', 'x-mcp-header': 'Limit' },
    dry: { type: 'boolean', 'x-mcp-header': 'Dry' },
    where: { type: 'object', properties: { tenant: { type: 'string', 'x-mcp-header': 'Tenant' } } },
    secret: { type: 'string' },
  },
};

interface Mirroring extends Upstream {
  schema: unknown;
  /** Requires the headers, as a server must. */
  strict: boolean;
  calls(): readonly (readonly string[])[];
}

/** An upstream with one tool, `deploy`. It records the `mcp-param-*` headers of its calls. */
async function startMirroring(): Promise<Mirroring> {
  const upstream = await startUpstream((request, response) => {
    const { id, method } = parsed(request);
    if (method === 'tools/list')
      respondJson(response, {
        jsonrpc: '2.0',
        id,
        result: { resultType: 'complete', tools: [{ name: 'deploy', inputSchema: self.schema }] },
      });
    else if (self.strict && request.header('mcp-param-region') === undefined)
      respondJson(
        response,
        { jsonrpc: '2.0', id, error: { code: -32020, message: 'Header mismatch' } },
        { status: 400 },
      );
    else respondJson(response, { jsonrpc: '2.0', id, result: {} });
  });
  const self: Mirroring = Object.assign(upstream, {
    schema,
    strict: false,
    calls: () =>
      upstream.received
        .filter(({ text }) => text.includes('"method":"tools/call"'))
        .map(({ rawHeaders }) =>
          rawHeaders.flatMap((name, i) =>
            i % 2 === 0 && /^mcp-param-/i.test(name) ? [`${name}: ${rawHeaders[i + 1]}`] : [],
          ),
        ),
  });
  return self;
}

const deploy = (args: Readonly<Record<string, unknown>>) => modern('tools/call', { name: 'deploy', arguments: args });
const PLATFORM = ['X-Amzn-Bedrock-AgentCore-Runtime-Session-Id: 11111111-1111-1111-1111-111111111111'];

describe('headers that a client sends', () => {
  test('are forwarded unchanged if they equal the arguments', async () => {
    await using upstream = await startMirroring();
    await using front = await startFront(upstream);
    const reply = await send(front, deploy({ region: 'eu', limit: 10, dry: true, where: { tenant: 'ü' } }), [
      'Mcp-Param-Region: eu',
      'Mcp-Param-Limit: 10.0',
      'Mcp-Param-Dry: true',
      'Mcp-Param-Tenant: =?base64?w7w=?=',
      'Mcp-Param-Unheard-Of: x',
    ]);
    expect(reply.status).toBe(200);
    expect(upstream.calls()).toEqual([
      [
        'mcp-param-region: eu',
        'mcp-param-limit: 10.0',
        'mcp-param-dry: true',
        'mcp-param-tenant: =?base64?w7w=?=',
        'mcp-param-unheard-of: x',
      ],
    ]);
  });

  test.each([
    ['differs', ['Mcp-Param-Region: us']],
    ['is missing while others are present', ['Mcp-Param-Limit: 1']],
    ['is not valid base64', ['Mcp-Param-Region: =?base64?%%%?=']],
    ['comes twice', ['Mcp-Param-Region: eu', 'Mcp-Param-Region: us']],
  ])('are refused with 400 / -32020 if one %s', async (_how, headers) => {
    await using upstream = await startMirroring();
    await using front = await startFront(upstream);
    const reply = await send(front, deploy({ region: 'eu', limit: 1 }), headers);
    expect([reply.status, reply.json().error?.code]).toEqual([400, -32020]);
    expect(upstream.calls()).toHaveLength(0);
  });

  test('are refused if the argument that they mirror is missing', async () => {
    await using upstream = await startMirroring();
    await using front = await startFront(upstream);
    expect((await send(front, deploy({}), ['Mcp-Param-Region: eu'])).json().error?.code).toBe(-32020);
  });

  test('are checked against the current schema, not an older one', async () => {
    await using upstream = await startMirroring();
    await using front = await startFront(upstream);
    expect((await send(front, deploy({ region: 'eu' }), ['Mcp-Param-Region: eu'])).status).toBe(200);
    upstream.schema = {
      type: 'object',
      properties: { region: { type: 'string' }, zone: { type: 'string', 'x-mcp-header': 'Region' } },
    };
    vi.setSystemTime(Date.now() + 3_000);
    expect((await send(front, deploy({ region: 'eu', zone: 'b' }), ['Mcp-Param-Region: b'])).status).toBe(200);
  });

  test('are forwarded for an unknown tool, for the upstream to refuse', async () => {
    await using upstream = await startMirroring();
    await using front = await startFront(upstream);
    await send(front, modern('tools/call', { name: 'unknown', arguments: { a: 1 } }), ['Mcp-Param-A: 1']);
    expect(upstream.calls()).toEqual([['mcp-param-a: 1']]);
  });
});

describe('if a control changed the argument', () => {
  test("the header is derived again, and the client's header is not sent", async () => {
    await using upstream = await startMirroring();
    await using front = await startFront(upstream, { controls: [rewriting('region', 'tøken')] });
    const reply = await send(front, deploy({ region: 'private', limit: 1 }), [
      'Mcp-Param-Region: private',
      'Mcp-Param-Limit: 1',
      'Mcp-Param-Other: kept',
    ]);
    expect(reply.status).toBe(200);
    expect(upstream.calls()).toEqual([
      [
        `mcp-param-region: =?base64?${Buffer.from('tøken').toString('base64')}?=`,
        'mcp-param-limit: 1',
        'mcp-param-other: kept',
      ],
    ]);
    expect(upstream.received.at(-1)?.text).toContain('"region":"tøken"');
  });

  test("the client's header is still checked against the argument that the client sent", async () => {
    await using upstream = await startMirroring();
    await using front = await startFront(upstream, { controls: [rewriting('region', 'token')] });
    expect((await send(front, deploy({ region: 'private' }), ['Mcp-Param-Region: token'])).json().error?.code).toBe(
      -32020,
    );
  });

  test('nothing is mirrored for an unknown tool, since it might be what the control removed', async () => {
    await using upstream = await startMirroring();
    await using front = await startFront(upstream, { controls: [rewriting('region', 'token')] });
    await send(front, modern('tools/call', { name: 'unknown', arguments: { region: 'private' } }), [
      'Mcp-Param-Region: private',
    ]);
    expect(upstream.calls()).toEqual([[]]);
  });

  test('and the tool, the headers are those of the tool that is called', async () => {
    const renaming = defineControl({
      name: 'renaming',
      replies: 'ignores',
      setup: () => ({
        otherwise: 'pass',
        'tools/call': (call, next) =>
          next(call.params === undefined ? call : call.with({ ...call.params, name: 'other' })),
      }),
    });
    await using upstream = await startMirroring();
    await using front = await startFront(upstream, { controls: [renaming] });
    await send(front, deploy({ region: 'eu' }), ['Mcp-Param-Region: eu']);
    expect(upstream.calls()).toEqual([[]]);
  });
});

describe('headers that a hop dropped', () => {
  test('are derived after the upstream misses them, and immediately from then on', async () => {
    await using upstream = await startMirroring();
    upstream.strict = true;
    await using front = await startFront(upstream);
    for (let i = 0; i < 2; i++)
      expect((await send(front, deploy({ region: 'eu', limit: 5, where: { tenant: 't' } }), PLATFORM)).status).toBe(
        200,
      );
    const derived = ['mcp-param-region: eu', 'mcp-param-limit: 5', 'mcp-param-tenant: t'];
    expect(upstream.calls()).toEqual([[], derived, derived]);
  });

  test("are not derived for a client that talks to the proxy directly: it gets the upstream's own answer", async () => {
    await using upstream = await startMirroring();
    upstream.strict = true;
    await using front = await startFront(upstream);
    const reply = await send(front, deploy({ region: 'eu' }));
    expect([reply.status, reply.text]).toEqual([
      400,
      '{"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"Header mismatch"}}',
    ]);
    expect(upstream.calls()).toHaveLength(1);
  });

  test('are refused to the client if the upstream refuses them again, without further retries', async () => {
    await using upstream = await startMirroring();
    const { answer } = upstream;
    upstream.answer = (request, response) => {
      if (!request.text.includes('"method":"tools/call"')) return answer(request, response);
      respondJson(response, '{"jsonrpc":"2.0","id":1,"error":{"code":-32020,"message":"Header mismatch"}}', {
        status: 400,
      });
    };
    await using front = await startFront(upstream);
    expect((await send(front, deploy({ region: 'eu' }), PLATFORM)).json().error?.code).toBe(-32020);
    expect(upstream.calls()).toHaveLength(2);
  });
});
