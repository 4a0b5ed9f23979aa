/**
 * Applies the transformations that controls attached to a reply to one JSON-RPC message, given as text, and rewrites
 * only what changed.
 */
import { faultOf, ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { inTurns, SHORT, type Work } from '../base/turns.ts';
import { fold } from '../call/variants.ts';
import { type Refused, toWire } from '../call/wire.ts';
import type { Source } from '../json/digits.ts';
import { isObject, JsonText } from '../json/lossless.ts';
import { itemsInTurns } from '../json/strict-in-turns.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { apply } from './apply.ts';
import { mayContain, mayContainAny } from './contains.ts';
import { MARK } from './event-data.ts';
import { interests, inText } from './in-text.ts';
import { MessageScan, type Scanned } from './scan.ts';
import { isTaskNotification } from './task-notification.ts';
import { idOf, isForeign, PROGRESS, scanWhole, type Treatment, treatmentOf, type Treatments } from './treatment.ts';

/** The member that names a message's task (MCP 2025-11-25, tasks, associating messages). */
export const RELATED_TASK = 'io.modelcontextprotocol/related-task';

/** Whether a message must be parsed; if not, its text may be sent unchanged. */
export function mustLook(scanned: Scanned, text: string, treatments: Treatments): boolean {
  const { own, elsewhere } = treatments;
  const { method } = scanned;
  if (mayInterest(text, own) || elsewhere?.everything === true) return true;
  if (
    own.ofTask !== undefined &&
    method !== undefined &&
    (isTaskNotification(method) || mayContain(text, RELATED_TASK))
  )
    return true;
  if (elsewhere === undefined) return false;
  if (isForeign(scanned, treatments) || method === PROGRESS || scanned.twice || isList(text)) return true;
  // A message that is both a request and a response may be read as either.
  return method !== undefined && (scanned.hasResult || scanned.hasError);
}

/** Whether a text can only be a batch. */
export function isList(text: string): boolean {
  return /^\ufeff?[ \t\r\n]*\[/.test(text);
}

const FEW = 3;

/** Whether a text, or a message in it, may concern any transformation of its own call. Doesn't parse. */
export function mayInterest(text: string | Buffer, { transforms }: Treatment): boolean {
  if (
    transforms.length < 2 ||
    transforms.some(({ contains, when }) => contains === undefined || when !== undefined) ||
    // The engine finds a few literal strings faster than a pattern for all of them.
    (transforms.length <= FEW && transforms.every(({ verbatim }) => verbatim === true))
  )
    return transforms.some((transform) => interests(transform, text));
  return mayContainAny(typeof text === 'string' ? text : text.toString('latin1'), transforms);
}

/** Whether a JSON body is one response, judged by its beginning. False if that doesn't show it. */
export function isResponse(beginning: Buffer): boolean {
  const scan = new MessageScan();
  scan.push(beginning, 0, Math.min(beginning.length, BEGINNING));
  const { method, hasResult, hasError } = scan.scanned;
  return method === undefined && (hasResult || hasError);
}

/** A transformation failed or refused, and the call whose message it was. */
export class Refusal extends Error {
  readonly refused: Refused;
  constructor(refused: Refused, options: { cause: unknown }) {
    super('a message was refused', options);
    this.refused = refused;
  }
}

/**
 * Returns the text of the message (or batch) to send: the same text if nothing changed, undefined if it must not be sent.
 * Rejects with {@link Refusal}.
 * @param scanned the result of a scan, if known
 */
export async function transformText(
  text: string,
  treatments: Treatments,
  scanned?: Scanned,
): Promise<string | undefined> {
  if (text.startsWith(MARK)) {
    // Some servers write a byte order mark; no client treats it as part of the message.
    const changed = await transformText(text.slice(MARK.length), { ...treatments, applied: undefined });
    return changed === undefined ? undefined : MARK + changed;
  }
  const changed = await withoutParse(text, treatments, scanned);
  if (changed !== undefined) return changed;
  const json = text.length > SHORT ? await inTurns(JsonText.parseInTurns(text)) : JsonText.parse(text);
  const { value } = json;
  if (Array.isArray(value)) {
    // A batch of replies (2025-03-26).
    const messages = value as readonly JsonValue[];
    const texts = await inTurns(textsOf(text));
    const each = { ...treatments, isAnswer: false, applied: undefined };
    const items: unknown[] = [];
    for (const [i, item] of messages.entries())
      items.push(await transformMessage(item, { json: texts[i] ?? '', value: item }, each));
    if (items.every((item, i) => item === value[i])) return text;
    const left = items.filter((item) => item !== undefined);
    return left.length === 0 ? undefined : written(json, left, treatments);
  }
  const message = await transformMessage(value, { json: text, value }, treatments);
  return message === undefined ? undefined : written(json, message, treatments);
}

/** The text of each message of a batch. A search in one message must not match in another. */
function* textsOf(batch: string): Work<string[]> {
  const texts: string[] = [];
  yield* itemsInTurns(batch, batch.indexOf('['), (start, end) => texts.push(batch.slice(start, end)));
  return texts;
}

/** If the result can't be written as JSON, which of several controls made it is not known here. */
async function written(json: JsonText, next: unknown, { own: { transforms } }: Treatments): Promise<string> {
  try {
    return json.text.length > SHORT ? await inTurns(json.editInTurns(next)) : json.edit(next);
  } catch (error) {
    throw faultOf([...new Set(transforms.flatMap(({ control = [] }) => control))].join(' or ') || undefined, error);
  }
}

/** Undefined if it must be parsed. */
async function withoutParse(
  text: string,
  treatments: Treatments,
  scanned: Scanned | undefined,
): Promise<string | undefined> {
  const { own, elsewhere, isAnswer } = treatments;
  if (own.transforms.every((transform) => transform.text === undefined) || !beginsResult(text)) return undefined;
  if (
    elsewhere !== undefined &&
    isAnswer !== true &&
    (elsewhere.everything || isForeign(scanned ?? scanWhole(text), treatments))
  )
    return undefined;
  try {
    return await inText(text, own.transforms);
  } catch (error) {
    throw new Refusal(own.refused, { cause: error });
  }
}

/** Whether it is a response with a result, judged by its beginning. */
function beginsResult(text: string): boolean {
  const scan = new MessageScan();
  scan.push(Buffer.from(text.slice(0, BEGINNING)));
  return scan.scanned.hasResult;
}

/** Characters in which the envelope must show; otherwise the message is parsed. */
const BEGINNING = 512;

async function transformMessage(
  value: JsonValue,
  source: Source,
  treatments: Treatments,
): Promise<JsonObject | undefined> {
  if (!isObject(value)) throw new ProxyError('inspection-failed', 'the upstream sent a message that is not JSON-RPC');
  checkEnvelope(value);
  const { json } = source;
  const { own } = treatments;
  const treatment = treatmentOf(value, json, treatments);
  const isResponse = value['method'] === undefined;
  if (treatment === undefined)
    return isResponse ? unmatched(value, json, own.refused) : leftOut(value, json, treatments);
  try {
    const brought = treatment.ofTask === undefined || isResponse ? value : await treatment.ofTask(value, source);
    if (brought === undefined) return leftOut(value, json, treatments);
    const applied = isResponse && treatment === own ? treatments.applied : undefined;
    const message = await apply(treatment.transforms, brought, source, brought === value, applied);
    return message ?? leftOut(value, json, treatments, true);
  } catch (error) {
    // A refusal for another call must not end this one.
    if (!isResponse && treatment !== own) return leftOut(value, json, treatments);
    throw new Refusal(treatment.refused, { cause: error });
  }
}

/** @param byControl a control dropped it */
function leftOut(message: JsonObject, text: string, { onDropped }: Treatments, byControl = false): undefined {
  if (!byControl)
    log.warn(
      'a message on a stream was not passed on: its call is not known here, or was refused, while a control transforms replies',
    );
  onDropped?.(idOf(message, text));
}

const ENVELOPE: readonly string[] = ['jsonrpc', 'id', 'method', 'params', 'result', 'error'];

/** A message must have one meaning for all readers. */
function checkEnvelope(message: JsonObject): void {
  const answers = message['result'] !== undefined || (message['error'] ?? null) !== null;
  if (message['method'] !== undefined && answers) {
    throw new ProxyError('inspection-failed', 'the upstream sent a message that is a request and a response at once');
  }
  for (const key of Object.keys(message)) {
    if (!ENVELOPE.includes(key) && ENVELOPE.includes(fold(key))) {
      throw new ProxyError(
        'inspection-failed',
        'the upstream sent a message with a key that differs from a known one only in case',
      );
    }
  }
}

/** Replaces an unmatched response by an error, so that a client waiting for it learns why; the stream goes on. */
function unmatched(message: JsonObject, text: string, { era }: Refused): JsonObject {
  const error = new ProxyError(
    'unmatched-stream',
    'a response whose call is not known here, while a control transforms replies: call again',
  );
  const wire = JSON.parse(
    toWire(error, { kind: 'request', method: undefined, id: idOf(message, text), era, dispatched: true }).body,
  ) as JsonObject;
  // Keep the id as the same value, so that its original text is written.
  return { ...wire, id: message['id'] };
}
