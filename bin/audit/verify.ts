/** What became of the lines of audit chains: each must be there, as it was written, in its order, to the last. */
import { hashOf } from '../../proxy/controls/audit/chain.ts';
import type { Link } from '../../proxy/controls/audit/event.ts';
import { isAuditLine, linkOf } from './links.ts';

/** Whether a head's signature is right; undefined: it can't be told, since its key isn't known. */
export type CheckHead = (link: Link) => boolean | undefined;

export interface ChainReport {
  readonly id: string;
  readonly lines: number;
  readonly heads: number;
  /** The number of the last line that a signature vouches for; -1 where none does. */
  readonly signedTo: number;
  /** Its last head was found: nothing is missing at its end. */
  readonly ended: boolean;
  readonly faults: readonly string[];
}

export interface Report {
  readonly chains: readonly ChainReport[];
  /** Lines that say they are the audit control's, and are in no chain: nothing vouches for them. */
  readonly stray: number;
  /** Other lines: not of interest here. */
  readonly others: number;
}

interface State {
  readonly id: string;
  lines: number;
  heads: number;
  signedTo: number;
  ended: boolean;
  next: number;
  hash: string;
  readonly faults: string[];
}

/** @param anyOrder lines may have been delivered in another order than they were written in, as Firehose may */
export function verifyLines(lines: Iterable<string>, check: CheckHead | undefined, anyOrder = false): Report {
  const found: { readonly line: string; readonly link: Link }[] = [];
  let stray = 0;
  let others = 0;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const link = linkOf(line);
    if (link === undefined && isAuditLine(line)) stray++;
    else if (link === undefined) others++;
    else found.push({ line, link });
  }
  if (anyOrder) found.sort((a, b) => a.link.seq - b.link.seq);
  const states = new Map<string, State>();
  for (const { line, link } of found) {
    let state = states.get(link.id);
    if (state === undefined) states.set(link.id, (state = { id: link.id, lines: 0, heads: 0, signedTo: -1, ended: false, next: 0, hash: '', faults: [] }));
    step(state, line, link, check);
  }
  return { stray, others, chains: [...states.values()].map(({ id, lines: count, heads, signedTo, ended, faults }) => ({ id, lines: count, heads, signedTo, ended, faults })) };
}

function step(state: State, line: string, link: Link, check: CheckHead | undefined): void {
  const { seq, prev, sig, end } = link;
  const { faults, next } = state;
  state.lines++;
  if (state.ended) faults.push(`line ${seq} comes after the end of the chain`);
  if (seq > next) faults.push(seq === next + 1 ? `line ${next} is missing` : `lines ${next} to ${seq - 1} are missing`);
  else if (seq < next) faults.push(`line ${seq} stands where line ${next} was expected: moved, or there twice`);
  else if (prev !== state.hash) faults.push(seq === 0 ? 'line 0 says that something came before it' : `line ${seq - 1} is not as it was written`);
  if (seq === 0 && sig === undefined) faults.push('line 0 is no signed head');
  if (sig !== undefined) {
    state.heads++;
    const good = check?.(link);
    if (check !== undefined && good === undefined) faults.push(`the head at line ${seq} is signed with a key that isn't known here (${link.alg ?? 'no algorithm'}, ${link.key ?? 'no id'})`);
    if (good === false) faults.push(`the signature of the head at line ${seq} is wrong`);
    if (good === true) state.signedTo = seq;
    if (end === true) state.ended = true;
  }
  state.next = seq + 1;
  state.hash = hashOf(line);
}
