/** The properties of methods that sending depends on. */
import type { Call } from '../call/call.ts';

/** Methods that may be sent twice: the second time changes nothing. */
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
  'resources/directory/read',
  'skills/list',
  'skills/get',
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

/** Time limit for streams that are silent by nature: the longest time for which the platform lets a stream live. */
const SILENT_MS = 60 * 60_000;

/** A client's response has the method of the request that it answers, but isn't idempotent. */
export function isIdempotent({ kind, method }: Call): boolean {
  return kind !== 'response' && IDEMPOTENT.has(method);
}

/** Streams that end when their client disconnects. In the legacy era a POST goes on without its client. */
export function isOpenEnded({ kind, method, era }: Call): boolean {
  return kind === 'stream' || (era === 'modern' && method === 'subscriptions/listen');
}

/**
 * Milliseconds for which a reply may be silent, if the method decides it and not the config. Not for calls that go on
 * without their client, which would hold a connection for that long.
 */
export function idleOf(call: Call): number | undefined {
  return isOpenEnded(call) ? SILENT_MS : undefined;
}
