/** The methods of MCP, in any version. Only these names may be logged; a client may put anything into another name. */
import type { ServerRequest } from '@modelcontextprotocol/server';
import type { ClientMethod } from './params.ts';

const CLIENTS: Readonly<Record<ClientMethod, true>> = {
  'completion/complete': true,
  initialize: true,
  'logging/setLevel': true,
  'notifications/cancelled': true,
  'notifications/initialized': true,
  'notifications/progress': true,
  'notifications/roots/list_changed': true,
  ping: true,
  'prompts/get': true,
  'prompts/list': true,
  'resources/directory/read': true,
  'resources/list': true,
  'resources/read': true,
  'resources/subscribe': true,
  'resources/templates/list': true,
  'resources/unsubscribe': true,
  'server/discover': true,
  'skills/get': true,
  'skills/list': true,
  'subscriptions/listen': true,
  'tools/call': true,
  'tools/list': true,
};

const SERVERS: Readonly<Record<Exclude<ServerRequest['method'], ClientMethod>, true>> = {
  'elicitation/create': true,
  'roots/list': true,
  'sampling/createMessage': true,
};

/** Methods of extensions (tasks), and the proxy's names for messages without a method. */
const MORE: ReadonlySet<string> = new Set([
  'tasks/get',
  'tasks/update',
  'tasks/result',
  'tasks/list',
  'tasks/cancel',
  'GET',
  'DELETE',
  'response',
]);

/** All methods of MCP, including those of the extensions above. */
export const METHODS: readonly string[] = [
  ...Object.keys(CLIENTS),
  ...Object.keys(SERVERS),
  ...[...MORE].filter((name) => name.startsWith('tasks/')),
];

export function isKnownMethod(method: string): boolean {
  return isClientMethod(method) || Object.hasOwn(SERVERS, method) || MORE.has(method);
}

/** Whether a client sends this method, so that a control by method may name it. */
export function isClientMethod(method: string): method is ClientMethod {
  return Object.hasOwn(CLIENTS, method);
}
