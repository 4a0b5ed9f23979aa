/**
 * Decides whether something is within a URL that software may fetch. The author of such a URL chooses the host, so data
 * in it reaches the author as soon as a client shows a picture.
 */

import { BARE_HOST, bareEnd } from './bare-host.ts';
import { TARGET, targetEnd } from './link-target.ts';

/**
 * Possible starts of a URL: two slashes or backslashes, with or without a scheme; a web scheme even without slashes;
 * `data:`; each of these with characters written as entities, which HTML and Markdown decode; a host that programs turn
 * into a link (`bare-host.ts`); and the target of a link or picture, which may be relative to a host that the text names.
 */
const BEGINNING = new RegExp(
  [
    // Backslashes before a quote escape it in JSON within JSON.
    /\/[\t\r\n]*[\\/]|\\(?:[\t\r\n]*\/|[\t\r\n]*\\(?!\\{0,30}"))/,
    /(?<![\w+.-])(?:https?|wss?|ftp|file|data)[\t\r\n]*:(?=\S)/,
    /&(?:#(?!0*(?:3[489]|6[02]|160);|x0*(?:2[267]|3[ce]|a0);)|colon;|sol;|bsol;|tab;|newline;)/,
    BARE_HOST,
    TARGET,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
);
/** Links that only a person opens. `TEL:` is also a label, as in a vCard: it begins a link only in markup. */
const LINK = /(?<![\w+.-])(?:mailto|urn|(?<=["'(<=])tel):/gi;

/** Stretches of a text that begin in a certain way. Positions are asked in order, so each character is read once. */
class Stretches {
  readonly #text: string;
  readonly #beginnings: RegExp;
  readonly #endOf: (text: string, beginning: number) => number;
  /** The end of the last stretch. */
  #end = 0;
  /** Where to search for the next stretch, or its start once known. */
  #from = 0;
  #next: number | undefined;

  constructor(text: string, beginnings: RegExp, endOf: (text: string, beginning: number) => number) {
    this.#text = text;
    this.#beginnings = beginnings;
    this.#endOf = endOf;
  }

  /** @param at a position; must not be before earlier ones */
  holds(at: number): boolean {
    while (at >= this.#end) {
      if (this.#next === undefined) {
        this.#beginnings.lastIndex = Math.max(this.#from, this.#end);
        this.#next = this.#beginnings.exec(this.#text)?.index ?? Number.POSITIVE_INFINITY;
      }
      if (this.#next >= at) return false;
      this.#end = this.#endOf(this.#text, this.#next);
      this.#next = undefined;
    }
    return true;
  }

  /** No stretch starts before this position. */
  pass(at: number): void {
    this.#from = at;
    if (this.#next !== undefined && this.#next < at) this.#next = undefined;
  }

  /** A stretch continues up to this position. */
  extend(end: number): void {
    this.#end = Math.max(this.#end, end);
  }
}

/** The URLs of one text. Positions must be asked in order. */
export class Urls {
  readonly #text: string;
  readonly #fetched: Stretches;
  readonly #links: Stretches;

  constructor(text: string) {
    this.#text = text;
    this.#fetched = new Stretches(text, BEGINNING, endOf);
    this.#links = new Stretches(text, LINK, (whole, beginning) => search(whole, LINK_END, beginning));
  }

  /** Whether a position is within a URL that software may fetch. */
  holds(start: number): boolean {
    return this.#fetched.holds(start);
  }

  /** Whether a position is within a link that only a person opens. */
  holdsInLink(start: number): boolean {
    return this.#links.holds(start);
  }

  /**
   * A part is not a URL, whatever it looks like.
   * @param value the replacement of the part; the text after it may then belong to it
   */
  pass(end: number, value: string): void {
    this.#fetched.pass(end);
    this.#links.pass(end);
    if (value.search(BEGINNING) >= 0) this.#fetched.extend(search(this.#text, VALUE_END, end));
  }
}

const SPACE = /[\0-\x20]/g;
const VALUE_END = /[\0-\x20"'<>)]/g;
const LINK_END = /[\s"'<>`\\^{}|]/g;
const NAME = /[A-Za-z\d+.:-]/;

/** After the end of the text if there is none. */
function search(text: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length + 1;
}

function find(text: string, wanted: string, from: number): number {
  const at = text.indexOf(wanted, from);
  return at < 0 ? text.length + 1 : at;
}

/**
 * In quotes or angle brackets, a URL may contain spaces and ends with the bracket or quote. In parentheses, it ends at
 * the parenthesis or a space; otherwise at a space.
 */
function endOf(text: string, beginning: number): number {
  const end = targetEnd(text, beginning) ?? bareEnd(text, beginning);
  if (end !== undefined) return end;
  let start = beginning;
  while (start > 0 && NAME.test(text[start - 1] ?? '')) start--;
  let before = start;
  while (before > 0 && text.charCodeAt(before - 1) <= 0x20) before--;
  // A text that starts with a URL may be a single URL.
  if (before === 0) return find(text, '\n', beginning);
  const opening = text[before - 1] ?? '';
  if (opening === '"') return quoteAt(text, beginning, backslashesBefore(text, before - 1));
  if (opening === "'" || opening === '`') return find(text, opening, beginning);
  if (opening === '<') return find(text, '>', beginning);
  return opening === '(' && before === start ? parenthesisAt(text, beginning) : search(text, SPACE, beginning);
}

/** In JSON within a text, a quote ends a string that started with a quote after as many backslashes. */
function quoteAt(text: string, from: number, backslashes: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && backslashesBefore(text, at) !== backslashes) at = text.indexOf('"', at + 1);
  return at < 0 ? text.length + 1 : at;
}

function backslashesBefore(text: string, at: number): number {
  let count = 0;
  while (text.charCodeAt(at - 1 - count) === 0x5c) count++;
  return count;
}

function parenthesisAt(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20) return at;
    if (code === 0x28) depth++;
    else if (code === 0x29 && --depth < 0) return at;
  }
  return text.length + 1;
}

/** Whether a URL ends there; otherwise the following text would become a part of it. */
export function endsUrl(text: string, end: number): boolean {
  const after = skipped(text, end, SENTENCE);
  return after === text.length || /[\0-\x20"'<>`)\]}|\\]/.test(text[after] ?? '');
}

/** Schemes whose URLs software may fetch, or that may start software. Their hosts may be anybody's. */
const NETWORK = new Set(
  'http https ws wss ftp ftps sftp scp ssh telnet file smb cifs nfs afp dav davs webdav webdavs git svn hg rsync gopher ldap ldaps imap imaps pop pop3 smtp smtps nntp news irc ircs rtsp rtsps rtmp rtmps mms sip sips xmpp stun turn mqtt mqtts amqp amqps redis rediss mongodb mysql postgres postgresql jdbc odbc s3 gs gcs abfs wasb hdfs ipfs ipns magnet data blob javascript vbscript view-source jar feed webcal webcals intent android-app ms-settings search-ms vnc rdp dict tftp coap coaps ni nih doi h323 udp tcp rtp about chrome resource content filesystem'.split(
    ' ',
  ),
);
const SCHEME = /(?<![\w+.-])([a-z][a-z0-9+.-]{1,39}):\/\/$/i;
const LONGEST_SCHEME = 43;

/**
 * Where a URI starts whose whole authority is a token: `customer://TOKEN/orders`. Its author chose no host, and nobody
 * fetches a scheme of a server's own. Undefined: it is none, or may be fetched.
 */
export function ownUriAt(text: string, start: number, end: number): number | undefined {
  const [uri, scheme = ''] = SCHEME.exec(text.slice(Math.max(0, start - LONGEST_SCHEME), start)) ?? [];
  if (uri === undefined || NETWORK.has(scheme.toLowerCase())) return undefined;
  const isWhole = end === text.length || /[\0-\x20"'<>`)\]}|\\/?#,;]/.test(text[end] ?? '');
  return isWhole ? start - uri.length : undefined;
}

/** Whether a part of a text is a separate word: the text on either side does not continue it. */
export function standsAlone(text: string, start: number, end: number): boolean {
  let before = start;
  while (before > 0 && OPENING.has(text[before - 1] ?? '')) before--;
  let after = skipped(text, end, CLOSING);
  if (before > 0 && !BLANK.has(text[before - 1] ?? '')) return false;
  after = skipped(text, after, SENTENCE);
  after = skipped(text, after, CLOSING);
  return after === text.length || BLANK.has(text[after] ?? '');
}

function skipped(text: string, from: number, set: ReadonlySet<string>): number {
  let at = from;
  while (at < text.length && set.has(text[at] ?? '')) at++;
  return at;
}

const BLANK: ReadonlySet<string> = new Set(' \t\r\n');
const OPENING: ReadonlySet<string> = new Set('([{<"\'“„‘«');
const CLOSING: ReadonlySet<string> = new Set(')]}>"\'”“’»');
const SENTENCE: ReadonlySet<string> = new Set('.,;:!?');
