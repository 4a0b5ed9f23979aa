/** Every string of a call on its way to the upstream. */
import type { Call } from '../../call.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json/lossless.ts';
import { parseJson } from '../../json/parse.ts';
import type { Visitor } from './place.ts';
import { besides, callShape, FIXED } from './shape.ts';
import { toolOf } from './subject.ts';
import { Walk } from './walk.ts';

/** Maps a call. The same call where the visitor changed nothing; a bare GET or DELETE has nothing to visit. */
export function mapCall(call: Call, visitor: Visitor): Call {
  visitEnvelope(call, visitor);
  const params: JsonValue | undefined = call.params;
  if (params === undefined) return call;
  const response = call.kind === 'response';
  const shape = callShape(call.kind, call.method);
  const walk = new Walk(visitor, 'upstream', response ? 'answer' : 'params', call.method, toolOf(call));
  // A response may have any value as its result; what is no object can't be put in place of another.
  if (!isObject(params)) {
    walk.fixed = true;
    walk.map(params, FIXED);
    return call;
  }
  const next = walk.map(params, shape);
  return next === params ? call : call.with(next as JsonObject);
}

/** The lengths of envelopes that have nothing else, written without spaces. */
const BARE = '{"jsonrpc":"2.0","method":""}'.length;
const ID = ',"id":'.length;
const PARAMS = ',"params":'.length;

/** What a message's envelope has besides its own members goes on as it came, so it can only be refused. */
function visitEnvelope({ message, method }: Call, visitor: Visitor): void {
  if (message === undefined) return;
  const { text, kind, bodyStart, bodyEnd, id } = message;
  const length = bodyStart < 0 ? text.length : text.length - (bodyEnd - bodyStart);
  const bare = BARE + (id === undefined ? 0 : ID + id.length) + (bodyStart < 0 ? 0 : PARAMS) + message.method.length;
  if (kind !== 'response' && length <= bare) return;
  const envelope = parseJson(bodyStart < 0 ? text : `${text.slice(0, bodyStart)}null${text.slice(bodyEnd)}`) as JsonObject;
  const more = besides(envelope);
  if (more === undefined) return;
  const walk = new Walk(visitor, 'upstream', 'envelope', method, undefined);
  walk.fixed = true;
  walk.map(more, FIXED);
}
