/**
 * Checks one chain line by line: every line is present, unchanged, in order, and signed as often as its heads promise.
 */
import { isDue } from '../../proxy/controls/audit/chain.ts';
import type { Every, Link } from '../../proxy/controls/audit/event.ts';

export interface ChainReport {
  readonly id: string;
  readonly lines: number;
  readonly heads: number;
  /** Timestamps in its first and last line. */
  readonly from: string;
  readonly to: string;
  /** The number of the last line covered by a signature; -1 if none is. */
  readonly signedTo: number;
  /** Number of later lines, which can be written without the key. */
  readonly unsigned: number;
  /** Its last head was found, so nothing is missing at its end. */
  readonly ended: boolean;
  /** Lines delivered more than once, unchanged; faults if the delivery doesn't repeat lines. */
  readonly repeated: number;
  /** The chain's own public key, for which a key in KMS vouches; undefined if its heads have another form. */
  readonly pub: string | undefined;
  readonly faults: readonly string[];
}

/** What the check keeps of a line. */
export interface Seen {
  readonly link: Link;
  readonly hash: string;
  /**
   * For a head: whether its signature is valid; `unknown` if its key isn't known, `unchecked` if signatures aren't
   * checked.
   */
  readonly signature: 'good' | 'wrong' | 'unknown' | 'unchecked' | undefined;
}

/** Maximum of reported faults per chain. */
const MAX_FAULTS = 20;

export class ChainCheck {
  readonly #id: string;
  #lines = 0;
  #heads = 0;
  #from = Infinity;
  #to = 0;
  #signedTo = -1;
  #ended = false;
  #repeated = 0;
  #next = 0;
  #hash = '';
  /** Since the last head: number of lines, time of the first, and whether another head was due. */
  #unsigned = 0;
  #since = 0;
  #due = false;
  #overdue = false;
  #every: Every | undefined;
  #pub: string | undefined;
  readonly #faults: string[] = [];
  #unreported = 0;
  /** In any order: lines that wait for earlier ones, and the hashes of all. */
  readonly #early: Map<number, Seen> | undefined;
  readonly #hashes = new Map<number, string>();

  /** @param anyOrder lines may be out of order and repeated */
  constructor(id: string, anyOrder: boolean) {
    this.#id = id;
    this.#early = anyOrder ? new Map() : undefined;
  }

  take(seen: Seen): void {
    if (this.#early === undefined) return this.#step(seen);
    const { seq } = seen.link;
    const known = this.#hashes.get(seq);
    if (known === seen.hash) this.#repeated++;
    else if (known !== undefined) this.#fault(`line ${seq} is there twice, with different texts`);
    else {
      this.#hashes.set(seq, seen.hash);
      this.#early.set(seq, seen);
      for (let turn = this.#early.get(this.#next); turn !== undefined; turn = this.#early.get(this.#next)) {
        this.#early.delete(this.#next);
        this.#step(turn);
      }
    }
  }

  report(): ChainReport {
    for (const seen of [...(this.#early?.values() ?? [])].sort((a, b) => a.link.seq - b.link.seq)) this.#step(seen);
    this.#early?.clear();
    if (this.#overdue)
      this.#fault(
        `after line ${this.#signedTo} the proxy would have signed again after ${this.#every?.lines} lines or ${this.#every?.seconds} s: the lines after it were added, or their heads were removed`,
      );
    const faults = this.#unreported === 0 ? this.#faults : [...this.#faults, `and ${this.#unreported} more`];
    return {
      id: this.#id,
      lines: this.#lines,
      heads: this.#heads,
      from: timeOf(this.#from),
      to: timeOf(this.#to),
      signedTo: this.#signedTo,
      unsigned: this.#unsigned,
      ended: this.#ended,
      repeated: this.#repeated,
      pub: this.#pub,
      faults,
    };
  }

  #step({ link, hash, signature }: Seen): void {
    const { seq, prev, at, alg, key } = link;
    this.#lines++;
    this.#from = Math.min(this.#from, at);
    this.#to = Math.max(this.#to, at);
    if (this.#ended) this.#fault(`line ${seq} comes after the end of the chain`);
    if (seq > this.#next)
      this.#fault(
        seq === this.#next + 1 ? `line ${this.#next} is missing` : `lines ${this.#next} to ${seq - 1} are missing`,
      );
    else if (seq < this.#next)
      this.#fault(`line ${seq} is where line ${this.#next} was expected: moved, or there twice`);
    else if (prev !== this.#hash)
      this.#fault(seq === 0 ? 'line 0 names a line before it' : `line ${seq - 1} was changed`);
    if (seq === 0 && signature === undefined) this.#fault('line 0 is not a signed head');
    if (signature === 'unknown')
      this.#fault(
        `the head at line ${seq} is signed with a key that isn't known here (${alg ?? 'no algorithm'}, ${key ?? 'no id'})`,
      );
    if (signature === 'wrong')
      this.#fault(
        `the signature of the head at line ${seq} is wrong: its line was changed, or it was signed with another key`,
      );
    if (signature !== undefined) this.#heads++;
    if (signature === 'good' || signature === 'unchecked') this.#signed(link, signature === 'good');
    else this.#unsignedLine(at);
    this.#next = seq + 1;
    this.#hash = hash;
  }

  #signed({ seq, every, end, by }: Link, good: boolean): void {
    if (this.#heads === 1) this.#pub = by?.pub;
    else if (by?.pub !== this.#pub)
      // The key of a chain exists once. A process that may sign in KMS can have it vouch for another one.
      this.#fault(`the head at line ${seq} is signed with another key than the first: a second writer, or forged`);
    if (good) this.#signedTo = seq;
    this.#every = every;
    this.#unsigned = 0;
    this.#due = false;
    this.#overdue = false;
    if (end === true) this.#ended = true;
  }

  #unsignedLine(at: number): void {
    this.#overdue ||= this.#due;
    if (this.#unsigned++ === 0) this.#since = at;
    this.#due ||= this.#every !== undefined && isDue(this.#unsigned, at - this.#since, this.#every);
  }

  #fault(text: string): void {
    if (this.#faults.length < MAX_FAULTS) this.#faults.push(text);
    else this.#unreported++;
  }
}

function timeOf(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : 'another time';
}
