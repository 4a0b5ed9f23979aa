/** Secrets that identify themselves: samples of every row of the tables, in code and in sentences. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../../../bin/bundle.ts';
import { secret } from '../../../../../proxy/controls/shared/detectors/index.ts';
import { FORMATS, JOINED, LED, MARKED } from '../../../../../proxy/controls/shared/detectors/secret/formats.ts';
import { Random } from '../corpus/random.ts';
import { textFor } from '../corpus/values/pattern.ts';

const FRAMES = [
  '{}',
  'const k = "{}";',
  "f('{}', 1)",
  'X={}\n',
  '{"a":"{}","b":1}',
  '  value: {}\n',
  'one\\n{}\\ntwo',
  'use {} for the job',
  'The new one is {}.',
  'I pasted `{}` into the form',
  'she wrote “{}” on the board',
  '({}) should do',
  'we rotated {}, then left',
  'It was {}!',
  '**{}** leaked',
  '<b>{}</b>',
  'hello→{}',
  '这是{}。',
];

const detector = secret();
/** A find may be at most this much longer. */
const SLACK = 4;

function missed(text: string): string[] {
  return FRAMES.filter((frame) => {
    const [before = '', after = ''] = frame.split(/\{\}/);
    const start = before.length;
    return !detector
      .find(before + text + after)
      .some(
        (span) =>
          span.start <= start && span.end >= start + text.length && span.end - span.start <= text.length + SLACK,
      );
  });
}

function samples(pattern: string, prefix = '', only?: 'mixed' | 'digits'): string[] {
  const random = new Random(17);
  const all: string[] = [];
  while (all.length < 4) {
    const rest = textFor(pattern, random);
    if (
      only !== undefined &&
      !(/\d.*\d/.test(rest) && (only === 'digits' || (/[a-z]/.test(rest) && /[A-Z]/.test(rest))))
    )
      continue;
    // The end of a sentence, or padding within, is another case.
    if (/[.=]$|^[.=]/.test(rest) && !/=\{/.test(pattern)) continue;
    all.push(prefix + rest);
  }
  return all;
}

const escaped = (text: string): string => text.replaceAll(/[.|$+]/g, '\\$&');

test.each(
  FORMATS.flatMap(([issuer, prefixes, rest, only]) =>
    prefixes.split(' ').map((prefix) => ({ issuer, prefix, rest, only })),
  ),
)('finds secrets of $issuer that begin with $prefix in code and sentences', ({ prefix, rest, only }) => {
  for (const text of samples(rest, prefix, only)) expect(missed(text)).toEqual([]);
});

test.each([
  ...LED.map(([issuer, lead, , mark, rest]) => ({ issuer, pattern: lead + escaped(mark) + rest })),
  ...MARKED.map(([issuer, before, , mark, after]) => ({ issuer, pattern: before + escaped(mark) + after })),
  ...JOINED.map(([issuer, , , , pattern]) => ({ issuer, pattern })),
])('finds secrets of $issuer by a mark in them in code and sentences', ({ pattern }) => {
  for (const text of samples(pattern)) expect(missed(text)).toEqual([]);
});

test.each(['ghp_', 'sk-ant-api03-', 'glpat-', 'AKIA', 'npm_', 'xoxb-'])(
  'does not find placeholders and names that begin with %s',
  (prefix) => {
    for (const rest of ['x'.repeat(36), 'your-token-goes-here-as-it-is-given', 'some-long-name-of-a-package-or-a-file'])
      expect(detector.find(prefix + rest)).toEqual([]);
  },
);

test('does not find a known beginning inside of a longer word or of base64', () => {
  const text = `AKIA${'QRST'.repeat(4)}`;
  expect(detector.find(`x${text}`)).toEqual([]);
  expect(detector.find(`${text}x9`)).toEqual([]);
  expect(detector.find(`iVBORw0KGgo+EAAA${'aB3'.repeat(12)}`)).toEqual([]);
});

test('docs/detectors.md lists the issuers of the tables', () => {
  const rows: readonly (readonly [issuer: string, ...rest: unknown[]])[] = [...FORMATS, ...LED, ...MARKED, ...JOINED];
  const issuers = [...new Set(rows.map(([issuer]) => issuer))].toSorted((a, b) => a.localeCompare(b, 'en'));
  const page = readFileSync(join(ROOT, 'docs/detectors.md'), 'utf8').replaceAll(/\s+/g, ' ');
  expect(page).toContain(`<!-- issuers --> ${issuers.join(', ')} <!-- /issuers -->`);
});
