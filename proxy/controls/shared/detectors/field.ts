/** Derives from a field's name what its value may be, for many spellings and languages. */
import { Cache } from '../../../base/cache.ts';
import { namesBeside, namesOfItem } from './beside.ts';
import type { Evidence } from './detector.ts';
import { Holders, isList } from './holders.ts';
import { piecesOf } from './names/glued.ts';
import { KINDS, kindsByStem, meaningOf, W, WEAK } from './names/lexicon.ts';
import { set, type Words, wordsOf } from './names/split.ts';
import { CODE, FOLDER, KEY, PASSWORD, secrecy, SECRET } from './secret/names.ts';
import { mayBeCell } from './table.ts';

export { CODE, FOLDER, KEY, PASSWORD, SECRET } from './secret/names.ts';

export const PHONE = 1;
export const CARD = 1 << 1;
export const SSN = 1 << 2;
export const BIRTH = 1 << 3;
export const PASSPORT = 1 << 4;
/** An id, an amount, a time or a place: its digits do not identify a person. */
export const OTHER = 1 << 7;
/** A version. */
export const VERSION = 1 << 8;
/** Says nothing alone; the enclosing field decides. */
const GENERIC = 1 << 9;
/** A date of something; the enclosing field may say that it is of birth. */
const DATED = 1 << 13;
/** A number of some document; a name beside it may say of which. */
const NUMBERED = 1 << 14;
export const ADDRESS = 1 << 10;

/** Numbers of a thing that may look like a person's number: an order, a part, a shipment. */
export const THING = 1 << 15;
/** With `BIRTH`: a year, a month or a day of it. */
export const DATE_PART = 1 << 16;

/** What personal data and secrets are called. */
export const POSITIVE = PHONE | CARD | SSN | BIRTH | PASSPORT | PASSWORD | SECRET | KEY | CODE | ADDRESS;
/** What the enclosing field alone may say of a value: any part of a password is secret. */
const WITHOUT_PERSON = PASSWORD | SECRET | KEY | ADDRESS | VERSION | FOLDER;
/** Levels above a value that are read while each of them says nothing. */
const FAR = 12;

/**
 * The hints of the nearest field. If it says nothing, those of a name beside the value, of its column's heading, or of
 * the enclosing field, read together with it.
 */
export function hintsOf(evidence: Evidence | undefined): number {
  const field = evidence?.field;
  if (field === undefined) return 0;
  const path = evidence?.path;
  if (path === undefined) return hintsOfName(field);
  const own = hintsOfKey(field);
  const last = path.length - 1;
  if ((own & SILENT) === 0 && typeof path[last] !== 'number') return own === 0 ? keyOf(field, path[last - 1]) : own;
  const holders = evidence?.holders ?? NO_HOLDERS;
  if ((own & SILENT) === 0 && !mayBeCell(path, holders)) return own;
  const holder = holders.list[last];
  if (holder === undefined) return hintsAbove(field, own, path, holders);
  if (holders.holder !== holder || holders.segment !== path[last]) {
    holders.holder = holder;
    holders.segment = path[last];
    holders.hints = hintsAbove(field, own, path, holders);
  }
  return holders.hints;
}
const SILENT = GENERIC | DATED | NUMBERED;

/** The last key: several detectors ask about one value. */
let lastKey = '';
let lastHints = GENERIC;

function hintsOfKey(key: string): number {
  if (key !== lastKey) {
    lastHints = hintsOfName(key);
    lastKey = key;
  }
  return lastHints;
}

/** `key` says nothing, `key` in `signing` is a signing key, and `stripe` in `secrets` is a secret. */
function keyOf(field: string, above: string | number | undefined): number {
  if (typeof above !== 'string') return 0;
  if (field === 'key' || field === 'Key') return hintsOfName(`${above} key`) & SECRET;
  const match = SECRETS.exec(above);
  return match === null ? 0 : match[1] === undefined ? hintsOfName(above) & SECRET : SECRET;
}
/** The last ones have tokens by their hosts, in Composer's `auth.json`. */
const SECRETS =
  /^(?:secrets|passwords|api_?[kK]eys|access_?[tT]okens|secret_?[kK]eys|auth_?[tT]okens|((?:github|gitlab|bitbucket|forgejo)-(?:oauth|token)|bearer))$/;
const NO_HOLDERS = new Holders();

function hintsAbove(field: string, own: number, path: readonly (string | number)[], holders: Holders): number {
  const last = path.length - 1;
  // A member called like its object's type (`{"type":"text","text":…}`) is what the object is for.
  const around = holders.list[last];
  if (around !== undefined && !isList(around) && around['type'] === field) return own;
  const allowed = (own & SILENT) === NUMBERED ? SSN | PASSPORT : (own & SILENT) === DATED ? BIRTH : -1;
  let name = field;
  let hints = own;
  let isField = true;
  let isItem = true;
  for (let i = last; i >= 0 && i > last - FAR; i--) {
    const segment = path[i] ?? 0;
    const holder = holders.list[i];
    if (typeof segment === 'number') {
      const named = isItem && holder !== undefined ? hintsOfNames(namesOfItem(path, holders, i)) : 0;
      if (named !== 0) return named & POSITIVE ? named : hints | named;
      isItem = false;
      continue;
    }
    const above = isField ? own : hintsOfName(segment);
    if (!isField || segment !== field) {
      // `date` in `birth` is a `birth date`, and `id` in `card` is a `card id`.
      name = saysNothing(name) ? segment : `${segment} ${name}`;
      hints = hintsOfName(name) | (own & OTHER ? 0 : above & WITHOUT_PERSON);
    }
    isField = false;
    if ((above & SILENT) === 0) return hints;
    // Beside an id are names of other things.
    const isId = (above & SILENT) === NUMBERED;
    const named = holder === undefined ? 0 : hintsOfNames(namesBeside(holder, segment, isId)) & allowed;
    if (named !== 0) return named & POSITIVE ? named : hints | named;
  }
  return hints;
}

/** Of names for one thing, the first that says what it is wins; then the first that says what it is not. */
function hintsOfNames(names: readonly string[]): number {
  let negative = 0;
  for (const name of names) {
    const hints = hintsOfName(name);
    if (hints & POSITIVE) return hints;
    if (negative === 0 && (hints & (GENERIC | DATED)) === 0) negative = hints;
  }
  return negative;
}

/** Keys may be data: any number of them, and of any length. */
const MAX_NAME = 96;
const known = new Cache<number>({ maxBytes: 1024 * 1024, maxKey: MAX_NAME });

/** The hints of a name alone. */
export function hintsOfName(name: string): number {
  if (name.length > MAX_NAME) return 0;
  return known.getOrMake(name, (own) => {
    const hints = read(wordsOf(own), /\s/.test(own));
    return hints & KEY && SETTING.test(own) ? hints | SECRET : hints;
  });
}

/** A variable of an environment: no other tokens are called so. */
const SETTING = /^[A-Z][A-Z\d]*(?:_[A-Z\d]+)*_TOKEN$/;

/** Whether a name only says that something is its value. */
export function saysNothing(name: string): boolean {
  return (hintsOfName(name) & GENERIC) !== 0;
}

const ADDRESS_WORDS = set(
  'ip ips ipaddress ipaddr ipv4 ipv6 remoteaddr remoteaddress clientip sourceip destip host hosts address addr peer gateway subnet cidr',
);
const VERSION_WORDS = set(
  'version versions ver semver build release revision firmware software oid sdk runtime kernel driver agent useragent dependency dependencies',
);
/** `xyzPersonalUniqueID`; `SclSctyNb`, as ISO 20022 abbreviates. */
const SOCIAL =
  /\bpersonal (?:unique )?(?:id|identifier|identity)(?: (?:number|no|nr))?$|\b(?=\w{3})so?c(?:ia)?l? (?=\w{3})se?cu?r?i?(?:ty)?(?: (?:nb|nbr|no|nr|num|number|id))?$/;
/** One of several numbers of a contact. */
const CHANNEL = /^(?:home|work|business|office|private)[1-4]$/;
/** A phrase has at most so many words. */
const MAX_WORDS = 4;

/** @param isPhrase of words apart, as before a value in a sentence or command */
function read(all: readonly string[], isPhrase: boolean): number {
  if (all.length === 0) return GENERIC;
  const words = all.map((word) => word.replace(/(?<=\p{L}{2})\d{1,2}$/u, ''));
  const is = (set: Words): boolean => set.has(words.join('')) || words.some((word) => set.has(word));
  let hints = secrecy(words, isPhrase);
  if (is(ADDRESS_WORDS)) hints |= ADDRESS;
  if (is(VERSION_WORDS)) hints |= VERSION;
  if (all.length === 1 && CHANNEL.test(all[0] ?? '')) return hints | PHONE;
  return hints | kindsOf(all, words);
}

function kindsOf(all: readonly string[], words: readonly string[]): number {
  const pieces = words.flatMap(piecesOf);
  const meanings = pieces.map(meaningOf);
  const any = (meaning: number): boolean => meanings.some((each) => (each & meaning) !== 0);
  const whole = meaningOf(all.join(''));
  const found = whole | meaningsIn(pieces) | kindsByStem(words.join('')) | kindsByPair(meanings);
  // The last word says what the value is, but not a mere number: `phone2`, `dob_2`. The whole name may: `PID.19`.
  const last = (whole & KINDS) !== 0 ? 0 : (meanings.findLast((_, i) => !/^\d+$/.test(pieces[i] ?? '')) ?? 0);
  let hints = 0;
  if (found & W.PHONE) hints |= PHONE;
  if (found & W.CARD) hints |= CARD;
  if ((found & W.SOCIAL) | (whole & W.ALONE) || SOCIAL.test(all.join(' '))) hints |= SSN;
  if (found & W.BIRTH && isDateOfBirth(meanings)) hints |= any(W.DATE_PART) ? BIRTH | DATE_PART : BIRTH;
  if (found & W.PASSPORT && !any(W.NOT_PASSPORT)) hints |= PASSPORT;
  // `phoneId` is not a phone and `cardHash` is not a card; `orderNo` is not personal, `orderNotes` may be anything.
  // National numbers are called ids: `tax_id`.
  if (last & W.OTHER) hints = (hints & (last & W.ID ? ~(PHONE | CARD) : ~(PHONE | CARD | SSN))) | OTHER;
  else if ((hints & (PHONE | CARD | SSN)) === 0 && last & W.GENERIC && any(W.OTHER)) hints |= OTHER;
  if (hints & OTHER && any(W.THING)) hints |= THING;
  if ((found & KINDS) === 0) hints |= silence(pieces, meanings);
  return hints;
}

/** `Date and place of birth` is one, `place of birth` is not. */
function isDateOfBirth(meanings: readonly number[]): boolean {
  const not = meanings.filter((each) => (each & W.NOT_BIRTH) !== 0);
  return (
    not.length === 0 ||
    (not.every((each) => (each & W.PLACE) !== 0) && meanings.some((each) => (each & (W.DATE | W.DATE_PART)) !== 0))
  );
}

/** Kinds by weak words beside a word for a date or a number. */
function kindsByPair(meanings: readonly number[]): number {
  let all = 0;
  for (const meaning of meanings) all |= meaning;
  if ((all & WEAK) === 0 || all & W.THING) return 0;
  const dated = all & W.DATE_WORD && meanings.length > 1;
  const numbered = all & W.NUMBER_WORD && meanings.length > 1;
  return (
    (dated && all & W.WEAK_BIRTH ? W.BIRTH : 0) |
    (numbered && all & W.WEAK_PASSPORT ? W.PASSPORT : 0) |
    (numbered && all & W.WEAK_PHONE ? W.PHONE : 0) |
    (numbered && all & W.WEAK_CARD ? W.CARD : 0)
  );
}

/** Whether a name says nothing alone: `stringValue`, `date`, `id`. */
function silence(words: readonly string[], meanings: readonly number[]): number {
  const all = (meaning: number): boolean => meanings.every((each) => (each & meaning) !== 0);
  let silent = 0;
  if (isGeneric(words, all)) silent |= GENERIC;
  else if (all(W.GENERIC | W.DATE | W.DATE_PART)) silent |= DATED;
  if (all(W.NUMBERED) || (silent === 0 && all(W.GENERIC | W.NUMBERED))) silent |= NUMBERED;
  return silent;
}

/** `number`, `value`, `stringValue`, `valueDate`, `S`. */
function isGeneric(words: readonly string[], all: (meaning: number) => boolean): boolean {
  if (all(W.GENERIC)) return true;
  if (EXTENDED.has(words.join(''))) return true;
  const [first = '', last = ''] = [words[0], words.at(-1)];
  if (words.length === 1) return VALUES.has(first);
  return (VALUE.test(first) || VALUE.test(last)) && all(W.GENERIC | W.TYPED);
}
/** Types of MongoDB's extended JSON. */
const EXTENDED = set('numberlong numberint numberdouble numberdecimal');
/** Names of a value by its type or its role. */
const VALUES = set('v s n answer answers response string str');
const VALUE = /^val(?:ues?)?$/;

/** What the words and the phrases of a name stand for. */
function meaningsIn(words: readonly string[]): number {
  let meanings = 0;
  for (let i = 0; i < words.length; i++) {
    let phrase = '';
    for (let k = i; k < words.length && k < i + MAX_WORDS; k++) {
      phrase += words[k] ?? '';
      meanings |= meaningOf(phrase);
    }
  }
  return meanings;
}
