/** The delivery of an inspected stream in its simplest form: each event is read, treated and sent before the next one. */
import { isUtf8 } from 'node:buffer';
import { bearsMessage } from '../../proxy/reply/event-data.ts';
import { EventSplitter, readEvent, withData, withoutData } from '../../proxy/reply/events.ts';
import { mustLook, transformText } from '../../proxy/reply/transform.ts';
import { scanWhole, type Treatments } from '../../proxy/reply/treatment.ts';

export interface Sent {
  readonly bytes: Buffer;
  /** The events that were sent before one was refused, if one was. */
  readonly isRefused: boolean;
  readonly ids: readonly string[];
}

export async function oneAtATime(chunks: readonly Buffer[], treatments: Treatments, limit: number): Promise<Sent> {
  const splitter = new EventSplitter(limit);
  const events = chunks.flatMap((chunk) => splitter.push(chunk));
  const rest = splitter.rest();
  const sent: Buffer[] = [];
  const ids: string[] = [];
  try {
    for (const raw of rest === undefined ? events : [...events, rest]) {
      const out = await treated(raw, treatments);
      const { id } = readEvent(raw);
      if (id !== undefined && id !== '') ids.push(id);
      if (out !== undefined) sent.push(out);
    }
  } catch {
    return { bytes: Buffer.concat(sent), isRefused: true, ids };
  }
  return { bytes: Buffer.concat(sent), isRefused: false, ids };
}

async function treated(raw: Buffer, treatments: Treatments): Promise<Buffer | undefined> {
  const event = readEvent(raw);
  const { data, id } = event;
  if (data === undefined || data === '') return raw;
  const scanned = scanWhole(data);
  if (!mustLook(scanned, data, treatments)) return raw;
  if (!bearsMessage(event)) {
    const line = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'debug', data } });
    const isLeft = isUtf8(raw) && (await leaves(line, treatments));
    return isLeft ? raw : withoutData(event);
  }
  if (!isUtf8(raw)) throw new TypeError('expected UTF-8');
  const text = await transformText(data, treatments, scanned);
  if (text === undefined) return id === undefined || id === '' ? undefined : withoutData(event);
  return text === data ? raw : withData(event, text);
}

async function leaves(line: string, treatments: Treatments): Promise<boolean> {
  try {
    return (await transformText(line, treatments)) === line;
  } catch {
    return false;
  }
}
