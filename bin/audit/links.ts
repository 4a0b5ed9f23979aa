/** The link of the chain in an audit line, whatever its format. */
import type { Link } from '../../proxy/controls/audit/event.ts';

/** Undefined: the line is in no chain. */
export function linkOf(line: string): Link | undefined {
  if (line.startsWith('CEF:')) return parse(/ cs6=((?:[^\\]|\\.)*?)(?= \w+=|$)/.exec(line)?.[1]?.replace(/\\(.)/g, '$1'));
  const event = members(tryJson(line));
  return linkFrom(event?.['chain'] ?? members(event?.['unmapped'])?.['chain'] ?? members(event?.['data'])?.['chain']);
}

/** Whether a line says that it is one of the audit control's. */
export function isAuditLine(line: string): boolean {
  if (line.startsWith('CEF:')) return /^CEF:\d+\|agentcore-mcp-proxy\|/.test(line);
  const event = members(tryJson(line));
  if (event === undefined) return false;
  if (typeof event['event'] === 'string' && ['call', 'decision', 'refused', 'head'].includes(event['event'])) return true;
  if (typeof event['type'] === 'string' && event['type'].startsWith('agentcore-mcp-proxy.')) return true;
  return members(members(event['metadata'])?.['product'])?.['name'] === 'agentcore-mcp-proxy';
}

function parse(text: string | undefined): Link | undefined {
  return text === undefined ? undefined : linkFrom(tryJson(text));
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

function linkFrom(value: unknown): Link | undefined {
  const { id, seq, prev, at, alg, key, sig, end } = members(value) ?? {};
  if (typeof id !== 'string' || typeof seq !== 'number' || !Number.isSafeInteger(seq) || typeof prev !== 'string') return undefined;
  return {
    id,
    seq,
    prev,
    ...(typeof at === 'string' ? { at } : {}),
    ...(alg === 'hmac-sha256' || alg === 'ed25519' ? { alg } : {}),
    ...(typeof key === 'string' ? { key } : {}),
    ...(typeof sig === 'string' ? { sig } : {}),
    ...(end === true ? { end } : {}),
  };
}
