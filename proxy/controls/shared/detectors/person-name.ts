/**
 * Names of people: under a field that says so, after a title, a greeting or a label, and where a known given name is
 * followed by another name. Many names are none of these, and pass: docs/detectors.md has the measured recall.
 */
import { loadedOnce } from '../../../base/loaded.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { fold } from './names/split.ts';
import { byCharacters, inParts, reached } from './parts.ts';
import { contextBefore, meaningOf } from './person/context.ts';
import { nameInRun } from './person/east-asian.ts';
import { requiredOf } from './person/field.ts';
import { NameLists } from './person/listed.ts';
import { isCompany, isWritten, mayBeName } from './person/value.ts';
import { PARTICLES, STOPS, TITLES, VIETNAMESE } from './person/words.ts';

/** A capitalized word, or an initial. */
interface Word {
  readonly start: number;
  readonly end: number;
  readonly folded: string;
  readonly isInitial: boolean;
}

/** Names of people. Loads its lists with the first search. */
export function personName(): Detector {
  let names: NameLists | undefined;
  const load = loadedOnce(async (): Promise<NameLists> => (names = await NameLists.load()));
  const loaded = (): NameLists => {
    if (names === undefined) throw new TypeError('detector person-name: expected load() before find()');
    return names;
  };
  return inParts(
    {
      name: TYPE,
      type: TYPE,
      load: async () => void (await load()),
      find: (text, evidence) =>
        isName(loaded(), text, evidence)
          ? [{ start: 0, end: text.length, type: TYPE }]
          : scan(loaded(), text, 0, text.length, NONE),
    },
    // A text of several parts is no name as a whole.
    (text) => byCharacters((...of) => scan(loaded(), ...of), text),
  );
}
const TYPE = 'person-name';

/** Whether a whole text is a name by its field. */
function isName(names: NameLists, text: string, evidence: Evidence | undefined): boolean {
  if (evidence?.field === undefined || !mayBeName(text)) return false;
  const required = requiredOf(evidence);
  if (required === undefined) return false;
  if (required === 'any') return !isCompany(text);
  const words = fold(text).split(/[ ^,]+/);
  const isListed = (word: string): boolean => names.isGiven(word);
  if (required === 'listed') return words.some(isListed) && !isCompany(text);
  return isWritten(text, isListed);
}

const MOST_WORDS = 5;

function scan(names: NameLists, text: string, first: number, until: number, before: readonly Span[]): readonly Span[] {
  let spans = before;
  let next = Math.max(first, spans.at(-1)?.end ?? 0);
  // A search ends with its part: a text without capitals would be read to its end from each of them.
  const base = Math.max(0, first - LONGEST_LETTER);
  const part = text.slice(base, until + LONGEST_LETTER);
  while (next < until) {
    BEGIN.lastIndex = next - base;
    const match = BEGIN.exec(part);
    if (match === null || base + match.index >= until) break;
    const at = base + match.index;
    if (match[1] === undefined) {
      const run = nameInRun(text, at);
      if (run.name > 0) spans = added(spans, at, run.name, TYPE);
      next = run.end;
      continue;
    }
    const words = wordsFrom(text, at);
    next = words.at(-1)?.end ?? at + 1;
    const found = words.length === 0 ? undefined : nameIn(names, text, words);
    if (found === undefined) continue;
    spans = added(spans, found.start, found.end, TYPE);
    next = found.end;
  }
  reached.next = Math.max(next, until);
  return spans;
}
/** In code units. */
const LONGEST_LETTER = 2;
/** A capital letter that begins a word, or a run of characters of a script without capitals. */
const BEGIN = /(?<![\p{L}\p{M}\p{N}_@#./\\$-])(\p{Lu})|(?<![\u3400-\u9fff\uac00-\ud7af])[\u3400-\u9fff\uac00-\ud7af]/gu;
const WORD = /\p{Lu}[\p{L}\p{M}]*(?:['’-][\p{L}\p{M}]+)*/uy;
const POSSESSIVE = /['’]s$/;
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
    const [word = ''] = match[0].split(POSSESSIVE);
    const isLast = word.length < match[0].length;
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
    if (isLast || (dotted && !isInitial && !TITLES.has(folded))) break;
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
function nameIn(names: NameLists, text: string, words: readonly Word[]): { start: number; end: number } | undefined {
  const context = contextBefore(text, words[0]?.start ?? 0);
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) return undefined;
    const before = i > 0 ? meaningOf(words[i - 1]?.folded ?? '') : context;
    if (TITLES.has(word.folded) || word.folded === '') continue;
    const end = endOf(words, i);
    const count = end - i;
    const isSurname = names.isSurname(word.folded);
    const surnamed = words.slice(i + 1, end).some(({ folded }) => names.isSurname(folded));
    const anyGiven = names.mayBeGiven(word.folded) || names.isGiven(word.folded);
    // `Jan` and `May` are months without a surname.
    if (STOPS.has(word.folded) && !(anyGiven && surnamed)) continue;
    const known = names.isGiven(word.folded) || (anyGiven && surnamed);
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
  // `An`, `My` and `Do` are Vietnamese names.
  const isShort = VIETNAMESE.has(words[from]?.folded ?? '');
  while (end < words.length && end < from + 4) {
    const { folded } = words[end] ?? { folded: '' };
    if (folded === '' || (STOPS.has(folded) && !(isShort && folded.length <= 3))) break;
    end++;
  }
  // An initial ends no name, but a sentence.
  while (end > from + 1 && words[end - 1]?.isInitial === true) end--;
  return end;
}

/** `Lindqvist, Mara`. */
function givenAfterComma(names: NameLists, text: string, end: number): number {
  if (text.charCodeAt(end) !== COMMA || text.charCodeAt(end + 1) !== SPACE) return -1;
  const [word] = wordsFrom(text, end + 2);
  return word !== undefined && word.start === end + 2 && names.isGiven(word.folded) ? word.end : -1;
}
const COMMA = 0x2c;
const SPACE = 0x20;

/** `MARA` may be any word of a heading. */
function isShouted(text: string, { start, end }: Word): boolean {
  const word = text.slice(start, end);
  return word.length > 2 && word === word.toUpperCase();
}
