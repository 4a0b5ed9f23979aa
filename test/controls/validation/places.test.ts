import { expect, test } from 'vitest';
import { placesOf } from '../../../proxy/controls/validation/places.ts';

const SCHEMA = {
  properties: {
    a: { type: 'number' },
    order: { properties: { lines: { items: { properties: { price: {} } } } } },
    'a name with spaces': {},
  },
};
const failure = (...path: (string | number)[]) => ({ path, expected: '', got: '' });

test.each([
  [[failure('a')], 'a'],
  [[failure('order', 'lines', 3, 'price'), failure('order', 'lines', 4, 'price')], 'order.lines[].price'],
  [[failure()], 'arguments'],
  // What the schema does not declare is a name that the client made.
  [[failure('ann@example.com')], '…'],
  [[failure('a', 'secret')], 'a.…'],
  [[failure('order', 'lines', 0, 'ann', 'b')], 'order.lines[].…'],
  [[failure('a name with spaces')], '…'],
  [[failure('toString')], '…'],
])('a record says where arguments fail by names of the schema alone (%#)', (failures, places) => {
  expect(placesOf(SCHEMA, failures)).toBe(places);
});
