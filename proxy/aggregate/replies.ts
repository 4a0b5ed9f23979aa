/** Replies of upstreams as they go on to the controls and the client: translated, as JSON or event by event. */
import { Readable } from 'node:stream';
import { UpstreamFailure } from '../base/errors.ts';
import { withoutBody } from '../reply/delivery.ts';
import { bearsMessage } from '../reply/event-data.ts';
import { EventSplitter, readEvent, withData, withId, withoutData } from '../reply/events.ts';
import { type Attention, Reply } from '../reply/reply.ts';
import { scanWhole } from '../reply/treatment.ts';
import { readAll } from '../upstream/read.ts';
import { Awaited } from './awaited.ts';
import { failureOf, withoutResponse } from './failures.ts';
import { discard } from './heads.ts';
import type { Asked, Translator } from './translate.ts';
import { isPlain, needsNoTranslation } from './untranslated.ts';

export interface Translation {
  readonly translator: Translator;
  readonly asked: Asked;
  /** Bytes of a reply or an event that is held at once. */
  readonly limit: number;
  /** The call asks for something. @default false */
  readonly isRequest?: boolean;
  /** The session id that the client knows; undefined: it has none. */
  readonly sessionId: string | undefined;
  /** The form of an event's id in which its upstream is found again. */
  readonly eventId: (id: string) => string;
  /** Events of other upstreams stand between these. @default false */
  readonly isMerged?: boolean;
  /** The id, as JSON text, of the request that a stream answers. @default - it is a stream that no request began */
  readonly answers?: string | undefined;
}

/**
 * The reply to a request, if one search of its text shows that no translation changes or refuses it. Undefined: that is not
 * clear yet.
 * @param asked the request, by the upstream's own name
 * @param id of the request, as JSON text
 */
export function plainReply(
  reply: Reply,
  attention: Attention,
  asked: { readonly method: string; readonly name: string | undefined },
  id: string,
  sessionId: string | undefined,
): Reply | undefined {
  const { body, kind, openEnded } = reply;
  if (kind !== 'json' || !Buffer.isBuffer(body) || !isPlain(body, asked, id)) return undefined;
  const headers = withSession(reply.headers, sessionId);
  // Controls can only transform a reply that was made for that.
  const isMade = reply.attention === attention || attention !== 'transforms';
  return isMade && headers === reply.headers && !openEnded
    ? reply
    : madeLike(reply, headers, body, body.length, attention);
}

/** The same reply, translated. Throws `upstream-invalid` for one that a client might read and the proxy can't. */
export function translatedReply(reply: Reply, attention: Attention, translation: Translation): Promise<Reply> | Reply {
  const { body, kind } = reply;
  const { translator, isRequest = false } = translation;
  if (isRequest && reply.status >= 300 && (kind === 'empty' || kind === 'other')) {
    discard(reply);
    throw withoutResponse(translator.upstream, reply);
  }
  const headers = withSession(reply.headers, translation.sessionId);
  if (body === undefined || kind === 'empty') return madeLike(reply, headers, body, reply.length, attention);
  if (kind === 'other') {
    if (reply.status >= 300) return madeLike(reply, headers, body, reply.length, attention);
    discard(reply);
    // Some servers write `Accepted` where there is nothing to say.
    if (!isRequest) return emptyReply(reply.status, attention);
    throw new UpstreamFailure(
      'upstream-invalid',
      `the upstream ${translator.upstream} answered in another form: expected application/json or text/event-stream`,
    );
  }
  if (kind === 'events' && !isRequest) {
    // A stream that nobody asked for: in a batch, its events would stand among the replies to requests.
    discard(reply);
    return emptyReply(reply.status, attention);
  }
  if (kind === 'events') {
    const source = Buffer.isBuffer(body) ? Readable.from([body]) : body;
    const next = madeLike(reply, withoutBody(headers), streamOf(source, translation), -1, attention);
    next.openEnded = reply.openEnded;
    return next;
  }
  return Buffer.isBuffer(body)
    ? translatedBody(reply, headers, body, attention, translation)
    : readAll(body, translation.limit).then(
        (bytes) => translatedBody(reply, headers, bytes, attention, translation),
        (error: unknown) => {
          throw failureOf(translator.upstream, error);
        },
      );
}

function translatedBody(
  reply: Reply,
  headers: readonly string[],
  bytes: Buffer,
  attention: Attention,
  { translator, asked, answers, isRequest = false }: Translation,
): Promise<Reply> | Reply {
  if (needsNoTranslation(bytes, asked, answers)) return madeLike(reply, headers, bytes, bytes.length, attention);
  const text = bytes.toString('utf8');
  if (isRequest && !scanWhole(bytes).hasResult) translator.checkAnswers(text, reply, asked);
  return translator.text(text, asked).then((changed) => {
    if (changed === undefined)
      throw new UpstreamFailure(
        'upstream-invalid',
        `the upstream ${translator.upstream} answered another request than the one that it was sent`,
      );
    if (changed === text) return madeLike(reply, headers, bytes, bytes.length, attention);
    const buffer = Buffer.from(changed);
    const length = String(buffer.length);
    return madeLike(reply, [...withoutBody(headers), 'Content-Length', length], buffer, buffer.length, attention);
  });
}

function madeLike(
  reply: Reply,
  headers: readonly string[],
  body: Readable | Buffer | undefined,
  length: number,
  attention: Attention,
): Reply {
  return new Reply(reply.status, headers, body, reply.contentType, length, attention, reply.headAt);
}

function streamOf(source: Readable, translation: Translation): Readable {
  const stream = Readable.from(translatedEvents(source, translation), { objectMode: false });
  // Before its first chunk is asked for, the generator has not begun, and ends without its `finally`.
  stream.on('close', () => source.destroy());
  return stream;
}

/**
 * The events of a stream, each as soon as it is whole. Throws if the stream breaks off; one that answers a request ends with
 * an error for its client.
 */
export async function* translatedEvents(
  source: Readable,
  { translator, asked, limit, eventId, answers, isMerged = false }: Translation,
): AsyncGenerator<Buffer, void, undefined> {
  const splitter = new EventSplitter(limit);
  const awaited = answers === undefined ? undefined : new Awaited(answers, asked, translator.upstream);
  const translated = async (given: Buffer): Promise<Buffer> => {
    const raw = isMerged ? withoutRetry(given) : given;
    const event = readEvent(raw);
    const data = event.data;
    const isMessage = data !== undefined && bearsMessage(event);
    const text = isMessage ? await translator.text(data, asked) : data;
    awaited?.sent(isMessage ? text : undefined, event.id);
    const moved = text === data ? raw : text === undefined ? (withoutData(event) ?? NOTHING) : withData(event, text);
    return event.id === undefined || event.id === '' || asked.exchange.era === 'modern'
      ? moved
      : withId(moved, eventId(event.id));
  };
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      for (const raw of splitter.push(chunk)) yield await translated(raw);
    }
    const rest = splitter.rest();
    if (rest !== undefined) yield await translated(isMerged ? Buffer.concat([rest, BLANK_LINE]) : rest);
  } catch (error) {
    const last = awaited?.last(error);
    if (last === undefined) throw error;
    yield last;
    return;
  }
  const last = awaited?.last(undefined);
  if (last !== undefined) yield last;
}

/** When one upstream wants to be asked again is no word on a stream of all. Bytes are read as Latin-1, so that none changes. */
function withoutRetry(raw: Buffer): Buffer {
  if (!raw.includes('retry')) return raw;
  const text = raw.toString('latin1');
  const next = text.replace(/(^|[\r\n])retry(?::[^\r\n]*)?(?:\r\n|\n|\r)/g, '$1');
  return next === text ? raw : Buffer.from(next, 'latin1');
}

const SESSION = 'mcp-session-id';

/** Ends an event that its upstream left open, so that the next one is not taken for its rest. */
const BLANK_LINE = Buffer.from('\n\n');
/** A comment. */
const NOTHING = Buffer.from(':\n\n');

/** The client's own session id in place of an upstream's. */
function withSession(headers: readonly string[], sessionId: string | undefined): readonly string[] {
  if (!hasSession(headers)) return headers;
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] ?? '';
    if (!isSession(name)) kept.push(name, headers[i + 1] ?? '');
    else if (sessionId !== undefined) kept.push(name, sessionId);
  }
  return kept;
}

function hasSession(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2) if (isSession(headers[i] ?? '')) return true;
  return false;
}

function isSession(name: string): boolean {
  return name.length === SESSION.length && name.toLowerCase() === SESSION;
}

/** A reply that the proxy makes itself: JSON. */
export function ownReply(text: string, attention: Attention, headers: readonly string[] = [], status = 200): Reply {
  const body = Buffer.from(text);
  return new Reply(
    status,
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
