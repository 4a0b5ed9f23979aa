/** Applies transformations to one parsed message, and checks what each returns. */
import { ControlFault, faultOf } from '../base/errors.ts';
import { inTurns, isTurnOver, nextTurn, type Work } from '../base/turns.ts';
import type { Source } from '../json/digits.ts';
import { HIGHEST_DEPTH } from '../json/json-error.ts';
import { isObject } from '../json/lossless.ts';
import { noteMade } from '../json/made.ts';
import type { JsonObject } from '../json/value.ts';
import type { Applied } from './applied.ts';
import { interests } from './in-text.ts';
import type { MapMessage, Transform } from './mapping.ts';
import type { Treatment } from './treatment.ts';

/**
 * Synchronous as long as transformations return the message itself, and none is observed.
 * @param source the text that the message, or its original, was read from
 * @param isWhole the message is the whole content of that text
 * @param applied gets what the transformations do
 */
export function apply(
  transforms: readonly Transform[],
  value: JsonObject,
  source: Source | undefined,
  isWhole: boolean,
  applied?: Applied,
): JsonObject | undefined | Promise<JsonObject | undefined> {
  const given: Given = { transforms, value, source, isWhole, applied };
  if (applied !== undefined) return applyFrom(0, undefined, given);
  for (let i = 0; i < transforms.length; i++) {
    const transform = transforms[i];
    if (transform === undefined || (isWhole && source !== undefined && !interests(transform, source.json))) continue;
    let next: ReturnType<MapMessage>;
    try {
      next = transform.map(value, source, (fact) => transform.call?.note(fact));
    } catch (error) {
      throw faultOf(transform.control, error);
    }
    if (next !== value) return applyFrom(i, { next }, given);
  }
  return value;
}

interface Given {
  readonly transforms: readonly Transform[];
  readonly value: JsonObject;
  readonly source: Source | undefined;
  readonly isWhole: boolean;
  readonly applied: Applied | undefined;
}

/** @param first what the transformation at `from` returned, if it has run */
async function applyFrom(
  from: number,
  first: { readonly next: ReturnType<MapMessage> } | undefined,
  { transforms, value, source, isWhole, applied }: Given,
): Promise<JsonObject | undefined> {
  let message = value;
  // What was read from a text is frozen at every level, and so is what was frozen here.
  const isRead = isWhole && source?.value === value;
  for (let i = from; i < transforms.length; i++) {
    const transform = transforms[i];
    const ran = i === from ? first : undefined;
    if (transform === undefined) continue;
    // An earlier transformation may have added what the text did not contain.
    if (ran === undefined && message === value && isWhole && source !== undefined && !interests(transform, source.json))
      continue;
    try {
      const next = await (ran === undefined
        ? transform.map(
            message,
            source && message !== value ? { ...source, changed: { from: value, to: message } } : source,
            applied?.begin(transform, i) ?? ((fact) => transform.call?.note(fact)),
          )
        : ran.next);
      applied?.end(transform);
      if (next === message) continue;
      if (next === undefined && message['method'] !== undefined) return undefined;
      if (!isObject(next)) throw new ControlFault('a transformation returned a value that is not a JSON object');
      const frozen = inTurns(freezeAll(next, isRead || message !== value ? message : undefined));
      if (frozen !== undefined) await frozen;
      message = next;
      if (isTurnOver()) await nextTurn();
    } catch (error) {
      throw faultOf(transform.control, error);
    }
  }
  applied?.ended(value, message);
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
): JsonObject | undefined | Promise<JsonObject | undefined> {
  return apply(transforms, message, source, false);
}

/**
 * Freezes every level, including below objects that are frozen already: a control's own `Object.freeze` is shallow, and
 * the next control must get nothing mutable.
 * @param before frozen at every level: its parts are passed over where they still are, at any place of the same list
 */
function* freezeAll(message: JsonObject, before: JsonObject | undefined): Work<void> {
  const waiting: object[] = [message];
  const depths: number[] = [0];
  const places: (object | undefined)[] = [before];
  for (let steps = 1; ; steps++) {
    const value = waiting.pop();
    const depth = depths.pop();
    const was = places.pop();
    if (value === undefined || depth === undefined) return;
    if ((steps & PART) === 0) yield;
    if (depth > HIGHEST_DEPTH)
      throw new ControlFault('a transformation returned a value nested too deeply, or a cycle');
    if (value === was) continue;
    const inner = Object.values(value) as readonly unknown[];
    if (inner.length > MANY) yield;
    const isSameKind = was !== undefined && Array.isArray(value) === Array.isArray(was);
    const items = isSameKind && Array.isArray(was) ? new Set<unknown>(was) : undefined;
    const keys = isSameKind && items === undefined ? Object.keys(value) : undefined;
    for (let i = 0; i < inner.length; i++) {
      const one = inner[i];
      if (typeof one !== 'object' || one === null || items?.has(one) === true) continue;
      waiting.push(one);
      depths.push(depth + 1);
      places.push(isSameKind ? partOf(was, keys?.[i] ?? String(i)) : undefined);
    }
    if (Object.isFrozen(value)) continue;
    Object.freeze(value);
    noteMade(value);
  }
}

function partOf(was: object, key: string): object | undefined {
  if (!Object.hasOwn(was, key)) return undefined;
  const part = (was as Readonly<Record<string, unknown>>)[key];
  return typeof part === 'object' && part !== null ? part : undefined;
}

/** Objects and lists between two pauses. */
const PART = 0x1ff;
/** Members of one object, from which the engine takes milliseconds to list or freeze them. */
const MANY = 4_096;
