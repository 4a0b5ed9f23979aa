/** Visits every string of a message on its way to the client. */
import { inTurns, SHORT, type Work } from '../../../base/turns.ts';
import type { Call } from '../../../call/call.ts';
import type { Source } from '../../../json/digits.ts';
import { isObject } from '../../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../../json/value.ts';
import type { SurfaceName, Visitor } from './place.ts';
import { errorShape, resultShape, upstreamShape } from './reply-shape.ts';
import { besides, DATA, type Shape } from './shape.ts';
import { type Subject, subjectOf } from './subject.ts';
import { Walk } from './walk.ts';

/** A member of a message that has strings to visit. */
interface Body {
  /** Undefined: the unknown members of the envelope. */
  readonly member: 'result' | 'error' | 'params' | undefined;
  readonly value: JsonValue;
  readonly shape: Shape;
  readonly surface: SurfaceName;
  /** The method of the call, or of the upstream's own message. */
  readonly method: string;
}

/**
 * Maps one message of the reply to `call`, synchronously if it is short. Returns the same message if the visitor
 * changed nothing. `structuredContent` is visited before `content`, so that values found in it can be searched for in
 * the text.
 * @param source as a transformation gets it
 */
export function mapMessage(
  message: JsonObject,
  call: Call,
  visitor: Visitor,
  source: Source | undefined,
): JsonObject | Promise<JsonObject> {
  const bodies = bodiesOf(message, call);
  const subject = subjectOf(call);
  const from = (): Source | undefined => source;
  if (source === undefined || source.json.length > SHORT)
    return inTurns(mapLong(message, bodies, visitor, subject, from));
  let made = message;
  for (const body of bodies) {
    const { value, shape, surface, method } = body;
    if (shape.skip === true) continue;
    const next = new Walk(visitor, 'client', surface, method, subject, from).map(value, shape, firstOf(value));
    if (next !== value) made = put(made, body, next);
  }
  return made;
}

function* mapLong(
  message: JsonObject,
  bodies: readonly Body[],
  visitor: Visitor,
  subject: Subject,
  from: () => Source | undefined,
): Work<JsonObject> {
  let made = message;
  for (const body of bodies) {
    const { value, shape, surface, method } = body;
    if (shape.skip === true) continue;
    const next = yield* new Walk(visitor, 'client', surface, method, subject, from).mapInTurns(
      value,
      shape,
      firstOf(value),
    );
    if (next !== value) made = put(made, body, next);
  }
  return made;
}

function bodiesOf(message: JsonObject, call: Call): readonly Body[] {
  const { method, result, error, params } = message;
  const bodies: Body[] = [];
  if (result !== undefined)
    bodies.push({
      member: 'result',
      value: result,
      shape: resultShape(call, result),
      surface: 'result',
      method: call.method,
    });
  if (error !== undefined)
    bodies.push({ member: 'error', value: error, shape: errorShape(call), surface: 'error', method: call.method });
  if (params !== undefined && typeof method === 'string')
    bodies.push({
      member: 'params',
      value: params,
      shape: upstreamShape(method, params),
      surface: 'notification',
      method,
    });
  const more = besides(message);
  if (more !== undefined)
    bodies.push({ member: undefined, value: more, shape: BESIDES, surface: 'envelope', method: call.method });
  return bodies;
}

const BESIDES: Shape = { ...DATA, permits: 'none' };

function firstOf(value: JsonValue): string | undefined {
  return isObject(value) && 'structuredContent' in value ? 'structuredContent' : undefined;
}

function put(made: JsonObject, { member, value }: Body, next: JsonValue): JsonObject {
  if (member !== undefined) return { ...made, [member]: next };
  const own = Object.entries(made).filter(([key]) => !isObject(value) || !(key in value));
  return isObject(next) ? { ...Object.fromEntries(own), ...next } : made;
}
