/** Which call a message belongs to, and how the messages of a call are transformed. */
import type { CallerTokens } from '../call/caller-tokens.ts';
import { idKey, tokenKey } from '../call/message.ts';
import type { Refused } from '../call/wire.ts';
import type { Source } from '../json/digits.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject } from '../json/value.ts';
import type { Applied } from './applied.ts';
import type { Transform } from './mapping.ts';
import { MessageScan } from './scan.ts';
import type { Scanned } from './scanned.ts';

/** How the messages of a call are transformed, and how their refusal is written. */
export interface Treatment {
  readonly transforms: readonly Transform[];
  readonly refused: Refused;
  /** The call's progress token, in the form of `tokenKey`. */
  readonly progressToken: string | undefined;
  /** The tokens of the call's request, if an upstream needs them: transformations may ask it. */
  readonly tokens?: CallerTokens | undefined;
  /**
   * Runs first on a message from the upstream about a task, which may have been created by another call. Undefined: the
   * message must not be sent. @default - nothing
   */
  readonly ofTask?: (
    message: JsonObject,
    source: Source | undefined,
  ) => JsonObject | undefined | Promise<JsonObject | undefined>;
}

/**
 * Finds the call of a message, which may be another than the one whose reply carries it: a response by id (in
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
  /** Gets what the transformations do with the call's own response. @default - nothing does */
  readonly applied?: Applied | undefined;
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
export function isForeign(scanned: Scanned, { own, elsewhere, isAnswer }: Treatments): boolean {
  if (elsewhere === undefined || isAnswer === true || scanned.method !== undefined || scanned.id === undefined)
    return false;
  return !isOwnId(own, scanned.id);
}

export const PROGRESS = 'notifications/progress';

/** Undefined for a response or progress whose call is unknown here. */
export function treatmentOf(
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
export function idOf({ id }: JsonObject, text: string): string | undefined {
  if (typeof id === 'string' || Number.isSafeInteger(id)) return JSON.stringify(id);
  // A number that a double can't hold: take its digits from the text.
  return typeof id === 'number' ? (scanWhole(text).id ?? JSON.stringify(id)) : undefined;
}
