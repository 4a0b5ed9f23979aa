/**
 * A schema's `pattern`, matched in linear time. Patterns come from upstreams and texts from callers, so no backtracking
 * engine may run them. They are translated from ECMA-262 to RE2, which has no back-references or look-around. Two
 * constructs are emulated: look-ahead at the very beginning becomes separate patterns, and a large count of one class
 * becomes a length check.
 */
import type { RE2JS } from 're2js';

export interface Pattern {
  /** Instructions per character. */
  readonly size: number;
  matches(text: string): boolean;
}

/** A pattern that is invalid or can't be matched in linear time. */
export class PatternFault extends Error {}

const MAX_LENGTH = 4_096;
const MAX_SIZE = 20_000;

/** Loaded with the first schema that has a `pattern`. */
export type Engine = typeof RE2JS;

export async function loadEngine(): Promise<Engine> {
  return (await import('re2js')).RE2JS;
}

/** Throws {@link PatternFault}. */
export function compilePattern(engine: Engine, source: string): Pattern {
  if (source.length > MAX_LENGTH)
    throw new PatternFault(`expected a pattern of at most ${MAX_LENGTH} characters, got ${source.length}`);
  const counted = COUNTED.exec(source);
  if (counted !== null) return ofOneClass(engine, counted);
  const { conditions, rest } = lookAhead(source);
  if (conditions.length === 0) return linear(engine, source);
  const parts = conditions.map(({ body, holds }) => ({ pattern: linear(engine, `^(?:${body})`), holds }));
  const own = linear(engine, `^(?:${rest})`);
  return {
    size: parts.reduce((sum, { pattern }) => sum + pattern.size, own.size),
    matches: (text) => parts.every(({ pattern, holds }) => pattern.matches(text) === holds) && own.matches(text),
  };
}

function linear(engine: Engine, source: string): Pattern {
  let compiled: RE2JS;
  try {
    compiled = engine.compile(engine.translateRegExp(translated(source)));
  } catch (error) {
    if (error instanceof PatternFault) throw error;
    throw new PatternFault('expected a pattern that RE2 supports (no look-around or back-references), got another', {
      cause: error,
    });
  }
  const size = compiled.programSize();
  if (size > MAX_SIZE) throw new PatternFault('expected a pattern with smaller counts, got one that is too large');
  return { size, matches: (text) => compiled.test(text) };
}

/** For example `^[a-z]{1,2048}$`, since RE2 counts to 1000 at most. */
const COUNTED = /^\^(\[(?:[^[\]\\]|\\.)+\]|\\[dDwWsS]|\.)\{(\d{1,9})(,(\d{0,9}))?\}\$$/;

function ofOneClass(engine: Engine, [, set = '', from = '', comma, to = '']: RegExpExecArray): Pattern {
  const all = linear(engine, `^${set}*$`);
  const least = Number(from);
  const most = comma === undefined ? least : to === '' ? Number.POSITIVE_INFINITY : Number(to);
  if (least > most)
    throw new PatternFault('expected a pattern with counts {least,most} in order, got least above most');
  return {
    size: all.size,
    matches(text) {
      const length = lengthOf(text);
      return length >= least && length <= most && all.matches(text);
    },
  };
}

/** Counts characters, not UTF-16 units (JSON Schema, validation, 6.3.1). */
export function lengthOf(text: string): number {
  let pairs = 0;
  for (let i = 0; i < text.length - 1; i++) {
    const c = text.charCodeAt(i);
    if (c < 0xd800 || c > 0xdbff) continue;
    const low = text.charCodeAt(i + 1);
    if (low >= 0xdc00 && low <= 0xdfff) {
      pairs++;
      i++;
    }
  }
  return text.length - pairs;
}

interface Condition {
  readonly body: string;
  /** True for `(?=…)`, false for `(?!…)`. */
  readonly holds: boolean;
}

/**
 * Splits look-ahead after `^` from the rest; splits nothing if the rest has an alternative at the top level, which
 * would be one to the whole pattern.
 */
function lookAhead(source: string): { readonly conditions: readonly Condition[]; readonly rest: string } {
  const conditions: Condition[] = [];
  const none = { conditions: [], rest: source };
  if (!source.startsWith('^(?=') && !source.startsWith('^(?!')) return none;
  let at = 1;
  while (source.startsWith('(?=', at) || source.startsWith('(?!', at)) {
    const end = groupEnd(source, at);
    // A repeated group means something else.
    if (end === undefined || /[*+?{]/.test(source[end] ?? '')) return none;
    conditions.push({ body: source.slice(at + 3, end - 1), holds: source[at + 2] === '=' });
    at = end;
  }
  const rest = source.slice(at);
  return hasAlternative(rest) ? none : { conditions, rest };
}

/** The end of the group that begins at `start`. */
function groupEnd(source: string, start: number): number | undefined {
  let depth = 0;
  for (const { text, at, inSet } of tokens(source.slice(start))) {
    if (inSet) continue;
    if (text === '(') depth++;
    if (text === ')' && --depth === 0) return start + at + 1;
  }
  return undefined;
}

function hasAlternative(source: string): boolean {
  let depth = 0;
  for (const { text, inSet } of tokens(source)) {
    if (inSet) continue;
    if (text === '(') depth++;
    if (text === ')') depth--;
    if (text === '|' && depth === 0) return true;
  }
  return false;
}

interface Token {
  readonly text: string;
  readonly at: number;
  readonly inSet: boolean;
}

/** Characters and escapes; a set in brackets is one token. */
function* tokens(source: string): Generator<Token> {
  let inSet = false;
  for (let at = 0; at < source.length;) {
    const text = ESCAPE.exec(source.slice(at, at + 80))?.[0] ?? source[at] ?? '';
    if (text === '[' && !inSet) {
      inSet = true;
      yield { text, at, inSet };
    } else {
      yield { text, at, inSet };
      if (text === ']') inSet = false;
    }
    at += text.length;
  }
}

const ESCAPE =
  /^\\(?:u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}|u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[pP]\{[^}]*\}|c[A-Za-z]|[^])/;

/** ECMA-262's white space and line ends; RE2 only knows those of ASCII. */
const SPACE =
  '\\t\\n\\x0B\\f\\r \\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}\\x{FEFF}';
const NO_SPACE =
  '\\x{0}-\\x{8}\\x{E}-\\x{1F}!-\\x{9F}\\x{A1}-\\x{167F}\\x{1681}-\\x{1FFF}\\x{200B}-\\x{2027}\\x{202A}-\\x{202E}\\x{2030}-\\x{205E}\\x{2060}-\\x{2FFF}\\x{3001}-\\x{FEFE}\\x{FF00}-\\x{10FFFF}';

function translated(source: string): string {
  let out = '';
  for (const { text, inSet } of tokens(source)) {
    if (text === '\\s') out += inSet ? SPACE : `[${SPACE}]`;
    else if (text === '\\S') out += inSet ? NO_SPACE : `[${NO_SPACE}]`;
    else if (text === '.' && !inSet) out += '[^\\n\\r\\x{2028}\\x{2029}]';
    else if (text === '\\b' && inSet) out += '\\x08';
    else if (/^\\u.{4}\\u/.test(text)) out += `\\x{${codePoint(text).toString(16)}}`;
    else if (/^\\[pP]\{/.test(text)) out += property(text);
    else if (/^\\[AzZQECa]$/.test(text)) throw new PatternFault(`expected a pattern of ECMA-262, got one with ${text}`);
    else out += text;
  }
  return out;
}

function codePoint(pair: string): number {
  return (
    String.fromCharCode(Number.parseInt(pair.slice(2, 6), 16), Number.parseInt(pair.slice(8, 12), 16)).codePointAt(0) ??
    0
  );
}

const CATEGORIES: Readonly<Record<string, string>> = {
  Letter: 'L',
  Uppercase_Letter: 'Lu',
  Lowercase_Letter: 'Ll',
  Titlecase_Letter: 'Lt',
  Modifier_Letter: 'Lm',
  Other_Letter: 'Lo',
  Mark: 'M',
  Nonspacing_Mark: 'Mn',
  Spacing_Mark: 'Mc',
  Enclosing_Mark: 'Me',
  Number: 'N',
  Decimal_Number: 'Nd',
  digit: 'Nd',
  Letter_Number: 'Nl',
  Other_Number: 'No',
  Punctuation: 'P',
  punct: 'P',
  Symbol: 'S',
  Math_Symbol: 'Sm',
  Currency_Symbol: 'Sc',
  Modifier_Symbol: 'Sk',
  Other_Symbol: 'So',
  Separator: 'Z',
  Space_Separator: 'Zs',
  Line_Separator: 'Zl',
  Paragraph_Separator: 'Zp',
  Other: 'C',
  Control: 'Cc',
  cntrl: 'Cc',
  Format: 'Cf',
};

/** Converts `\p{Letter}`, `\p{gc=L}` and `\p{Script=Greek}` to RE2's short names. */
function property(text: string): string {
  const named = text.slice(3, -1).replace(/^(?:General_Category|gc|Script|sc)=/, '');
  return `${text.slice(0, 3)}${Object.hasOwn(CATEGORIES, named) ? CATEGORIES[named] : named}}`;
}
