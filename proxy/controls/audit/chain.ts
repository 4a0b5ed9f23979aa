/**
 * The lines of one process, each with the hash of the one before. Heads are signed: who changes a line would have to forge the
 * signatures of all heads after it.
 */
import { createHash } from 'node:crypto';
import type { AuditEvent, Link } from './event.ts';
import type { Signer } from './keys.ts';

export class Chain {
  readonly id = crypto.randomUUID();
  readonly #signer: Signer;
  readonly #format: (event: AuditEvent) => string;
  #seq = 0;
  #prev = '';
  /** Lines since the last head. */
  unsigned = 0;
  ended = false;

  constructor(signer: Signer, format: (event: AuditEvent) => string) {
    this.#signer = signer;
    this.#format = format;
  }

  /** The event as the chain's next line. */
  add(event: AuditEvent): string {
    this.unsigned++;
    return this.#line(event, { id: this.id, seq: this.#seq, prev: this.#prev });
  }

  /** A signed head as the chain's next line. */
  head(end = false): string {
    this.unsigned = 0;
    this.ended = end;
    const { alg, key } = this.#signer;
    const at = new Date().toISOString();
    const link: Link = { id: this.id, seq: this.#seq, prev: this.#prev, at, alg, ...(key === undefined ? {} : { key }), ...(end ? { end: true } : {}) };
    return this.#line({ event: 'head', time: at }, { ...link, sig: this.#signer.sign(signedText(link)) });
  }

  #line(event: AuditEvent, link: Link): string {
    const line = this.#format({ ...event, chain: link });
    this.#seq++;
    this.#prev = hashOf(line);
    return line;
  }
}

/** What a head's signature is over: through `prev`, every line before it. */
export function signedText({ id, seq, prev, at = '', alg, key = '', end }: Link): string {
  return ['agentcore-mcp-proxy audit head', id, seq, prev, at, alg ?? '', key, end === true ? 'end' : ''].join('\n');
}

export function hashOf(line: string): string {
  return createHash('sha256').update(line).digest('base64url');
}
