/**
 * How each method is decided: as itself, as another method, or not at all. docs/control-access-policy.md has the same
 * as a table.
 */
import type { ResourceRef } from '../shared/decide.ts';

/** Methods with their own decision, and their types of resources. Rules name these. */
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

/** Methods without a specific resource: the `methods` of a rule. */
export const UNATTACHED: readonly string[] = Object.keys(DECIDED).filter(
  (method) => DECIDED[method]?.includes('Upstream') === true,
);

/** Requests of the upstream to a client, with the capability that a client declares for each. */
export const QUESTIONS = {
  'elicitation/create': 'elicitation',
  'sampling/createMessage': 'sampling',
  'roots/list': 'roots',
} as const;

/**
 * Decided as another method: a caller who may use something may also see it, watch it and get completions for its
 * arguments.
 */
export const SHARED: Readonly<Record<string, string>> = {
  'tools/list': 'tools/call',
  'prompts/list': 'prompts/get',
  'resources/list': 'resources/read',
  'resources/templates/list': 'resources/read',
  'resources/subscribe': 'resources/read',
  'resources/unsubscribe': 'resources/read',
  'resources/directory/read': 'resources/read',
  'skills/list': 'resources/read',
  'skills/get': 'resources/read',
  'subscriptions/listen': 'resources/read',
  'notifications/resources/updated': 'resources/read',
  'completion/complete': 'prompts/get, resources/read',
  'tasks/get': 'tools/call',
  'tasks/result': 'tools/call',
  'tasks/update': 'tools/call',
  'tasks/cancel': 'tools/call',
};

/**
 * Connection life cycle, and methods that concern only the client itself: no permission is needed. `logging/setLevel`
 * is one of them, because it only changes how much an upstream reports to that session.
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
