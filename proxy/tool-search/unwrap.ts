/** The call that `call_tool` stands for. The text of its arguments is kept byte for byte. */
import { ProxyError } from '../base/errors.ts';
import type { Work } from '../base/turns.ts';
import { withBody } from '../call/edit-message.ts';
import type { Message } from '../call/message.ts';
import { HIGHEST_DEPTH } from '../json/json-error.ts';
import { Members } from '../json/members.ts';
import { checkObjectInTurns } from '../json/strict-in-turns.ts';
import { isOwn } from './own-tools.ts';
import type { OwnNames } from './settings.ts';

const OBJECT = 0x7b;
const STRING = 0x22;

/**
 * Returns the message as the client would have sent it to the tool itself: id, `_meta`, `requestState` and everything
 * else of the parameters is kept. Throws `invalid-arguments`, which the model can read.
 */
export function* unwrapped(message: Message, names: OwnNames): Work<Message> {
  const params = message.text.slice(message.bodyStart, message.bodyEnd);
  const inner = new Members();
  const outer = new Members({ arguments: inner });
  yield* checkObjectInTurns(params, outer, HIGHEST_DEPTH);
  const at = outer.find('arguments');
  if (at < 0 || params.charCodeAt(outer.start(at)) !== OBJECT)
    throw refused(names, 'an object with the name of a tool and its arguments', 'none');
  if (inner.keys().some((key) => key !== 'name' && key !== 'arguments'))
    throw refused(names, 'only name and arguments', 'another member');
  const name = valueOf(params, inner, 'name');
  if (name === undefined || name.charCodeAt(0) !== STRING)
    throw refused(names, 'name to be the name of a tool', name === undefined ? 'none' : 'no string');
  if (isOwn(JSON.parse(name), names))
    throw refused(names, `the name of a tool that ${names.search} found`, 'its own name or that of the search');
  const given = valueOf(params, inner, 'arguments') ?? '{}';
  // Null counts as absent, as in any tool call.
  if (given.charCodeAt(0) !== OBJECT && given !== 'null')
    throw refused(names, 'arguments to be an object', given.charCodeAt(0) === STRING ? 'a string' : 'another value');
  const named = outer.find('name');
  return yield* withBody(
    message,
    replaced(params, [
      [outer.start(named), outer.end(named), name],
      [outer.start(at), outer.end(at), given],
    ]),
  );
}

function refused({ call }: OwnNames, expected: string, got: string): ProxyError {
  return new ProxyError('invalid-arguments', `${call}: expected ${expected}, got ${got}`);
}

function valueOf(text: string, members: Members, key: string): string | undefined {
  const at = members.find(key);
  return at < 0 ? undefined : text.slice(members.start(at), members.end(at));
}

type Part = readonly [start: number, end: number, replacement: string];

function replaced(text: string, parts: readonly Part[]): string {
  let result = '';
  let done = 0;
  for (const [start, end, replacement] of parts.toSorted(([a], [b]) => a - b)) {
    result += text.slice(done, start) + replacement;
    done = end;
  }
  return result + text.slice(done);
}
