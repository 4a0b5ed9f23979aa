/** What of the upstream's requests a client may see, decided message by message. Without a proxy. */
import { describe, expect, it } from 'vitest';
import {
  CAPABILITIES,
  isFree,
  mayAsk,
  permittedError,
  permittedMessage,
  withoutCapabilities,
} from '../../../proxy/controls/access-policy/questions.ts';
import type { Asked } from '../../../proxy/controls/access-policy/requests.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import { callOf, toolCall } from '../../dispatch/fake.ts';
import { turnsDuring } from '../../support/turns.ts';

const ROOTS = { id: 9, method: 'roots/list', params: { a: 1 } };
const UPSTREAM = { type: 'Upstream' };

/** Permits these actions and notes what it was asked. */
function permitting(...actions: readonly string[]): {
  readonly asked: Asked[];
  readonly may: (asked: Asked) => boolean;
} {
  const asked: Asked[] = [];
  return { asked, may: (one) => (asked.push(one), actions.includes(one.action)) };
}

/** A message as it was read, with the text that its numbers are in. */
const source = (message: object) => ({ json: JSON.stringify(message), value: message as JsonObject });

describe('a request on a stream', () => {
  it('that is permitted goes on as it is', () => {
    const { asked, may } = permitting('roots/list');
    expect(permittedMessage(ROOTS, undefined, toolCall(), may)).toBe(ROOTS);
    expect(asked).toEqual([{ action: 'roots/list', resource: UPSTREAM, arguments: { a: 1 }, digits: undefined }]);
  });

  it('is decided by its numbers as written', () => {
    const { asked, may } = permitting('roots/list');
    void permittedMessage(ROOTS, source(ROOTS), toolCall(), may);
    expect(asked[0]?.digits).toBeDefined();
  });

  it.each([
    ['roots/list', 'roots/list'],
    ['acme/secret', 'unknown'],
  ])('%s that is not permitted is left out and noted as %s', (method, refused) => {
    const call = toolCall();
    const { asked, may } = permitting();
    expect(permittedMessage({ id: 9, method }, undefined, call, may)).toBeUndefined();
    expect(asked[0]?.arguments).toEqual({});
    expect(call.facts).toEqual([{ control: 'access-policy', refused }]);
  });

  it('ping needs no permission', () => {
    const { asked, may } = permitting();
    const ping = { id: 9, method: 'ping' };
    expect(permittedMessage(ping, undefined, toolCall(), may)).toBe(ping);
    expect(asked).toEqual([]);
  });
});

describe('a notification', () => {
  const updated = (uri?: unknown): JsonObject => ({
    method: 'notifications/resources/updated',
    params: (uri === undefined ? {} : { uri }) as JsonObject,
  });

  it('of a resource that may not be read is left out, and any other goes on', () => {
    const { asked, may } = permitting('resources/read');
    expect(permittedMessage(updated('file:///a'), undefined, toolCall(), may)).toEqual(updated('file:///a'));
    expect(asked).toEqual([
      { action: 'resources/read', resource: { type: 'Resource', uri: 'file:///a' }, arguments: {} },
    ]);
    const never = permitting();
    expect(permittedMessage(updated('file:///a'), undefined, toolCall(), never.may)).toBeUndefined();
    for (const message of [updated(), updated(5), { ...updated('file:///a'), method: 'notifications/progress' }])
      expect(permittedMessage(message, undefined, toolCall(), never.may)).toBe(message);
    expect(never.asked).toHaveLength(1);
  });
});

describe('a result that asks', () => {
  const asking = (inputRequests: unknown): JsonObject => ({ id: 1, result: { inputRequests } as JsonObject });

  it.each([
    ['no result', { id: 1, error: {} }],
    ['a result that is no object', { id: 1, result: [] }],
    ['a result without questions', { id: 1, result: {} }],
    ['questions in another form', asking(['roots/list'])],
  ])('nothing goes on: %s', (_what, message: JsonObject) => {
    expect(permittedMessage(message, undefined, toolCall(), permitting().may)).toBe(message);
  });

  it('goes on if each of its questions is permitted', async () => {
    const { asked, may } = permitting('roots/list', 'elicitation/create');
    const message = asking({ a: { method: 'roots/list', params: { n: 1 } }, b: { method: 'elicitation/create' } });
    expect(await permittedMessage(message, source(message), toolCall(), may)).toBe(message);
    expect(asked.map(({ action, resource, arguments: given }) => [action, resource, given])).toEqual([
      ['roots/list', UPSTREAM, { n: 1 }],
      ['elicitation/create', UPSTREAM, {}],
    ]);
    expect(asked.every(({ digits }) => digits !== undefined)).toBe(true);
    expect(await permittedMessage(message, undefined, toolCall(), may)).toBe(message);
    expect(asked.at(-1)?.digits).toBeUndefined();
  });

  it.each([[{ method: 5 }], [{}], ['roots/list']])(
    'is denied if it asks %j, whatever is permitted',
    async (question) => {
      await expect(permittedMessage(asking({ a: question }), undefined, toolCall(), () => true)).rejects.toThrow(
        'not permitted: the upstream asks the client for an unknown method before it answers',
      );
    },
  );

  it.each([
    ['roots/list', { method: 'roots/list' }],
    ['an unknown method', { method: 'acme/secret' }],
    ['an unknown method', { method: 5 }],
    ['an unknown method', 'roots/list'],
  ])('is denied, with the words "%s", for %j', async (words, question) => {
    const { may } = permitting('elicitation/create');
    const message = asking({ a: { method: 'elicitation/create' }, b: question });
    await expect(permittedMessage(message, undefined, toolCall(), may)).rejects.toThrow(
      `not permitted: the upstream asks the client for ${words} before it answers`,
    );
  });
});

describe('an error that asks', () => {
  const asking = (elicitations: unknown): JsonObject => ({ id: 1, error: { data: { elicitations } } as JsonObject });
  const DENIED = 'not permitted: the upstream asks the client for elicitation/create before it answers';

  it.each([
    ['no error', { id: 1, result: { data: { elicitations: [{}] } } }],
    ['an error without data', { id: 1, error: {} }],
    ['data that are no object', { id: 1, error: { data: 'x' } }],
    ['elicitations in another form', asking({})],
  ])('nothing goes on: %s', (_what, message) => {
    expect(permittedError(message as JsonObject, undefined, permitting().may)).toBe(message);
  });

  it('goes on if each of its elicitations is permitted', async () => {
    const { asked, may } = permitting('elicitation/create');
    const message = asking([{ n: 1 }, { n: 2 }]);
    expect(await permittedError(message, source(message), may)).toBe(message);
    expect(
      asked.map(({ action, resource, arguments: given, digits }) => [action, resource, given, digits !== undefined]),
    ).toEqual([
      ['elicitation/create', UPSTREAM, { n: 1 }, true],
      ['elicitation/create', UPSTREAM, { n: 2 }, true],
    ]);
    expect(await permittedError(message, undefined, may)).toBe(message);
    expect(asked.at(-1)?.digits).toBeUndefined();
  });

  it('is denied otherwise', async () => {
    await expect(permittedError(asking([{}]), undefined, permitting().may)).rejects.toThrow(DENIED);
    await expect(permittedError(asking(['x']), undefined, permitting('elicitation/create').may)).rejects.toThrow(
      DENIED,
    );
  });
});

it.each([
  ['a request', '{"id":9,"method":"roots/list","params":{"n":N}}'],
  ['a result', '{"id":9,"result":{"inputRequests":{"a":{"method":"roots/list","params":{"n":N}}}}}'],
  ['an error', '{"id":9,"error":{"data":{"elicitations":[{"n":N}]}}}'],
])('the numbers of %s are those of its text', async (_what, text) => {
  const N = '12345678901234567891';
  const json = text.replace('N', N);
  const value = JSON.parse(json) as JsonObject;
  const { asked, may } = permitting('roots/list', 'elicitation/create');
  await permittedMessage(value, { json, value }, toolCall(), may);
  await permittedError(value, { json, value }, may);
  expect(asked.map(({ digits }) => digits?.at(['n']))).toEqual([{ negative: false, digits: N, exponent: 0 }]);
});

it('many requests in one message leave turns to other calls, and few do not wait', async () => {
  const each = Array.from({ length: 10 }, () => ({ method: 'roots/list' }));
  const message = {
    id: 9,
    result: { inputRequests: Object.fromEntries(each.entries()) },
    error: { data: { elicitations: each } },
  };
  const turns = (ms: number, permitted: typeof permittedError): Promise<number> =>
    turnsDuring(async (clock) => {
      expect(await permitted(message, undefined, () => clock.move(ms) === undefined)).toBe(message);
    });
  const inResult: typeof permittedError = (it, from, may) => permittedMessage(it, from, toolCall(), may) as JsonObject;
  for (const permitted of [permittedError, inResult]) {
    expect(await turns(10, permitted)).toBeGreaterThan(2);
    expect(await turns(0, permitted)).toBe(0);
  }
});

describe('what a client declares', () => {
  const ALL = { elicitation: {}, roots: {}, sampling: {}, other: {} };
  const begin = (params: object) => callOf({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  const modern = (meta: unknown, method = 'tools/call') =>
    callOf({ jsonrpc: '2.0', id: 1, method, params: { name: 'x', arguments: {}, _meta: meta } }, 'modern');

  it('loses what may not be used, and nothing else', () => {
    const { asked, may } = permitting('roots/list');
    expect(withoutCapabilities(begin({ a: 1, capabilities: ALL }), may).params).toEqual({
      a: 1,
      capabilities: { roots: {}, other: {} },
    });
    expect(asked).toEqual(['elicitation/create', 'sampling/createMessage', 'roots/list'].map(mayAsk));
    expect(mayAsk('x')).toEqual({ action: 'x', resource: UPSTREAM, arguments: undefined });
    for (const method of ['tools/call', 'prompts/list'])
      expect(withoutCapabilities(modern({ b: 2, [CAPABILITIES]: ALL }, method), may).params).toEqual({
        name: 'x',
        arguments: {},
        _meta: { b: 2, [CAPABILITIES]: { roots: {}, other: {} } },
      });
  });

  it('loses what may not be used, whatever else is denied that it does not declare', () => {
    const params = { x: 'sampling', capabilities: { elicitation: {}, other: {} } };
    expect(withoutCapabilities(begin(params), permitting().may).params).toEqual({
      x: 'sampling',
      capabilities: { other: {} },
    });
  });

  it('is read of a modern call where the protocol puts it', () => {
    const declared = { 'io.modelcontextprotocol/clientCapabilities': { roots: {}, other: {} } };
    expect(withoutCapabilities(modern(declared), permitting().may).params?.['_meta']).toEqual({
      'io.modelcontextprotocol/clientCapabilities': { other: {} },
    });
  });

  it.each([
    ['nothing that is denied', begin({ capabilities: { roots: {}, other: {} } })],
    ['no capabilities, though the text names some', begin({ x: 'elicitation' })],
    ['capabilities of another form', begin({ capabilities: 'elicitation' })],
    ['capabilities where none are read', begin({ _meta: { [CAPABILITIES]: ALL } })],
    ['none of a modern call', modern({ x: 'elicitation' }, 'prompts/list')],
    ['none of a modern call, empty', modern({ [CAPABILITIES]: {}, x: 'sampling' })],
    ['others of a modern call', modern({ [CAPABILITIES]: { other: {} }, x: 'sampling' })],
    [
      'meta data of another form',
      callOf({ jsonrpc: '2.0', id: 1, method: 'prompts/list', params: { x: 'roots' } }, 'modern'),
    ],
    ['no parameters', callOf({ jsonrpc: '2.0', id: 'elicitation', method: 'prompts/list' }, 'modern')],
    ['no parameters of initialize', callOf({ jsonrpc: '2.0', id: 'elicitation', method: 'initialize' })],
    ['no meta data of a tool call', toolCall()],
  ])('stays the same with %s', (_what, call) => {
    const { may } = permitting('roots/list');
    expect(withoutCapabilities(call, may)).toBe(call);
  });

  it('is not looked at for capabilities that its text does not name, nor for a tool call without any', () => {
    const { asked, may } = permitting();
    void withoutCapabilities(begin({ capabilities: { roots: {} } }), may);
    expect(asked.map(({ action }) => action)).toEqual(['roots/list']);
    void withoutCapabilities(modern({ x: 'elicitation roots sampling' }), may);
    expect(asked).toHaveLength(1);
  });
});

it.each([
  ['initialize', true],
  ['ping', true],
  ['notifications/cancelled', true],
  ['tools/call', false],
  ['roots/list', false],
])('%s is free: %s', (method, free) => {
  expect(isFree(method)).toBe(free);
});
