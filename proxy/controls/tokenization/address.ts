/**
 * The form of an address. Software that keeps addresses changes the case of letters, so it means the same in any case:
 *
 *     qtk_ k1 - 2l9oUt0…@q.invalid            marker, key id, `-`, ciphertext (base36), of the type `email`
 *     qtk_ k1 _ vb 2l9oUt0…@q.invalid         of another type
 *
 * If the local part would be longer than 64 octets (RFC 5321, 4.5.3.1.1), the rest is in labels of the domain.
 * `.invalid` is never anybody's domain (RFC 2606).
 */
import { crypto } from '../../base/crypto.ts';
import { base36, bytesOf36, endOfDigits } from './base36.ts';
import type { Encrypted, FoundToken } from './found-token.ts';

/** Addresses are mostly of this type, which needs no code. */
const TYPE = 'email';
const MARKER = 'qtk_';
const DOMAIN = 'q.invalid';
const LOCAL_PART = 64;
const LABEL = 63;
const LABELS = new RegExp(`.{1,${LABEL}}`, 'g');
/** Maximum length of a domain name, without the dots between its last labels (RFC 1035, 2.3.4). */
const DOMAIN_NAME = 253;

const codes = new Map<string, string>();

/** Two characters for a type's name; none for an address. Types may share them, because the key decides. */
export function caseFreeCode(type: string): string {
  if (type === TYPE) return '';
  let code = codes.get(type);
  if (code === undefined) {
    const number = crypto().createHash('sha256').update(type).digest().readUInt16BE() % 1296;
    codes.set(type, (code = number.toString(36).padStart(2, '0')));
  }
  return code;
}

/** Undefined if it is too long for an address. */
export function writeAddress({ keyId, ciphertext }: Encrypted, type: string): string | undefined {
  const code = caseFreeCode(type);
  const head = `${MARKER}${keyId.toLowerCase()}${code === '' ? '-' : '_'}${code}`;
  const body = base36(ciphertext);
  const first = LOCAL_PART - head.length;
  const domain = [...(body.slice(first).match(LABELS) ?? []), DOMAIN].join('.');
  return domain.length > DOMAIN_NAME ? undefined : `${head}${body.slice(0, first)}@${domain}`;
}

const HEAD = /^([a-z0-9]{1,8})(?:-|_([a-z0-9]{2}))/i;
/** An `@` as URLs, twice encoded URLs, HTML, Markdown and JSON in any depth write it. */
const AT = /@|%(?:25)?40|&(?:#(?:64|x40)|commat);|\\{1,15}(?:u0040|@)/iy;
const REST = /((?:[a-z0-9ıİ]{1,63}\.){0,4})q\.[iıİ]nval[iıİ]d/iy;

/** The address at a marker, in any case. Reads no more characters than an address can have. */
export function addressAt(text: string, start: number): FoundToken | undefined {
  const from = start + MARKER.length;
  const [head, keyId = '', code = ''] = HEAD.exec(text.slice(from, from + 12)) ?? [];
  if (head === undefined) return undefined;
  const begin = from + head.length;
  const at = endOfDigits(text, begin, start + LOCAL_PART);
  if (at === begin) return undefined;
  AT.lastIndex = at;
  const [sign] = AT.exec(text) ?? [];
  if (sign === undefined) return undefined;
  REST.lastIndex = at + sign.length;
  const [rest, labels = ''] = REST.exec(text) ?? [];
  if (rest === undefined) return undefined;
  const ciphertext = bytesOf36(text.slice(begin, at) + labels.replaceAll('.', ''));
  if (ciphertext === undefined) return undefined;
  const stop = at + sign.length + rest.length;
  return {
    keyId: keyId.toLowerCase(),
    code: code.toLowerCase(),
    ciphertext,
    start,
    end: stop,
    text: text.slice(start, stop),
    percent: sign.startsWith('%') ? (sign.length === 3 ? 1 : 2) : 0,
    caseFree: true,
    isFolded: false,
  };
}
