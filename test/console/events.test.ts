import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapEvents } from '../../console/record/events.ts';

const SAME = { data: (text: string) => text, field: (_: string, value: string) => value };

test('an event stream whose values stay has the same bytes, wherever it ends', () => {
  const line = fc.constantFrom('data: {"a":1}', 'data:', 'id: 7', 'event: message', 'retry: 5', ': ping');
  const event = fc.tuple(fc.array(line, { maxLength: 2 }), fc.constantFrom('data: x', 'data:')).map(([other, data]) => {
    const fields = other.filter((one) => !one.startsWith('data'));
    return `${[...fields, data].join('\n')}\n\n`;
  });
  fc.assert(
    fc.property(
      fc.array(event, { maxLength: 4 }),
      fc.constantFrom('', 'data: x', 'data: x\n', 'id: 7'),
      (events, rest) => {
        const body = events.join('') + rest;
        expect(mapEvents(body, SAME)).toBe(body);
      },
    ),
  );
});
