/**
 * Names of people: under a field that says so, after a title, a greeting or a label, and where a known given name is
 * followed by another name. Many names are none of these, and pass: docs/detectors.md has the measured recall.
 */
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { fold } from './names/split.ts';
import { byCharacters, inParts, reached } from './parts.ts';
import { isNameField, looksLikeName } from './person/field.ts';
import { CLOSINGS, GREETINGS, LABELS, PARTICLES, ROLES, STOPS, TITLES } from './person/words.ts';

interface Names {
  readonly given: ReadonlySet<string>;
  readonly ambiguous: ReadonlySet<string>;
  readonly surnames: ReadonlySet<string>;
}

/** A capitalized word, or an initial. */
interface Word {
  readonly start: number;
  readonly end: number;
  readonly folded: string;
  readonly isInitial: boolean;
}

/** Names of people. Loads its lists with the first search. */
export function personName(): Detector {
  let names: Names | undefined;
  let loading: Promise<void> | undefined;
  const load = async (): Promise<void> => {
    const [{ GIVEN, AMBIGUOUS }, { SURNAMES }] = await Promise.all([
      import('./person/given-names.ts'),
      import('./person/surnames.ts'),
    ]);
    names = { given: setOf(GIVEN), ambiguous: setOf(AMBIGUOUS), surnames: setOf(SURNAMES) };
  };
  const loaded = (): Names => {
    if (names === undefined) throw new TypeError('detector person-name: expected load() before find()');
    return names;
  };
  const whole = (text: string, evidence: Evidence | undefined): readonly Span[] | undefined =>
    evidence?.field !== undefined && looksLikeName(text) && isNameField(evidence)
      ? [{ start: 0, end: text.length, type: TYPE }]
      : undefined;
  return inParts(
    {
      name: TYPE,
      type: TYPE,
      load: () => (loading ??= load()),
      find: (text, evidence) => whole(text, evidence) ?? scan(loaded(), text, 0, text.length, NONE),
    },
    // A text of several parts is no name as a whole.
    (text) => byCharacters((...of) => scan(loaded(), ...of), text),
  );
}
const TYPE = 'person-name';

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}

const MOST_WORDS = 5;

function scan(names: Names, text: string, first: number, until: number, before: readonly Span[]): readonly Span[] {
  let spans = before;
  let next = Math.max(first, spans.at(-1)?.end ?? 0);
  CAPITAL.lastIndex = next;
  for (let match = CAPITAL.exec(text); match !== null && match.index < until; match = CAPITAL.exec(text)) {
    const words = wordsFrom(text, match.index);
    const last = words.at(-1);
    next = last?.end ?? match.index + 1;
    const found = words.length === 0 ? undefined : nameIn(names, text, words);
    if (found !== undefined) {
      spans = added(spans, found.start, found.end, TYPE);
      next = found.end;
    }
    CAPITAL.lastIndex = next;
  }
  reached.next = Math.max(next, until);
  return spans;
}
/** A capital letter that begins a word. */
const CAPITAL = /(?<![\p{L}\p{M}\p{N}_@#./\\$-])\p{Lu}/gu;
const WORD = /\p{Lu}[\p{L}\p{M}]*(?:['’-][\p{L}\p{M}]+)*/uy;
const BETWEEN = /[ \u00a0]{1,2}/y;
const PARTICLE = /(?:\p{Ll}+[ \u00a0]{1,2}|al-|d['’]){1,3}(?=\p{Lu})/uy;
/** Longer ones are no names. */
const LONGEST = 32;

/** The capitalized words from here on that only spaces and particles separate. */
function wordsFrom(text: string, from: number): Word[] {
  const words: Word[] = [];
  for (let at = from; words.length < MOST_WORDS;) {
    WORD.lastIndex = at;
    const match = WORD.exec(text);
    if (match === null) break;
    const word = match[0];
    const end = at + word.length;
    // A name of code, a path, a call: `Foo.bar`, `Foo(`, `Foo_1`.
    if (word.length > LONGEST || CODE.test(text.slice(end, end + 2))) {
      if (words.length === 0) words.push({ start: at, end, folded: '', isInitial: false });
      break;
    }
    const dotted = text.charCodeAt(end) === DOT;
    const isInitial = word.length === 1 && dotted;
    const folded = fold(word);
    words.push({ start: at, end: isInitial ? end + 1 : end, folded, isInitial });
    if (dotted && !isInitial && !TITLES.has(folded)) break;
    BETWEEN.lastIndex = dotted ? end + 1 : end;
    if (!BETWEEN.test(text)) break;
    at = BETWEEN.lastIndex;
    PARTICLE.lastIndex = at;
    const particle = PARTICLE.exec(text)?.[0];
    if (particle === undefined) continue;
    if (!particle.split(/[ \u00a0'’-]+/).every((each) => each === '' || each === 'd' || PARTICLES.has(fold(each))))
      break;
    at += particle.length;
  }
  return words;
}
const CODE = /^(?:[_@(\\/\p{N}]|\.[\p{L}\p{N}_]|::|=)/u;
const DOT = 0x2e;

/** The first name in a row of capitalized words. */
function nameIn(names: Names, text: string, words: readonly Word[]): { start: number; end: number } | undefined {
  const context = contextBefore(text, words[0]?.start ?? 0);
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) return undefined;
    const before = i > 0 ? meaningOf(words[i - 1]?.folded ?? '') : context;
    if (TITLES.has(word.folded) || STOPS.has(word.folded) || word.folded === '') continue;
    const end = endOf(words, i);
    const count = end - i;
    const isSurname = names.surnames.has(word.folded);
    const surnamed = words.slice(i + 1, end).some(({ folded }) => names.surnames.has(folded));
    const known = names.given.has(word.folded) || (names.ambiguous.has(word.folded) && surnamed);
    const anyGiven = known || names.ambiguous.has(word.folded);
    const addressed = before === 'greeting' || before === 'closing';
    const shouted = isShouted(text, word) && !surnamed;
    if (
      before === 'title' ||
      (addressed && (anyGiven || count > 1)) ||
      (before === 'role' && count > 1) ||
      ((before === 'label' || before === 'role') && (known || surnamed || (count > 1 && isSurname))) ||
      (!shouted && known && count > 1) ||
      (word.isInitial && surnamed)
    )
      return { start: word.start, end: words[end - 1]?.end ?? word.end };
    const reversed = count === 1 && isSurname ? givenAfterComma(names, text, word.end) : -1;
    if (reversed > 0) return { start: word.start, end: reversed };
  }
  return undefined;
}

/** The index after the last word of a name: a word that no name has ends it. */
function endOf(words: readonly Word[], from: number): number {
  let end = from + 1;
  while (end < words.length && end < from + 4 && !STOPS.has(words[end]?.folded ?? '') && words[end]?.folded !== '')
    end++;
  // An initial ends no name, but a sentence.
  while (end > from + 1 && words[end - 1]?.isInitial === true) end--;
  return end;
}

/** `Lindqvist, Mara`. */
function givenAfterComma(names: Names, text: string, end: number): number {
  if (text.charCodeAt(end) !== COMMA || text.charCodeAt(end + 1) !== SPACE) return -1;
  const [word] = wordsFrom(text, end + 2);
  return word !== undefined && word.start === end + 2 && names.given.has(word.folded) ? word.end : -1;
}
const COMMA = 0x2c;
const SPACE = 0x20;

/** `MARA` may be any word of a heading. */
function isShouted(text: string, { start, end }: Word): boolean {
  const word = text.slice(start, end);
  return word.length > 2 && word === word.toUpperCase();
}

const REACH = 40;

type Context = 'title' | 'greeting' | 'closing' | 'role' | 'label';

/** What the words before a name say. */
function contextBefore(text: string, start: number): Context | undefined {
  const before = text.slice(Math.max(0, start - REACH), start);
  const closing = /([\p{L}\p{M}]+)[,.!]?\s*\n\s*$/u.exec(before)?.[1];
  if (closing !== undefined && CLOSINGS.has(fold(closing))) return 'closing';
  const [, word, verb] =
    /([\p{L}\p{M}]+)\.?[*_"']{0,2}( is| was| ist| est| es|:|=| -)?[*_"']{0,2} ?["']?$/u.exec(before) ?? [];
  if (word === undefined) return undefined;
  const meaning = meaningOf(fold(word));
  // `My name is Mara Lindqvist`, and no `name = Foo Bar`.
  return meaning === 'label' && verb !== undefined && /^ \p{L}/u.test(verb) && /\bname /i.test(before)
    ? 'role'
    : meaning;
}

function meaningOf(word: string): Context | undefined {
  if (TITLES.has(word)) return 'title';
  if (GREETINGS.has(word)) return 'greeting';
  if (ROLES.has(word)) return 'role';
  return LABELS.has(word) ? 'label' : undefined;
}
