/** Every string of a call on its way to the upstream. */
import type { Call } from '../../call.ts';
import type { Source } from '../../json/digits.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json/lossless.ts';
import { parseJson } from '../../json/parse.ts';
import { isWork, type Work } from '../../turns.ts';
import { callShape } from './call-shape.ts';
import type { Visitor } from './place.ts';
import { besides, DATA } from './shape.ts';
import { type Subject, subjectOf } from './subject.ts';
import { Walk } from './walk.ts';

/** Maps a call. The same call where the visitor changed nothing; a bare GET or DELETE has nothing to visit. */
export function* mapCall(call: Call, visitor: Visitor): Work<Call> {
  const subject = subjectOf(call);
  const envelope = visitEnvelope(call, subject, visitor);
  if (envelope !== undefined) yield* envelope;
  const params: JsonValue | undefined = call.params;
  if (params === undefined) return call;
  const { message } = call;
  const source = (): Source | undefined => message && { json: message.text.slice(message.bodyStart, message.bodyEnd), value: params };
  const walk = new Walk(visitor, 'upstream', call.kind === 'response' ? 'answer' : 'params', call.method, subject, source);
  // A response may have any value as its result; what is no object can't be put in place of another.
  if (!isObject(params)) {
    walk.fixed = true;
    const looked = walk.map(params, DATA);
    if (isWork(looked)) yield* looked;
    return call;
  }
  const walked = walk.map(params, callShape(call));
  const next = isWork(walked) ? yield* walked : walked;
  if (next === params) return call;
  yield;
  return call.with(next as JsonObject);
}

/** The lengths of envelopes that have nothing else, written without spaces. */
const BARE = '{"jsonrpc":"2.0","method":""}'.length;
const ID = ',"id":'.length;
const PARAMS = ',"params":'.length;

/** What a message's envelope has besides its own members goes on as it came, so it can only be refused. */
function visitEnvelope({ message, method }: Call, subject: Subject, visitor: Visitor): Work<JsonValue> | undefined {
  if (message === undefined) return undefined;
  const { text, kind, bodyStart, bodyEnd, id } = message;
  const length = bodyStart < 0 ? text.length : text.length - (bodyEnd - bodyStart);
  const bare = BARE + (id === undefined ? 0 : ID + id.length) + (bodyStart < 0 ? 0 : PARAMS) + message.method.length;
  if (kind !== 'response' && length <= bare) return undefined;
  const json = bodyStart < 0 ? text : `${text.slice(0, bodyStart)}null${text.slice(bodyEnd)}`;
  const more = besides(parseJson(json) as JsonObject);
  if (more === undefined) return undefined;
  const walk = new Walk(visitor, 'upstream', 'envelope', method, subject, () => ({ json, value: more }));
  walk.fixed = true;
  walk.permits = 'none';
  const walked = walk.map(more, DATA);
  return isWork(walked) ? walked : undefined;
}
