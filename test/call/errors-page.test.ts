import { describe, expect, test } from 'vitest';
import {
  type ErrorCode,
  Invalid,
  ProxyError,
  Throttled,
  Unauthenticated,
  UnknownName,
} from '../../proxy/base/errors.ts';
import { SELF } from '../../proxy/base/self.ts';
import type { Era } from '../../proxy/call/exchange.ts';
import { FORMS, type Refused, toWire } from '../../proxy/call/wire.ts';
import { errorData } from '../support/error-data.ts';
import { errorsPage } from './errors-page.ts';

const request = (era: Era, method = 'tools/call', dispatched = true): Refused => ({
  kind: 'request',
  method,
  id: '"r"',
  era,
  dispatched,
});

test('docs/errors.md matches the code', async () => {
  await expect(errorsPage()).toMatchFileSnapshot('../../docs/errors.md');
});

describe.each(['modern', 'legacy'] as const)('in the %s era', (era) => {
  test.each(Object.entries(FORMS))('%s has the form in the table', (code, form) => {
    const error = new ProxyError(code as ErrorCode, 'what was got and expected');
    const wire = toWire(error, request(era, 'tools/list'));
    expect(wire.status).toBe(era === 'modern' || form.always === true ? form.status : 200);
    expect(toWire(error, request(era, 'tools/list', false))).toEqual({
      ...wire,
      status: form.status,
      errorId: expect.any(String) as unknown,
      body: expect.any(String) as unknown,
    });
    expect(JSON.parse(wire.body)).toEqual({
      jsonrpc: '2.0',
      id: 'r',
      error: {
        code: form.rpc,
        message: 'what was got and expected',
        ...(code === 'unknown-name' ? {} : { data: errorData(code as ErrorCode) }),
      },
    });
    expect(toWire(error, { ...request(era), kind: 'notification', id: undefined }).status).toBe(
      form.bare ?? form.status,
    );
  });

  test.each([
    [new Unauthenticated('none', { hadToken: false }), 'Bearer', 'Bearer'],
    [new Unauthenticated('old', { hadToken: true }), 'Bearer', 'Bearer error="invalid_token"'],
    [
      new Unauthenticated('old', { hadToken: true }),
      'Bearer resource_metadata="u"',
      'Bearer resource_metadata="u", error="invalid_token"',
    ],
    [new ProxyError('unauthenticated-caller', 'none'), 'Bearer', 'Bearer'],
    [
      new Unauthenticated('weak', { hadToken: true, claims: '{"access_token":{}}' }),
      'Bearer resource_metadata="u"',
      'Bearer resource_metadata="u", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="',
    ],
  ])('a missing or old token is answered with 401 where clients get tokens by it (%#)', (error, challenge, header) => {
    const { status, headers } = toWire(error, { ...request(era), challenge });
    expect([status, headers]).toEqual([401, ['Content-Type', 'application/json', 'WWW-Authenticate', header]]);
    expect(toWire(error, request(era))).toMatchObject({ status: 403, headers: ['Content-Type', 'application/json'] });
  });

  test('other refusals have no challenge', () => {
    const { status, headers } = toWire(new ProxyError('caller-refused', 'no'), {
      ...request(era),
      challenge: 'Bearer',
    });
    expect([status, headers]).toEqual([403, ['Content-Type', 'application/json']]);
  });

  test('invalid arguments of a tool are a result that a model can read', () => {
    const { status, body } = toWire(new Invalid('expected a to be a number'), request(era));
    const result = {
      ...(era === 'modern' ? { resultType: 'complete' } : {}),
      content: [{ type: 'text', text: 'expected a to be a number' }],
      isError: true,
      _meta: {
        ...(era === 'modern' ? { 'io.modelcontextprotocol/serverInfo': SELF } : {}),
        'io.github.agentcore-mcp-proxy/refusal': errorData('invalid-arguments'),
      },
    };
    expect([status, JSON.parse(body)]).toEqual([200, { jsonrpc: '2.0', id: 'r', result }]);
  });

  test.each([
    [0, '1'],
    [1, '1'],
    [1000, '1'],
    [1001, '2'],
    [90_000, '90'],
  ])('throttled for %i ms has Retry-After: %s', (ms, seconds) => {
    const { status, headers, body } = toWire(new Throttled(ms), request(era));
    expect([status, headers]).toEqual([
      era === 'modern' ? 429 : 200,
      ['Content-Type', 'application/json', 'Retry-After', seconds],
    ]);
    expect(JSON.parse(body)).toMatchObject({
      error: { code: -31429, data: { reason: 'throttled', retryAfterMs: ms } },
    });
  });

  test.each(['tool', 'prompt', 'resource'] as const)('an unknown %s and a forbidden one get the same bytes', (kind) => {
    const { status, headers, body } = toWire(new UnknownName(kind, 'x'), request(era));
    expect([status, headers]).toEqual([200, ['Content-Type', 'application/json']]);
    expect(body).toBe(
      `{"jsonrpc":"2.0","id":"r","error":{"code":-32602,"message":"Unknown ${kind}: x"${kind === 'resource' ? ',"data":{"uri":"x"}' : ''}}}`,
    );
  });
});

test('the id of a request stays as written', () => {
  expect(toWire(new ProxyError('denied', 'no'), { ...request('legacy'), id: '12345678901234567890' }).body).toContain(
    '"id":12345678901234567890,',
  );
});
