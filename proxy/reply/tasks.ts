/**
 * Tasks: a call that is answered by a promise, whose result the client fetches later by another method (`tasks/result`,
 * 2025-11-25; `tasks/get`, and `notifications/tasks` on a stream, SEP-2663). That result, or error, gets the treatment of the
 * call that began the task; one whose call is unknown here is refused. What a task says of its own state (`statusMessage`)
 * is not the call's result: it belongs to the call that asked.
 */
import type { Call } from '../call.ts';
import { ProxyError } from '../errors.ts';
import type { Source } from '../json/digits.ts';
import { isObject, type JsonObject, type JsonValue } from '../json/lossless.ts';
import { isTaskNotification } from './task-notification.ts';
import { applyTo, type Treatment } from './transform.ts';

/** What is remembered of tasks, for one client. */
export interface Tasks {
  begun(taskId: string, treatment: Treatment): void;
  treatment(taskId: string): Treatment | undefined;
}

/** Members of a task that are, or hold, what its call brings. */
const PAYLOADS = ['result', 'error', 'inputRequests'] as const;

/** Methods whose result is a task, maybe with what it brought. */
const STATES: ReadonlySet<string> = new Set(['tasks/get', 'tasks/cancel', 'tasks/update']);

/**
 * The treatment of a reply, where it may begin a task or bring what one brought; else the very one given.
 * @param isStream it may have notifications in it. In the modern era, those about tasks come on `subscriptions/listen`; a stream that no
 *   control looks at is looked at for their sake only there
 */
export function withTasks(call: Call, isStream: boolean, own: Treatment, tasks: Tasks): Treatment {
  const { method, kind, era } = call;
  const fetched = method === 'tasks/result' ? whole : STATES.has(method) ? inside : undefined;
  if (fetched === undefined && own.transforms.length === 0 && !(isStream && (era === 'legacy' || method === 'subscriptions/listen')) && !beginsTask(call, own)) return own;
  const transforms = [...own.transforms];
  if (fetched !== undefined) transforms.unshift({ contains: undefined, map: (message, source) => (message['method'] === undefined ? fetched(message, call, tasks, source) : message) });
  if (kind === 'request' && beginsTask(call, own)) transforms.push({ contains: '"taskId"', verbatim: true, map: (message) => remember(message, own, tasks) });
  return { ...own, transforms, notified: (message, source) => inside(message, call, tasks, source) };
}

/** A task is begun only for a client that asks for one, or declares that it knows what one is. */
function beginsTask({ method, message }: Call, { transforms }: Treatment): boolean {
  return method === 'tools/call' && (transforms.length > 0 || message?.text.includes('task') === true);
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
function whole(message: JsonObject, call: Call, tasks: Tasks, source: Source | undefined): JsonObject | Promise<JsonObject> {
  return message['result'] === undefined && message['error'] === undefined ? message : applyTo(message, known(call.name, tasks), source);
}

/** A task with its outcome in it: the result of `tasks/get` and the like, or the parameters of a notification. */
async function inside(message: JsonObject, call: Call, tasks: Tasks, source: Source | undefined): Promise<JsonObject> {
  const { method } = message;
  const member = isTaskNotification(method) ? 'params' : method === undefined && STATES.has(call.method) ? 'result' : undefined;
  const task = member === undefined ? undefined : message[member];
  if (member === undefined || !isObject(task) || !PAYLOADS.some((name) => task[name] !== undefined)) return message;
  const id = task['taskId'] ?? (member === 'result' ? call.name : undefined);
  const treatment = known(typeof id === 'string' ? id : undefined, tasks);
  const changed: Record<string, JsonValue | undefined> = { ...task };
  const envelope = { jsonrpc: '2.0', id: treatment.refused.id ?? 0 };
  for (const name of ['result', 'error'] as const) {
    if (task[name] === undefined) continue;
    const brought = Object.freeze({ ...envelope, [name]: task[name] });
    changed[name] = (await applyTo(brought, treatment, source))[name];
  }
  if (task['inputRequests'] !== undefined) {
    // As the call itself would have asked for it.
    const asked = Object.freeze({ ...envelope, result: Object.freeze({ resultType: 'input_required', inputRequests: task['inputRequests'] }) });
    const { result } = await applyTo(asked, treatment, source);
    changed['inputRequests'] = isObject(result) ? result['inputRequests'] : undefined;
  }
  return PAYLOADS.every((name) => changed[name] === task[name]) ? message : { ...message, [member]: changed };
}

function known(id: string | undefined, tasks: Tasks): Treatment {
  const treatment = id === undefined ? undefined : tasks.treatment(id);
  if (treatment !== undefined) return treatment;
  throw new ProxyError('unmatched-stream', 'a task whose call is not known here, while a control transforms replies: call again');
}
