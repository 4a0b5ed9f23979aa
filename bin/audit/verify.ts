/** Verifies audit chains in a mixed log. */
import { hashOf } from '../../proxy/controls/audit/chain.ts';
import type { Link } from '../../proxy/controls/audit/event.ts';
import { ChainCheck, type ChainReport, type Seen } from './chain-check.ts';
import { readLine } from './links.ts';

/** Whether a head's signature is valid; undefined if its key isn't known. */
export type CheckHead = (line: string, link: Link) => boolean | undefined;

export interface Report {
  readonly chains: readonly ChainReport[];
  /** Audit lines outside of any chain: no signature covers them. */
  readonly stray: number;
  /** Lines too long to be read. */
  readonly unread: number;
  /** Other lines, which are ignored. */
  readonly others: number;
}

export class Verifier {
  readonly #check: CheckHead | undefined;
  readonly #anyOrder: boolean;
  readonly #chains = new Map<string, ChainCheck>();
  #stray = 0;
  #unread = 0;
  #others = 0;

  /** @param anyOrder lines may be out of order and repeated, as Firehose delivers them */
  constructor(check: CheckHead | undefined, anyOrder = false) {
    this.#check = check;
    this.#anyOrder = anyOrder;
  }

  /** @param bytes a line without its end; undefined if it was too long */
  take(bytes: Buffer | undefined): void {
    if (bytes === undefined) {
      this.#unread++;
      return;
    }
    const line = bytes.toString();
    if (line.trim() === '') return;
    const read = readLine(line);
    if (read === 'stray') this.#stray++;
    else if (read === 'other') this.#others++;
    else {
      const { id } = read.link;
      let chain = this.#chains.get(id);
      if (chain === undefined) this.#chains.set(id, (chain = new ChainCheck(id, this.#anyOrder)));
      chain.take({ link: read.link, hash: hashOf(bytes), signature: this.#signatureOf(line, read.link) });
    }
  }

  report(): Report {
    return {
      chains: [...this.#chains.values()].map((chain) => chain.report()),
      stray: this.#stray,
      unread: this.#unread,
      others: this.#others,
    };
  }

  #signatureOf(line: string, link: Link): Seen['signature'] {
    if (link.sig === undefined) return undefined;
    if (this.#check === undefined) return 'unchecked';
    const good = this.#check(line, link);
    return good === undefined ? 'unknown' : good ? 'good' : 'wrong';
  }
}
