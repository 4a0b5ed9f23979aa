/** What the way to the upstream must know of a call's method. */
import type { Call } from '../call/call.ts';

/** Methods that may be sent twice: they change nothing, or the same thing. */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  'initialize',
  'server/discover',
  'tools/list',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'subscriptions/listen',
  'completion/complete',
  'logging/setLevel',
  'tasks/get',
  'tasks/list',
  'tasks/result',
  'notifications/initialized',
  'ping',
  'GET',
  'DELETE',
]);

/** Streams that are silent by nature may be so for as long as the platform lets a stream live. */
const SILENT_MS = 60 * 60_000;

/** A client's answer has the method of what it answers, and is an act of its own. */
export function isIdempotent({ kind, method }: Call): boolean {
  return kind !== 'response' && IDEMPOTENT.has(method);
}

/** Streams that end with their client: in the legacy era a POST goes on without it. */
export function isOpenEnded({ kind, method, era }: Call): boolean {
  return kind === 'stream' || (era === 'modern' && method === 'subscriptions/listen');
}

/**
 * Milliseconds that a reply may be silent, where that isn't for the configuration to say. Anything that goes on without
 * its client would hold a connection for so long.
 */
export function idleOf(call: Call): number | undefined {
  return isOpenEnded(call) ? SILENT_MS : undefined;
}
