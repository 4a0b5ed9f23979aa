/** What a client returns of an upstream's ids, as that upstream gave them. */
import type { Call } from '../call/call.ts';
import { RELATED_TASK } from '../call/message.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject } from '../json/value.ts';
import type { Member } from './member.ts';
import { notOurs, type Wrapper } from './wrapped.ts';

/**
 * The call with this upstream's own request state and task id in place of the sealed ones. Throws `invalid-params` for those
 * of another upstream or caller.
 */
export function returned(call: Call, member: Member, wrapper: Wrapper): Call {
  if (call.message?.mayReturn !== true) return call;
  const { params } = call;
  if (!isObject(params)) return call;
  const opened = (kind: 'state' | 'task', what: string, sealed: string): string => {
    const found = wrapper.open(kind, call.caller.key, sealed);
    if (found?.upstream !== member.name) throw notOurs(what);
    return found.id;
  };
  let next: JsonObject = params;
  if (typeof params['requestState'] === 'string')
    next = { ...next, requestState: opened('state', 'a request state', params['requestState']) };
  const meta = params['_meta'];
  const related = isObject(meta) ? meta[RELATED_TASK] : undefined;
  if (isObject(meta) && isObject(related) && typeof related['taskId'] === 'string') {
    const task = { ...related, taskId: opened('task', 'a task id', related['taskId']) };
    next = { ...next, _meta: { ...meta, [RELATED_TASK]: task } };
  }
  return next === params ? call : call.with(next);
}
