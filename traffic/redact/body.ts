/** Redacts a body of HTTP: one message, or the messages of an event stream. */
import type { RedactedMessage, Redactor } from './message.ts';

export function redactBody(text: string, type: string, method: string, redactor: Redactor): RedactedMessage {
  if (text === '') return { text, unsure: false };
  if (!type.startsWith('text/event-stream')) return redactor.message(text, method);
  let unsure = false;
  const redacted = text.replaceAll(/^data:[ ]?(\S.*)$/gm, (_, data: string) => {
    const one = redactor.message(data, method);
    unsure ||= one.unsure;
    return `data: ${one.text}`;
  });
  return { text: redacted, unsure };
}
