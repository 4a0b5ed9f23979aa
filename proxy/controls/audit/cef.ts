/**
 * ArcSight Common Event Format (implementation standard, version 26): header fields separated by bars, then key=value
 * pairs with keys of the CEF dictionary. Other facts are in custom strings that have labels. CEF has no escapes for
 * unprintable characters except line ends, so they are written as the text `\\uXXXX`.
 */
import { jsonLine, printable } from '../../base/printable.ts';
import { VERSION } from '../../base/version.ts';
import type { AuditEvent } from './event.ts';

export function cef(event: AuditEvent): string {
  const {
    event: kind,
    time,
    id,
    caller,
    method,
    name,
    upstream,
    answeredBy,
    outcome,
    status,
    code,
    bytesIn,
    bytesOut,
    ms,
    why,
    decisions,
    trace,
    session,
    fingerprints,
    chain,
  } = event;
  const label =
    kind === 'call'
      ? `MCP ${method ?? 'call'}`
      : kind === 'decision'
        ? `MCP ${method ?? 'call'} ${answeredBy === undefined ? 'forwarded' : 'answered'}`
        : kind === 'refused'
          ? 'HTTP request refused'
          : 'audit chain head';
  const header = [
    'CEF:0',
    'agentcore-mcp-proxy',
    'agentcore-mcp-proxy',
    VERSION,
    kind,
    label,
    String(severityOf(event)),
  ].map((field, i) => (i === 0 ? field : inHeader(field)));
  const fields: readonly (readonly [string, string | number | undefined])[] = [
    ['rt', Date.parse(time)],
    ['externalId', id],
    ['suid', caller],
    ['act', method],
    ['outcome', outcome],
    ['reason', code],
    ['msg', why],
    ['dhost', upstream],
    ['in', bytesIn],
    ['out', bytesOut],
    ...numbered('cn1', 'durationMs', ms && Math.round(ms.total)),
    ...numbered('cn2', 'httpStatus', status),
    ...numbered('cs1', 'name', name),
    ...numbered('cs2', 'decisions', decisions && jsonLine(decisions)),
    ...numbered('cs3', 'trace', trace),
    ...numbered('cs4', 'session', session),
    ...numbered('cs5', 'fingerprints', fingerprints && jsonLine(fingerprints)),
    ...numbered('cs6', 'chain', chain && jsonLine(chain)),
  ];
  const extension = fields.flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${inExtension(String(value))}`],
  );
  return `${header.join('|')}|${extension.join(' ')}`;
}

function numbered(
  key: string,
  label: string,
  value: string | number | undefined,
): (readonly [string, string | number | undefined])[] {
  return value === undefined
    ? []
    : [
        [`${key}Label`, label],
        [key, value],
      ];
}

/** CEF severity, 0 to 10. */
function severityOf({ event, outcome, code }: AuditEvent): number {
  if (code === 'internal') return 8;
  if (event === 'refused' || outcome === 'refused') return 5;
  return outcome === undefined || outcome === 'ok' ? 1 : 3;
}

function inHeader(text: string): string {
  return printable(text.replace(/[\r\n]+/g, ' ')).replace(/[\\|]/g, '\\$&');
}

function inExtension(text: string): string {
  const lines = text.split(/(\r|\n)/);
  return lines
    .map((part) => (part === '\r' ? '\\r' : part === '\n' ? '\\n' : printable(part).replace(/[\\=]/g, '\\$&')))
    .join('');
}
