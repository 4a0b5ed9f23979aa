/**
 * Invalid options of a detector are reported when it is made, or, if they show only at loading, by the check before a
 * start.
 */
import { expect, test, vi } from 'vitest';
import {
  custom,
  type CustomOptions,
  type Detector,
  phone,
  type PhoneOptions,
  redaction,
  secrets,
  tokenization,
} from '../../../../proxy/controls/index.ts';
import { checkControls } from '../../../../proxy/pipeline/control.ts';

/** As in a config without types. */
const untyped = (text: string): never => JSON.parse(text) as never;

test.each([
  ['{}', 'detector custom: name: expected a string, got undefined; pattern: expected a string, got undefined'],
  ['null', 'custom: expected a name and a pattern, got null'],
  ['{"name":"x","pattern":7}', 'detector x: pattern: expected a string, got a number'],
  [
    '{"name":"x","pattern":"a","contain":"a"}',
    'detector x: expected name, pattern, type, ignoreCase, contains, fields, got "contain"',
  ],
  ['{"name":"x","pattern":"a","ignoreCase":"yes"}', 'detector x: ignoreCase: expected true or false, got a string'],
  ['{"name":"x","pattern":"a","fields":"id"}', 'detector x: fields: expected a list of names, got a string'],
  ['{"name":"x","pattern":"a","fields":[]}', 'detector x: fields: expected names, got an empty list'],
  ['{"name":"x","pattern":"a","contains":""}', 'detector x: contains: expected a string, got an empty one'],
  [
    '{"name":"X y","pattern":"a"}',
    'detector X y: name: expected lower-case letters, digits and hyphens (at most 48), got "X y"',
  ],
])('custom(%s) is refused when it is made', (options, words) => {
  expect(() => custom(untyped(options) as CustomOptions)).toThrow(words);
});

test('custom() without options is refused with a message', () => {
  expect(() => (custom as () => Detector)()).toThrow('custom: expected a name and a pattern, got undefined');
});

test.each([
  ['{"country":"DE"}', 'detector phone: expected countries, got "country"'],
  ['{"countries":"DE"}', 'detector phone: countries: expected a list of two letters each, got a string'],
  ['{"countries":[49]}', 'detector phone: countries: expected two letters (US), got a number'],
  ['"DE"', "detector phone: expected { countries: ['US'] }, or nothing, got a string"],
])('phone(%s) is refused when it is made', (options, words) => {
  expect(() => phone(untyped(options) as PhoneOptions)).toThrow(words);
});

const unreadable = (): Detector => custom({ name: 'own', pattern: '(' });
const nowhere = (): Detector => phone({ countries: ['UK' as 'GB'] });
const PATTERN = "detector own: expected a pattern in RE2's syntax";
const COUNTRY =
  'detector phone: countries: expected a country that libphonenumber knows, as two letters (US), got "UK"';

test.each([
  ['redaction', redaction({ upstream: { detectors: [unreadable()] }, client: { detectors: [nowhere()] } })],
  ['secrets', secrets({ onFound: 'block', detectors: [unreadable(), nowhere()] })],
  ['tokenization', tokenization({ tenant: 'acme', detectors: [unreadable(), nowhere()] })],
])('the check of %s reports all faults that show only at loading', async (name, control) => {
  const { faults } = await checkControls([control]);
  expect(faults).toEqual([
    expect.stringContaining(`${name}: ${PATTERN}`),
    expect.stringContaining(`${name}: ${COUNTRY}`),
  ]);
});

test('the check passes valid detectors', async () => {
  expect(
    await checkControls([
      redaction({
        client: { detectors: [custom({ name: 'own', pattern: 'E-[0-9]{6}' }), phone({ countries: ['GB'] })] },
      }),
    ]),
  ).toEqual({ faults: [], warnings: [] });
});

test('a phone detector loads again after a failure', async () => {
  vi.resetModules();
  vi.doMock('libphonenumber-js/max/metadata', () => {
    throw new Error('out of file handles');
  });
  const detectors = await import('../../../../proxy/controls/shared/detectors/index.ts');
  const detector = detectors.phone({ countries: ['US'] });
  await expect(detector.load?.()).rejects.toThrow();
  vi.doUnmock('libphonenumber-js/max/metadata');
  await detector.load?.();
  expect(detector.find('call (415) 555-2671')).toHaveLength(1);
});
