/** The names under which a client sees what an upstream offers, and back. */
import { withoutHidden } from '../base/hidden-characters.ts';
import { type Look, lookOf, looksLike } from '../base/name-shapes.ts';
import { fold } from '../call/variants.ts';
import { SEPARATOR } from './separator.ts';

/** The longest name that the APIs of common models take for a tool. */
export const LONGEST_NAME = 64;
/** Characters of the digest at the end of a shortened name, and of the underscore before it. */
const DIGEST = 8;
const SHORTENED = /_[0-9a-f]{8}$/;

export class Naming {
  /** With the separator; empty: names stay as they are. */
  readonly prefix: string;

  /** @param prefix without the separator; empty for none */
  constructor(prefix: string, separator: string = SEPARATOR) {
    this.prefix = prefix === '' ? '' : prefix + separator;
  }

  /**
   * The client's name for a tool or prompt. If the prefix makes it longer than {@link LONGEST_NAME}, its first 55
   * characters (54, rather than half of one), `_` and 8 hexadecimal digits of its SHA-256 digest.
   */
  shown(name: string): string {
    if (this.prefix === '') return name;
    const whole = this.prefix + name;
    if (whole.length <= LONGEST_NAME) return whole;
    const kept = LONGEST_NAME - DIGEST - 1;
    const isWhole = whole.charCodeAt(kept - 1) < 0xd8_00 || whole.charCodeAt(kept - 1) > 0xdb_ff;
    return `${whole.slice(0, isWhole ? kept : kept - 1)}_${process.getBuiltinModule('node:crypto').hash('sha256', whole).slice(0, DIGEST)}`;
  }

  /** Whether a client's name has this prefix. False if there is no prefix. */
  claims(shown: string): boolean {
    return this.prefix !== '' && shown.startsWith(this.prefix);
  }

  /** The upstream's name. Undefined: it may be shortened, so only the upstream's list can tell. */
  own(shown: string): string | undefined {
    return this.mayBeShortened(shown) ? undefined : shown.slice(this.prefix.length);
  }

  mayBeShortened(shown: string): boolean {
    const { length } = shown;
    return this.prefix !== '' && (length === LONGEST_NAME || length === LONGEST_NAME - 1) && SHORTENED.test(shown);
  }
}

/** Whether a person or a model takes one name for the other. */
export function areAlike(one: string, other: string): boolean {
  return looksLike(lookOfName(one), lookOfName(other));
}

/** What a name of any characters looks like. */
export function lookOfName(name: string): Look {
  return lookOf(/^[!-~]*$/.test(name) ? name : withLatinLetters(name));
}

/**
 * Without hidden characters, and space around it, in Unicode's compatibility form, with Latin letters for those of other
 * alphabets that look the same (Unicode UTS 39, confusables, as far as letters of identifiers go).
 */
function withLatinLetters(name: string): string {
  const plain = withoutHidden(name).normalize('NFKC').trim().normalize('NFD').replace(/\p{M}/gu, '');
  return Array.from(plain, (letter) => {
    // Their case counts: a capital `I` looks like more than a small one.
    if (/^[!-~]$/.test(letter)) return letter;
    if (LIKE_CAPITAL_I.has(letter)) return 'I';
    const folded = fold(letter);
    return LOOKS_LIKE[folded] ?? folded;
  }).join('');
}

/** Cyrillic, twice; Greek; Lisu; a letter for a click. */
const LIKE_CAPITAL_I: ReadonlySet<string> = new Set(['І', 'Ӏ', 'Ι', 'ꓲ', 'ǀ']);

/** Small letters, since case is folded first. */
const LOOKS_LIKE: Readonly<Record<string, string>> = {
  '‐': '_',
  '‑': '_',
  '–': '_',
  '—': '_',
  а: 'a',
  в: 'b',
  с: 'c',
  ԁ: 'd',
  е: 'e',
  һ: 'h',
  н: 'h',
  і: 'i',
  ї: 'i',
  ј: 'j',
  к: 'k',
  ӏ: 'l',
  м: 'm',
  о: 'o',
  р: 'p',
  ԛ: 'q',
  ѕ: 's',
  т: 't',
  у: 'y',
  ѵ: 'v',
  ԝ: 'w',
  х: 'x',
  α: 'a',
  β: 'b',
  ε: 'e',
  η: 'n',
  ι: 'i',
  κ: 'k',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
  ω: 'w',
  γ: 'y',
  ı: 'i',
  ɡ: 'g',
  ɩ: 'i',
  ߊ: 'i',
  // Small capitals, then Armenian and Cherokee.
  ˍ: '_',
  ᴀ: 'a',
  ʙ: 'b',
  ᴄ: 'c',
  ᴅ: 'd',
  ᴇ: 'e',
  ꜰ: 'f',
  ɢ: 'g',
  ʜ: 'h',
  ɪ: 'i',
  ᴊ: 'j',
  ᴋ: 'k',
  ʟ: 'l',
  ᴍ: 'm',
  ɴ: 'n',
  ᴏ: 'o',
  ᴘ: 'p',
  ʀ: 'r',
  ꜱ: 's',
  ᴛ: 't',
  ᴜ: 'u',
  ᴠ: 'v',
  ᴡ: 'w',
  ʏ: 'y',
  ᴢ: 'z',
  օ: 'o',
  ս: 'u',
  ո: 'n',
  հ: 'h',
  ց: 'g',
  զ: 'q',
  յ: 'j',
  ꭺ: 'a',
  ꮟ: 'b',
  ꮯ: 'c',
  ꭰ: 'd',
  ꭼ: 'e',
  ꮐ: 'g',
  ꮋ: 'h',
  ꭵ: 'i',
  ꭻ: 'j',
  ꮶ: 'k',
  ꮮ: 'l',
  ꮇ: 'm',
  ꮲ: 'p',
  ꭱ: 'r',
  ꮪ: 's',
  ꭲ: 't',
  ꮩ: 'v',
  ꮃ: 'w',
  ꮓ: 'z',
};
