/** Replies of upstreams as they go on to the controls and the client: translated, as JSON or event by event. */
import { Readable } from 'node:stream';
import { withoutBody } from '../reply/delivery.ts';
import { bearsMessage } from '../reply/event-data.ts';
import { EventSplitter, readEvent, withData, withId } from '../reply/events.ts';
import { type Attention, Reply } from '../reply/reply.ts';
import { readAll } from '../upstream/read.ts';
import type { Asked, Translator } from './translate.ts';

export interface Translation {
  readonly translator: Translator;
  readonly asked: Asked;
  /** Bytes of a reply or an event that is held at once. */
  readonly limit: number;
  /** The session id that the client knows; undefined: it has none. */
  readonly sessionId: string | undefined;
  /** The form of an event's id in which its upstream is found again. */
  readonly eventId: (id: string) => string;
}

/** The same reply, translated. */
export async function translatedReply(reply: Reply, attention: Attention, translation: Translation): Promise<Reply> {
  const { body, kind } = reply;
  const headers = withSession(reply.headers, translation.sessionId);
  if (body === undefined || kind === 'empty' || kind === 'other' || reply.isCoded)
    return madeLike(reply, headers, body, reply.length, attention);
  if (kind === 'events') {
    const source = Buffer.isBuffer(body) ? Readable.from([body]) : body;
    const next = madeLike(reply, withoutBody(headers), streamOf(source, translation), -1, attention);
    next.openEnded = reply.openEnded;
    return next;
  }
  const bytes = Buffer.isBuffer(body) ? body : await readAll(body, translation.limit);
  if (!translation.translator.mayConcern(bytes.toString('latin1'), translation.asked))
    return madeLike(reply, headers, bytes, bytes.length, attention);
  const text = bytes.toString('utf8');
  const changed = await translation.translator.text(text, translation.asked);
  if (changed === text) return madeLike(reply, headers, bytes, bytes.length, attention);
  const buffer = Buffer.from(changed);
  return madeLike(
    reply,
    [...withoutBody(headers), 'Content-Length', String(buffer.length)],
    buffer,
    buffer.length,
    attention,
  );
}

function madeLike(
  reply: Reply,
  headers: readonly string[],
  body: Readable | Buffer | undefined,
  length: number,
  attention: Attention,
): Reply {
  return new Reply(reply.status, headers, body, reply.header('content-type'), length, attention, reply.headAt);
}

function streamOf(source: Readable, translation: Translation): Readable {
  const stream = Readable.from(translatedEvents(source, translation), { objectMode: false });
  // Before its first chunk is asked for, the generator has not begun, and ends without its `finally`.
  stream.on('close', () => source.destroy());
  return stream;
}

/** The events of a stream, each as soon as it is whole. Throws if the stream breaks off. */
export async function* translatedEvents(
  source: Readable,
  { translator, asked, limit, eventId }: Translation,
): AsyncGenerator<Buffer, void, undefined> {
  const splitter = new EventSplitter(limit);
  const translated = async (raw: Buffer): Promise<Buffer> => {
    const event = readEvent(raw);
    const data = event.data;
    const text = data !== undefined && bearsMessage(event) ? await translator.text(data, asked) : data;
    const moved = text === data || text === undefined ? raw : withData(event, text);
    return event.id === undefined || event.id === '' || asked.exchange.era === 'modern'
      ? moved
      : withId(moved, eventId(event.id));
  };
  for await (const chunk of source as AsyncIterable<Buffer>) {
    for (const raw of splitter.push(chunk)) yield await translated(raw);
  }
  const rest = splitter.rest();
  if (rest !== undefined) yield await translated(rest);
}

/** The client's own session id in place of an upstream's. */
function withSession(headers: readonly string[], sessionId: string | undefined): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? '';
    if (name.toLowerCase() !== 'mcp-session-id') kept.push(name, headers[i + 1] ?? '');
    else if (sessionId !== undefined) kept.push(name, sessionId);
  }
  return kept;
}

/** A reply that the proxy makes itself: JSON. */
export function ownReply(text: string, attention: Attention, headers: readonly string[] = []): Reply {
  const body = Buffer.from(text);
  return new Reply(
    200,
    ['Content-Type', 'application/json', ...headers, 'Content-Length', String(body.length)],
    body,
    'application/json',
    body.length,
    attention,
  );
}

/** A reply to what needs no answer. */
export function emptyReply(status: number, attention: Attention): Reply {
  return new Reply(status, ['Content-Length', '0'], undefined, undefined, 0, attention);
}
