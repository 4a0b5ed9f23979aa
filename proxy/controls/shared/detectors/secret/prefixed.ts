/**
 * Tokens of issuers that no list has, by a beginning that says what they are: `acme_sk_live_…`, `acme-secret-…`. Ids of
 * things look alike (`pi_…`, `msg_…`): without such a word they are none.
 */
import { isAlphanumeric } from '../characters.ts';
import { set } from '../names/split.ts';
import { HYPHEN, UNDERSCORE } from './words.ts';

/** One of them is enough. */
const SECRET = set('sk rk secret token pat apikey accesskey secretkey seckey pass passwd password');
/** What keys are for. Names of servers and builds have them too, so that the rest must be of mixed letters and digits. */
const KEY = set('api key live prod production auth access app');
/** It is public, an id, or a hash. */
const NONE = set(
  'pk pub public publishable id ids cs req msg msgs call run evt event sha sha1 sha256 sha512 md5 hash digest etag rev commit test type count index cache v cursor next prev page chunk asset file img image blob obj object',
);

/** Shorter words end otherwise, longer ones are data. */
const LEAST = 24;
const MOST = 160;
const LEAST_REST = 16;
const LEAST_HEX = 24;
const LEAST_TOKEN = 32;
const MOST_PARTS = 6;
/** The beginning of an issuer's tokens: `npm_`, `abc_pro_`. */
const SHORT = /^[a-z][a-z\d]{1,9}_(?:[a-z\d]{1,8}_){0,2}$/;

export function isPrefixed(text: string, start: number, end: number): boolean {
  if (end - start < LEAST || end - start > MOST) return false;
  let rest = end;
  while (rest > start && isAlphanumeric(text.charCodeAt(rest - 1))) rest--;
  const joint = text.charCodeAt(rest - 1);
  if (end - rest < LEAST_REST || rest === start || (joint !== UNDERSCORE && joint !== HYPHEN)) return false;
  // A part of a path, of a domain, or of a file with an ending.
  const before = text.charCodeAt(start - 1);
  const after = text.charCodeAt(end);
  if (
    before === SLASH ||
    before === DOT ||
    after === SLASH ||
    (after === DOT && isAlphanumeric(text.charCodeAt(end + 1)))
  )
    return false;
  const parts = text
    .slice(start, rest - 1)
    .toLowerCase()
    .split(/[-_]/);
  if (parts.length > MOST_PARTS || parts.some((part) => NONE.has(part))) return false;
  const value = text.slice(rest, end);
  if (parts.some((part) => SECRET.has(part))) return isMixed(value) || (end - rest >= LEAST_HEX && isLower(value));
  if (joint !== UNDERSCORE || !isMixed(value)) return false;
  // Ids with a beginning are shorter.
  return end - rest >= LEAST_TOKEN
    ? SHORT.test(text.slice(start, rest))
    : parts.length > 1 && parts.some((part) => KEY.has(part));
}

const SLASH = 0x2f;
const DOT = 0x2e;

/** Random: the letters change their case, and there are digits between them. */
function isMixed(value: string): boolean {
  return (value.match(/\d/g)?.length ?? 0) >= 2 && /[a-z]/.test(value) && /[A-Z]/.test(value) && changes(value) >= 6;
}

/** Small letters and digits, in turns: no word with a number. */
function isLower(value: string): boolean {
  return /^[a-z\d]+$/.test(value) && changes(value) >= 6;
}

/** How often a character is of another kind than the one before. */
function changes(value: string): number {
  let count = 0;
  for (let i = 1; i < value.length; i++) if (kindOf(value.charCodeAt(i)) !== kindOf(value.charCodeAt(i - 1))) count++;
  return count;
}

const kindOf = (code: number): number => (code < 0x3a ? 0 : code < 0x61 ? 1 : 2);
