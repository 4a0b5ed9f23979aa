/**
 * Applies the transformations that controls attached to a reply to one JSON-RPC message, given as text, and rewrites
 * only what changed.
 */
import { ControlFault, faultOf, ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { inTurns, isTurnOver, nextTurn, SHORT, type Work } from '../base/turns.ts';
import { idKey, tokenKey } from '../call/message.ts';
import { fold } from '../call/variants.ts';
import { type Refused, toWire } from '../call/wire.ts';
import type { Source } from '../json/digits.ts';
import { isObject, JsonText } from '../json/lossless.ts';
import { HIGHEST_DEPTH, itemsInTurns } from '../json/strict.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { mayContain, mayContainAny } from './contains.ts';
import { MARK } from './event-data.ts';
import { interests, inText } from './in-text.ts';
import type { Transform } from './reply.ts';
import { MessageScan, type Scanned } from './scan.ts';
import { isTaskNotification } from './task-notification.ts';

/** How the messages of a call are transformed, and how their refusal is written. */
export interface Treatment {
  readonly transforms: readonly Transform[];
  readonly refused: Refused;
  /** The call's progress token, in the form of `tokenKey`. */
  readonly progressToken: string | undefined;
  /**
   * Runs first on a message from the upstream about a task, which may have been created by another call. Undefined: the
   * message must not be sent. @default - nothing
   */
  readonly ofTask?: (message: JsonObject, source: Source | undefined) => Promise<JsonObject | undefined>;
}

/**
 * Finds the call of a message that may belong to another call than the one whose reply carries it: a response by id (in
 * the form of `idKey`), progress by token (in the form of `tokenKey`). Undefined: the call is unknown here, or several
 * have that id.
 */
export interface Elsewhere {
  byId(key: string): Treatment | undefined;
  byProgress(token: string): Treatment | 'unclear' | undefined;
  /** The stream belongs to no single call: every message must be parsed, with or without transformations. */
  readonly everything: boolean;
}

export interface Treatments {
  readonly own: Treatment;
  readonly elsewhere: Elsewhere | undefined;
  /**
   * It is the only JSON body in answer to a request: a response in it is the call's own, whatever its id.
   * @default false
   */
  readonly isAnswer?: boolean;
  /** Called when a message other than a response was dropped; `id` as JSON text if it was a request. */
  readonly onDropped?: ((id: string | undefined) => void) | undefined;
}

/** Scans a message without a step limit: its text is bounded and in memory already. */
export function scanWhole(text: string | Buffer): Scanned {
  const scan = new MessageScan(Number.POSITIVE_INFINITY);
  scan.push(Buffer.isBuffer(text) ? text : Buffer.from(text));
  return scan.scanned;
}

/** Length in characters above which an id is not parsed. */
const LONG_ID = 1_024;

/** Whether a response with that id may be the call's own. */
export function isOwnId({ refused }: Treatment, id: string): boolean {
  const own = refused.id;
  if (own === undefined || own === id) return own !== undefined;
  // An upstream may send many responses, so long ids are compared as text.
  return own.length <= LONG_ID && id.length <= LONG_ID && idKey(own) === idKey(id);
}

/** Whether a message is a response to another call than the one whose stream it is on, as far as the scan shows. */
function isForeign(scanned: Scanned, { own, elsewhere, isAnswer }: Treatments): boolean {
  if (elsewhere === undefined || isAnswer === true || scanned.method !== undefined || scanned.id === undefined)
    return false;
  return !isOwnId(own, scanned.id);
}

const PROGRESS = 'notifications/progress';
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

/** Whether a text, or a message in it, may concern any transformation of its own call. Doesn't parse. */
export function mayInterest(text: string | Buffer, { transforms }: Treatment): boolean {
  if (transforms.length < 2 || transforms.some(({ contains, when }) => contains === undefined || when !== undefined))
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
    const changed = await transformText(text.slice(MARK.length), treatments);
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
    const each = { ...treatments, isAnswer: false };
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
    const message = await apply(treatment.transforms, brought, source, brought === value);
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

/**
 * @param source the text that the message, or its original, was read from
 * @param isWhole the message is the whole content of that text
 */
async function apply(
  transforms: readonly Transform[],
  value: JsonObject,
  source: Source | undefined,
  isWhole: boolean,
): Promise<JsonObject | undefined> {
  let message = value;
  for (const transform of transforms) {
    // An earlier transformation may have added what the text did not contain.
    if (message === value && isWhole && source !== undefined && !interests(transform, source.json)) continue;
    try {
      const next = await transform.map(
        message,
        source && message !== value ? { ...source, changed: { from: value, to: message } } : source,
      );
      if (next === message) continue;
      if (next === undefined && message['method'] !== undefined) return undefined;
      if (!isObject(next)) throw new ControlFault('a transformation returned a value that is not a JSON object');
      const frozen = inTurns(freezeAll(next));
      if (frozen !== undefined) await frozen;
      message = next;
      if (isTurnOver()) await nextTurn();
    } catch (error) {
      throw faultOf(transform.control, error);
    }
  }
  return message;
}

/**
 * Transforms a message that has no separate text, with the treatment of its call; no transformation is skipped on
 * account of the text.
 */
export function applyTo(
  message: JsonObject,
  { transforms }: Treatment,
  source: Source | undefined,
): Promise<JsonObject | undefined> {
  return apply(transforms, message, source, false);
}

/**
 * Freezes every level, including below objects that are frozen already: a control's own `Object.freeze` is shallow, and
 * the next control must get nothing mutable.
 */
function* freezeAll(message: JsonObject): Work<void> {
  const waiting: object[] = [message];
  const depths: number[] = [0];
  for (let steps = 1; ; steps++) {
    const value = waiting.pop();
    const depth = depths.pop();
    if (value === undefined || depth === undefined) return;
    if ((steps & PART) === 0) yield;
    if (depth > HIGHEST_DEPTH)
      throw new ControlFault('a transformation returned a value nested too deeply, or a cycle');
    const values = Object.values(value) as readonly unknown[];
    if (values.length > MANY) yield;
    for (const inner of values) {
      if (typeof inner !== 'object' || inner === null) continue;
      waiting.push(inner);
      depths.push(depth + 1);
    }
    if (!Object.isFrozen(value)) Object.freeze(value);
  }
}

/** Objects and lists between two pauses. */
const PART = 0x1ff;
/** Members of one object, from which the engine takes milliseconds to list or freeze them. */
const MANY = 4_096;

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

/** Undefined for a response or progress whose call is unknown here. */
function treatmentOf(
  message: JsonObject,
  text: string,
  { own, elsewhere, isAnswer }: Treatments,
): Treatment | undefined {
  if (elsewhere === undefined) return own;
  if (message['method'] === undefined) {
    const id = idOf(message, text);
    return id === undefined || isAnswer === true || isOwnId(own, id) ? own : elsewhere.byId(idKey(id));
  }
  if (message['method'] !== PROGRESS) return own;
  const token = tokenOf(message);
  if (token !== undefined && token === own.progressToken) return own;
  const found = token === undefined ? undefined : elsewhere.byProgress(token);
  if (found !== undefined) return found === 'unclear' ? undefined : found;
  // No call asked for this progress. A request's stream only carries messages of that request, so it counts as its own.
  return own.refused.kind === 'request' && own.progressToken === undefined && !elsewhere.everything ? own : undefined;
}

/** The progress token, in the form of `tokenKey`. */
function tokenOf({ params }: JsonObject): string | undefined {
  const token = isObject(params) ? params['progressToken'] : undefined;
  return typeof token === 'string' || typeof token === 'number' ? tokenKey(JSON.stringify(token)) : undefined;
}

/** The id as JSON text. */
function idOf({ id }: JsonObject, text: string): string | undefined {
  if (typeof id === 'string' || Number.isSafeInteger(id)) return JSON.stringify(id);
  // A number that a double can't hold: take its digits from the text.
  return typeof id === 'number' ? (scanWhole(text).id ?? JSON.stringify(id)) : undefined;
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
