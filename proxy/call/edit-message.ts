/** Messages with another body, name or id. Everything else keeps its text. */
import type { Work } from '../base/turns.ts';
import { HIGHEST_DEPTH } from '../json/json-error.ts';
import { membersAt } from '../json/strict.ts';
import { type Message, placesInTurns, readMessageInTurns } from './message.ts';
import { nameMember } from './name-member.ts';

/**
 * Returns the message with another `params` (for a response: `result`), given as JSON text, which is read and checked
 * like any other.
 */
export function* withBody(message: Message, body: string, depth: number = HIGHEST_DEPTH): Work<Message> {
  const { text, bodyStart, bodyEnd } = message;
  if (bodyStart >= 0) return yield* reread(message, text.slice(0, bodyStart) + body + text.slice(bodyEnd), depth);
  const { envelope } = yield* placesInTurns(text, depth);
  const given = envelope.find('params');
  if (given >= 0)
    return yield* reread(message, text.slice(0, envelope.start(given)) + body + text.slice(envelope.end(given)), depth);
  const close = text.lastIndexOf('}');
  return yield* reread(message, `${text.slice(0, close)},"params":${body}${text.slice(close)}`, depth);
}

/** Returns the message with another body text that differs only in scalars within `arguments`, so it isn't read again. */
export function withScalars(message: Message, body: string): Message {
  const { text, bodyStart, bodyEnd } = message;
  return { ...message, text: text.slice(0, bodyStart) + body + text.slice(bodyEnd), bodyEnd: bodyStart + body.length };
}

/** The message about another tool, prompt, resource or task, given by the member that names it. It has a name. */
export function withName(message: Message, name: string): Message {
  const { text, bodyStart, bodyEnd } = message;
  const member = nameMember(message.method);
  if (member === 'name' && isFirst(message) && message.name.endsWith(name)) {
    // A name without its prefix: that is cut out.
    const start = bodyStart + FIRST.length;
    const cut = message.name.length - name.length;
    return { ...message, text: text.slice(0, start) + text.slice(start + cut), bodyEnd: bodyEnd - cut, name };
  }
  const { start, end } = spanIn(text, bodyStart, member ?? '');
  if (start < 0) throw new TypeError(`${message.method} names nothing`);
  const written = JSON.stringify(name);
  const changed = text.slice(0, start) + written + text.slice(end);
  return { ...message, text: changed, bodyEnd: bodyEnd + written.length - (end - start), name };
}

/** The message with another id, as JSON text. It has one. */
export function withId(message: Message, id: string): Message {
  const { text, start, end } = spanIn(message.text, message.text.indexOf('{'), 'id');
  if (start < 0) throw new TypeError('the message has no id');
  const moved = start < message.bodyStart ? id.length - (end - start) : 0;
  return {
    ...message,
    text: text.slice(0, start) + id + text.slice(end),
    id,
    bodyStart: message.bodyStart + moved,
    bodyEnd: message.bodyEnd + moved,
  };
}

const FIRST = '{"name":"';

/**
 * Whether the name is written first and without escapes, as most clients do. With an escape, no quote stands where the
 * name would end: the text is longer than the name.
 */
function isFirst(message: Message): message is Message & { readonly name: string } {
  const { text, bodyStart, name } = message;
  return name !== undefined && text.startsWith(`${FIRST}${name}"`, bodyStart);
}

interface Span {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Where the value of a member lies in an object of a text; -1 if it has none. */
function spanIn(text: string, object: number, member: string): Span {
  const span = { text, start: -1, end: -1 };
  membersAt(text, object, (key, start, end) => {
    if (key !== member) return;
    span.start = start;
    span.end = end;
  });
  return span;
}

function* reread(message: Message, text: string, depth: number): Work<Message> {
  const next = yield* readMessageInTurns(text, depth);
  return { ...next, method: message.method };
}
