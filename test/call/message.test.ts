import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProxyError } from '../../proxy/base/errors.ts';
import { atOnce } from '../../proxy/base/turns.ts';
import { idKey, nameMember, readMessage, requestIdOf, withBody } from '../../proxy/call/message.ts';

function refusal(text: string, depth?: number): string | undefined {
  try {
    readMessage(text, depth);
    return undefined;
  } catch (error) {
    if (error instanceof ProxyError) return error.code;
    throw error;
  }
}

describe('reading a message', () => {
  it('finds what the proxy needs, and keeps the text', () => {
    const text =
      ' {"params" : {"name":"\\u0061dd","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}, "id":"\\u0031","jsonrpc":"2.0","method":"tools\\/call"}';
    const message = readMessage(text);
    expect(message).toMatchObject({
      text,
      kind: 'request',
      method: 'tools/call',
      id: '"\\u0031"',
      name: 'add',
      metaVersion: '2026-07-28',
    });
    expect(text.slice(message.bodyStart, message.bodyEnd)).toMatch(/^\{"name".*\}$/);
  });

  it.each([
    ['{"jsonrpc":"2.0","method":"m"}', { kind: 'notification', id: undefined, bodyStart: -1 }],
    ['{"jsonrpc":"2.0","id":0,"method":"m"}', { kind: 'request', id: '0' }],
    ['{"jsonrpc":"2.0","id":-1.0,"method":"m"}', { kind: 'request', id: '-1.0' }],
    ['{"jsonrpc":"2.0","id":1,"result":[]}', { kind: 'response', method: '', id: '1' }],
    ['{"jsonrpc":"2.0","id":"a","error":{}}', { kind: 'response', id: '"a"' }],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}', { name: undefined }],
    ['{"jsonrpc":"2.0","id":1,"method":"__proto__","params":{"name":5}}', { name: undefined }],
    ['{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":null}}', { metaVersion: undefined }],
    [
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":null}',
      { kind: 'request', name: undefined, bodyStart: -1, bodyEnd: -1 },
    ],
  ])('distinguishes the kinds: %s', (text, expected) => {
    expect(readMessage(text)).toMatchObject(expected);
  });

  it('either refuses with a code or agrees with JSON.parse, for any text', () => {
    const value = fc.oneof(
      fc.constantFrom(
        '"2.0"',
        '1',
        '"a"',
        'null',
        '{}',
        '[]',
        '1.5',
        '"tools/call"',
        '{"name":"x"}',
        '{"name":1}',
        '{"Name":"x"}',
      ),
      fc.json({ maxDepth: 2 }),
    );
    const member = fc.tuple(
      fc.constantFrom('jsonrpc', 'id', 'method', 'params', 'result', 'error', 'Method', 'x'),
      value,
    );
    const texts = fc
      .array(member, { maxLength: 6 })
      .map((members) => `{${members.map(([key, text]) => `"${key}":${text}`).join(',')}}`);
    fc.assert(
      fc.property(texts, (text) => {
        const code = refusal(text);
        if (code !== undefined) return ['parse-error', 'invalid-request', 'invalid-params'].includes(code);
        const [message, parsed] = [readMessage(text), JSON.parse(text) as Record<string, unknown>];
        return message.kind === 'response'
          ? !('method' in parsed)
          : message.method === parsed['method'] && (message.id === undefined) === !('id' in parsed);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a refusal says what was expected and what was got:', () => {
  it.each([
    ['null', 'null'],
    ['1.5', 'a number with a fraction or an exponent'],
    ['1e3', 'a number with a fraction or an exponent'],
    ['{"a":1}', 'an object'],
    ['[1]', 'a list'],
    ['true', 'a boolean'],
  ])('an id of %s', (id, got) => {
    expect(() => readMessage(`{"jsonrpc":"2.0","id":${id},"method":"tools/list"}`)).toThrow(
      new ProxyError('invalid-request', `expected "id" to be a string or an integer, got ${got}`),
    );
  });

  it.each([
    ['[]', 'a list'],
    ['"a"', 'a string'],
    ['false', 'a boolean'],
    ['-1', 'a number'],
  ])('params of %s', (params, got) => {
    expect(() => readMessage(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${params}}`)).toThrow(
      new ProxyError('invalid-request', `expected "params" to be an object, got ${got}`),
    );
  });
});

describe('another body', () => {
  it('does not change the text around it', () => {
    const message = readMessage('{"id" : 1.0, "jsonrpc":"2.0","method":"tools/call", "params":{"name":"a"} ,"x":1e3}');
    const changed = atOnce(withBody(message, '{"name":"b"}'));
    expect(changed.text).toBe('{"id" : 1.0, "jsonrpc":"2.0","method":"tools/call", "params":{"name":"b"} ,"x":1e3}');
    expect(changed.name).toBe('b');
  });

  it('is added if there was none', () => {
    expect(atOnce(withBody(readMessage('{"jsonrpc":"2.0","id":1,"method":"m"} '), '{"a":1}')).text).toBe(
      '{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":1}} ',
    );
  });

  it('replaces null', () => {
    expect(
      atOnce(withBody(readMessage('{"params" : null , "jsonrpc":"2.0","id":1,"method":"m"}'), '{"a":1}')).text,
    ).toBe('{"params" : {"a":1} , "jsonrpc":"2.0","id":1,"method":"m"}');
  });

  it('of a response keeps the method that it answers', () => {
    const response = { ...readMessage('{"jsonrpc":"2.0","id":1,"result":{}}'), method: 'roots/list' };
    expect(atOnce(withBody(response, '{"roots":[]}'))).toMatchObject({
      kind: 'response',
      method: 'roots/list',
      text: '{"jsonrpc":"2.0","id":1,"result":{"roots":[]}}',
    });
  });

  it.each(['{"name":"a","name":"b"}', '{"Name":"a"}', '{"name":"a"},"method":"x"', '{"name":5}', '[]'])(
    'is read as strictly as the first: %s',
    (body) => {
      expect(() =>
        atOnce(withBody(readMessage('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}'), body)),
      ).toThrow(ProxyError);
    },
  );
});

describe('ids', () => {
  it.each([
    ['"a"', '"\\u0061"', true],
    ['1', '1.0', true],
    ['0', '-0', true],
    // Some upstreams turn every id into a string.
    ['1', '"1"', true],
    ['1', '"01"', false],
    ['1', '1.00000000000000000', true],
    ['9007199254740993', '9007199254740992', true],
    ['9007199254740993', '9007199254740995', false],
    ['"a"', '"A"', false],
  ])('%s and %s are the same: %s', (one, other, same) => {
    expect(idKey(one) === idKey(other)).toBe(same);
  });

  it('are returned for a refused request only if they are certain', () => {
    expect(atOnce(requestIdOf('{"jsonrpc":"1.0","id":7,"method":5}', 10))).toBe('7');
    for (const text of [
      '{"id":7,"id":8,"method":"x"}',
      '{"id":7,"ID":8,"method":"x"}',
      '{"id":{},"method":"x"}',
      '{"id":7}',
      '[7]',
      '{"id":7,"method":"x"',
      '',
    ]) {
      expect(atOnce(requestIdOf(text, 10))).toBeUndefined();
    }
  });
});

it('only methods with a name have one', () => {
  expect(
    ['tools/call', 'resources/read', 'tasks/get', 'tools/list', 'constructor', 'toString'].map(nameMember),
  ).toEqual(['name', 'uri', 'taskId', undefined, undefined, undefined]);
});
