/** The texts of an entry that a model may read, each in the form in which it reads them. */
import { withoutHidden } from '../../../proxy/base/hidden-characters.ts';
import { isObject } from '../../../proxy/json/lossless.ts';
import type { JsonValue } from '../../../proxy/json/value.ts';
import type { Found, Subject } from './rule.ts';

export interface Text {
  /** The path of the member, or of the key itself. */
  readonly where: string;
  readonly text: string;
}

/** Keys count as well: names of arguments are texts of the upstream. */
export function textsOf({ entry }: Pick<Subject, 'entry'>): Text[] {
  const texts: Text[] = [];
  const walk = (value: JsonValue | undefined, where: string): void => {
    if (typeof value === 'string') texts.push({ where, text: value });
    else if (Array.isArray(value)) (value as readonly JsonValue[]).forEach((item, i) => walk(item, `${where}[${i}]`));
    else if (isObject(value))
      for (const [key, member] of Object.entries(value)) {
        const path = where === '' ? key : `${where}.${key}`;
        texts.push({ where: path, text: key });
        walk(member, path);
      }
  };
  walk(entry, '');
  return texts;
}

/** Longer runs of letters and digits may be text in base64. */
const ENCODED = /[A-Za-z0-9+/]{32,}={0,2}/g;
const PLAIN = /^[\x09\x0a\x0d\x20-\x7e]+$/;

/** As a model reads it: without invisible characters, in usual letters and spaces, and with what base64 holds. */
export function readable(text: string): string {
  const plain = withoutHidden(text).normalize('NFKC').replaceAll('’', "'");
  const decoded = [...plain.matchAll(ENCODED)]
    .map(([run]) => Buffer.from(run, 'base64').toString('latin1'))
    .filter((words) => PLAIN.test(words));
  return [plain, ...decoded].join('\n').replaceAll(/\s+/g, ' ');
}

/** Finds patterns in all texts of an entry: the first of each text. */
export function findIn(
  subject: Subject,
  patterns: readonly { readonly what: string; readonly pattern: RegExp }[],
): Found[] {
  return textsOf(subject).flatMap(({ where, text }) => {
    const words = readable(text);
    for (const { what, pattern } of patterns) {
      const found = pattern.exec(words)?.[0];
      if (found !== undefined) return [{ where, what: `${what}: ${excerpt(found)}` }];
    }
    return [];
  });
}

const SHOWN = 80;

/** A part of an upstream's text as it may be printed. */
export function excerpt(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
}
