/** Bodies of replies, by message. Imports nothing: the page uses it, too. */

export function isEventStream(type: string): boolean {
  return /^\s*text\/event-stream\b/i.test(type);
}

/** The messages in a reply's body: one, or those of an event stream. */
export function messagesOf(type: string, body: string): readonly string[] {
  if (!isEventStream(type)) return body === '' ? [] : [body];
  const messages: string[] = [];
  mapEvents(body, {
    data: (text) => {
      if (text !== '') messages.push(text);
      return text;
    },
    field: (_, value) => value,
  });
  return messages;
}

export interface Mapping {
  /** Of one event, its lines joined. */
  readonly data: (text: string) => string;
  /** Of any other line. @param name `id`, `event`, `retry`; empty: a comment, or no field at all */
  readonly field: (name: string, value: string) => string;
}

const LINE_END = /\r\n|\n|\r/;
const FIELDS: ReadonlySet<string> = new Set(['id', 'event', 'retry']);

/** An event stream with other values. Every line is one of a field that the format has, or a comment. */
export function mapEvents(body: string, { data, field }: Mapping): string {
  const out: string[] = [];
  let held: string[] = [];
  const lines = body.replace(/^\uFEFF/, '').split(LINE_END);
  lines.forEach((line, i) => {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') held.push(value);
    else if (FIELDS.has(name)) out.push(`${name}: ${field(name, value)}`);
    else if (line !== '') out.push(`: ${field('', line.replace(/^: ?/, ''))}`);
    if (line !== '' && i < lines.length - 1) return;
    if (held.length > 0)
      for (const each of data(held.join('\n')).split('\n')) out.push(each === '' ? 'data:' : `data: ${each}`);
    held = [];
    out.push('');
  });
  // A body that ends within a line has no line end there.
  if (lines.at(-1) !== '') out.pop();
  return out.join('\n');
}
