import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, ProxyError } from '../../proxy/base/errors.ts';
import { atOnce, SHORT } from '../../proxy/base/turns.ts';
import { withBody, withId, withName, withScalars } from '../../proxy/call/edit-message.ts';
import {
  idKey,
  META_VERSION,
  readMessage,
  readMessageInTurns,
  requestIdOf,
  tokenKey,
} from '../../proxy/call/message.ts';
import { nameMember } from '../../proxy/call/name-member.ts';

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
    ['{"id":12,"jsonrpc":"2.0","method":"m"}', { kind: 'request', id: '12' }],
    ['{"method":"m","jsonrpc":"2.0","id":-12.00}', { kind: 'request', method: 'm', id: '-12.00' }],
    ['{"params":{"_meta":{"progressToken":7}},"jsonrpc":"2.0","id":1,"method":"m"}', { progressToken: '7' }],
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

const refusing = (text: string, code: ErrorCode, message: string): void =>
  expect(() => readMessage(text), text).toThrow(new ProxyError(code, message));
/** A request for a method, with parameters as JSON text. */
const request = (method: string, params: string): string =>
  `{"jsonrpc":"2.0","id":1,"method":${JSON.stringify(method)},"params":${params}}`;

describe('a message is refused, saying why,', () => {
  it.each([
    ['{"id":1,"method":"m"}', 'not a JSON-RPC 2.0 message: expected "jsonrpc":"2.0"'],
    ['{"jsonrpc":2.0,"id":1,"method":"m"}', 'not a JSON-RPC 2.0 message: expected "jsonrpc":"2.0"'],
    ['{"jsonrpc":"2.0","id":1,"method":5}', 'expected "method" to be a non-empty string'],
    ['{"jsonrpc":"2.0","id":1,"method":""}', 'expected "method" to be a non-empty string'],
    ['{"jsonrpc":"2.0","id":1,"method":"m","result":1}', 'a message with both "method" and "result" or "error"'],
    ['{"jsonrpc":"2.0","id":1,"method":"m","error":1}', 'a message with both "method" and "result" or "error"'],
    ['{"result":1,"jsonrpc":"2.0","id":1,"method":"m"}', 'a message with both "method" and "result" or "error"'],
    ['{"error":1,"jsonrpc":"2.0","id":1,"method":"m"}', 'a message with both "method" and "result" or "error"'],
    ['{"params":[],"jsonrpc":"2.0","id":1,"method":"m"}', 'expected "params" to be an object, got a list'],
    ['{"jsonrpc":"2.0","result":{}}', 'a response without an id'],
    ['[1]', 'expected a JSON-RPC message, an object; got another JSON value'],
    ...['', ',"result":1,"error":1', ',"result":null,"error":null'].map((rest) => [
      `{"jsonrpc":"2.0","id":1${rest}}`,
      'expected a request with "method", or a response with either "result" or "error"',
    ]),
  ])('by its members: %s', (text, message) => {
    refusing(text, 'invalid-request', message);
  });

  it.each([
    ['{"jsonrpc":"2.0"', 'parse-error', 'not JSON: '],
    ['', 'parse-error', 'not JSON: '],
    ['{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"m"}', 'invalid-request', 'the same key twice'],
    ['{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":[[[[1]]]]}}', 'invalid-request', 'nested too deeply'],
  ])('by its syntax, or by what is ambiguous or too deep in it: %s', (text, code, words) => {
    expect(refusal(text, 4)).toBe(code);
    expect(() => readMessage(text, 4)).toThrow(words);
  });

  it('unless it is as deep as is allowed', () => {
    expect(refusal(request('m', '{"a":[[1]]}'), 4)).toBeUndefined();
    expect(refusal(request('m', '{"a":[[1]]}'), 3)).toBe('invalid-request');
  });

  it.each([
    ['tools/call', 'name'],
    ['prompts/get', 'name'],
    ['resources/read', 'uri'],
    ['resources/subscribe', 'uri'],
    ['resources/unsubscribe', 'uri'],
    ['resources/directory/read', 'uri'],
    ['skills/get', 'uri'],
    ['tasks/get', 'taskId'],
    ['tasks/update', 'taskId'],
    ['tasks/result', 'taskId'],
    ['tasks/cancel', 'taskId'],
  ] as const)('where the subject of %s is no string', (method, member) => {
    refusing(
      request(method, `{"${member}":5}`),
      'invalid-params',
      `${method}: expected params.${member} to be a string`,
    );
    expect(readMessage(request(method, `{"${member}":"a\\"b"}`)).name).toBe('a"b');
    expect(readMessage(request(method, '{"other":5}')).name).toBeUndefined();
  });

  it('where the version is no string', () => {
    refusing(
      request('m', `{"_meta":{"${META_VERSION}":5}}`),
      'invalid-params',
      'expected _meta["io.modelcontextprotocol/protocolVersion"] to be a string',
    );
  });

  describe('for a key that another reader may take for one of', () => {
    const differs = (where: string): string => `a key of ${where} differs from a known one only in case`;

    it.each(['JsonRPC', 'Id', 'ID', '\u0130d', 'mEthod', 'Params', 're\u017fult', 'ERROR'])(
      'the message: %s',
      (key) => {
        refusing(`{"jsonrpc":"2.0","id":1,"method":"m","${key}":1}`, 'invalid-request', differs('the message'));
      },
    );

    const SEALED = ['Cursor', 'RequestState', 'inputresponses', 'TASK'];

    it.each(['Name', 'URI', 'taskID', 'Arguments', '_Meta', ...SEALED])('the parameters of a call: %s', (key) => {
      refusing(request('tools/call', `{"${key}":1}`), 'invalid-request', differs('"params"'));
    });

    it.each(['Ref', 'Argument', 'Context', '_META'])('those of a completion: %s', (key) => {
      refusing(request('completion/complete', `{"${key}":1}`), 'invalid-request', differs('"params"'));
    });

    it.each(['Type', 'Name', 'Uri'])('the reference of a completion: %s', (key) => {
      refusing(request('completion/complete', `{"ref":{"${key}":1}}`), 'invalid-request', differs('"params.ref"'));
    });

    it.each(['Name', 'Value'])('the argument of a completion: %s', (key) => {
      const text = request('completion/complete', `{"argument":{"${key}":1}}`);
      refusing(text, 'invalid-request', differs('"params.argument"'));
    });

    it.each(['Notifications', '_Meta'])('the parameters of a subscription: %s', (key) => {
      refusing(request('subscriptions/listen', `{"${key}":1}`), 'invalid-request', differs('"params"'));
    });

    it.each(['toolslistchanged', 'PromptsListChanged', 'ResourcesListChanged', 'resourcesubscriptions'])(
      'the filter of a subscription: %s',
      (key) => {
        const text = request('subscriptions/listen', `{"notifications":{"${key}":1}}`);
        refusing(text, 'invalid-request', differs('"params.notifications"'));
      },
    );

    it.each([
      'IO.modelcontextprotocol/protocolVersion',
      'progresstoken',
      'progre\u017fsToken',
      'io.modelcontextprotocol/Related-Task',
    ])('_meta: %s', (key) => {
      const text = request('m', `{"_meta":{"other":1,"${key}":1}}`);
      refusing(text, 'invalid-request', 'a key of "_meta" differs from a known one only in case');
    });

    it('_meta, and not for another key of the same length, nor for one whose upper case alone is the same', () => {
      expect(refusal(request('m', '{"_meta":{"progressTokem":1,"progressToke":1}}'))).toBeUndefined();
      expect(refusal(request('m', '{"_meta":{"progre\u00dfToken":1}}'))).toBeUndefined();
    });

    it('the parameters of any method: _Meta and what may be sealed, and no other', () => {
      for (const key of ['_Meta', ...SEALED])
        refusing(request('m', `{"${key}":1}`), 'invalid-request', differs('"params"'));
      for (const key of ['Name', 'URI', 'taskid', 'Ref', 'Notifications'])
        expect(refusal(request('m', `{"${key}":1}`))).toBeUndefined();
    });

    it('each other, however far apart', () => {
      const text = '{"jsonrpc":"2.0","id":1,"method":"m","x-1":1,"y":2,"X-1":3}';
      refusing(text, 'invalid-request', 'two keys of the message differ only in case');
      expect(refusal(text.replace('X-1', 'X-2'))).toBeUndefined();
    });
  });
});

describe('a response', () => {
  const bodyOf = (members: string): string => {
    const [first, last] = [`{${members},"jsonrpc":"2.0","id":1}`, `{"jsonrpc":"2.0","id":1,${members}}`].map((text) => {
      const message = readMessage(text);
      expect(message).toMatchObject({ kind: 'response', method: '', name: undefined });
      return text.slice(message.bodyStart, message.bodyEnd);
    });
    expect(first).toBe(last);
    return last ?? '';
  };

  it.each([
    ['"result":{"a":1}', '{"a":1}'],
    ['"error":{"code":1}', '{"code":1}'],
    ['"result":null', 'null'],
    ['"error":null', 'null'],
    ['"result":null,"error":{"code":1}', '{"code":1}'],
    ['"result":{"a":1},"error":null', '{"a":1}'],
    ['"error":{"code":1},"result":null', '{"code":1}'],
    ['"error":null,"result":{"a":1}', '{"a":1}'],
  ])('with %s has the body %s', (members, body) => {
    expect(bodyOf(members)).toBe(body);
  });
});

describe('a progress token', () => {
  const tokenOf = (token: string) => readMessage(request('m', `{"_meta":{"progressToken":${token}}}`)).progressToken;

  it.each([
    ['"a"', 'a'],
    ['1.0', '1'],
    ['-1', '-1'],
    ['null', undefined],
    ['true', undefined],
    ['[1]', undefined],
    ['{"a":"b"}', undefined],
  ])('of %s is %s', (token, key) => {
    expect([tokenOf(token), tokenKey(token)]).toEqual([key, key]);
  });

  it('is none where there is none', () => {
    expect(readMessage(request('m', '{"_meta":{"other":1}}')).progressToken).toBeUndefined();
    expect(readMessage(request('m', '{}')).progressToken).toBeUndefined();
    expect(readMessage(request('m', 'null')).progressToken).toBeUndefined();
  });
});

describe('a message that is read in turns', () => {
  const long = 'x'.repeat(SHORT);
  const call = request('tools/call', `{"name":"a","arguments":{"text":"${long}"},"_meta":{"progressToken":7}}`);

  it('is read like one that is read at once', () => {
    expect(atOnce(readMessageInTurns(call))).toEqual(readMessage(call));
    const short = request('tools/call', '{"name":"b"}');
    expect(atOnce(readMessageInTurns(short))).toEqual(readMessage(short));
    expect([...readMessageInTurns(call)].length).toBeGreaterThan([...readMessageInTurns(short)].length);
  });

  it('is refused like one that is read at once, and leaves no trace in the next', () => {
    for (const text of [`${call}x`, call.replace('"name"', '"Name"'), call.replace('"id":1', '"id":1,"id":2')]) {
      const refused = (): unknown => {
        try {
          return atOnce(readMessageInTurns(text));
        } catch (error) {
          return error;
        }
      };
      expect(refused()).toBeInstanceOf(ProxyError);
      expect(() => readMessage(text)).toThrow(refused());
      expect(readMessage(request('tools/call', '{"name":"b"}'))).toMatchObject({ name: 'b', id: '1' });
    }
  });

  it('is as deep as is allowed', () => {
    const deep = request('m', `{"a":[["${long}"]]}`);
    expect(atOnce(readMessageInTurns(deep, 4)).method).toBe('m');
    expect(() => atOnce(readMessageInTurns(deep, 3))).toThrow(ProxyError);
    expect(() => atOnce(readMessageInTurns(request('m', '{"a":[[1]]}'), 3))).toThrow(ProxyError);
  });
});

describe.each([
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","x":{"name":"a","id":1}}}',
  ' {"jsonrpc":"2.0","params":{"x":{"name":"a","id":1},"name" : "a"},"method":"tools/call","id" : 1}',
  String.raw`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\u0061","x":{"name":"a","id":1}}}`,
])('in %s', (text) => {
  const message = readMessage(text);

  it.each(['b', '', 'a longer "name"'])('the name becomes %j, and nothing else changes', (name) => {
    const changed = withName(message, name);
    expect(changed).toEqual(readMessage(changed.text));
    expect(JSON.parse(changed.text)).toEqual({
      ...(JSON.parse(text) as object),
      params: { name, x: { name: 'a', id: 1 } },
    });
  });

  it.each(['12345', '"an id"'])('the id becomes %s, and nothing else changes', (id) => {
    const changed = withId(message, id);
    expect(changed).toEqual(readMessage(changed.text));
    expect(JSON.parse(changed.text)).toEqual({ ...(JSON.parse(text) as object), id: JSON.parse(id) as unknown });
  });
});

it.each([
  ['first', '{"name":"a","arguments":{}}'],
  ['after another', '{"arguments":{"name":"a"},"name":"a"}'],
  ['after one of the same length and value', '{"some":"a","name":"a"}'],
  ['after white space', ' {\n "name" : "a" }'],
  ['with escapes', '{"name":"\\u0061"}'],
  ['with its key escaped', '{"n\\u0061me":"a"}'],
])('only the name changes if it stands %s', (_where, params) => {
  const message = readMessage(request('tools/call', params));
  const changed = withName(message, 'other');
  expect(changed).toEqual(readMessage(changed.text));
  expect(JSON.parse(changed.text)).toEqual({
    ...(JSON.parse(message.text) as object),
    params: { ...(JSON.parse(params) as object), name: 'other' },
  });
});

it.each([
  ['of a prefix', '{"name":"crm___find","arguments":{"name":"crm___find"}}', 'find'],
  ['of all of it', '{"name":"find"}', ''],
  ['of its end', '{"name":"crm___find"}', 'crm'],
  ['of quotes and backslashes', JSON.stringify({ name: 'p___"a\\\\"' }), '"a\\\\"'],
  ['of a prefix that is written with an escape', '{"name":"\\u0063rm___find"}', 'find'],
  ['of a prefix, before a name with an escape', '{"name":"crm___f\\u0069nd"}', 'find'],
  ['of a prefix, after white space', '{ "name":"crm___find"}', 'find'],
  ['of a prefix, in letters of several bytes', '{"name":"crm___zählen"}', 'zählen'],
])('a name without a part %s', (_what, params, name) => {
  const message = readMessage(request('tools/call', params));
  const changed = withName(message, name);
  expect(changed).toEqual(readMessage(changed.text));
  expect(JSON.parse(changed.text)).toEqual({
    ...(JSON.parse(message.text) as object),
    params: { ...(JSON.parse(params) as object), name },
  });
});

it('a URI is not what a member called name says, even if both are the same', () => {
  const params = { name: 'crm+file:///a', uri: 'crm+file:///a' };
  const changed = withName(readMessage(request('resources/read', JSON.stringify(params))), 'file:///a');
  expect(JSON.parse(changed.text)).toMatchObject({ params: { name: 'crm+file:///a', uri: 'file:///a' } });
});

it.each([
  [true, '{"requestState":"s"}'],
  [true, String.raw`{"name":"a","request\u0053tate":"s"}`],
  [true, '{"_meta":{"io.modelcontextprotocol/related-task":{"taskId":"t"}}}'],
  [true, String.raw`{"_meta":{"io.modelcontextprotocol\/related-task":{"taskId":"t"}}}`],
  [false, '{"name":"a","arguments":{"requestState":"s","note":"related-task"},"_meta":{"progressToken":1}}'],
  [false, '{"arguments":{"_meta":{"io.modelcontextprotocol/related-task":{}}}}'],
])('whether it may return what an upstream gave: %s for %s', (expected, params) => {
  const message = readMessage(request('tools/call', params));
  expect(message.mayReturn).toBe(expected);
  expect(withId(message, '7').mayReturn).toBe(expected);
});

it('an answer may return what an upstream gave, and a message without parameters does not', () => {
  expect(readMessage('{"jsonrpc":"2.0","id":1,"result":{}}').mayReturn).toBe(true);
  expect(readMessage('{"jsonrpc":"2.0","id":1,"method":"m"}').mayReturn).toBe(false);
  expect(readMessage('{"jsonrpc":"2.0","id":1,"method":"m","params":null}').mayReturn).toBe(false);
});

it('a task may have the name of a member of the message', () => {
  const text = '{"jsonrpc":"2.0","id":1,"method":"tasks/get","params": {"taskId":"params"}}';
  expect(withName(readMessage(text), 'other').text).toBe(text.replace(':"params"', ':"other"'));
});

it('a message without a name or an id cannot get another', () => {
  expect(() => withName(readMessage(request('tools/list', '{"name":"a"}')), 'b')).toThrow('tools/list names nothing');
  expect(() => withId(readMessage('{"jsonrpc":"2.0","method":"m"}'), '2')).toThrow('the message has no id');
  const without = readMessage('{"jsonrpc":"2.0","id":1,"method":"m"}');
  expect(withId(without, '234')).toEqual(readMessage(without.text.replace('1', '234')));
});

describe('another body', () => {
  it('of other scalars moves the end of the parameters, and nothing else', () => {
    const message = readMessage(
      '{"jsonrpc":"2.0","params":{"name":"a","arguments":{"x":1}},"id":1,"method":"tools/call"}',
    );
    const changed = withScalars(message, '{"name":"a","arguments":{"x":12345}}');
    expect(changed).toEqual(readMessage(message.text.replace('"x":1', '"x":12345')));
  });

  it('is put into an error, too', () => {
    const response = readMessage('{"jsonrpc":"2.0","error":{"code":1},"id":1}');
    expect(atOnce(withBody(response, '{"code":2}')).text).toBe('{"jsonrpc":"2.0","error":{"code":2},"id":1}');
  });

  it('may not be deeper than is allowed', () => {
    for (const text of ['{"jsonrpc":"2.0","id":1,"method":"m","params":{}}', '{"jsonrpc":"2.0","id":1,"method":"m"}']) {
      expect(atOnce(withBody(readMessage(text), '{"a":[1]}', 3)).method).toBe('m');
      expect(() => atOnce(withBody(readMessage(text), '{"a":[[1]]}', 3))).toThrow(ProxyError);
    }
  });

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
    expect(atOnce(requestIdOf('{"method":5,"id":7}', 10))).toBe('7');
    for (const text of [
      '{"id":7,"id":8,"method":"x"}',
      '{"id":7,"ID":8,"method":"x"}',
      '{"id":{},"method":"x"}',
      '{"id":7}',
      '{"id":7,"METHOD":"x","method":"y"}',
      '{"method":"x"}',
      '{"id":7,"method":"x","params":{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":{}}}}}}}}}}}}',
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
