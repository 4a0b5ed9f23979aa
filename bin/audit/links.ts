/** Reads the link of the chain from an audit line, in any of the formats. */
import type { Every, Link, Voucher } from '../../proxy/controls/audit/event.ts';
import { SIGNING_ALGORITHMS } from '../../proxy/credentials/signing-algorithms.ts';

/** How a line relates to the audit: part of a chain; an audit line outside of any chain (`stray`); or another line. */
export type Line = { readonly link: Link } | 'stray' | 'other';

export function readLine(line: string): Line {
  if (line.startsWith('CEF:'))
    return judged(/^CEF:\d+\|agentcore-mcp-proxy\|/.test(line), linkFrom(tryJson(chainInCef(line))));
  const event = line.trimStart().startsWith('{') ? members(tryJson(line)) : undefined;
  if (event === undefined) return 'other';
  return judged(
    isOurs(event),
    linkFrom(event['chain'] ?? members(event['unmapped'])?.['chain'] ?? members(event['data'])?.['chain']),
  );
}

function judged(ours: boolean, link: Link | undefined): Line {
  return link === undefined ? (ours ? 'stray' : 'other') : { link };
}

function isOurs(event: Readonly<Record<string, unknown>>): boolean {
  if (typeof event['event'] === 'string' && ['call', 'decision', 'refused', 'head'].includes(event['event']))
    return true;
  if (typeof event['type'] === 'string' && event['type'].startsWith('agentcore-mcp-proxy.')) return true;
  return members(members(event['metadata'])?.['product'])?.['name'] === 'agentcore-mcp-proxy';
}

/** The last field; an equals sign in earlier fields is escaped. */
function chainInCef(line: string): string {
  const at = line.lastIndexOf(' cs6=');
  return at < 0 ? '' : line.slice(at + 5).replace(/\\(.)/g, '$1');
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function members(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HASH = /^[\w-]{43}$/;
const KEY = /^[A-Za-z0-9]{1,8}$/;
/** An RSA key of 8192 bits signs 1366 characters. */
const PROOF = /^[\w-]{1,1400}$/;
const SIGNATURE = /^[\w-]{1,100}$/;

/** Parsed strictly, since it is kept and shown to a person. */
function linkFrom(value: unknown): Link | undefined {
  const { id, seq, prev, at, every, alg, key, by, sig, end } = members(value) ?? {};
  const voucher = voucherFrom(by);
  if (!fits(id, UUID) || !isCount(seq) || !isCount(at) || !(prev === '' || fits(prev, HASH))) return undefined;
  const often = everyFrom(every);
  return {
    id,
    seq,
    prev,
    at,
    ...(often === undefined ? {} : { every: often }),
    ...(end === true ? { end } : {}),
    ...(alg === 'hmac-sha256' || alg === 'ed25519' ? { alg } : {}),
    ...(fits(key, KEY) ? { key } : {}),
    ...(voucher === undefined ? {} : { by: voucher }),
    ...(fits(sig, SIGNATURE) ? { sig } : {}),
  };
}

function voucherFrom(value: unknown): Voucher | undefined {
  const { alg: named, pub, proof } = members(value) ?? {};
  const alg = SIGNING_ALGORITHMS.find((known) => known === named);
  return alg !== undefined && fits(pub, HASH) && fits(proof, PROOF) ? { alg, pub, proof } : undefined;
}

function everyFrom(value: unknown): Every | undefined {
  const { lines, seconds } = members(value) ?? {};
  return isCount(lines) && isCount(seconds) ? { lines, seconds } : undefined;
}

function fits(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
