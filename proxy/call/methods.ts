/**
 * The methods that MCP has, in any version: those whose names may be written down. Any other is what a client made of
 * it.
 */
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
  'resources/list': true,
  'resources/read': true,
  'resources/subscribe': true,
  'resources/templates/list': true,
  'resources/unsubscribe': true,
  'server/discover': true,
  'subscriptions/listen': true,
  'tools/call': true,
  'tools/list': true,
};

const SERVERS: Readonly<Record<Exclude<ServerRequest['method'], ClientMethod>, true>> = {
  'elicitation/create': true,
  'roots/list': true,
  'sampling/createMessage': true,
};

/** Of extensions (tasks), and the names that this proxy gives to what has no method. */
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

/** All of MCP's, those of extensions that are known here among them. */
export const METHODS: readonly string[] = [
  ...Object.keys(CLIENTS),
  ...Object.keys(SERVERS),
  ...[...MORE].filter((name) => name.startsWith('tasks/')),
];

export function isKnownMethod(method: string): boolean {
  return isClientMethod(method) || Object.hasOwn(SERVERS, method) || MORE.has(method);
}

/** Those that a client sends, hence that a control by method may name. */
export function isClientMethod(method: string): method is ClientMethod {
  return Object.hasOwn(CLIENTS, method);
}
