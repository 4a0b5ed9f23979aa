/** Applies what controls attached to a reply to one JSON-RPC message, given as text, and writes back only what changed. */
import { ControlFault, faultOf, ProxyError } from '../errors.ts';
import type { Source } from '../json/digits.ts';
import { isObject, type JsonObject, JsonText, type JsonValue } from '../json/lossless.ts';
import { HIGHEST_DEPTH, itemsAt } from '../json/strict.ts';
import { idKey } from '../message.ts';
import type { Transform } from '../reply.ts';
import { fold } from '../variants.ts';
import { type Refused, toWire } from '../wire.ts';
import { mayContainAny } from './contains.ts';
import { interests, inText } from './in-text.ts';
import { isTaskNotification } from './task-notification.ts';
import { MessageScan, type Scanned } from './scan.ts';

/** What is to happen to the messages of a call, and how their refusal is written. */
export interface Treatment {
  readonly transforms: readonly Transform[];
  readonly refused: Refused;
  /** What is done first with a notification about a task, which may bring what another call began. @default - nothing */
  readonly notified?: (message: JsonObject, source: Source | undefined) => Promise<JsonObject>;
}

/**
 * Finds the call that a message belongs to when it may belong to another than the one whose reply carries it: a response
 * by its id (as by `idKey`), progress by its token (as JSON text). Undefined: not known here.
 */
export interface Elsewhere {
  byId(key: string): Treatment | undefined;
  byProgress(token: string): Treatment | undefined;
  /** Nothing on this stream is somebody's own: each message has to be looked at, attached transformations or not. */
  readonly everything: boolean;
}

export interface Treatments {
  readonly own: Treatment;
  readonly elsewhere: Elsewhere | undefined;
  /** A message that isn't a response was left out; `id` as JSON text where it was a request. */
  readonly onDropped?: ((id: string | undefined) => void) | undefined;
}

/** What a message is, exactly: its text is held and bounded already. */
export function scanWhole(text: string | Buffer): Scanned {
  const scan = new MessageScan(Number.POSITIVE_INFINITY);
  scan.push(Buffer.isBuffer(text) ? text : Buffer.from(text));
  return scan.scanned;
}

/** A response to another call than the one whose stream it stands in; as far as can be told without a parse. */
function isForeign(scanned: Scanned, { own, elsewhere }: Treatments): boolean {
  if (elsewhere === undefined || scanned.method !== undefined || scanned.id === undefined) return false;
  return own.refused.id === undefined || idKey(own.refused.id) !== idKey(scanned.id);
}

/** Whether a message must be parsed: otherwise its text may leave as it is. */
export function mustLook(scanned: Scanned, text: string, treatments: Treatments): boolean {
  if (mayInterest(text, treatments.own) || treatments.elsewhere?.everything === true) return true;
  if (treatments.own.notified !== undefined && isTaskNotification(scanned.method)) return true;
  // One that is a request and a response at once would be taken for either.
  return isForeign(scanned, treatments) || (treatments.elsewhere !== undefined && scanned.method !== undefined && (scanned.hasResult || scanned.hasError));
}

/** Without a parse: may a message of that text, or a part of it, interest any transformation of its own call? */
export function mayInterest(text: string | Buffer, { transforms }: Treatment): boolean {
  if (transforms.length < 2 || transforms.some(({ contains, when }) => contains === undefined || when !== undefined)) return transforms.some((transform) => interests(transform, text));
  return mayContainAny(typeof text === 'string' ? text : text.toString('latin1'), transforms);
}

/**
 * Whether a JSON body is the response to its own call, without a parse: by the id at its beginning, and the one at its end, where
 * many servers write it. What can't be told is not.
 */
export function isOwnResponse(chunks: readonly Buffer[], { refused }: Treatment): boolean {
  const [first] = chunks;
  const last = chunks.at(-1);
  if (refused.id === undefined || first === undefined || last === undefined) return false;
  const scan = MessageScan.of(chunks.reduce((sum, { length }) => sum + length, 0));
  scan.push(first);
  const { id, method, complete } = scan.scanned;
  const end = last.length < TAIL && chunks.length > 1 ? Buffer.concat(chunks.slice(-2)) : last;
  const ending = complete ? id : (LAST_ID.exec(end.toString('latin1', Math.max(0, end.length - TAIL)))?.[1] ?? id);
  const own = idKey(refused.id);
  return method === undefined && ending !== undefined && isKey(ending, own) && (id === undefined || isKey(id, own));
}

/** Bytes at the end of a message in which its id is looked for. */
const TAIL = 256;
/** `id` as the last member of the object that ends with the message. A quote right after `{` or `,` begins a key there. */
const LAST_ID = /[{,]\s*"id"\s*:\s*("[ !#-[\]-~]*"|-?\d[\d.eE+-]*)\s*\}\s*$/;

function isKey(id: string, key: string): boolean {
  try {
    return idKey(id) === key;
  } catch {
    return false;
  }
}

/** A transformation broke, or refused: and whose message that was. */
export class Refusal extends Error {
  readonly refused: Refused;
  constructor(refused: Refused, options: { cause: unknown }) {
    super('a message was refused', options);
    this.refused = refused;
  }
}

/** The text of the message (or batch) as it is to leave; the same text where nothing changed, undefined where it must not. Rejects with {@link Refusal}. */
export async function transformText(text: string, treatments: Treatments): Promise<string | undefined> {
  const changed = await withoutParse(text, treatments);
  if (changed !== undefined) return changed;
  const json = JsonText.parse(text);
  const { value } = json;
  if (Array.isArray(value)) {
    // A batch of replies (2025-03-26).
    const messages = value as readonly JsonValue[];
    const texts = textsOf(text);
    const items: unknown[] = [];
    for (const [i, item] of messages.entries()) items.push(await transformMessage(item, { json: texts[i] ?? '', value: item }, treatments));
    if (items.every((item, i) => item === value[i])) return text;
    const left = items.filter((item) => item !== undefined);
    return left.length === 0 ? undefined : written(json, left, treatments);
  }
  const message = await transformMessage(value, { json: text, value }, treatments);
  return message === undefined ? undefined : written(json, message, treatments);
}

/** The text of each message of a batch: what is looked for in one is looked for in no other, however many there are. */
function textsOf(batch: string): string[] {
  const texts: string[] = [];
  itemsAt(batch, batch.indexOf('['), (start, end) => texts.push(batch.slice(start, end)));
  return texts;
}

/** Which of several controls made what can't be written is not known here. */
function written(json: JsonText, next: unknown, { own: { transforms } }: Treatments): string {
  try {
    return json.edit(next);
  } catch (error) {
    throw faultOf([...new Set(transforms.flatMap(({ control = [] }) => control))].join(' or ') || undefined, error);
  }
}

/** Undefined: it has to be parsed. */
async function withoutParse(text: string, { own, elsewhere }: Treatments): Promise<string | undefined> {
  if (own.transforms.every((transform) => transform.text === undefined) || !beginsResult(text)) return undefined;
  if (elsewhere !== undefined && (elsewhere.everything || !isOwnResponse([Buffer.from(text)], own))) return undefined;
  try {
    return await inText(text, own.transforms);
  } catch (error) {
    throw new Refusal(own.refused, { cause: error });
  }
}

/** Whether it is a response with a result, as far as its beginning says. */
function beginsResult(text: string): boolean {
  const scan = new MessageScan();
  scan.push(Buffer.from(text.slice(0, BEGINNING)));
  return scan.scanned.hasResult;
}

/** Characters in which an envelope shows; one that doesn't is parsed. */
const BEGINNING = 512;

async function transformMessage(value: JsonValue, source: Source, treatments: Treatments): Promise<JsonObject | undefined> {
  if (!isObject(value)) throw new ProxyError('inspection-failed', 'the upstream sent something that is no JSON-RPC message');
  checkEnvelope(value);
  const { json } = source;
  const treatment = treatmentOf(value, json, treatments);
  if (treatment === undefined) return unmatched(value, json, treatments.own.refused);
  try {
    const brought = treatment.notified !== undefined && isTaskNotification(value['method']) ? await treatment.notified(value, source) : value;
    const message = await apply(treatment.transforms, brought, source, brought === value);
    if (message === undefined) treatments.onDropped?.(idOf(value, json));
    return message;
  } catch (error) {
    throw new Refusal(treatment.refused, { cause: error });
  }
}

/** @param source the text that the message, or what it was made of, was read from @param isWhole the message says what that text says */
async function apply(transforms: readonly Transform[], value: JsonObject, source: Source | undefined, isWhole: boolean): Promise<JsonObject | undefined> {
  let message = value;
  for (const transform of transforms) {
    // What another transformation made may contain what the text did not.
    if (message === value && isWhole && source !== undefined && !interests(transform, source.json)) continue;
    try {
      const next = await transform.map(message, source && message !== value ? { ...source, changed: { from: value, to: message } } : source);
      if (next === message) continue;
      if (next === undefined && message['method'] !== undefined) return undefined;
      if (!isObject(next)) throw new ControlFault('a transformation returned something that is no JSON object');
      freezeAll(next, 0);
      message = next;
    } catch (error) {
      throw faultOf(transform.control, error);
    }
  }
  return message;
}

/** A response that no text stands for, with what is to happen to another call's; no transformation is spared for its text. */
export async function applyTo(response: JsonObject, { transforms }: Treatment, source: Source | undefined): Promise<JsonObject> {
  return (await apply(transforms, response, source, false)) ?? response;
}

/**
 * Freezes every level, below what is frozen already as well: a control's own `Object.freeze` is shallow, and what the next
 * control gets must not be mutable anywhere.
 */
function freezeAll(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > HIGHEST_DEPTH) throw new ControlFault('a transformation returned a value nested too deeply, or a cycle');
  for (const inner of Object.values(value)) freezeAll(inner, depth + 1);
  if (!Object.isFrozen(value)) Object.freeze(value);
}

const ENVELOPE: readonly string[] = ['jsonrpc', 'id', 'method', 'params', 'result', 'error'];

/** One message has one meaning, whoever reads it. */
function checkEnvelope(message: JsonObject): void {
  const answers = message['result'] !== undefined || (message['error'] ?? null) !== null;
  if (message['method'] !== undefined && answers) {
    throw new ProxyError('inspection-failed', 'the upstream sent a message that is a request and a response at once');
  }
  for (const key of Object.keys(message)) {
    if (!ENVELOPE.includes(key) && ENVELOPE.includes(fold(key))) {
      throw new ProxyError('inspection-failed', 'the upstream sent a message with a key that differs from a known one only in case');
    }
  }
}

/** Undefined: a response whose call is not known here. */
function treatmentOf(message: JsonObject, text: string, { own, elsewhere }: Treatments): Treatment | undefined {
  if (elsewhere === undefined) return own;
  if (message['method'] === undefined) {
    const id = idOf(message, text);
    if (id === undefined || (own.refused.id !== undefined && idKey(own.refused.id) === idKey(id))) return own;
    return elsewhere.byId(idKey(id));
  }
  if (!elsewhere.everything || message['method'] !== 'notifications/progress') return own;
  const { params } = message;
  const token = isObject(params) ? params['progressToken'] : undefined;
  return (token === undefined ? undefined : elsewhere.byProgress(JSON.stringify(token))) ?? own;
}

/** As JSON text. */
function idOf({ id }: JsonObject, text: string): string | undefined {
  if (typeof id === 'string' || Number.isSafeInteger(id)) return JSON.stringify(id);
  // A number that a double can't hold: its digits are in the text.
  return typeof id === 'number' ? (scanWhole(text).id ?? JSON.stringify(id)) : undefined;
}

/** Whoever waits for that response is told why it doesn't come; the stream goes on. */
function unmatched(message: JsonObject, text: string, { era }: Refused): JsonObject {
  const error = new ProxyError('unmatched-stream', 'a response whose call is not known here, while a control transforms replies: call again');
  const wire = JSON.parse(toWire(error, { kind: 'request', method: undefined, id: idOf(message, text), era, dispatched: true }).body) as JsonObject;
  // The id stays as it came: the very value goes out with its own text.
  return { ...wire, id: message['id'] };
}
