/** What a client's message asks for, and how a refusal of it looks. */
import { describe, expect, it } from 'vitest';
import { METHODS } from '../../../proxy/call/methods.ts';
import { askedBy, parametersOf, refusalOf } from '../../../proxy/controls/access-policy/requests.ts';
import { callOf } from '../../dispatch/fake.ts';

const asked = (method: string, params?: object) =>
  askedBy(callOf({ jsonrpc: '2.0', id: 1, method, ...(params === undefined ? {} : { params }) }));

describe.each([
  ['tools/call', 'Tool'],
  ['prompts/get', 'Prompt'],
])('%s', (method, type) => {
  it('asks for its name with its arguments; without arguments, with none', () => {
    expect(asked(method, { name: 'n', arguments: { a: 'x' } })).toMatchObject({
      action: method,
      resource: { type, name: 'n' },
      arguments: { a: 'x' },
    });
    expect(asked(method, { name: 'n' }).arguments).toEqual({});
  });

  it("has the digits of its arguments' numbers, by their path in the arguments", () => {
    const text = `{"jsonrpc":"2.0","id":1,"method":"${method}","params":{"n":9007199254740995,"name":"n","arguments":{"n":9007199254740993,"m":1}}}`;
    const { digits } = askedBy(callOf(text));
    expect(digits?.at(['n'])).toBeDefined();
    expect(digits?.at(['m'])).toBeUndefined();
    expect(digits?.at(['arguments', 'n'])).toBeUndefined();
  });
});

it.each(['resources/read', 'resources/subscribe', 'resources/unsubscribe', 'resources/directory/read', 'skills/get'])(
  '%s asks to read a resource',
  (method) => {
    expect(asked(method, { uri: 'a:b' })).toEqual({
      action: 'resources/read',
      resource: { type: 'Resource', uri: 'a:b' },
      arguments: {},
    });
  },
);

describe('completion/complete', () => {
  const argument = { name: 'a', value: '' };

  it('asks for the prompt, whatever its arguments will be', () => {
    expect(asked('completion/complete', { ref: { type: 'ref/prompt', name: 'p' }, argument })).toEqual({
      action: 'prompts/get',
      resource: { type: 'Prompt', name: 'p' },
      arguments: undefined,
    });
  });

  it('asks for the template as for a resource', () => {
    expect(asked('completion/complete', { ref: { type: 'ref/resource', uri: 'a:{b}' }, argument })).toMatchObject({
      action: 'resources/read',
      resource: { type: 'Resource', uri: 'a:{b}' },
    });
  });

  it.each([
    { type: 'ref/prompt', uri: 'a:b' },
    { type: 'ref/prompt', name: 5 },
    { type: 'ref/resource', name: 'p' },
    { type: 'ref/resource', uri: null },
    { type: 'ref/tool', name: 'p', uri: 'a:b' },
    { name: 'p' },
    {},
  ])('of anything else is refused: %j', (ref) => {
    expect(() => asked('completion/complete', { ref, argument })).toThrow(
      expect.objectContaining({
        code: 'invalid-params',
        message:
          'completion/complete: expected params.ref to be a prompt with a name or a resource with a URI, got something else',
      }),
    );
  });
});

describe('a method without a resource', () => {
  it('asks the upstream, with its parameters as arguments; without parameters, with none', () => {
    expect(asked('x/own', { a: 1 })).toMatchObject({
      action: 'x/own',
      resource: { type: 'Upstream' },
      arguments: { a: 1 },
    });
    expect(asked('x/own').arguments).toEqual({});
  });

  it('has the digits of its numbers, by their path in the parameters', () => {
    const text = '{"jsonrpc":"2.0","id":1,"method":"x/own","params":{"a":{"n":9007199254740993}}}';
    expect(askedBy(callOf(text)).digits?.at(['a', 'n'])).toBeDefined();
    expect(asked('x/own').digits).toBeUndefined();
  });
});

describe('a refusal', () => {
  const refused = (action: string, resource: Parameters<typeof refusalOf>[0]['resource']) =>
    refusalOf({ action, resource, arguments: undefined });

  it.each([
    ['Tool', { type: 'Tool', name: 'n' }, 'Unknown tool: n'],
    ['Prompt', { type: 'Prompt', name: 'n' }, 'Unknown prompt: n'],
    ['Resource', { type: 'Resource', uri: 'n' }, 'Unknown resource: n'],
  ] as const)('of a %s is that of a name that does not exist', (_type, resource, message) => {
    expect(refused('tools/call', resource)).toMatchObject({ code: 'unknown-name', message });
  });

  it.each(METHODS.filter((method) => !/^(?:tools|prompts|resources)\//.test(method)))(
    'of the method %s says that it is not permitted',
    (method) => {
      expect(refused(method, { type: 'Upstream' })).toMatchObject({ code: 'denied', message: 'not permitted' });
    },
  );

  it.each(['x/own', '__proto__'])('of another method is that of one that does not exist: %s', (method) => {
    expect(refused(method, { type: 'Upstream' })).toMatchObject({
      code: 'method-not-found',
      message: 'Method not found',
    });
  });
});

it('parameters of a message are none unless they are an object', () => {
  expect(parametersOf({ params: { a: 1 } })).toEqual({ a: 1 });
  for (const message of [{}, { params: null }, { params: [1] }, { params: 'a' }])
    expect(parametersOf(message)).toEqual({});
});
