/** Redacts a body of HTTP: one message, or the messages of an event stream. */
import { isEventStream, mapEvents } from '../../console/record/events.ts';
import type { RedactedMessage, Redactor } from './message.ts';

export function redactBody(text: string, type: string, method: string, redactor: Redactor): RedactedMessage {
  if (text === '') return { text, unsure: false };
  if (!isEventStream(type)) return redactor.message(text, method);
  let unsure = false;
  const redacted = mapEvents(text, {
    data: (data) => {
      if (data === '') return data;
      const one = redactor.message(data, method);
      unsure ||= one.unsure;
      return one.text;
    },
    field: (name, value) => {
      if (value === '' || (name === 'event' && value === 'message')) return value;
      // A comment says nothing to anybody.
      return name === '' ? '…' : redactor.reference(value);
    },
  });
  return { text: redacted, unsure };
}
