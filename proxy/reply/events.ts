/**
 * Server-sent events (WHATWG HTML, 9.2) as bytes. A stream is split at the blank lines, however it was cut into chunks
 * and whichever line end it uses. Each event keeps its exact bytes.
 */
import { LineEnds } from './line-ends.ts';

const LF = 0x0a;
const CR = 0x0d;

/** One event: its exact bytes, including the blank line that ended it. */
export interface RawEvent {
  readonly bytes: Buffer;
  /** `data` lines joined by LF; undefined if there are none (a comment, or only `id` or `retry`). */
  readonly data: string | undefined;
  readonly id: string | undefined;
  readonly type: string | undefined;
}

export class EventTooLarge extends RangeError {
  constructor(limit: number) {
    super(`an event of more than ${limit} bytes`);
    this.name = 'EventTooLarge';
  }
}

/** Splits a stream of bytes into events. An event longer than `limit` bytes throws {@link EventTooLarge}. */
export class EventSplitter {
  /**
   * The incomplete event, in a buffer that doubles: less than twice the event is held, however small the chunks are.
   */
  #pending: Buffer = Buffer.alloc(0);
  #size = 0;
  /** The current line has no character so far. */
  #lineEmpty = true;
  /** The last byte was a CR: an LF right after it belongs to the same line end. */
  #afterCr = false;
  /** The line ends of the current chunk. */
  #lines: LineEnds | undefined;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The events completed by this chunk. */
  push(chunk: Buffer): Buffer[] {
    const events: Buffer[] = [];
    for (let at = 0; at < chunk.length;) {
      at = this.next(chunk, at);
      if (this.event !== undefined) events.push(this.event);
    }
    return events;
  }

  /** The event that the last {@link next} completed. */
  event: Buffer | undefined;

  /** Whether no part of an event is held: the next byte begins one. */
  get isBetween(): boolean {
    return this.#size === 0 && !this.#afterCr;
  }

  /** Reads a chunk from a position up to the end of the event there, or of the chunk. Returns where it stopped. */
  next(chunk: Buffer, from: number): number {
    this.event = undefined;
    if (this.#lines?.chunk !== chunk) this.#lines = new LineEnds(chunk);
    const lines = this.#lines;
    let i = from;
    while (i < chunk.length) {
      const c = chunk[i];
      if (c === LF && this.#afterCr) {
        this.#afterCr = false;
        i++;
        // The LF of a CRLF whose CR already ended an event goes with the next bytes, where an empty line is harmless.
        continue;
      }
      if (c === LF || c === CR) {
        this.#afterCr = c === CR;
        i++;
        if (!this.#lineEmpty) {
          this.#lineEmpty = true;
          continue;
        }
        // A blank line ends the event. Include the LF of a CRLF if it is at hand.
        if (c === CR && chunk[i] === LF) {
          this.#afterCr = false;
          i++;
        }
        this.event = this.#take(chunk.subarray(from, i));
        return this.#done(chunk, i);
      }
      this.#afterCr = false;
      this.#lineEmpty = false;
      i = lines.after(i + 1);
    }
    this.#keep(chunk.subarray(from));
    return this.#done(chunk, i);
  }

  /** A chunk is not held longer than it is read. */
  #done(chunk: Buffer, at: number): number {
    if (at === chunk.length) this.#lines = undefined;
    return at;
  }

  /** What is left at the end of the stream: an event without its blank line, or undefined. */
  rest(): Buffer | undefined {
    return this.#size === 0 ? undefined : this.#take(Buffer.alloc(0));
  }

  #keep(part: Buffer): void {
    const size = this.#size + part.length;
    if (size > this.#limit) throw new EventTooLarge(this.#limit);
    if (size > this.#pending.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(size, Math.min(2 * this.#pending.length, this.#limit)));
      this.#pending.copy(larger, 0, 0, this.#size);
      this.#pending = larger;
    }
    // A copy: the chunk may be a view of a larger pooled buffer that should not be held.
    part.copy(this.#pending, this.#size);
    this.#size = size;
  }

  #take(last: Buffer): Buffer {
    if (this.#size + last.length > this.#limit) throw new EventTooLarge(this.#limit);
    if (this.#size === 0) return last;
    const event = Buffer.concat([this.#pending.subarray(0, this.#size), last]);
    this.#pending = Buffer.alloc(0);
    this.#size = 0;
    return event;
  }
}

const LINE = /\r\n|\n|\r/;

/** How almost all events begin. */
const TYPED = 'event: message\ndata: ';
const UNTYPED = 'data: ';

/** Reads an event's fields. */
export function readEvent(bytes: Buffer): RawEvent {
  const text = bytes.toString('utf8');
  const begin = text.startsWith(TYPED) ? TYPED.length : text.startsWith(UNTYPED) ? UNTYPED.length : 0;
  // One line of data, and nothing else.
  if (begin > 0 && text.indexOf('\n', begin) === text.length - 2 && text.endsWith('\n') && !text.includes('\r'))
    return { bytes, data: text.slice(begin, -2), id: undefined, type: begin === TYPED.length ? 'message' : undefined };
  let data: string | undefined;
  let id: string | undefined;
  let type: string | undefined;
  for (const line of text.replace(/^\uFEFF/, '').split(LINE)) {
    const [field, value] = fieldOf(line);
    if (field === 'data') data = data === undefined ? value : `${data}\n${value}`;
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'event') type = value;
  }
  return { bytes, data, id, type };
}

function fieldOf(line: string): [string, string] {
  const colon = line.indexOf(':');
  if (colon < 0) return [line, ''];
  const value = line.slice(colon + 1);
  return [line.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value];
}

/** The same event with other data: all other lines and the kind of line end stay, byte for byte. */
export function withData(event: RawEvent, data: string): Buffer {
  const text = event.bytes.toString('utf8');
  const newline = LINE.exec(text)?.[0] ?? '\n';
  const lines = text.split(LINE);
  const written = data.split(LINE).map((line) => `data: ${line}`);
  const out: string[] = [];
  let placed = false;
  for (const line of lines) {
    if (fieldOf(line.replace(/^\uFEFF/, ''))[0] !== 'data') out.push(line);
    else if (!placed) {
      out.push(...written);
      placed = true;
    }
  }
  return Buffer.from((text.startsWith('\uFEFF') && !out[0]?.startsWith('\uFEFF') ? '\uFEFF' : '') + out.join(newline));
}

/** The same event with another id. */
export function withId(bytes: Buffer, id: string): Buffer {
  const text = bytes.toString('utf8');
  const newline = LINE.exec(text)?.[0] ?? '\n';
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const lines = text.slice(mark.length).split(LINE);
  return Buffer.from(mark + lines.map((line) => (fieldOf(line)[0] === 'id' ? `id: ${id}` : line)).join(newline));
}

/**
 * The same event without its data: id, retry time and comments stay, so that a client can resume after it and sees that
 * the connection lives. With an id, the data is empty rather than missing, as in a stream's first event (MCP
 * 2025-11-25): many readers only then record the id. Undefined if nothing is left.
 */
export function withoutData(event: RawEvent): Buffer | undefined {
  if (event.id !== undefined && event.id !== '') return withData(event, '');
  const text = event.bytes.toString('utf8');
  const lines = text.split(LINE);
  const kept = lines.filter((line) => !DATA_OR_TYPE.has(fieldOf(line.replace(/^\uFEFF/, ''))[0]));
  return kept.some((line) => line !== '') ? Buffer.from(kept.join(LINE.exec(text)?.[0] ?? '\n')) : undefined;
}

const DATA_OR_TYPE: ReadonlySet<string> = new Set(['data', 'event']);
