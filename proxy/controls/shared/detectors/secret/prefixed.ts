/**
 * Tokens of issuers that no list has, by their shape: a beginning of short words (`acme_`, `acme_sk_live_`, `ACME-`), and
 * a body that is longer and more random than ids are. Ids look alike (`pi_…`, `msg_…`), and hashes have a beginning,
 * too (`sha256-…`). So a word in the beginning may say that it is no secret. The less random the alphabet, the more the
 * beginning must say. A checksum proves a token whatever it is called.
 */
import { isAlphanumeric } from '../characters.ts';
import { set } from '../names/split.ts';
import { type Body, bodyOf, HEX, LOWER, MIXED, UPPER, UUID } from './body.ts';
import { hasChecksum } from './checksum.ts';
import { DOT, HYPHEN, UNDERSCORE } from './words.ts';

/** One of them is enough. */
const SECRET = set('sk rk secret token tkn pw pat apikey accesskey secretkey seckey pass passwd password');
/** What keys are for. Names of servers and builds have them too. */
const KEY = set(
  'api key live prod production stg staging auth oauth access app sandbox test personal service srv admin',
);
/** It is public, or a hash. */
const PUBLIC = set(
  'pk pub public publishable id ids sha sha1 sha256 sha512 md5 hash digest etag rev commit tree index cache cached v cursor next prev page chunk asset file files img image css js font icon style styles bundle vendor build dist layer blob obj object count type checksum fingerprint nonce',
);
/** It is the id of a thing: of a model's messages, of a payment, of a run. */
const THING = set(
  'cs req res resp msg msgs message call run evt event user usr org team acct account cus cust customer sub subs price prd inv invoice order ord item line pay payment pi pm ch charge txn tx tr trx src card ba ref refund file fl fc rs ws mcp conv thread step asst job task doc node edge session sess batch vs ft link loc addr address block blk snap vol subnet vpc sg eni ami arn trace span parent corr correlation request response upload export import report proj prj project dep deploy dpl deployment env workspace wrk chat chatcmpl cmpl gen modr emb tool toolu srvtoolu compl evl dataset ds col row rec record entry note page post comment',
);

const LEAST = 24;
const MOST = 320;
const MOST_PARTS = 6;
const LONGEST_PART = 12;
/** How many letters and digits a body must have: with a word for secrets, with one for keys, and without. */
const [WITH_SECRET, WITH_KEY, MIXED_ALONE, SHOUTED, LOWER_ALONE, UPPER_ALONE, HEX_ALONE] = [16, 24, 32, 28, 32, 28, 40];
const SECRET_HEX = 24;
const SIGNED = 64;
const KEY_HEX = 32;
/** The beginning of a token is shorter than a name. */
const SHORT = 8;

/**
 * Where such a token begins, if the word `start` to `end` is one or its last part; -1 if not.
 * @param field the nearest key of JSON
 */
export function startOfPrefixed(text: string, start: number, end: number, field?: string): number {
  const size = end - start;
  if (size < LEAST || size > MOST) return -1;
  const isDotted = text.charCodeAt(start - 1) === DOT;
  const at = isDotted ? beforeDot(text, start, end) : isPrefixed(text, start, end) ? start : -1;
  if (at < 0 || (field !== undefined && SAYS_ID.test(field))) return -1;
  const name = NAME_BEFORE.exec(text.slice(Math.max(0, at - REACH), at))?.[1];
  return name !== undefined && SAYS_ID.test(name) ? -1 : at;
}

/** What has a value that is no secret, however random it is. */
const SAYS_ID =
  /(?:^|[_.-]|[a-z](?=[A-Z]))(?:ids?|uid|guid|uuid|hash|digest|fingerprint|checksum|e_?tag|cursor|nonce|integrity|commit|revision|sha\d*|md5|challenge|reference|urn|slug|path|file(?:_?name)?|href|src|digest|key_?id|state|continuation)$|(?:State|Continuation|Id|ID|Ids|IDs|Hash|Digest|Fingerprint|Cursor|Uid|Etag|ETag|Challenge|Path|Ref)$/;
/** A name, and what joins it to its value. */
const NAME_BEFORE = /([A-Za-z_][\w.-]{0,47})\\?["']?\s{0,2}(?:[:=]|=>)\s{0,2}\\?["'`]?$/;
const REACH = 64;

/** `acme.…`, and `acme.….…`: only the most random, because anything may have dots. */
function beforeDot(text: string, start: number, end: number): number {
  const after = text.charCodeAt(end);
  if (after === SLASH || after === DOT || after === OPEN) return -1;
  const lead = BEFORE_DOT.exec(text.slice(Math.max(0, start - REACH - 32), start));
  const [, all = '', first = ''] = lead ?? [];
  const word = first.toLowerCase();
  // Servers sign what a client brings back: `v1.….…`.
  if (all === '' || VERSION.test(word) || PUBLIC.has(word) || THING.has(word)) return -1;
  const { kind, size, digits, changes } = bodyOf(text, start, end);
  // Members of objects have long names, with a version in them.
  const isRandom = kind === MIXED && digits > 2 && changes >= CHANGES_DOTTED * size;
  return isRandom && size >= MIXED_ALONE ? start - all.length : -1;
}
const VERSION = /^v\d{1,2}$/;
const OPEN = 0x28;
const CHANGES_DOTTED = 0.42;
const BEFORE_DOT = /(?:^|[^\w./@-])((?:([A-Za-z][A-Za-z\d_]{1,15})\.(?:[A-Za-z\d_-]{2,64}\.)?))$/;

function isPrefixed(text: string, start: number, end: number): boolean {
  if (!isFree(text, start, end)) return false;
  const from = afterParts(text, start, end);
  if (from === start) return false;
  if (isBehind(text, start, from, end)) return true;
  // Random text may begin with what looks like a word: `acme_b2_…`. Then the beginning is shorter.
  const first = afterFirst(text, start, from);
  return first < from && bodyOf(text, first, end).kind === MIXED && isBehind(text, start, first, end);
}

/** The start of the body after the first word of the beginning. */
function afterFirst(text: string, start: number, from: number): number {
  let at = start;
  while (at < from && text.charCodeAt(at) !== UNDERSCORE && text.charCodeAt(at) !== HYPHEN) at++;
  return Math.min(at + 1, from);
}

/** Whether a token's beginning is before `from`, and its body after. */
function isBehind(text: string, start: number, from: number, end: number): boolean {
  const parts = text
    .slice(start, from - 1)
    .toLowerCase()
    .split(/[-_]/);
  const isSecret = parts.some((part) => SECRET.has(part));
  if (parts.some((part) => PUBLIC.has(part) || (!isSecret && THING.has(part)))) return false;
  // `acme_eyJ…`: a signed object in base64.
  if (text.startsWith('eyJ', from) && end - from >= SIGNED) return true;
  const body = bodyOf(text, from, end);
  if (isSecret) {
    if (body.kind === MIXED) return body.size >= WITH_SECRET;
    if (body.kind !== 0) return body.size >= SECRET_HEX;
  } else if (parts.length > 1 && parts.some((part) => KEY.has(part))) {
    if (body.kind === MIXED) return body.size >= (isUnderscore(text, from) ? WITH_SECRET : WITH_KEY);
    // Before a hash, such a word is the name of a build, unless it is next to it: `acme_live_…`.
    if (body.kind !== 0 && KEY.has(parts.at(-1) ?? ''))
      return body.size >= KEY_HEX && (isUnderscore(text, from) || body.kind === UUID);
  }
  return isLong(text, start, from, body, parts) || hasChecksum(text.slice(start, end), from - start);
}

/** Neither a part of a path or of base64, nor of a domain, nor a file with an ending. */
function isFree(text: string, start: number, end: number): boolean {
  const before = text.charCodeAt(start - 1);
  const after = text.charCodeAt(end);
  if (before === SLASH || before === DOT || before === PLUS || before === AT) return false;
  return after !== SLASH && after !== PLUS && !(after === DOT && isAlphanumeric(text.charCodeAt(end + 1)));
}
const [SLASH, PLUS, AT] = [0x2f, 0x2b, 0x40];

/** The start of the body: after up to six short words, with few digits. */
function afterParts(text: string, start: number, end: number): number {
  let from = start;
  let part = start;
  let digits = 0;
  for (let at = start, parts = 0; at < end && at - part <= LONGEST_PART; at++) {
    const code = text.charCodeAt(at);
    if (code === UNDERSCORE || code === HYPHEN) {
      if (at === part || digits > 2 || isHump(text, part, at)) break;
      from = part = at + 1;
      digits = 0;
      if (++parts === MOST_PARTS) break;
    } else if (code <= 0x39) {
      // A word begins with a letter; a version may follow: `us-1`.
      if (at === part && part === start) break;
      digits++;
    }
  }
  return end - from >= LEAST_BODY ? from : start;
}
const LEAST_BODY = 16;

/** Capitals and small letters in turns are no word: `aB3x`, but not `Acme`. */
function isHump(text: string, start: number, end: number): boolean {
  const part = text.slice(start, end);
  return !/^(?:[A-Z]?[a-z\d]+|[A-Z\d]+)$/.test(part);
}

/** `acme_v1_` */
const VERSIONS = /[-_]v\d(?=[-_])/;

function isUnderscore(text: string, from: number): boolean {
  return text.charCodeAt(from - 1) === UNDERSCORE;
}

/** Without a word that says what it is, it must be longer than an id, or have a beginning in capitals. */
function isLong(
  text: string,
  start: number,
  from: number,
  { kind, size, hasJoint }: Body,
  parts: readonly string[],
): boolean {
  const first = parts[0]?.length ?? 0;
  if (parts.length > 3 || first > SHORT + 2 || first < 2) return false;
  const lead = text.slice(start, from);
  const isShouted = lead === lead.toUpperCase();
  switch (kind) {
    case MIXED:
      // Random text with signs in it begins with a short word and a sign now and then.
      if (!isShouted && lead !== lead.toLowerCase()) return false;
      return (
        size >= (isShouted ? SHOUTED : MIXED_ALONE) &&
        (!hasJoint || (first > 2 && !/\d/.test(lead.replace(VERSIONS, ''))))
      );
    case LOWER:
      return from - start <= SHORT && size >= (isUnderscore(text, from) ? LOWER_ALONE : LOWER_ALONE + 8);
    case UPPER:
      return from - start <= SHORT && size >= UPPER_ALONE;
    case HEX:
      return from - start <= SHORT && isUnderscore(text, from) && size >= HEX_ALONE;
    default:
      return false;
  }
}
