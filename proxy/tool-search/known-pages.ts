/** The digest of a page of a list. Most pages are those that the same caller got before, which a comparison shows for less. */
import { createHash } from 'node:crypto';
import { Cache } from '../base/cache.ts';

/** Bytes of pages that are kept. Callers that get the same page share it. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_CALLERS_BYTES = 1024 * 1024;
const MAX_KEY = 8 * 1024;

/** A page without the id of its response. */
export interface Known {
  readonly digest: string;
  /** Of the page's text. */
  readonly characters: number;
}

interface Kept extends Known {
  readonly body: Buffer;
  /** Where the id begins and ends. */
  readonly from: number;
  readonly to: number;
}

export class KnownPages {
  /** Digests of the last pages, by whose they are. */
  readonly #last = new Cache<string>({ maxBytes: MAX_CALLERS_BYTES, maxKey: MAX_KEY });
  readonly #kept = new Cache<Kept>({ maxBytes: MAX_BYTES, weigh: ({ body }) => body.length });

  /** @param whose the caller, and which page */
  of(whose: string, body: Buffer, id: string): Known {
    const at = body.indexOf(id);
    const from = Math.max(0, at);
    const to = at < 0 ? 0 : at + id.length;
    const before = this.#kept.get(this.#last.get(whose) ?? '');
    if (before !== undefined && isSame(before, { body, from, to })) return before;
    const digest = createHash('sha256').update(body.subarray(0, from)).update(body.subarray(to)).digest('base64url');
    const made = { digest, characters: body.toString('utf8').length, body, from, to };
    this.#last.set(whose, digest);
    if (this.#kept.get(digest) === undefined) this.#kept.set(digest, made);
    return made;
  }
}

function isSame(one: Pick<Kept, 'body' | 'from' | 'to'>, other: Pick<Kept, 'body' | 'from' | 'to'>): boolean {
  return (
    one.body.subarray(0, one.from).equals(other.body.subarray(0, other.from)) &&
    one.body.subarray(one.to).equals(other.body.subarray(other.to))
  );
}
