/** Known values are found in other spellings, in steps proportional to the text. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KnownValues } from '../../../proxy/controls/shared/known-values.ts';

function knownOf(...values: readonly string[]): KnownValues {
  const known = new KnownValues();
  for (const value of values) known.add(value, 'field');
  return known;
}

/** What is found, as it is spelled in the text. */
function found(text: string, ...values: readonly string[]): readonly string[] {
  return knownOf(...values)
    .in(text)
    .map(({ start, end }) => text.slice(start, end));
}

describe('a name', () => {
  test.each([
    'ZOË LINDQVIST',
    'zoë lindqvist',
    'Zoe Lindqvist',
    'ZOE LINDQVIST',
    'Zoe\u0308 Lindqvist',
    'Lindqvist, Zoë',
    'LINDQVIST, ZOË',
    'Lindqvist Zoë',
    'Zoë  Lindqvist',
    'Zoë\nLindqvist',
    'Zoë\r\n    Lindqvist',
    'Zoë\u00a0Lindqvist',
    'zoe.lindqvist',
    'zoe-lindqvist',
    'Ｚｏｅ Ｌｉｎｄｑｖｉｓｔ',
    'Zoë | Lindqvist',
    'Zoë","Lindqvist',
    'Lindqvist";"Zoë',
    'Zoë** Lindqvist',
    'Zoë+Lindqvist',
    'Lindqvist (Zoë',
    'Zo\u200bë Lindqvist',
    'ＬＩＮＤＱＶＩＳＴ，ＺＯË',
    'Zoë\n> Lindqvist',
    'Zoë\r\n> > Lindqvist',
    'Zoë =\r\nLindqvist',
    'Zoë Lind=\r\nqvist',
    'Zoë&nbsp;Lindqvist',
    'Zo&euml; Lindqvist',
    'Zo&#235; Lindqvist',
    'Zo&#xCB;&#32;Lindqvist',
    'Zoë <b>Lindqvist',
    'Zoë</td><td class="x">Lindqvist',
    'Zoë\u2028Lindqvist',
    'Zoë Lindqvist',
    String.raw`Zoë\nLindqvist`,
    String.raw`ZOE\r\n  LINDQVIST`,
    String.raw`Zoë\\nLindqvist`,
  ])('is found as %j', (spelled) => {
    for (const [before, after] of [
      ['', ''],
      ['for ', ' today'],
      [String.raw`for\n`, String.raw`\ntoday`],
      ['"', '",'],
      ['(', ').'],
      ['name: ', '\n'],
    ] as const)
      expect(found(`${before}${spelled}${after}`, 'Zoë Lindqvist')).toEqual([spelled]);
  });

  test.each([
    ['Παππάς', 'ΠΑΠΠΆΣ'],
    ['Παππάς', 'παππάσ'],
    ['Γιώργος Παπαδόπουλος', 'ΠΑΠΑΔΌΠΟΥΛΟΣ, ΓΙΏΡΓΟΣ'],
    ['Anna Maria van der Berg', 'van der Berg, Anna Maria'],
    ['Anna Maria van der Berg', 'VAN DER BERG Anna Maria'],
    ['Anna Maria van der Berg', 'Berg, Anna Maria van der'],
    ['Juan Carlos García Márquez', 'García Márquez, Juan Carlos'],
    ['Dr. Zoë Lindqvist', 'ZOË LINDQVIST'],
    ['Frau Prof. Dr. Zoë Lindqvist', 'Lindqvist, Zoë'],
    ['Jean-Luc O’Brien', "O'Brien, Jean-Luc"],
    ['Jean-Luc OʼBrien', 'O`BRIEN, JEAN‐LUC'],
    ['Éric Dubois', '&Eacute;RIC DUBOIS'],
    ['AB-123-CD', 'AB−123−CD'],
    ['AB-123-CD', 'ab ١٢٣ cd'],
    ['AB-123-CD', 'AB-१२३-CD'],
  ])('%s is found as %s', (value, spelled) => {
    expect(found(`for ${spelled}, today`, value)).toEqual([spelled]);
    expect(found(`for ${spelled}xy, today`, value)).toEqual([]);
  });

  test('with spaces, an account number is found before letters', () => {
    expect(found('DE89 3704 0044 0532 0130 00EUR', 'DE89370400440532013000')).toEqual(['DE89 3704 0044 0532 0130 00']);
    expect(found('DE89 3704 0044 0532 0130 001', 'DE89370400440532013000')).toEqual([]);
  });

  test('is found percent-encoded in another case', () => {
    expect(found('/people/ZO%C3%8B%20LINDQVIST', 'Zoë Lindqvist')).toEqual(['ZO%C3%8B%20LINDQVIST']);
  });

  test.each([
    ['Zoë Lindqvist', 'Zoë Lind'],
    ['Zoë Lindqvist', 'ZOË LINDQVISTSSON'],
    ['Zoë Lindqvist', 'Zoë met Lindqvist'],
    ['Zoë Lindqvist', 'Zoë; she said that Lindqvist'],
    ['Zoë Lindqvist', 'azoe lindqvist'],
    ['May', 'it may be'],
    ['Al', 'AL al'],
    ['a', 'A a'],
    ['Bo', 'bo BO'],
  ])('%j is not found in %j', (value, text) => {
    expect(found(text, value)).toEqual([]);
  });

  test('that is short is found in capitals, or with one, but not as a word of the language', () => {
    expect(found('MAY, May and may', 'May')).toEqual(['May', 'MAY']);
    expect(found('THE MARA PLAN, mara', 'Mara')).toEqual(['MARA']);
    expect(found('MÜLLER and mueller, Straße, STRASSE', 'Müller', 'Strasse')).toEqual(['MÜLLER', 'Straße', 'STRASSE']);
  });

  test('that is one of a first and a last name of several words is found in its other order', () => {
    expect(found('van der Berg, Anna; Anna VAN DER BERG', 'Anna van der Berg')).toEqual([
      'van der Berg, Anna',
      'Anna VAN DER BERG',
    ]);
    expect(found('Zoë Lindqvist', 'Lindqvist, Zoë')).toEqual(['Zoë Lindqvist']);
  });
});

describe('a number', () => {
  test.each([
    ['DE89370400440532013000', 'DE89 3704 0044 0532 0130 00'],
    ['DE89370400440532013000', 'de89-3704-0044-0532-0130-00'],
    ['DE89 3704 0044 0532 0130 00', 'DE89370400440532013000'],
    ['4111111111111111', '4111 1111 1111 1111'],
    ['4111111111111111', '4111-1111-1111-1111'],
    ['4111 1111 1111 1111', '4111111111111111'],
    ['078051120', '078-05-1120'],
    ['61250', '61,250'],
    ['61250', '61.250'],
    ['61250', '61 250'],
    ['61250', '61\u202f250'],
    ['61250', "61'250"],
    ['1250', '1,250'],
    ['1234567', '1,234,567'],
    ['61250.75', '61,250.75'],
    ['61250.75', '61.250,75'],
    ['61250.75', '61 250,75'],
    ['-61250', '61,250'],
    ['61250.5', '61,250.50'],
    ['1234567.5', '1,234,567.50'],
    ['4155552671', '415) 555-2671'],
  ])('%s is found as %j', (value, spelled) => {
    expect(found(`sum: ${spelled}, paid`, value)).toEqual([spelled]);
    expect(found(spelled, value)).toEqual([spelled]);
  });

  test.each([
    ['61250', '6-12-50'],
    ['61250', '612.50'],
    ['1250', '12.50'],
    ['61250', '161,250'],
    ['61250', '61,2507'],
    ['61250.75', '61,25.075'],
    ['125', '1.25'],
    ['61250', '61 | 250'],
    ['61250', '61;250'],
    ['4111111111111111', '4111 1111 and 1111 1111'],
  ])('%s is not found as %j', (value, spelled) => {
    expect(found(`sum: ${spelled}, paid`, value)).toEqual([]);
  });
});

test('each find has the value as the field has it, so that it gets the same token', () => {
  expect(knownOf('Zoë Lindqvist', 'DE89370400440532013000').in('LINDQVIST, ZOË: DE89 3704 0044 0532 0130 00')).toEqual([
    { start: 0, end: 14, type: 'field', value: 'Zoë Lindqvist' },
    { start: 16, end: 43, type: 'field', value: 'DE89370400440532013000' },
  ]);
});

test('tokens are found only as they were written', () => {
  const known = new KnownValues({ exact: true });
  known.add('419-77-0386', 'us-ssn');
  expect(known.in('419770386, 419 77 0386')).toEqual([]);
});

test('a text that holds every value in another spelling is found whole, whatever stands beside it', () => {
  const word = fc.constantFrom('Zoë', 'Lindqvist', 'Ann', 'O’Neil', 'straße', '田中', '4711', 'a', 'A1');
  const spell = fc.constantFrom<(text: string) => string>(
    (text) => text.toUpperCase(),
    (text) => text.normalize('NFD'),
    (text) => text.replaceAll(' ', '\n  '),
    (text) => text.replaceAll(' ', '\u00a0'),
  );
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 2, maxLength: 5 }),
      spell,
      fc.string(),
      fc.string(),
      (words, fold, a, b) => {
        const value = words.join(' ');
        if (value.replace(/[^\p{L}\p{N}]/gu, '').length < 4) return;
        const text = `${a} | ${fold(value)} | ${b}`;
        const [from, to] = [a.length + 3, a.length + 3 + fold(value).length];
        expect(
          knownOf(value)
            .in(text)
            .some(({ start, end }) => start <= from && end >= to),
          JSON.stringify(text),
        ).toBe(true);
      },
    ),
    { numRuns: 1_000 },
  );
});

describe('the steps', () => {
  test.each([
    ['one letter many times', 'a ', (i: number) => `${'a '.repeat(i + 4)}b`],
    ['values that begin alike', 'Mara Inv ', (i: number) => `mara inv${'a'.repeat(i % 200)}${i}`],
    ['digits', '1 ', (i: number) => `${'1'.repeat((i % 200) + 8)}2`],
    ['marks', 'e\u0308', (i: number) => `${'ë'.repeat((i % 200) + 3)}f`],
    ['ligatures', 'ﷺ ', (i: number) => `x${i}y`],
    ['ideographs', '漢', (i: number) => `${'漢'.repeat((i % 200) + 3)}字`],
  ])('are bounded for %s: each text ends, or counts as found as a whole', (_what, unit, value) => {
    const known = knownOf(...Array.from({ length: 3_000 }, (_, i) => value(i)));
    const text = unit.repeat(100_000);
    const spans = known.in(text);
    if (spans.length > 0) expect(spans.at(-1)?.end).toBe(text.length);
  });
});
