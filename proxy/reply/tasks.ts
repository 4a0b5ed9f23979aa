/**
 * Tasks: a call that is answered by a promise, whose result the client fetches later by another method (`tasks/result`,
 * 2025-11-25; `tasks/get`, and `notifications/tasks` on a listening stream, SEP-2663). That result gets the treatment of the
 * call that began the task; one whose call is unknown here is refused. What a task says of its own state (`statusMessage`)
 * is not the call's result, and passes.
 */
import type { Call } from '../call.ts';
import { ProxyError } from '../errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../json/lossless.ts';
import type { Transform } from '../reply.ts';
import { applyTo, type Treatment } from './transform.ts';

/** What is remembered of tasks, for one client. */
export interface Tasks {
  begun(taskId: string, treatment: Treatment): void;
  treatment(taskId: string): Treatment | undefined;
}

/** Members of a task that are, or hold, what its call brings. */
const PAYLOADS = ['result', 'error', 'inputRequests'] as const;

/** The treatment of a reply, where it may begin a task or bring what one brought; else the very one given. */
export function withTasks(call: Call, own: Treatment, tasks: Tasks): Treatment {
  const { method, kind } = call;
  if (kind !== 'request') return own;
  if (method === 'tools/call') {
    // A task is begun only for a client that asks for one, or declares that it knows what one is.
    if (own.transforms.length === 0 && call.message?.text.includes('task') !== true) return own;
    return { ...own, transforms: [...own.transforms, { contains: 'taskId', verbatim: true, map: (message) => remember(message, own, tasks) }] };
  }
  const map = method === 'tasks/result' ? whole : method === 'tasks/get' || method === 'subscriptions/listen' ? inside : undefined;
  if (map === undefined) return own;
  const fetched: Transform = { contains: undefined, map: (message) => map(message, call, tasks) };
  return { ...own, transforms: [fetched, ...own.transforms] };
}

function remember(message: JsonObject, own: Treatment, tasks: Tasks): JsonObject {
  const { result } = message;
  if (!isObject(result)) return message;
  const { task } = result;
  const id = isObject(task) ? task['taskId'] : result['taskId'];
  if (typeof id === 'string') tasks.begun(id, own);
  return message;
}

/** The response to `tasks/result` is the response to the call, under another id. */
function whole(message: JsonObject, call: Call, tasks: Tasks): JsonObject | Promise<JsonObject> {
  return message['result'] === undefined ? message : applyTo(message, known(call.name, tasks));
}

/** A task with its outcome in it: the result of `tasks/get`, or the parameters of a notification. */
async function inside(message: JsonObject, call: Call, tasks: Tasks): Promise<JsonObject> {
  const { method } = message;
  const member = method === undefined ? 'result' : typeof method === 'string' && method.startsWith('notifications/tasks') ? 'params' : undefined;
  const task = member === undefined ? undefined : message[member];
  if (member === undefined || !isObject(task) || !PAYLOADS.some((name) => task[name] !== undefined)) return message;
  const id = task['taskId'] ?? (member === 'result' ? call.name : undefined);
  const treatment = known(typeof id === 'string' ? id : undefined, tasks);
  const changed: Record<string, JsonValue | undefined> = { ...task };
  const envelope = { jsonrpc: '2.0', id: treatment.refused.id ?? 0 };
  for (const name of ['result', 'error'] as const) {
    if (task[name] !== undefined) changed[name] = (await applyTo(Object.freeze({ ...envelope, [name]: task[name] }), treatment))[name];
  }
  if (task['inputRequests'] !== undefined) {
    // As the call itself would have asked for it.
    const asked = Object.freeze({ ...envelope, result: Object.freeze({ resultType: 'input_required', inputRequests: task['inputRequests'] }) });
    const { result } = await applyTo(asked, treatment);
    changed['inputRequests'] = isObject(result) ? result['inputRequests'] : undefined;
  }
  return PAYLOADS.every((name) => changed[name] === task[name]) ? message : { ...message, [member]: changed };
}

function known(id: string | undefined, tasks: Tasks): Treatment {
  const treatment = id === undefined ? undefined : tasks.treatment(id);
  if (treatment !== undefined) return treatment;
  throw new ProxyError('unmatched-stream', 'a task whose call is not known here, while a control transforms replies: call again');
}
