/** One text of the corpus, where it is, and what is in it. */
import type { Random } from './random.ts';

export interface Sample {
  readonly text: string;
  /** The key of the text. */
  readonly field?: string;
  /** The enclosing keys, outermost first. */
  readonly within?: readonly string[];
  /** What a detector must find; undefined: nothing. */
  readonly expected?: { readonly start: number; readonly end: number };
  /** The locale or issuer of a positive, or the kind of a look-alike. */
  readonly kind: string;
}

export const NAMES = [
  'Anna',
  'Maria Gomez',
  'Jürgen Weiß',
  'O. Brandt',
  'Siobhán Ní Bhriain',
  'Łukasz Nowak',
  'Chloé Lefèvre',
  'Giulia Rossi',
  'João Pereira',
  'Mr. Patel',
  'Mrs Okafor',
  '山田太郎',
  'Dr. Lee',
  'Åsa Öberg',
];

/** A value in a text, in place of `{}`. */
export function filled(template: string, value: string, kind: string, random: Random): Sample {
  const [before = '', after = ''] = template
    .replaceAll('{name}', () => random.pick(NAMES))
    .replaceAll('{n}', () => String(random.int(1, 99)))
    .split('{}');
  return { text: before + value + after, kind, expected: { start: before.length, end: before.length + value.length } };
}

/** A value that is a whole field; `a.b` is `b` within `a`. */
export function under(name: string, value: string, kind: string): Sample {
  const keys = name.split('.');
  const field = keys.at(-1) ?? name;
  return { text: value, field, within: keys.slice(0, -1), kind, expected: { start: 0, end: value.length } };
}

/** Frames for any text, which do not say what it is. */
export const PLAIN_FRAMES = [
  '{}',
  '{name}, {}',
  '{name};{};Berlin',
  '- {} ({name})',
  'See {name}: {}.',
  '{}\n{name}\n',
  '| {name} | {} | open |',
  '<td>{}</td>',
  'It says "{}" there.',
  '({})',
  '**{}**',
  '_{}_',
  '`{}`',
  'one\\n{}\\ntwo',
  '\t{}',
  '“{}”',
  '«{}»',
  '→ {}',
  "{}'s",
  '{}。',
  '：{}',
  '\u200b{}\u200b',
  '{}…',
  '[{}]',
  '{}\r\n',
  '"a\\t{}"',
  '{name} wrote: {}, as agreed.',
  '{}; {name}',
];
