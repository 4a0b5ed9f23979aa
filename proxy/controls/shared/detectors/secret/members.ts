/** Secrets that the object around them names: the private members of a key (RFC 7517, RFC 7518), and cookies. */
import type { Evidence } from '../detector.ts';
import { isList } from '../holders.ts';
import { looksSecret } from './looks.ts';
import { KEY } from './names.ts';

const PRIVATE: ReadonlySet<string> = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'r', 't']);
const BASE64URL = /^[\w-]{16,1400}$/;

/** Whether a JSON value is a private member of a key, or the value of a cookie. */
export function isPrivateMember(text: string, { field = '', path, holders }: Evidence): boolean {
  if (path === undefined || (field !== 'value' && field.length > 2)) return false;
  const holder = holders?.list[path.length - 1];
  if (holder === undefined || isList(holder)) return false;
  if (PRIVATE.has(field)) return typeof holder['kty'] === 'string' && BASE64URL.test(text);
  return field === 'value' && isCookie(holder) && looksSecret(text, KEY, 'field');
}

/** As browsers, recorders of traffic (HAR) and drivers write cookies. */
const isCookie = (holder: object): boolean => 'httpOnly' in holder || 'sameSite' in holder;

/** `"d":"`, in JSON within a text, perhaps escaped. */
const MEMBER = /\\?"(?:d|p|q|dp|dq|qi|k)\\?"\s?:\s?\\?"$/;
/** The longest keys that are in use (RSA with 4,096 bits) have twice as many characters. */
const REACH = 2_048;
const KIND = /\\?"kty\\?"\s?:\s?\\?"(?:RSA|EC|OKP|oct)\\?"/;

/** Whether a word of a text is such a member. */
export function isPrivateWord(text: string, start: number, end: number): boolean {
  const before = text.charCodeAt(start - 1);
  const close = text.charCodeAt(end);
  if (before !== QUOTE || (close !== QUOTE && close !== BACKSLASH)) return false;
  return (
    MEMBER.test(text.slice(Math.max(0, start - 16), start)) &&
    KIND.test(text.slice(Math.max(0, start - REACH), end + REACH))
  );
}
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
