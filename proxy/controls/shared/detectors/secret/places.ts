/** Secrets at a fixed place after a word: in the QR code of a network, Oracle's addresses, PuTTY's keys. */
import { isAlphanumeric } from '../characters.ts';
import { looksSecret } from './looks.ts';
import { PASSWORD } from './names.ts';
import type { Value } from './values.ts';
import { COLON } from './words.ts';

/** `WIFI:T:WPA;S:home;P:…;;` */
const NETWORK = /:(?:[A-OQ-Z]:(?:\\.|[^;\\\n]){0,64};){0,6}P:((?:\\.|[^;\\\n]){1,80});/y;
/** `jdbc:oracle:thin:scott/…@//db` */
const ORACLE = /:[\w$#.]{1,64}\/("?)([^\s"@/]{1,80})\1@/y;
/** `net use z: \\server\share /user:bob …` */
const SHARE = /:[\w\\.@-]{1,64} {1,2}([^\s/]{4,80})/y;
/** `Private-Lines: 2`, and so many lines of base64. */
const LINES = /: ?\d{1,3}(?:\r?\n|(?:\\r)?\\n)((?:[A-Za-z0-9+/=]{1,76}(?:\r?\n|(?:\\r)?\\n|$)){1,200})/y;

/** `db:5432:crm:app:…`, a line of `.pgpass`, from the port; `*:*:*:app:…`, from the user. */
const PGPASS = /:(?:\\.|[^\s:\\]){1,64}:(?:\\.|[^\s:\\]){1,64}:((?:\\.|[^\s:\\]){4,128})(?=\s|$)/y;
const OF_USER = /:((?:\\.|[^\s:\\]){4,128})(?=\s|$)/y;

/** `app:…@tcp(db:3306)/crm`, an address of Go's driver for MySQL. */
const GO = /:([^\s:@"'`]{4,80})@(?:tcp|unix)\(/y;
/** `auth=("bob", "…")`, `HTTPBasicAuth("bob", "…")`, `SetBasicAuth("bob", "…")`. */
const PAIR = /(?: ?= ?)?\(\s?["'][^"'\n]{1,64}["'],\s?["']([^"'\n]{4,80})["']\s?\)/y;

/** The secret after a word with a colon, or in a pair with a user; undefined for nearly all words. */
export function placed(text: string, start: number, end: number): Value | undefined {
  const sign = text.charCodeAt(end);
  if (sign !== COLON) {
    const isPair =
      (sign === 0x28 || sign === 0x3d || sign === 0x20) &&
      (text.charCodeAt(end - 1) | 0x20) === 0x68 &&
      /auth$/i.test(text.slice(end - 4, end));
    return isPair ? group(PAIR, text, end, 1) : undefined;
  }
  if (isAlphanumeric(text.charCodeAt(end + 1))) {
    const value = group(GO, text, end, 1);
    if (value !== undefined) return value;
  }
  const before = text.charCodeAt(start - 1);
  if (before === COLON && text.startsWith('*:*:', start - 4)) return group(OF_USER, text, end, 1);
  switch (end - start) {
    case 3:
    case 4:
      if (before === COLON && PORT.test(text.slice(start, end))) return group(PGPASS, text, end, 1);
      if (text.startsWith('WIFI', start)) return group(NETWORK, text, end, 1);
      if (text.startsWith('thin', start) || text.startsWith('oci', start))
        return isAfter(text, start, 'oracle:') ? group(ORACLE, text, end, 2) : undefined;
      return isAfter(text, start, '/') && text.startsWith('user', start) && USE.test(lineBefore(text, start))
        ? group(SHARE, text, end, 1)
        : undefined;
    case 7:
      return text.startsWith('AstraCS', start) ? astra(text, start, end) : undefined;
    case 13:
      return text.startsWith('Private-Lines', start) ? group(LINES, text, end, 1, false) : undefined;
    default:
      return undefined;
  }
}

/** DataStax: `AstraCS:…:…` is one token. */
function astra(text: string, start: number, end: number): Value | undefined {
  ASTRA.lastIndex = end;
  const match = ASTRA.exec(text);
  return match === null ? undefined : { start, end: end + match[0].length, where: 'quoted' };
}
const ASTRA = /:[A-Za-z0-9]{20,64}(?::[a-f0-9]{64})?(?![A-Za-z0-9])/y;
/** Of PostgreSQL and of what is often before it. */
const PORT = /^(?:543\d|6432|6543)$/;
const USE = /\bnet\s+use\s[^\n]*$/i;

const isAfter = (text: string, start: number, before: string): boolean =>
  text.startsWith(before, start - before.length);

const lineBefore = (text: string, start: number): string => text.slice(Math.max(0, start - 160), start);

function group(pattern: RegExp, text: string, at: number, index: number, isPassword = true): Value | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  const found = match?.[index];
  if (match === null || found === undefined || (isPassword && !looksSecret(found, PASSWORD, 'quoted')))
    return undefined;
  const start = at + match[0].lastIndexOf(found);
  return { start, end: start + found.trimEnd().length, where: 'quoted' };
}
