/** Every string of a message on its way to the client. */
import type { Call } from '../../call.ts';
import type { Source } from '../../json/digits.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json/lossless.ts';
import { isWork, type Work } from '../../turns.ts';
import type { SurfaceName, Visitor } from './place.ts';
import { errorShape, resultShape, upstreamShape } from './reply-shape.ts';
import { besides, DATA, type Shape, SKIP } from './shape.ts';
import { subjectOf } from './subject.ts';
import { type Scalar, Walk } from './walk.ts';

/**
 * Maps one message of the reply to `call`. The same message where the visitor changed nothing.
 * `structuredContent` is visited before `content`: what was found there may be looked for in the text.
 * @param source as a transformation gets it
 */
export function* mapMessage(message: JsonObject, call: Call, visitor: Visitor, source: Source | undefined): Work<JsonObject> {
  const { method, result, error, params } = message;
  const subject = subjectOf(call);
  const walk = (surface: SurfaceName, by: string): Walk => new Walk(visitor, 'client', surface, by, subject, () => source);
  const changed: Record<string, JsonValue> = {};
  const ofResult = result === undefined ? SKIP : resultShape(call, result);
  if (result !== undefined && ofResult.skip !== true) {
    const walked = mapped(walk('result', call.method), result, ofResult);
    const next = isWork(walked) ? yield* walked : walked;
    if (next !== result) changed['result'] = next;
  }
  if (error !== undefined && errorShape(call).skip !== true) {
    const walked = mapped(walk('error', call.method), error, errorShape(call));
    const next = isWork(walked) ? yield* walked : walked;
    if (next !== error) changed['error'] = next;
  }
  if (params !== undefined && typeof method === 'string') {
    const walked = mapped(walk('notification', method), params, upstreamShape(method, params));
    const next = isWork(walked) ? yield* walked : walked;
    if (next !== params) changed['params'] = next;
  }
  const more = besides(message);
  if (more === undefined) return Object.keys(changed).length === 0 ? message : { ...message, ...changed };
  const around = walk('envelope', call.method);
  around.permits = 'none';
  const walked = around.map(more, DATA);
  const next = isWork(walked) ? yield* walked : walked;
  if (next === more && Object.keys(changed).length === 0) return message;
  const own = Object.entries(message).filter(([key]) => !(key in more));
  return { ...Object.fromEntries(own), ...changed, ...(next as JsonObject) };
}

function mapped(walk: Walk, value: JsonValue, shape: Shape): Scalar | Work<JsonValue> {
  return walk.map(value, shape, isObject(value) && 'structuredContent' in value ? 'structuredContent' : undefined);
}
