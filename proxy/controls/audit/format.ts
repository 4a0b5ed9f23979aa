/** Writes an event as a line in the configured format. Other formats are not loaded. */
import { jsonLine } from '../../base/printable.ts';
import type { AuditEvent } from './event.ts';
import type { AuditFormat } from './options.ts';

export async function formatOf(format: AuditFormat): Promise<(event: AuditEvent) => string> {
  switch (format) {
    case 'json':
      return jsonLine;
    case 'ocsf':
      return (await import('./ocsf.ts')).ocsf;
    case 'cloudevents':
      return (await import('./cloudevents.ts')).cloudEvent;
    case 'cef':
      return (await import('./cef.ts')).cef;
  }
}
