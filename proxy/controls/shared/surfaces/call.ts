/** Visits every string of a call on its way to the upstream. */
import { inTurns, SHORT, type Work } from '../../../base/turns.ts';
import type { Call } from '../../../call/call.ts';
import type { Source } from '../../../json/digits.ts';
import { isObject } from '../../../json/lossless.ts';
import { parseJson } from '../../../json/parse.ts';
import type { JsonObject, JsonValue } from '../../../json/value.ts';
import { callShape } from './call-shape.ts';
import type { Visitor } from './place.ts';
import { besides, DATA, type Shape } from './shape.ts';
import { type Subject, subjectOf } from './subject.ts';
import { Walk } from './walk.ts';

/**
 * Maps a call, synchronously if it is short. Returns the same call if the visitor changed nothing; a bare GET or DELETE
 * has nothing to visit.
 */
export function mapCall(call: Call, visitor: Visitor): Call | Promise<Call> {
  const subject = subjectOf(call);
  const more = besidesOf(call);
  const around = more && aroundOf(more, call, subject, visitor);
  const { message } = call;
  if (message !== undefined && message.text.length > SHORT)
    return inTurns(mapLong(call, subject, visitor, more, around));
  if (more !== undefined) around?.map(more.value, DATA);
  const params: JsonValue | undefined = call.params;
  if (params === undefined) return call;
  const next = walkOf(call, params, subject, visitor).map(params, shapeOf(call, params));
  // The params of a call must be an object; a value of another type is fixed.
  return next === params || !isObject(next) ? call : call.with(next);
}

function* mapLong(
  call: Call,
  subject: Subject,
  visitor: Visitor,
  more: Besides | undefined,
  around: Walk | undefined,
): Work<Call> {
  if (more !== undefined && around !== undefined) yield* around.mapInTurns(more.value, DATA);
  const params: JsonValue | undefined = call.params;
  if (params === undefined) return call;
  yield;
  const next = yield* walkOf(call, params, subject, visitor).mapInTurns(params, shapeOf(call, params));
  if (next === params || !isObject(next)) return call;
  yield;
  return yield* call.withInTurns(next);
}

function walkOf(call: Call, params: JsonValue, subject: Subject, visitor: Visitor): Walk {
  const { message } = call;
  const source = (): Source | undefined =>
    message && { json: message.text.slice(message.bodyStart, message.bodyEnd), value: params };
  const walk = new Walk(
    visitor,
    'upstream',
    call.kind === 'response' ? 'answer' : 'params',
    call.method,
    subject,
    source,
  );
  // The result of a response may be any value.
  if (!isObject(params)) walk.fixed = true;
  return walk;
}

function shapeOf(call: Call, params: JsonValue): Shape {
  return isObject(params) ? callShape(call) : DATA;
}

/** The lengths of an envelope without extra members, written without spaces. */
const BARE = '{"jsonrpc":"2.0","method":""}'.length;
const ID = ',"id":'.length;
const PARAMS = ',"params":'.length;

interface Besides {
  readonly json: string;
  readonly value: JsonObject;
}

/** Unknown members of a message's envelope; undefined if there are none. */
function besidesOf({ message }: Call): Besides | undefined {
  if (message === undefined) return undefined;
  const { text, kind, bodyStart, bodyEnd, id } = message;
  const length = bodyStart < 0 ? text.length : text.length - (bodyEnd - bodyStart);
  const bare = BARE + (id === undefined ? 0 : ID + id.length) + (bodyStart < 0 ? 0 : PARAMS) + message.method.length;
  if (kind !== 'response' && length <= bare) return undefined;
  const json = bodyStart < 0 ? text : `${text.slice(0, bodyStart)}null${text.slice(bodyEnd)}`;
  const value = besides(parseJson(json) as JsonObject);
  return value && { json, value };
}

/** The extra members are forwarded unchanged, so they can only be refused. */
function aroundOf(more: Besides, { method }: Call, subject: Subject, visitor: Visitor): Walk {
  const walk = new Walk(visitor, 'upstream', 'envelope', method, subject, () => more);
  walk.fixed = true;
  walk.permits = 'none';
  return walk;
}
