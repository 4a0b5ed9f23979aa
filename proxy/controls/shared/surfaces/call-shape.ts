/** The shapes of a client's messages. */
import type { Call } from '../../../call/call.ts';
import { isObject } from '../../../json/lossless.ts';
import { DATA, FIXED, META, NESTED_BLOCK, type Shape, SKIP } from './shape.ts';

/** A person's answer to an elicitation: never a content block, whatever its keys are. */
const ANSWERED: Shape = { members: { action: FIXED, content: { root: true }, _meta: META } };
/** A model's answer to a sampling request. */
const SAMPLED: Shape = {
  members: { role: FIXED, model: FIXED, stopReason: FIXED, content: { ...NESTED_BLOCK, root: true }, _meta: META },
};
/** A client's answer to a request of the upstream. */
const ANSWER: Shape = {
  surface: 'answer',
  variant: (value) => (!('action' in value) && ('role' in value || 'model' in value) ? SAMPLED : ANSWERED),
};

/** Parameters of any request. Values that the upstream issued return to it unchanged. */
const PARAMS: Readonly<Record<string, Shape>> = {
  cursor: SKIP,
  taskId: SKIP,
  requestState: SKIP,
  inputResponses: { fixedKeys: true, permits: 'none', rest: ANSWER },
  _meta: META,
};

const NAME: Shape = { ...FIXED, surface: 'name' };
const URI: Shape = { surface: 'uri' };
const CALLED: Shape = {
  permits: 'none',
  members: { ...PARAMS, name: NAME, arguments: { surface: 'arguments', root: true, permits: 'any' } },
};
const READ: Shape = { members: { ...PARAMS, uri: URI } };

const CALL: Readonly<Record<string, Shape>> = {
  'tools/call': CALLED,
  'prompts/get': CALLED,
  'resources/read': READ,
  'resources/subscribe': READ,
  'resources/unsubscribe': READ,
  'resources/directory/read': READ,
  'skills/get': READ,
  'subscriptions/listen': { members: { ...PARAMS, notifications: { members: { resourceSubscriptions: URI } } } },
  'logging/setLevel': { members: { ...PARAMS, level: FIXED } },
  'notifications/cancelled': { members: { ...PARAMS, requestId: SKIP } },
  'notifications/progress': { members: { ...PARAMS, progressToken: SKIP } },
  initialize: { members: { _meta: META, protocolVersion: SKIP, clientInfo: SKIP, capabilities: SKIP } },
};

const ANY_CALL: Shape = { members: PARAMS };

/** The shape of a call's params. */
export function callShape(call: Call): Shape {
  const { kind, method } = call;
  if (kind === 'response') return ANSWER;
  if (method === 'completion/complete') return completing(completed(call));
  return Object.hasOwn(CALL, method) ? (CALL[method] ?? ANY_CALL) : ANY_CALL;
}

/** The name of the argument to complete. */
export function completed(call: Call): string | undefined {
  const argument = call.params?.['argument'];
  const name = isObject(argument) ? argument['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** The value is visited under the argument's name, because it will become that argument. */
function completing(name: string | undefined): Shape {
  return {
    surface: 'completion',
    members: {
      ...PARAMS,
      ref: { members: { type: FIXED, name: NAME, uri: URI } },
      argument: { root: true, members: { name: NAME, value: name === undefined ? DATA : { as: name } } },
      context: { members: { arguments: { root: true } } },
    },
  };
}
