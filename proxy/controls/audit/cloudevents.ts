/** CloudEvents 1.0, JSON format, structured mode: the event as it is, in an envelope that buses route by. */
import { jsonLine } from '../../base/printable.ts';
import type { AuditEvent } from './event.ts';

export function cloudEvent(event: AuditEvent): string {
  const { event: kind, time, id, method, upstream, chain } = event;
  return jsonLine({
    specversion: '1.0',
    // `source` and `id` name an event once and for all; a call has one decision and one end.
    id: `${id ?? chain?.id ?? ''}.${kind === 'head' ? chain?.seq : kind}`,
    source: `urn:agentcore-mcp-proxy:${upstream ?? 'proxy'}`,
    type: `agentcore-mcp-proxy.${kind}`,
    subject: method,
    time,
    datacontenttype: 'application/json',
    data: event,
  });
}
