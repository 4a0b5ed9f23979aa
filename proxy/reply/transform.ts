/**
 * Applies the transformations that controls attached to a reply to one JSON-RPC message, given as text, and rewrites
 * only what changed.
 */
import { faultOf, ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { Seldom } from '../base/seldom.ts';
import { inTurns, SHORT, type Work } from '../base/turns.ts';
import { RELATED_TASK } from '../call/message.ts';
import { fold } from '../call/variants.ts';
import { type Refused, toWire } from '../call/wire.ts';
import type { Source } from '../json/digits.ts';
import { isObject, JsonText } from '../json/lossless.ts';
import { itemsInTurns } from '../json/strict-in-turns.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { apply } from './apply.ts';
import { mayContain, mayContainAny, mayContainAnyIn } from './contains.ts';
import { MARK } from './event-data.ts';
import { interests, inText } from './in-text.ts';
import { MessageScan } from './scan.ts';
import type { Scanned } from './scanned.ts';
import { isTaskNotification } from './task-notification.ts';
import { idOf, isForeign, PROGRESS, scanWhole, type Treatment, treatmentOf, type Treatments } from './treatment.ts';

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
    transforms.some(({ contains, when }) => contains === undefined && when === undefined) ||
    // The engine finds a few literal strings faster than a pattern for all of them.
    (transforms.length <= FEW && transforms.every(({ verbatim }) => verbatim === true))
  )
    return transforms.some((transform) => interests(transform, text));
  const asking = transforms.filter(({ when }) => when !== undefined);
  if (asking.some((transform) => interests(transform, text))) return true;
  if (asking.length === transforms.length) return false;
  const searching = asking.length === 0 ? transforms : transforms.filter(({ when }) => when === undefined);
  return typeof text === 'string' ? mayContainAny(text, searching) : mayContainAnyIn(text, searching);
}

/** Whether a JSON body is one response, judged by its beginning. False if that doesn't show it. */
export function isResponse(beginning: Buffer): boolean {
  const scan = new MessageScan();
  scan.push(beginning, 0, Math.min(beginning.length, BEGINNING));
  return answers(scan.scanned);
}

/** Whether a JSON body is a response, as far as it was scanned. */
export function answers({ method, hasResult, hasError }: Scanned): boolean {
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
export function transformText(
  text: string,
  treatments: Treatments,
  scanned?: Scanned,
): string | undefined | Promise<string | undefined> {
  if (text.length > SHORT || isList(text) || text.startsWith(MARK) || mayBeChangedInText(text, treatments, scanned))
    return transformLater(text, treatments, scanned);
  const json = JsonText.parse(text);
  const mapped = transformMessage(json.value, { json: text, value: json.value }, treatments);
  const write = (message: JsonObject | undefined): string | undefined | Promise<string> =>
    message === undefined ? undefined : message === json.value ? text : written(json, message, treatments);
  return mapped instanceof Promise ? mapped.then(write) : write(mapped);
}

/** The same for a long text, a batch, or a message that may be changed in its text. */
async function transformLater(
  text: string,
  treatments: Treatments,
  scanned: Scanned | undefined,
): Promise<string | undefined> {
  if (text.startsWith(MARK)) {
    // Some servers write a byte order mark; no client treats it as part of the message.
    const changed = await transformText(text.slice(MARK.length), { ...treatments, applied: undefined });
    return changed === undefined ? undefined : MARK + changed;
  }
  const changed = mayBeChangedInText(text, treatments, scanned) ? await withoutParse(text, treatments) : undefined;
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

/** Whether the call's own transformations may be made in the text, without a parse. */
function mayBeChangedInText(text: string, treatments: Treatments, scanned: Scanned | undefined): boolean {
  const { own, elsewhere, isAnswer } = treatments;
  if (own.transforms.every((transform) => transform.text === undefined) || !beginsResult(text)) return false;
  return (
    elsewhere === undefined ||
    isAnswer === true ||
    !(elsewhere.everything || isForeign(scanned ?? scanWhole(text), treatments))
  );
}

/** Undefined if it must be parsed. */
async function withoutParse(text: string, { own, applied }: Treatments): Promise<string | undefined> {
  try {
    return await inText(text, own.transforms, applied);
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

function transformMessage(
  value: JsonValue,
  source: Source,
  treatments: Treatments,
): JsonObject | undefined | Promise<JsonObject | undefined> {
  if (!isObject(value)) throw new ProxyError('inspection-failed', 'the upstream sent a message that is not JSON-RPC');
  checkEnvelope(value);
  const { json } = source;
  const treatment = treatmentOf(value, json, treatments);
  const isResponse = value['method'] === undefined;
  if (treatment === undefined)
    return isResponse ? unmatched(value, json, treatments.own.refused) : leftOut(value, json, treatments);
  try {
    const brought = treatment.ofTask === undefined || isResponse ? value : treatment.ofTask(value, source);
    if (brought instanceof Promise) return applyLater(brought, value, treatment, source, treatments);
    if (brought === undefined) return leftOut(value, json, treatments);
    const applied = isResponse && treatment === treatments.own ? treatments.applied : undefined;
    const message = apply(treatment.transforms, brought, source, brought === value, applied);
    if (message instanceof Promise) return settled(message, value, treatment, json, treatments);
    return message ?? leftOut(value, json, treatments, true);
  } catch (error) {
    return refusedBy(error, value, treatment, json, treatments);
  }
}

/** @param brought a message about a task, as its call's controls leave it */
async function applyLater(
  brought: Promise<JsonObject | undefined>,
  value: JsonObject,
  treatment: Treatment,
  source: Source,
  treatments: Treatments,
): Promise<JsonObject | undefined> {
  const { json } = source;
  let message: JsonObject | undefined;
  try {
    message = await brought;
  } catch (error) {
    return refusedBy(error, value, treatment, json, treatments);
  }
  if (message === undefined) return leftOut(value, json, treatments);
  const applying = (async () => apply(treatment.transforms, message, source, message === value))();
  return settled(applying, value, treatment, json, treatments);
}

async function settled(
  applying: Promise<JsonObject | undefined>,
  value: JsonObject,
  treatment: Treatment,
  json: string,
  treatments: Treatments,
): Promise<JsonObject | undefined> {
  try {
    return (await applying) ?? leftOut(value, json, treatments, true);
  } catch (error) {
    return refusedBy(error, value, treatment, json, treatments);
  }
}

function refusedBy(
  error: unknown,
  value: JsonObject,
  treatment: Treatment,
  json: string,
  treatments: Treatments,
): undefined {
  // A refusal for another call must not end this one.
  if (value['method'] !== undefined && treatment !== treatments.own) return leftOut(value, json, treatments);
  throw new Refusal(treatment.refused, { cause: error });
}

const withoutCall = new Seldom();

/** @param byControl a control dropped it */
function leftOut(message: JsonObject, text: string, { onDropped }: Treatments, byControl = false): undefined {
  const times = byControl ? undefined : withoutCall.due();
  if (times !== undefined)
    log.warn(
      'a message on a stream was not passed on: its call is not known here, or was refused, while a control transforms replies',
      { times },
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
function unmatched(message: JsonObject, text: string, { era, inLog }: Refused): JsonObject {
  const error = new ProxyError(
    'unmatched-stream',
    'a response whose call is not known here, while a control transforms replies: call again',
  );
  const wire = JSON.parse(
    toWire(error, { kind: 'request', method: undefined, id: idOf(message, text), era, dispatched: true, inLog }).body,
  ) as JsonObject;
  // Keep the id as the same value, so that its original text is written.
  return { ...wire, id: message['id'] };
}
