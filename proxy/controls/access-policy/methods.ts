/**
 * How each method is decided: by itself, as another one, or not at all. docs/control-access-policy.md has the same as a
 * table.
 */
import type { ResourceRef } from '../shared/decide.ts';

/** Decided by themselves, and about what. Rules name these. */
export const DECIDED: Readonly<Record<string, readonly ResourceRef['type'][]>> = {
  'tools/call': ['Tool'],
  'prompts/get': ['Prompt'],
  'resources/read': ['Resource'],
  'elicitation/create': ['Upstream'],
  'sampling/createMessage': ['Upstream'],
  'roots/list': ['Upstream'],
  'tasks/list': ['Upstream'],
  detokenize: ['Tool', 'Prompt', 'Resource'],
};

/** Those that are about nothing in particular: what a rule's `methods` are for. */
export const UNATTACHED: readonly string[] = Object.keys(DECIDED).filter(
  (method) => DECIDED[method]?.includes('Upstream') === true,
);

/** What the upstream may ask of a client, and the capability by which a client says that it may. */
export const QUESTIONS = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
} as const;

/** Decided as another method: who may use a thing may see it, watch it and be helped with its arguments. */
export const SHARED: Readonly<Record<string, string>> = {
  'tools/list': 'tools/call',
  'prompts/list': 'prompts/get',
  'resources/list': 'resources/read',
  'resources/templates/list': 'resources/read',
  'resources/subscribe': 'resources/read',
  'resources/unsubscribe': 'resources/read',
  'subscriptions/listen': 'resources/read',
  'notifications/resources/updated': 'resources/read',
  'completion/complete': 'prompts/get, resources/read',
  'tasks/get': 'tools/call',
  'tasks/result': 'tools/call',
  'tasks/update': 'tools/call',
  'tasks/cancel': 'tools/call',
};

/**
 * The life of a connection, and what concerns nobody but the client itself: no permission is asked. `logging/setLevel`
 * is among them, since it makes an upstream tell a session more or less of what is that session's own.
 */
export const FREE: ReadonlySet<string> = new Set([
  'initialize',
  'server/discover',
  'ping',
  'logging/setLevel',
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/roots/list_changed',
]);
