/** CloudEvents 1.0, JSON format, structured mode: the event unchanged, in an envelope that event buses route by. */
import { jsonLine } from '../../base/printable.ts';
import type { AuditEvent } from './event.ts';

export function cloudEvent(event: AuditEvent): string {
  const { event: kind, time, id, method, upstream, chain } = event;
  return jsonLine({
    specversion: '1.0',
    // `source` and `id` must identify an event uniquely; a call has one decision and one end.
    id: `${id ?? chain?.id ?? ''}.${kind === 'head' ? chain?.seq : kind}`,
    source: `urn:agentcore-mcp-proxy:${upstream ?? 'proxy'}`,
    type: `agentcore-mcp-proxy.${kind}`,
    subject: method,
    time,
    datacontenttype: 'application/json',
    data: event,
  });
}
