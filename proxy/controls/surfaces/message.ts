/** Every string of a message on its way to the client. */
import type { Call } from '../../call.ts';
import type { Source } from '../../json/digits.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json/lossless.ts';
import type { SurfaceName, Visitor } from './place.ts';
import { errorShape, resultShape, upstreamShape } from './reply-shape.ts';
import { besides, DATA, type Shape } from './shape.ts';
import { subjectOf } from './subject.ts';
import { Walk } from './walk.ts';

/**
 * Maps one message of the reply to `call`. The same message where the visitor changed nothing.
 * `structuredContent` is visited before `content`: what was found there may be looked for in the text.
 * @param source as a transformation gets it
 */
export function mapMessage(message: JsonObject, call: Call, visitor: Visitor, source: Source | undefined): JsonObject {
  const { method, result, error, params } = message;
  const subject = subjectOf(call);
  const changed: Record<string, JsonValue> = {};
  const map = (key: string, value: JsonValue, shape: Shape, by: string, surface: SurfaceName): void => {
    if (shape.skip === true) return;
    const first = isObject(value) && 'structuredContent' in value ? 'structuredContent' : undefined;
    const next = new Walk(visitor, 'client', surface, by, subject, () => source).map(value, shape, first);
    if (next !== value) changed[key] = next;
  };
  if (result !== undefined) map('result', result, resultShape(call, result), call.method, 'result');
  if (error !== undefined) map('error', error, errorShape(call), call.method, 'error');
  if (params !== undefined && typeof method === 'string') map('params', params, upstreamShape(method, params), method, 'notification');
  const more = besides(message);
  if (more === undefined) return Object.keys(changed).length === 0 ? message : { ...message, ...changed };
  const walk = new Walk(visitor, 'client', 'envelope', call.method, subject, () => source);
  walk.permits = 'none';
  const next = walk.map(more, DATA);
  if (next === more && Object.keys(changed).length === 0) return message;
  const own = Object.entries(message).filter(([key]) => !(key in more));
  return { ...Object.fromEntries(own), ...changed, ...(next as JsonObject) };
}
