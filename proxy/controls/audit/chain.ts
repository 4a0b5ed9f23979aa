/**
 * The lines of one process, each with the hash of the one before. Heads are signed as they stand there: who changes a
 * line would have to forge the signatures of all heads after it, and who makes up a head that of its own.
 */
import { createHash } from 'node:crypto';
import type { AuditEvent, Every, Link } from './event.ts';
import type { Signer } from './keys.ts';

export class Chain {
  readonly id = crypto.randomUUID();
  readonly every: Every;
  readonly #signer: Signer;
  readonly #format: (event: AuditEvent) => string;
  #seq = 0;
  #prev = '';
  /** Lines since the last head, and when the first of them was written. */
  #unsigned = 0;
  #since = 0;
  /** Whether a head must come before any other line. */
  due = false;
  ended = false;

  constructor(signer: Signer, format: (event: AuditEvent) => string, every: Every) {
    this.#signer = signer;
    this.#format = format;
    this.every = every;
  }

  /** The event as the chain's next line. */
  add(event: AuditEvent): string {
    const at = Date.now();
    if (this.#unsigned++ === 0) this.#since = at;
    this.due = isDue(this.#unsigned, at - this.#since, this.every);
    return this.#next(this.#format({ ...event, chain: { id: this.id, seq: this.#seq, prev: this.#prev, at } }));
  }

  /** A signed head as the chain's next line. */
  head(end = false): string {
    this.#unsigned = 0;
    this.due = false;
    this.ended = end;
    const { alg, key } = this.#signer;
    const now = new Date();
    const link: Link = {
      id: this.id,
      seq: this.#seq,
      prev: this.#prev,
      at: now.getTime(),
      every: this.every,
      ...(end ? { end: true } : {}),
      alg,
      ...(key === undefined ? {} : { key }),
      sig: '',
    };
    const line = this.#format({ event: 'head', time: now.toISOString(), chain: link });
    return this.#next(line.replace(SIGNATURE, `"sig":"${this.#signer.sign(signedText(line))}"`));
  }

  #next(line: string): string {
    this.#seq++;
    this.#prev = hashOf(line);
    return line;
  }
}

/**
 * Whether the next line must be a head, after so many others, the last of them so many milliseconds after the first.
 */
export function isDue(lines: number, ms: number, every: Every): boolean {
  return lines >= every.lines || ms >= every.seconds * 1000;
}

/** Every format writes the link as JSON. Of a head nothing is a person's words, so this stands there once. */
const SIGNATURE = /"sig":"[\w-]*"/;

/** What a head's signature is over: all of its line but the signature itself. */
export function signedText(head: string): string {
  return `agentcore-mcp-proxy audit head\n${head.replace(SIGNATURE, '"sig":""')}`;
}

/** @param line as it was written, without its end */
export function hashOf(line: string | Buffer): string {
  return createHash('sha256').update(line).digest('base64url');
}
