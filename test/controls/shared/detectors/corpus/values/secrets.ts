/** Secrets in the forms that public scanners know, and random ones that only a name gives away. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALNUM, type Random } from '../random.ts';
import type { Value } from '../sample.ts';
import { textFor } from './pattern.ts';

/** A form of secrets: a regular expression that matches one, and nothing else. */
export interface Format {
  readonly name: string;
  readonly pattern: string;
  /** Least Shannon entropy, in bits for each character. */
  readonly entropy?: number;
}

export const FORMATS: readonly Format[] = readFileSync(join(import.meta.dirname, 'secret-formats.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('# '))
  .map((line) => {
    const [name = '', pattern = ''] = line.split(/: (.*)/s);
    return { name, pattern };
  });

export function known(formats: readonly Format[], random: Random): Value {
  const { name, pattern, entropy = 0 } = random.pick(formats);
  let text = textFor(pattern, random);
  // Where a secret that ends with a dot or hyphen ends, nobody can tell.
  for (let i = 0; i < 20 && (entropyOf(text) < entropy || /[^A-Za-z0-9=-]$|[^-]-$/.test(text)); i++)
    text = textFor(pattern, random);
  return { text, kind: name, proves: true };
}

export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Without a fixed form. */
export function machineSecret(random: Random): Value {
  const text = random.pick([
    () => random.of(ALNUM, random.int(20, 64)),
    () => random.hex(random.word('32 40 64') === '32' ? 32 : 64),
    () => random.of(`${ALNUM}+/`, 40),
    () => random.of(`${ALNUM}-_`, random.int(24, 86)).replace(/^[-_]|[-_]$/g, 'a'),
  ])();
  return { text, kind: 'random', proves: false };
}
