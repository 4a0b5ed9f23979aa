/** The options of `npm run measure`. */
import { expect, test } from 'vitest';
import { GROUPS } from './corpus/index.ts';
import { optionsOf } from './measure-options.ts';

test('measures all of the held-out half without options', () => {
  expect(optionsOf([])).toEqual({
    half: 'heldOut',
    examples: false,
    write: false,
    peers: false,
    each: 400,
    groups: GROUPS,
  });
});

test('measures some types of data only, by the type or by a part of it', () => {
  expect(optionsOf(['--only', 'phone,email'])?.groups).toEqual([
    'email',
    'phone-international',
    'phone-national',
    'phone-elsewhere',
  ]);
  expect(optionsOf(['--only', 'secret-known'])?.groups).toEqual(['secret-known']);
});

test('asks the peers for the page, too', () => {
  expect(optionsOf(['--write'])).toMatchObject({ write: true, peers: true });
});

test.each([
  [['--examples'], /^--examples: expected it with development only/],
  [['development', '--write'], /^--write: expected it alone/],
  [['--write', '--only', 'email'], /^--write: expected it alone/],
  [['heldOut'], /^expected development or nothing, got heldOut$/],
  [['--only', 'name'], /^--only: expected types of data, got name$/],
  [['--each', '0'], /^--each: expected a number from 1 to 99999, got 0$/],
])('refuses %j', (args, fault) => {
  expect(() => optionsOf(args)).toThrow(fault);
});
