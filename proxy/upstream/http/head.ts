/**
 * The head of a response: status line and header fields, by the grammar of RFC 9112 without the forms that it lets a
 * recipient refuse. Anything that two readers could take differently is refused: line folds, bare CR or LF, spaces
 * around a name, more than one length, a length next to a transfer coding, and codings other than only chunked.
 */

/** What arrived is not a response in HTTP/1.1. Says what was expected; holds nothing that was received. */
export class NotHttp extends Error {
  readonly code = 'ENOTHTTP';
}

/** Lengths of a body whose end is not known from the head. */
export const CHUNKED = -1;
export const UNTIL_CLOSE = -2;

export interface Head {
  readonly status: number;
  /** Flat list of names and values, as they were written. */
  readonly headers: readonly string[];
  /** Bytes of the body, or {@link CHUNKED}, or {@link UNTIL_CLOSE}. */
  readonly length: number;
  /** Milliseconds for which the connection may be kept for another request; 0: it may not, Infinity: nothing is said. */
  readonly keepMs: number;
  /** The body is an event stream. */
  readonly isEvents: boolean;
}

const STATUS_LINE = /^HTTP\/1\.[01] [1-9]\d\d[ \r]$/;
/** Longer ones can't be a size in a double. */
const MAX_DIGITS = 15;
/** A connection is given up this long before the upstream would end it. */
const MARGIN_MS = 1_000;

/** @param text each line with its CRLF, without the empty line at the end. @throws NotHttp */
export function readHead(text: string): Head {
  if (!STATUS_LINE.test(text.slice(0, 13))) throw new NotHttp('expected a status line of HTTP/1.1');
  const isOld = text.charCodeAt(7) === 0x30;
  const status = Number(text.slice(9, 12));
  const fields = new Fields();
  fields.read(text, endOfLine(text, 12));
  const { coding, length } = fields;
  if (coding && length >= 0) throw new NotHttp('expected a Content-Length or a Transfer-Encoding, got both');
  if (coding && isOld) throw new NotHttp('expected no Transfer-Encoding in HTTP/1.0');
  const isEmpty = status < 200 || status === 204 || status === 304;
  const keeps = !fields.closes && !isOld && !(isEmpty && coding);
  return {
    status,
    headers: fields.flat,
    length: isEmpty ? 0 : coding ? CHUNKED : length >= 0 ? length : UNTIL_CLOSE,
    keepMs: keeps ? fields.keepMs : 0,
    isEvents: fields.isEvents,
  };
}

/** Checks the fields after a chunked body, and drops them. @throws NotHttp */
export function checkTrailers(text: string): void {
  const fields = new Fields();
  fields.read(text, 0);
  if (fields.coding || fields.length >= 0) throw new NotHttp('expected no framing among the trailers');
}

/** The fields of a head, and what they say about its framing. */
class Fields {
  readonly flat: string[] = [];
  /** Content-Length; -1 if there is none. */
  length = -1;
  /** Whether the body is chunked. */
  coding = false;
  closes = false;
  keepMs = Infinity;
  isEvents = false;

  read(text: string, start: number): void {
    for (let at = start; at < text.length;) {
      let colon = at;
      while (TOKEN[text.charCodeAt(colon)] === 1) colon++;
      if (colon === at || text.charCodeAt(colon) !== 0x3a)
        throw new NotHttp('expected a header field: name, colon, value');
      let from = colon + 1;
      while (isBlank(text.charCodeAt(from))) from++;
      const next = endOfLine(text, from);
      let to = next - 2;
      while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
      const name = text.slice(at, colon);
      const value = text.slice(from, to);
      this.flat.push(name, value);
      this.#note(name, value, text.slice(to, next - 2));
      at = next;
    }
  }

  /**
   * Most names differ from these in length. A tab after a length or coding is a blank by the grammar, but
   * llhttp takes it for a part of the value.
   * @param blanks after the value
   */
  #note(name: string, value: string, blanks: string): void {
    switch (name.length) {
      case 10:
        if (isName(name, 'connection')) this.closes ||= value !== 'keep-alive' && listed(value, 'close');
        else if (isName(name, 'keep-alive')) this.keepMs = announced(value);
        return;
      case 12:
        if (isName(name, 'content-type')) this.isEvents ||= /^text\/event-stream/i.test(value.slice(0, 20));
        return;
      case 14:
        if (!isName(name, 'content-length')) return;
        if (this.length >= 0) throw new NotHttp('expected one Content-Length, got several');
        if (blanks.includes('\t') || value.length > MAX_DIGITS || !/^\d+$/.test(value))
          throw new NotHttp('expected digits as the Content-Length');
        this.length = Number(value);
        return;
      case 17:
        if (!isName(name, 'transfer-encoding')) return;
        if (blanks.includes('\t') || this.coding || value.length !== 7 || value.toLowerCase() !== 'chunked')
          throw new NotHttp('expected no Transfer-Encoding other than chunked, once');
        this.coding = true;
    }
  }
}

const isName = (name: string, lower: string): boolean => name === lower || name.toLowerCase() === lower;
const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

function listed(value: string, option: string): boolean {
  return value.split(',').some((part) => part.trim().toLowerCase() === option);
}

function announced(value: string): number {
  const seconds = /^timeout=(\d{1,9})/i.exec(value.slice(0, 20))?.[1];
  return seconds === undefined ? Infinity : Math.max(0, Number(seconds) * 1_000 - MARGIN_MS);
}

/** Returns where the line after this one begins. @throws NotHttp if this one has other characters than a value may */
function endOfLine(text: string, start: number): number {
  let at = start;
  while (TEXT[text.charCodeAt(at)] === 1) at++;
  if (text.charCodeAt(at) !== 0x0d || text.charCodeAt(at + 1) !== 0x0a)
    throw new NotHttp('expected lines of printable characters that end with CRLF');
  return at + 2;
}

/** By character code: 1 for the characters of a token (RFC 9110, 5.6.2). */
const TOKEN = Uint8Array.from({ length: 256 }, (_, code) =>
  Number(/[!#$%&'*+\-.^_`|~\w]/.test(String.fromCharCode(code))),
);
/** By character code: 1 for the characters of a field's value (RFC 9110, 5.5), blanks included. */
const TEXT = Uint8Array.from({ length: 256 }, (_, code) => Number(code === 9 || (code >= 0x20 && code !== 0x7f)));

/** Whether a text may be the name of a field. */
export function isToken(text: string): boolean {
  return /^[!#$%&'*+\-.^_`|~\w]+$/.test(text);
}

/** Whether a text may be the value of a field. */
export function isFieldText(text: string): boolean {
  // Much faster than character by character, for a signature.
  return /^[\t -~\x80-\xff]*$/.test(text);
}
