import { createHash } from 'node:crypto';
/**
 * Writes the lines of one process; each contains the hash of the line before. Heads are signed lines in the chain. To
 * change a line, an attacker must forge the signatures of all later heads; to invent a head, its own signature.
 */
import { kernelUuid } from '../../base/random.ts';
import type { AuditEvent, Every, Link } from './event.ts';
import type { Signer } from './signer.ts';

export class Chain {
  readonly id: string;
  readonly every: Every;
  readonly #signer: Signer;
  readonly #format: (event: AuditEvent) => string;
  #seq = 0;
  #prev = '';
  /** Lines since the last head, and the time of the first of them. */
  #unsigned = 0;
  #since = 0;
  /** Whether the next line must be a head. */
  due = false;
  ended = false;

  /** @param id the chain's name */
  constructor(signer: Signer, format: (event: AuditEvent) => string, every: Every, id: string = kernelUuid()) {
    this.id = id;
    this.#signer = signer;
    this.#format = format;
    this.every = every;
  }

  /** Writes the event as the chain's next line. */
  add(event: AuditEvent): string {
    const at = Date.now();
    if (this.#unsigned++ === 0) this.#since = at;
    this.due = isDue(this.#unsigned, at - this.#since, this.every);
    return this.#next(this.#format({ ...event, chain: { id: this.id, seq: this.#seq, prev: this.#prev, at } }));
  }

  /** Writes a signed head as the chain's next line. */
  head(end = false): string {
    this.#unsigned = 0;
    this.due = false;
    this.ended = end;
    const { alg, key, by } = this.#signer;
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
      ...(by === undefined ? {} : { by }),
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
 * Whether the next line must be a head.
 * @param lines written since the last head
 * @param ms from the first of these lines to the last
 */
export function isDue(lines: number, ms: number, every: Every): boolean {
  return lines >= every.lines || ms >= every.seconds * 1000;
}

/** Every format writes the link as JSON. A head contains no text from outside, so this occurs once in it. */
const SIGNATURE = /"sig":"[\w-]*"/;

/** The text that a head's signature covers: the whole line without the signature. */
export function signedText(head: string): string {
  return `agentcore-mcp-proxy audit head\n${head.replace(SIGNATURE, '"sig":""')}`;
}

/** The text with which a key in KMS vouches for the key of one chain's process. */
export function vouchedText(chain: string, pub: string): string {
  return `agentcore-mcp-proxy audit key\n${chain}\n${pub}`;
}

/** @param line as written, without its line end */
export function hashOf(line: string | Buffer): string {
  return createHash('sha256').update(line).digest('base64url');
}
