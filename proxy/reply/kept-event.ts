import { type RawEvent, readEvent } from './events.ts';
/** Finds a kept list in an event, without reading its text. */
import type { Found, KeptList } from './kept-lists.ts';
import type { Scanned } from './scanned.ts';

const LF = 0x0a;
const CR = 0x0d;
const DATA = Buffer.from('data');
const FIELD = Buffer.from('data: ');
const COLON = 0x3a;
const SPACE = 0x20;

/** An event whose data is kept. */
export interface KnownEvent {
  /** Its other fields; without data. */
  readonly event: RawEvent;
  /** What is sent. */
  readonly parts: readonly Buffer[];
  readonly scanned: Scanned;
}

/** Undefined: its data is not kept, or is not in a separate line. */
export function knownEvent(bytes: Buffer, list: KeptList): KnownEvent | undefined {
  const line = dataLine(bytes);
  if (line === undefined) return undefined;
  const data = bytes.subarray(line.start, line.end);
  const found = list.find([data], data.length);
  if (found === undefined) return undefined;
  const [before, after] = [bytes.subarray(0, line.at), bytes.subarray(line.end)];
  return {
    event: { ...readEvent(Buffer.concat([before, after])), bytes },
    parts: partsOf(found, bytes, before, after),
    scanned: found.scanned,
  };
}

function partsOf({ parts }: Found, bytes: Buffer, before: Buffer, after: Buffer): readonly Buffer[] {
  return parts === undefined ? [bytes] : [before, FIELD, ...parts, after];
}

interface Line {
  readonly at: number;
  /** Where the value starts. */
  readonly start: number;
  readonly end: number;
}

/** The only data line of an event whose lines end with LF. */
function dataLine(bytes: Buffer): Line | undefined {
  if (bytes.includes(CR) || bytes[0] === 0xef) return undefined;
  let found: Line | undefined;
  for (let at = 0; at < bytes.length;) {
    const next = bytes.indexOf(LF, at);
    const end = next < 0 ? bytes.length : next;
    if (bytes.subarray(at, Math.min(end, at + DATA.length)).equals(DATA)) {
      const colon = at + DATA.length;
      if (found !== undefined || bytes[colon] !== COLON) return undefined;
      found = { at, start: bytes[colon + 1] === SPACE ? colon + 2 : colon + 1, end };
    }
    at = end + 1;
  }
  return found;
}
