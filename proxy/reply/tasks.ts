/**
 * Tasks: a call that is answered with a task, whose result the client fetches later by another method (`tasks/result`,
 * 2025-11-25; `tasks/get`, and `notifications/tasks` on a stream, SEP-2663). That result or error gets the treatment of
 * the call that created the task; if that call is unknown here, it is refused. A task's `statusMessage` is not the
 * call's result: it gets the treatment of the call that asked.
 */
import { ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { Seldom } from '../base/seldom.ts';
import type { Call } from '../call/call.ts';
import { RELATED_TASK } from '../call/message.ts';
import type { Source } from '../json/digits.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { applyTo } from './apply.ts';
import { mayContain } from './contains.ts';
import { isTaskNotification } from './task-notification.ts';
import type { Treatment } from './treatment.ts';

/** The remembered tasks of one client. */
export interface Tasks {
  begun(taskId: string, treatment: Treatment): void;
  treatment(taskId: string): Treatment | undefined;
}

/** Members of a task that are, or contain, its outcome. */
const PAYLOADS = ['result', 'error', 'inputRequests'] as const;

/** Methods whose result is a task, perhaps with its outcome. */
const STATES: ReadonlySet<string> = new Set(['tasks/get', 'tasks/cancel', 'tasks/update']);

/**
 * The treatment of a reply, extended if the reply may create a task or carry a task's outcome; otherwise `own`.
 * @param isStream it may contain messages about tasks
 */
export function withTasks(call: Call, isStream: boolean, own: Treatment, tasks: Tasks): Treatment {
  const { method, kind } = call;
  const fetched = method === 'tasks/result' ? whole : STATES.has(method) ? inside : undefined;
  const begins = kind === 'request' && beginsTask(call, own);
  if (fetched === undefined && own.transforms.length === 0 && !isStream && !begins) return own;
  const transforms = [...own.transforms];
  if (fetched !== undefined)
    transforms.unshift({
      contains: undefined,
      map: (message, source) => (message['method'] === undefined ? fetched(message, call, tasks, source) : message),
    });
  if (begins) transforms.push({ contains: '"taskId"', map: (message) => remember(message, own, tasks) });
  return { ...own, transforms, ofTask: (message, source) => ofTask(message, call, tasks, source) };
}

/** A task is only created for a client that asks for one, or declares support. */
function beginsTask({ method, message }: Call, { transforms }: Treatment): boolean {
  return (
    method === 'tools/call' && (transforms.length > 0 || (message !== undefined && mayContain(message.text, 'task')))
  );
}

function remember(message: JsonObject, own: Treatment, tasks: Tasks): JsonObject {
  const { result } = message;
  if (!isObject(result)) return message;
  const { task } = result;
  const id = isObject(task) ? task['taskId'] : result['taskId'];
  if (typeof id === 'string') tasks.begun(id, own);
  return message;
}

/** The response to `tasks/result` is the response to the original call, with another id. */
async function whole(message: JsonObject, call: Call, tasks: Tasks, source: Source | undefined): Promise<JsonObject> {
  if (message['result'] === undefined && message['error'] === undefined) return message;
  return answered(await applyTo(message, known(call.name, tasks), source));
}

/** A response can't be dropped. */
function answered(message: JsonObject | undefined): JsonObject {
  if (message === undefined)
    throw new ProxyError('inspection-failed', 'the upstream sent nothing but what a control left out');
  return message;
}

/**
 * Treats a message from the upstream about a task as one of the call that created it. Undefined if it must not be sent:
 * that call is unknown here, or the message was refused. A client that listens for tasks gets an error instead.
 */
function ofTask(
  message: JsonObject,
  call: Call,
  tasks: Tasks,
  source: Source | undefined,
): JsonObject | undefined | Promise<JsonObject | undefined> {
  const { method, params } = message;
  const isAbout = isTaskNotification(method);
  if (isAbout && call.method === 'subscriptions/listen') return inside(message, call, tasks, source);
  const meta = isObject(params) ? params['_meta'] : undefined;
  const related = isObject(meta) ? meta[RELATED_TASK] : undefined;
  return isAbout || related !== undefined ? aboutTask(message, related, call, tasks, source) : message;
}

const refused = new Seldom();

async function aboutTask(
  message: JsonObject,
  related: JsonValue | undefined,
  call: Call,
  tasks: Tasks,
  source: Source | undefined,
): Promise<JsonObject | undefined> {
  try {
    return isTaskNotification(message['method'])
      ? await inside(message, call, tasks, source)
      : await applyTo(message, known(isObject(related) ? related['taskId'] : undefined, tasks), source);
  } catch (error) {
    // A failure for another call must not end this one.
    const times = refused.due();
    if (times !== undefined) log.warn("an upstream's message about a task was not passed on", { error, times });
    return undefined;
  }
}

/** A task with its outcome in it: the result of `tasks/get` and similar, or a notification's parameters. */
async function inside(message: JsonObject, call: Call, tasks: Tasks, source: Source | undefined): Promise<JsonObject> {
  const { method } = message;
  const member = isTaskNotification(method)
    ? 'params'
    : method === undefined && STATES.has(call.method)
      ? 'result'
      : undefined;
  const task = member === undefined ? undefined : message[member];
  if (member === undefined || !isObject(task) || !bringsAny(task)) return message;
  const id = task['taskId'] ?? (member === 'result' ? call.name : undefined);
  const treatment = known(id, tasks);
  const changed: Record<string, JsonValue | undefined> = { ...task };
  const envelope = { jsonrpc: '2.0', id: treatment.refused.id ?? 0 };
  for (const name of ['result', 'error'] as const) {
    if (task[name] === undefined) continue;
    const brought = Object.freeze({ ...envelope, [name]: task[name] });
    changed[name] = answered(await applyTo(brought, treatment, source))[name];
  }
  if (task['inputRequests'] !== undefined) {
    // In the form in which the original call would have asked.
    const asked = Object.freeze({
      ...envelope,
      result: Object.freeze({ resultType: 'input_required', inputRequests: task['inputRequests'] }),
    });
    const { result } = answered(await applyTo(asked, treatment, source));
    changed['inputRequests'] = isObject(result) ? result['inputRequests'] : undefined;
  }
  return PAYLOADS.every((name) => changed[name] === task[name]) ? message : { ...message, [member]: changed };
}

function bringsAny(task: JsonObject): boolean {
  return PAYLOADS.some((name) => task[name] !== undefined);
}

function known(id: unknown, tasks: Tasks): Treatment {
  const treatment = typeof id === 'string' ? tasks.treatment(id) : undefined;
  if (treatment !== undefined) return treatment;
  throw new ProxyError(
    'unmatched-stream',
    'a task whose call is not known here, while a control transforms replies: call again',
  );
}
