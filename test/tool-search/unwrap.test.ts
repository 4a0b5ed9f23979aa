import fc from 'fast-check';
import { expect, it } from 'vitest';
import { atOnce, inTurns } from '../../proxy/base/turns.ts';
import { readMessage } from '../../proxy/call/message.ts';
import { unwrapped } from '../../proxy/tool-search/unwrap.ts';

const NAMES = { search: 'search_tools', call: 'call_tool' };
const space = fc.constantFrom('', ' ', '\n', '\t ');
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

it('takes a long message in turns', async () => {
  const args = `{"a":"${'x'.repeat(1_000_000)}"}`;
  const text = (name: string, given: string): string =>
    `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":${given}}}`;
  const wrapped = readMessage(text('call_tool', `{"name":"real","arguments":${args}}`));
  expect(await inTurns(unwrapped(wrapped, NAMES))).toEqual(readMessage(text('real', args)));
});
