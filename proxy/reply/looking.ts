/** Whether a body may concern any transformation, without a parse and without joining its chunks. */
import { isAscii } from 'node:buffer';
import { LONGEST } from './contains.ts';
import type { Delivery } from './delivery.ts';
import type { Transform } from './mapping.ts';
import type { Reply } from './reply.ts';
import type { Scanned } from './scanned.ts';
import { answers, isResponse, mayInterest } from './transform.ts';
import type { Treatment } from './treatment.ts';

/** As long as the longest string that is searched for, and as what `whenAnywhere` may find. */
const SEAM = LONGEST;
const NOTHING = Buffer.alloc(0);
/** Bytes up to which a copy costs less than what it saves. */
const SHORT = 1024;

/** Whether a transformation's condition may need more than a part of the body at a time. */
export function isAboutWhole({ when, whenAnywhere, contains }: Transform): boolean {
  return when !== undefined && (whenAnywhere !== true || contains !== undefined);
}

/**
 * Whether the body may concern any transformation.
 * @param looking what the chunks have shown as they arrived. @default - they are searched now
 */
export function worthLooking(
  chunks: readonly Buffer[],
  { own, elsewhere }: Delivery,
  scanned: Scanned | undefined,
  looking: Looking | undefined,
): boolean {
  if (looking === undefined ? mayInterestIn(chunks, own) : looking.found) return true;
  // A message that may belong to another call gets that call's treatment; the single response to a request is its own.
  if (elsewhere === undefined) return false;
  const isAnswer = scanned === undefined ? isResponse(chunks[0] ?? NOTHING) : answers(scanned);
  return own.refused.kind !== 'request' || !isAnswer;
}

function mayInterestIn(chunks: readonly Buffer[], own: Treatment): boolean {
  const [only = NOTHING] = chunks;
  if (chunks.length === 1)
    // Short searches in a string take a fraction of those in bytes. In ASCII both find the same.
    return mayInterest(only.length <= SHORT && isAscii(only) ? only.toString('latin1') : only, own);
  const looking = new Looking(own);
  for (const chunk of chunks) looking.push(chunk);
  return looking.found;
}

/** Bytes of a reply whose search takes so long that it is better done while the rest arrives. */
const LONG = 256 * 1024;
/** Bytes that are searched at once, if there are more: smaller chunks are joined. */
const PIECE = 16 * 1024;

/** Searches a reply chunk by chunk. */
export class Looking {
  readonly #own: Treatment;
  #found = false;
  /** The last bytes that were searched. */
  #tail: Buffer | undefined;
  /** Chunks that wait for more. */
  #pending: Buffer[] = [];
  #size = 0;

  constructor(own: Treatment) {
    this.#own = own;
  }

  /** For a long reply, while it arrives. Undefined for one that is short, or may be known. */
  static while({ kind, length }: Reply, { own, kept }: Delivery): Looking | undefined {
    if (kind !== 'json' || length < LONG || own.transforms.some(isAboutWhole)) return undefined;
    return kept?.for(own, 'json') === undefined ? new Looking(own) : undefined;
  }

  push(chunk: Buffer): void {
    if (this.#found) return;
    this.#pending.push(chunk);
    this.#size += chunk.length;
    if (this.#size >= PIECE) this.#search();
  }

  /** Whether the chunks so far may concern a transformation. */
  get found(): boolean {
    if (this.#size > 0) this.#search();
    return this.#found;
  }

  #search(): void {
    const [only = NOTHING] = this.#pending;
    const piece = this.#pending.length === 1 ? only : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#size = 0;
    const tail = this.#tail;
    this.#found ||=
      mayInterest(piece, this.#own) ||
      (tail !== undefined && mayInterest(Buffer.concat([tail, piece.subarray(0, SEAM)]), this.#own));
    this.#tail = piece.subarray(-SEAM);
  }
}
