/**
 * One chain, line by line: each must be there, as it was written, in its order, and signed as often as its heads say.
 */
import { isDue } from '../../proxy/controls/audit/chain.ts';
import type { Every, Link } from '../../proxy/controls/audit/event.ts';

export interface ChainReport {
  readonly id: string;
  readonly lines: number;
  readonly heads: number;
  /** When its first and its last line were written, as they say. */
  readonly from: string;
  readonly to: string;
  /** The number of the last line that a signature vouches for; -1 where none does. */
  readonly signedTo: number;
  /** Lines after that: somebody without the key may have written them. */
  readonly unsigned: number;
  /** Its last head was found: nothing is missing at its end. */
  readonly ended: boolean;
  /** Lines that were delivered more than once, as they were; faults where that isn't to be expected. */
  readonly repeated: number;
  readonly faults: readonly string[];
}

/** What is kept of a line. */
export interface Seen {
  readonly link: Link;
  readonly hash: string;
  /**
   * Of a head: whether its signature is right; `unknown` where its key isn't known, `unchecked` where none is asked
   * for.
   */
  readonly signature: 'good' | 'wrong' | 'unknown' | 'unchecked' | undefined;
}

/** A chain that is wrong in many places is wrong. */
const FAULTS_TOLD = 20;

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
  /** Since the last head: lines, when the first of them was written, whether another head should be there. */
  #unsigned = 0;
  #since = 0;
  #due = false;
  #overdue = false;
  #every: Every | undefined;
  readonly #faults: string[] = [];
  #untold = 0;
  /** In any order: what waits for lines before it, and the hashes of all. */
  readonly #early: Map<number, Seen> | undefined;
  readonly #hashes = new Map<number, string>();

  /** @param anyOrder lines come in another order than they were written in, and some twice */
  constructor(id: string, anyOrder: boolean) {
    this.#id = id;
    this.#early = anyOrder ? new Map() : undefined;
  }

  take(seen: Seen): void {
    if (this.#early === undefined) return this.#step(seen);
    const { seq } = seen.link;
    const known = this.#hashes.get(seq);
    if (known === seen.hash) this.#repeated++;
    else if (known !== undefined) this.#fault(`line ${seq} is there twice, and differs`);
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
        `after line ${this.#signedTo} the proxy would have signed again after ${this.#every?.lines} lines or ${this.#every?.seconds} s: what follows was added, or its heads were taken away`,
      );
    const faults = this.#untold === 0 ? this.#faults : [...this.#faults, `and ${this.#untold} more`];
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
      this.#fault(`line ${seq} stands where line ${this.#next} was expected: moved, or there twice`);
    else if (prev !== this.#hash)
      this.#fault(seq === 0 ? 'line 0 says that something came before it' : `line ${seq - 1} is not as it was written`);
    if (seq === 0 && signature === undefined) this.#fault('line 0 is no signed head');
    if (signature === 'unknown')
      this.#fault(
        `the head at line ${seq} is signed with a key that isn't known here (${alg ?? 'no algorithm'}, ${key ?? 'no id'})`,
      );
    if (signature === 'wrong')
      this.#fault(
        `the signature of the head at line ${seq} is wrong: its line is not as it was written, or it was signed with another key`,
      );
    if (signature !== undefined) this.#heads++;
    if (signature === 'good' || signature === 'unchecked') this.#signed(link, signature === 'good');
    else this.#unsignedLine(at);
    this.#next = seq + 1;
    this.#hash = hash;
  }

  #signed({ seq, every, end }: Link, good: boolean): void {
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
    if (this.#faults.length < FAULTS_TOLD) this.#faults.push(text);
    else this.#untold++;
  }
}

function timeOf(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : 'another time';
}
