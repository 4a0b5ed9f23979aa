/** The shapes of an upstream's messages. */
import type { Call } from '../../../call/call.ts';
import { isObject } from '../../../json/lossless.ts';
import type { JsonValue } from '../../../json/value.ts';
import { isTaskNotification } from '../../../reply/task-notification.ts';
import { completed } from './call-shape.ts';
import {
  BLOCK,
  DATA,
  ECHOED,
  FIXED,
  ICONS,
  META,
  NESTED_BLOCK,
  RESOURCE,
  SCHEMA,
  type Shape,
  SKILL,
  SKIP,
  TOOL,
} from './shape.ts';

/** A request to a model. The answer returns to the upstream, so the request is echoed. */
const SAMPLING: Readonly<Record<string, Shape>> = {
  messages: { echoed: true, members: { role: FIXED, content: NESTED_BLOCK, _meta: META } },
  tools: { ...TOOL, echoed: true },
  toolChoice: FIXED,
  includeContext: FIXED,
  modelPreferences: FIXED,
};
/** A request to a person. Only the message is not echoed: it is for reading, and the answer is made from the schema. */
const ELICITATION: Readonly<Record<string, Shape>> = {
  message: { echoed: false },
  mode: FIXED,
  elicitationId: FIXED,
  requestedSchema: { ...SCHEMA, echoed: true },
};

/** The requests within a result (`resultType: 'input_required'`), by the names that the upstream gave them. */
const QUESTIONS: Shape = {
  fixedKeys: true,
  rest: {
    surface: 'elicitation',
    members: { method: FIXED, params: { echoed: true, members: { ...SAMPLING, ...ELICITATION, _meta: META } } },
  },
};

/** Members of any result. Values that the client sends back are fixed. */
const RESULT: Readonly<Record<string, Shape>> = {
  resultType: FIXED,
  nextCursor: FIXED,
  cursor: FIXED,
  cacheScope: FIXED,
  requestState: FIXED,
  taskId: FIXED,
  inputRequests: QUESTIONS,
  _meta: META,
  task: { members: { taskId: FIXED, status: FIXED, createdAt: FIXED, lastUpdatedAt: FIXED } },
};

const SERVER: Shape = {
  surface: 'instructions',
  members: {
    ...RESULT,
    protocolVersion: SKIP,
    supportedVersions: SKIP,
    capabilities: SKIP,
    serverInfo: { members: { name: SKIP, version: SKIP, websiteUrl: ECHOED, icons: ICONS } },
  },
};
const TASK: Readonly<Record<string, Shape>> = { ...RESULT, status: FIXED, createdAt: FIXED, lastUpdatedAt: FIXED };
/** The result of the task's call was already visited as that call's: see `reply/tasks.ts`. */
const BROUGHT: Readonly<Record<string, Shape>> = { result: SKIP, error: SKIP, inputRequests: SKIP };
const OF_TASK: Shape = { surface: 'result', members: { ...TASK, ...BROUGHT } };

const RESULTS: Readonly<Record<string, Shape>> = {
  'tools/call': {
    members: {
      ...RESULT,
      content: { surface: 'text', members: { ...BLOCK.members, text: { document: 'any' } } },
      structuredContent: { surface: 'structuredContent', root: true, permits: 'any' },
    },
  },
  'resources/read': { surface: 'resource', members: { ...RESULT, contents: RESOURCE } },
  'prompts/get': {
    surface: 'prompt',
    members: {
      ...RESULT,
      messages: { members: { role: FIXED, content: { members: { ...BLOCK.members, text: { document: 'any' } } } } },
    },
  },
  'tools/list': { surface: 'descriptions', members: { ...RESULT, tools: TOOL } },
  'prompts/list': {
    surface: 'descriptions',
    members: {
      ...RESULT,
      prompts: { members: { name: FIXED, icons: ICONS, _meta: META, arguments: { members: { name: FIXED } } } },
    },
  },
  'resources/list': { surface: 'descriptions', members: { ...RESULT, resources: RESOURCE } },
  'resources/templates/list': { surface: 'descriptions', members: { ...RESULT, resourceTemplates: RESOURCE } },
  'resources/directory/read': { surface: 'descriptions', members: { ...RESULT, resources: RESOURCE } },
  'skills/list': { surface: 'descriptions', members: { ...RESULT, skills: SKILL } },
  'skills/get': { surface: 'descriptions', members: { ...RESULT, skill: SKILL } },
  initialize: SERVER,
  'server/discover': SERVER,
  'tasks/get': OF_TASK,
  'tasks/cancel': OF_TASK,
  'tasks/update': OF_TASK,
  'tasks/list': { members: { ...RESULT, tasks: { members: TASK } } },
  'tasks/result': SKIP,
};
const ANY_RESULT: Shape = { members: RESULT };

/** The shape of a call's result. */
export function resultShape(call: Call, result: JsonValue): Shape {
  const { method } = call;
  // Results that are not objects were not searched for a task.
  if (!isObject(result) && method.startsWith('tasks/')) return method === 'tasks/result' ? SKIP : ANY_RESULT;
  if (method === 'completion/complete') return proposing(completed(call));
  return Object.hasOwn(RESULTS, method) ? (RESULTS[method] ?? ANY_RESULT) : ANY_RESULT;
}

/** The proposed values may become the argument's value. */
function proposing(name: string | undefined): Shape {
  return {
    surface: 'completion',
    members: { ...RESULT, completion: { root: true, members: { values: name === undefined ? DATA : { as: name } } } },
  };
}

const ERROR: Shape = { surface: 'error', members: { data: { root: true } } };

/** The shape of a call's error. */
export function errorShape({ method }: Call): Shape {
  return method === 'tasks/result' ? SKIP : ERROR;
}

/** Members of any message that the upstream sends by its own decision. */
const OWN: Readonly<Record<string, Shape>> = {
  requestId: SKIP,
  progressToken: SKIP,
  taskId: FIXED,
  cursor: FIXED,
  requestState: FIXED,
  _meta: META,
};

const FROM_UPSTREAM: Readonly<Record<string, Shape>> = {
  'notifications/progress': { surface: 'progress', members: OWN },
  'notifications/message': { surface: 'log', members: { ...OWN, level: FIXED, data: { root: true } } },
  'notifications/elicitation/complete': { surface: 'notification', members: { ...OWN, elicitationId: FIXED } },
  'elicitation/create': { surface: 'elicitation', echoed: true, members: { ...OWN, ...ELICITATION } },
  'sampling/createMessage': { surface: 'sampling', echoed: true, members: { ...OWN, ...SAMPLING } },
};
const ANY_OWN: Shape = { surface: 'notification', members: OWN };
const TASK_NOTIFICATION: Shape = { surface: 'notification', members: { ...TASK, ...BROUGHT } };

/** The shape of the params of the upstream's own request or notification. */
export function upstreamShape(method: string, params: JsonValue): Shape {
  if (isTaskNotification(method)) return isObject(params) ? TASK_NOTIFICATION : ANY_OWN;
  return Object.hasOwn(FROM_UPSTREAM, method) ? (FROM_UPSTREAM[method] ?? ANY_OWN) : ANY_OWN;
}
