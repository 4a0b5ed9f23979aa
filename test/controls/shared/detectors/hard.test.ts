/** Inputs that are hard to read, one a line: `⟦…⟧` is what must be found, `- ` begins a line without any data. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  dateOfBirth,
  type Detector,
  email,
  passport,
  paymentCard,
  phone,
  secret,
  usSsn,
} from '../../../../proxy/controls/shared/detectors/index.ts';
import { hard } from './hard.ts';
import { isFound, Probe } from './probe.ts';

const FOLDER = join(import.meta.dirname, 'hard');
const MADE: Readonly<Record<string, () => Detector>> = {
  'date-of-birth': dateOfBirth,
  email,
  passport,
  'payment-card': paymentCard,
  phone: () => phone({ countries: ['US'] }),
  secret,
  'us-ssn': usSsn,
};
/** The `(` before a number, the age or the time after a date, what belongs to an extension. */
const SLACK = 4;

describe.each(readdirSync(FOLDER).map((file) => file.replace('.txt', '')))('%s', (name) => {
  const lines = readFileSync(join(FOLDER, `${name}.txt`), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const probe = new Probe([(MADE[name] ?? secret)()]);

  test.each(lines.filter((line) => !line.startsWith('- ')))('finds %s', async (line) => {
    await probe.load();
    const { document, value } = hard(line);
    const visited = await probe.visit(document);
    expect(isFound(visited, value, SLACK), JSON.stringify(visited)).toBe(true);
  });

  test.each(lines.filter((line) => line.startsWith('- ')))('finds nothing in %s', async (line) => {
    await probe.load();
    for (const { before, after } of await probe.visit(hard(line.slice(2)).document)) expect(after).toBe(before);
  });
});
