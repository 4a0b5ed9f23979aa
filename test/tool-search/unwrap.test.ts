import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ProxyError } from '../../proxy/base/errors.ts';
import { atOnce, inTurns } from '../../proxy/base/turns.ts';
import { readMessage } from '../../proxy/call/message.ts';
import { unwrapped } from '../../proxy/tool-search/unwrap.ts';

const NAMES = { search: 'search_tools', call: 'call_tool' };
const space = fc.constantFrom('', ' ', '\n', '\t ');

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    return error instanceof ProxyError ? error.code : undefined;
  }
  return undefined;
}

/** Objects of JSON, spaced in some way. */
const object = fc
  .tuple(fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 })), fc.constantFrom(0, 1, 2))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

it('makes the message that a client without tool search would have sent, byte for byte', () => {
  fc.assert(
    fc.property(
      object,
      object,
      fc.string(),
      space,
      fc.boolean(),
      fc.boolean(),
      (args, meta, name, gap, first, last) => {
        fc.pre(name !== 'call_tool' && name !== 'search_tools');
        const written = JSON.stringify(name);
        const inner = first
          ? `{${gap}"name"${gap}:${written},"arguments":${gap}${args}${gap}}`
          : `{"arguments":${args},${gap}"name":${written}}`;
        const around = (named: string, given: string): string => {
          const members = [`"name":${gap}${named}`, `"arguments":${given}`, `"requestState":${gap}"s"`, `"x":${meta}`];
          return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${(last ? members : members.toReversed()).join(`${gap},`)}}}`;
        };
        const message = atOnce(unwrapped(readMessage(around('"call_tool"', inner)), NAMES));
        expect(message).toEqual(readMessage(around(written, args)));
      },
    ),
  );
});

const call = (params: object): string => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
const wrapped = (params: object): string => call({ name: 'call_tool', ...params });

it('takes the arguments of the call also where they come first', () => {
  const message = readMessage(call({ arguments: { name: 'a', arguments: { b: 1 } }, name: 'call_tool' }));
  expect(atOnce(unwrapped(message, NAMES)).text).toBe(call({ arguments: { b: 1 }, name: 'a' }));
});

it.each([
  ['none as an empty object', { name: 'a' }, {}],
  ['null as null', { name: 'a', arguments: null }, null],
])('sends arguments of %s', (_, given, sent) => {
  const message = atOnce(unwrapped(readMessage(wrapped({ arguments: given })), NAMES));
  expect(message.text).toBe(call({ name: 'a', arguments: sent }));
});

const OWN = 'the name of a tool that search_tools found, got its own name or that of the search';

it.each([
  ['no arguments', undefined, 'an object with the name of a tool and its arguments, got none'],
  ['arguments of null', null, 'an object with the name of a tool and its arguments, got none'],
  ['arguments that are a list', [{ name: 'a' }], 'an object with the name of a tool and its arguments, got none'],
  ['no name', { arguments: {} }, 'name to be the name of a tool, got none'],
  ['a name that is no string', { name: 1 }, 'name to be the name of a tool, got no string'],
  ['arguments as a string', { name: 'a', arguments: '{}' }, 'arguments to be an object, got a string'],
  ['arguments as a list', { name: 'a', arguments: [] }, 'arguments to be an object, got another value'],
  ['an unknown member', { name: 'a', arguments: {}, more: 1 }, 'only name and arguments, got another member'],
  ['its own name', { name: 'call_tool' }, OWN],
  ['the name of the search', { name: 'search_tools' }, OWN],
])('refuses a call with %s', (_, args, expected) => {
  const message = readMessage(wrapped({ arguments: args }));
  const error = new ProxyError('invalid-arguments', `call_tool: expected ${expected}`);
  expect(() => atOnce(unwrapped(message, NAMES))).toThrow(error);
  expect(codeOf(() => atOnce(unwrapped(message, NAMES)))).toBe('invalid-arguments');
});

it('takes a long message in turns', async () => {
  const args = `{"a":"${'x'.repeat(1_000_000)}"}`;
  const text = (name: string, given: string): string =>
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":${given}}}`;
  const wrapped = readMessage(text('call_tool', `{"name":"real","arguments":${args}}`));
  expect(await inTurns(unwrapped(wrapped, NAMES))).toEqual(readMessage(text('real', args)));
});
