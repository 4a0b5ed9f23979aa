/** The two controls in `controls/`, which are examples for a team's own, and the functions that their tests use. */
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ROOT } from '../../../bin/bundle.ts';
import { complianceCheck } from '../../../examples/controls/compliance-check.ts';
import { singleUseApproval } from '../../../examples/controls/single-use-approval.ts';
import { Denied, type ErrorCode, Invalid } from '../../../proxy/base/errors.ts';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { defineControl } from '../../../proxy/pipeline/control.ts';
import type { Control } from '../../../proxy/pipeline/next.ts';
import { callControl, startTestProxy } from '../../../testing/index.ts';
import { startDynamo, TABLE_ARN } from '../../controls/rate-limit/dynamo.ts';

interface Service extends AsyncDisposable {
  readonly url: string;
  readonly questions: unknown[];
}

async function startService(answer: (response: ServerResponse) => void): Promise<Service> {
  const questions: unknown[] = [];
  const server: Server = createServer((request, response) => {
    void request
      .setEncoding('utf8')
      .toArray()
      .then((parts: string[]) => {
        questions.push(JSON.parse(parts.join('')));
        answer(response);
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    questions,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const TOOL = { method: 'tools/call', params: { name: 'wire_money', arguments: { to: 'x' } } };
const eras = ['modern', 'legacy'] as const;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe.each(eras)('%s', (era) => {
  test('a call is sent if the compliance service approves it, and denied otherwise', async () => {
    let status = 204;
    await using service = await startService((response) => void response.writeHead(status).end());
    const options = { era, claims: { sub: 'ann' }, bindings: { COMPLIANCE_URL: service.url } };
    expect(await callControl(complianceCheck(), TOOL, options)).toMatchObject({
      forwarded: { method: 'tools/call', params: TOOL.params },
      refused: undefined,
      result: {},
    });
    expect(service.questions).toEqual([{ caller: 'ann', tool: 'wire_money', arguments: { to: 'x' } }]);
    for (status of [200, 403, 302, 500]) {
      expect(await callControl(complianceCheck(), TOOL, options)).toMatchObject({
        forwarded: undefined,
        refused: 'denied',
        error: { code: -31403, message: 'not approved' },
      });
    }
    expect((await callControl(complianceCheck(), { method: 'tools/list' }, options)).refused).toBeUndefined();
  });

  test('if the compliance service is slow or unreachable, calls are denied, and after five failures at once', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await using silent = await startService(() => {});
    // Counted where they are asked: on a busy machine, a question is given up before it arrives.
    const fetched = vi.spyOn(globalThis, 'fetch');
    const asked = (): number => fetched.mock.calls.filter(([url]) => url === silent.url).length;
    await using proxy = await startTestProxy(
      { controls: [complianceCheck({ limitMs: 50, restMs: 300 })] },
      { bindings: { COMPLIANCE_URL: silent.url } },
    );
    const message = async (): Promise<unknown> =>
      (await proxy.request('tools/call', TOOL.params, { era })).response['error'];
    for (let i = 0; i < 5; i++) expect(await message()).toMatchObject({ message: 'not approved' });
    expect(asked()).toBe(5);
    expect(await message()).toMatchObject({ message: 'the compliance service does not answer: try again later' });
    expect(asked()).toBe(5);
    vi.setSystemTime(Date.now() + 301);
    expect(await message()).toMatchObject({ message: 'not approved' });
    expect(asked()).toBe(6);
    expect(proxy.received.filter((request) => request['method'] === 'tools/call')).toEqual([]);
  });

  test('an approval is used up by one call of its caller and tool, while it lasts', async () => {
    await using dynamo = await startDynamo();
    const client = new DynamoDBClient({ region: 'eu-central-1' });
    const approve = (who: string, tool: string, seconds: number) =>
      client.send(
        new PutItemCommand({
          TableName: 'limits',
          Item: { pk: { S: who }, sk: { S: tool }, expiresAt: { N: String(Math.floor(Date.now() / 1000) + seconds) } },
        }),
      );
    await approve('ann', 'wire_money', 60);
    await approve('ann', 'close_account', -60);
    await using proxy = await startTestProxy(
      { controls: [singleUseApproval(['wire_money', 'close_account'])], caller: fixed({ sub: 'ann' }) },
      { bindings: { APPROVALS: TABLE_ARN } },
    );
    await using other = await startTestProxy(
      { controls: [singleUseApproval(['wire_money'])], caller: fixed({ sub: 'bob' }) },
      { bindings: { APPROVALS: TABLE_ARN } },
    );
    const call = async (to: typeof proxy, name: string) =>
      (await to.request('tools/call', { name, arguments: {} }, { era })).response;
    expect(await call(other, 'wire_money')).toMatchObject({ error: { message: 'wire_money needs an approval' } });
    expect(await call(proxy, 'wire_money')).toHaveProperty('result');
    expect(await call(proxy, 'wire_money')).toMatchObject({ error: { code: -31403 } });
    expect(await call(proxy, 'close_account')).toMatchObject({ error: { code: -31403 } });
    expect(await call(proxy, 'read')).toHaveProperty('result');
    dynamo.trouble.status = 500;
    await approve('ann', 'wire_money', 60).catch(() => undefined);
    expect(await call(proxy, 'wire_money')).toMatchObject({ error: { code: -32603 } });
    client.destroy();
  });
});

test('the examples are short', async () => {
  const folder = join(ROOT, 'examples/controls');
  const lines = await Promise.all(
    (await readdir(folder)).map(
      async (file) => [file, (await readFile(join(folder, file), 'utf8')).trimEnd().split('\n').length] as const,
    ),
  );
  expect(lines.map(([file]) => file)).toEqual(
    expect.arrayContaining(['compliance-check.ts', 'single-use-approval.ts']),
  );
  for (const [file, count] of lines) expect(count, file).toBeLessThan(50);
});

describe('callControl', () => {
  const hiding = defineControl({
    name: 'hiding',
    setup: () => async (call, next) => {
      if (call.name === 'broken') throw new TypeError('secret');
      if (call.name === 'invalid') throw new Invalid('mend it');
      call.note({ control: 'hiding', seen: call.caller.subject ?? 'nobody' });
      const known = await call.upstream.tool('x');
      const reply = await next(call.with({ ...call.params, marked: known !== undefined }));
      return reply.mapMessages((message) =>
        message['method'] === 'notifications/message'
          ? { ...message, params: { level: 'info', data: 'hidden' } }
          : message,
      );
    },
  });

  test.each(eras)('returns an answer of the control as the client gets it (%s)', async (era) => {
    const canned = defineControl({
      name: 'canned',
      replies: 'ignores',
      setup: () => ({
        otherwise: 'pass',
        'tools/call': (call) => call.answer(call.params.name === 'x' ? { content: [] } : {}),
      }),
    });
    const call = (name: string) => ({ method: 'tools/call', params: { name } });
    expect(await callControl(canned, call('x'), { era })).toMatchObject({
      forwarded: undefined,
      answered: true,
      refused: undefined,
      fault: undefined,
      status: 200,
      result: { content: [] },
    });
    expect(await callControl(canned, call('wrong'), { era })).toMatchObject({
      answered: false,
      refused: 'internal',
      fault: expect.objectContaining({
        message: 'answered tools/call with a wrong result: result.content: expected a list, got undefined',
      }),
    });
    expect(await callControl(canned, { method: 'tools/list' }, { era })).toMatchObject({ answered: false, result: {} });
  });

  test('returns what was forwarded, what was noted, and what the client got, as JSON and as a stream', async () => {
    const called = await callControl(
      hiding,
      { method: 'tools/call', params: { name: 'x', arguments: {} } },
      { claims: { sub: 'ann' }, tools: [{ name: 'x', inputSchema: { type: 'object' } }], result: { content: [] } },
    );
    expect(called).toMatchObject({
      forwarded: { params: { name: 'x', marked: true } },
      refused: undefined,
      status: 200,
      result: { content: [] },
    });
    expect(called.facts).toContainEqual({ control: 'hiding', seen: 'ann' });
    const streamed = await callControl(
      hiding,
      { method: 'tools/list' },
      {
        messages: [
          { method: 'notifications/message', params: { level: 'info', data: 'x' } },
          { result: { tools: [] } },
        ],
      },
    );
    expect(streamed.messages).toMatchObject([{ params: { data: 'hidden' } }, { id: 1, result: { tools: [] } }]);
  });

  test.each([15_000, 70_000, 3_000_000])(
    'returns a reply of %i characters that a control changed completely, as JSON and as a stream',
    async (length) => {
      const marking = defineControl({
        name: 'marking',
        setup: () => async (call, next) => (await next(call)).mapResult((result) => ({ ...result, marked: true })),
      });
      const result = { content: [{ type: 'text', text: 'a'.repeat(length) }] };
      const call = { method: 'tools/call', params: { name: 'x' } };
      expect((await callControl(marking, call, { result })).result).toEqual({ ...result, marked: true });
      expect((await callControl(marking, call, { messages: [{ result }] })).result).toEqual({
        ...result,
        marked: true,
      });
    },
  );

  test('shows errors as a client sees them', async () => {
    const refusal = (name: string) => callControl(hiding, { method: 'tools/call', params: { name } });
    expect(await refusal('invalid')).toMatchObject({ refused: 'invalid-arguments', result: { isError: true } });
    const broken = await refusal('broken');
    expect(broken).toMatchObject({ refused: 'internal', forwarded: undefined, error: { code: -32603 } });
    expect(JSON.stringify(broken)).not.toContain('secret');
  });

  test.each<[string, Control, unknown, ErrorCode | undefined]>([
    ['throws', () => Promise.reject(new TypeError('not a function')), new TypeError('not a function'), 'internal'],
    [
      'throws with the reply',
      async (call, next) =>
        (await next(call)).mapResult(() => {
          throw new RangeError('no item');
        }),
      new RangeError('no item'),
      undefined,
    ],
    [
      'forgets to await',
      (call, next) => {
        void next(call);
        return Promise.reject(new Error('too early'));
      },
      new Error('too early'),
      'internal',
    ],
    [
      'asks twice',
      async (call, next) => {
        await next(call);
        return next(call);
      },
      expect.objectContaining({ message: 'control wrong called next() twice' }),
      'internal',
    ],
    ['refuses', () => Promise.reject(new Denied()), undefined, 'denied'],
    [
      'refuses the reply',
      async (call, next) =>
        (await next(call)).mapResult(() => {
          throw new Denied();
        }),
      undefined,
      undefined,
    ],
    ['passes on', (call, next) => next(call), undefined, undefined],
  ])('reports the mistake in a control that %s', async (_, act, fault, refused) => {
    const wrong = defineControl({ name: 'wrong', replies: 'transforms', setup: () => act });
    const called = await callControl(
      wrong,
      { method: 'tools/call', params: { name: 'x' } },
      { result: { content: [] } },
    );
    expect([called.fault, called.refused]).toEqual([fault, refused]);
    expect('error' in (called.messages.at(-1) ?? {})).toBe(_ !== 'passes on');
  });

  test('accepts notifications and responses, and requires missing bindings', async () => {
    const denying = defineControl({
      name: 'denying',
      replies: 'ignores',
      setup: () => (call, next) => (call.kind === 'response' ? Promise.reject(new Denied()) : next(call)),
    });
    expect(await callControl(denying, { method: 'notifications/initialized' })).toMatchObject({
      status: 202,
      forwarded: { method: 'notifications/initialized' },
    });
    expect(await callControl(denying, { id: 7, result: {} })).toMatchObject({ status: 403, refused: 'denied' });
    await expect(callControl(complianceCheck(), { method: 'tools/list' })).rejects.toThrow(
      'needs the bindings COMPLIANCE_URL',
    );
  });
});

test('startTestProxy replaces the upstream that the config names', async () => {
  const naming = defineControl({
    name: 'naming',
    replies: 'ignores',
    setup: () => (call, next) => (call.upstream.name === 'crm' ? next(call) : Promise.reject(new Denied())),
  });
  await using proxy = await startTestProxy(
    { upstreams: { crm: {} }, controls: [naming] },
    { answer: () => ({ tools: [] }) },
  );
  expect((await proxy.request('tools/list')).response).toMatchObject({ result: { tools: [] } });
});
