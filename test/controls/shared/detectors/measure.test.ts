/** What the detectors find and what they mistake for it, on a small corpus of words that nobody tuned them to. */
import { beforeAll, describe, expect, test } from 'vitest';
import { corpus, corpusOf, GROUPS, NOTHING, typeOf } from './corpus/index.ts';
import { Random } from './corpus/random.ts';
import { traps } from './corpus/traps.ts';
import { checkDigit, TEST_CARDS } from './corpus/values/cards.ts';
import { textFor } from './corpus/values/pattern.ts';
import { FORMATS } from './corpus/values/secrets.ts';
import { NO_WORDS, type Section, sourcesIn, Words } from './corpus/words.ts';
import { MISTAKEN, recallFloor } from './floors.ts';
import { interval } from './interval.ts';
import { alarms, recall, type Recall, triedFor } from './measuring.ts';
import { formatsIn } from './packages/gitleaks.ts';
import { recallTable } from './page.ts';
import { removed } from './probe.ts';

const EACH = 100;
let rows: readonly Recall[];

beforeAll(async () => {
  ({ rows } = await recall(corpus('heldOut', EACH)));
});

test('each detector finds its data at each kind of place', () => {
  for (const { group, place, samples, found } of rows) {
    const row = `${group} · ${place}`;
    const floor = recallFloor(group, place);
    if (floor === undefined) continue;
    // A small corpus may miss the floor by chance.
    expect(interval(found, samples)[1], row).toBeGreaterThanOrEqual(floor);
  }
});

test('each detector mistakes few of the traps', async () => {
  for (const { detector, texts, mistaken } of (await alarms(traps('heldOut', 60, new Random(11)), triedFor(GROUPS)))
    .rows)
    expect(mistaken / texts, detector).toBeLessThanOrEqual(MISTAKEN);
});

describe('the corpus', () => {
  test('has samples of each kind of data at several kinds of place', () => {
    for (const group of GROUPS) expect(rows.filter((row) => row.group === group).length, group).toBeGreaterThan(3);
    for (const { group, place, samples } of rows) expect(samples, `${group} ${place}`).toBe(EACH);
  });

  test('writes the value in each document', () => {
    const json = (text: string): string => JSON.stringify(text).slice(1, -1);
    for (const { document, value, shape } of corpus('development', 20)) {
      const written = JSON.stringify(document);
      // The document may be JSON in a text.
      expect(written.includes(json(value)) || written.includes(json(json(value))), `${shape}: ${value}`).toBe(true);
    }
  });

  test('has sentences and labels in each half that the other has not', () => {
    const [seen, held] = [new Words(sourcesIn('development')), new Words(sourcesIn('heldOut'))];
    const all = (words: Words, section: Section): string[] =>
      GROUPS.flatMap((group) => words.of(section, typeOf(group)));
    const shared = (section: Section): number => {
      const known = new Set(all(seen, section));
      const own = all(held, section);
      return own.filter((word) => known.has(word)).length / own.length;
    };
    expect(shared('sentences')).toBe(0);
    expect(shared('contrary')).toBe(0);
    expect(shared('labels')).toBeLessThan(0.1);
    expect(shared('unusual')).toBeLessThan(0.1);
  });

  test('shares few texts between its halves', () => {
    const texts = (half: 'development' | 'heldOut'): string[] =>
      corpus(half, 40).map(({ document }) => JSON.stringify(document));
    const known = new Set(texts('development'));
    const held = texts('heldOut');
    expect(held.filter((text) => known.has(text)).length / held.length).toBeLessThan(0.01);
  });

  test('is the same each time, as a whole and in parts', () => {
    const whole = corpus('heldOut', 5);
    expect(corpus('heldOut', 5)).toEqual(whole);
    for (const group of GROUPS)
      expect(corpus('heldOut', 5, undefined, [group])).toEqual(whole.filter((sample) => sample.group === group));
  });

  test('has card numbers with right check digits', () => {
    for (const { number } of TEST_CARDS) expect(checkDigit(number.slice(0, -1)), number).toBe(number.at(-1));
  });

  test('makes secrets that match the expression of their form', () => {
    const random = new Random(3);
    for (const { name, pattern } of FORMATS) expect(textFor(pattern, random), name).toMatch(new RegExp(`^${pattern}$`));
  });
});

test('forms of secrets are read from rules, without those that need a name or are no secret', () => {
  const rule = (id: string, regex: string): string => `[[rules]]\nid = "${id}"\nregex = '''${regex}'''\nentropy = 3\n`;
  const rules = [
    'title = "rules"\n',
    rule('acme-token', String.raw`\b(acme_[a-z0-9]{20})(?:[\x60'"\s;]|\\[nr]|$)`),
    rule('acme-key', String.raw`(?i)[\w.-]{0,50}?(?:acme)(?:[ \t\w.-]{0,20})([a-z0-9]{32})`),
    rule('jwt', String.raw`ey[a-z]{20}`),
    rule('look-ahead', String.raw`acme(?=x)[a-z]{20}`),
    rule('short', String.raw`[a-z]{5}`),
  ].join('\n');
  expect(formatsIn(rules)).toEqual([
    { name: 'gitleaks acme-token', pattern: String.raw`\b(acme_[a-z0-9]{20})`, entropy: 3 },
  ]);
});

test('the table marks a row that misses its floor, and shows what a peer found', () => {
  const row = { group: 'email', place: 'label', samples: 200 } as const;
  const peer = { name: 'Other', found: new Map([['email label', { samples: 50, found: 25 }]]), mistaken: new Map() };
  expect(recallTable([{ ...row, found: 198 }], [peer])).toContain(
    '| email | label | 200 | 99.0 ✗ | 96.4–99.7 | 99.5 | 50.0 |',
  );
  expect(recallTable([{ ...row, found: 200 }])).toContain('| email | label | 200 | 100.0 | 98.1–100.0 | 99.5 |');
});

test('the table shows what was found with words of new sources, and marks what misses the floor', () => {
  const row = { group: 'email', place: 'label', samples: 200, found: 200 } as const;
  const table = recallTable(
    [row, { ...row, place: 'prose' }],
    [],
    [[{ ...row, samples: 100, found: 90 }], [{ ...row, samples: 50, found: 50 }]],
  );
  expect(table).toContain('| must | new sources | newest sources |');
  expect(table).toContain('| 99.5 | 90.0 ✗ | 100.0 |');
  expect(table).toContain('| 99.5 |  |  |');
});

test('words without rules for secrets make no samples of known ones', () => {
  expect(corpusOf('heldOut', 2, NOTHING, ['secret-known'])).toEqual([]);
});

test('words of new sources alone make a corpus without those of the lists', () => {
  const words = { ...NO_WORDS, labels: new Map([['email', ['Bezeichner']]]) };
  const more = { ...NOTHING, sources: [{ source: 'one', half: 'heldOut', sections: words } as const] };
  const samples = corpusOf('heldOut', 20, more, ['email']);
  expect(new Set(samples.map(({ place }) => place))).toEqual(new Set(['label', 'table', 'siblings']));
  for (const { document } of samples) expect(JSON.stringify(document)).toContain('Bezeichner');
});

test.each([
  ['a b c', 'a REDACTED_X c', [[2, 3]]],
  ['abc', 'REDACTED_X', [[0, 3]]],
  [
    'a, b and c',
    'a, REDACTED_IP and REDACTED_US_SSN',
    [
      [3, 4],
      [9, 10],
    ],
  ],
])('knows which part of %s was removed', (before, after, parts) => {
  expect(removed(before, after)).toEqual(parts);
});

test('an interval is narrower with more samples', () => {
  expect(interval(95, 100)[0]).toBeCloseTo(0.8882, 3);
  expect(interval(95, 100)[1]).toBeCloseTo(0.9785, 3);
  expect(interval(950, 1000)[0]).toBeGreaterThan(interval(95, 100)[0]);
});
