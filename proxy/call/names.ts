/**
 * What of a call may be written down by name: its method, its tool or prompt, a session. Anything else may be a value.
 */
import type { Call } from './call.ts';
import { isKnownMethod } from './methods.ts';

/**
 * What tools, prompts and sessions are called. Whatever else a client puts there may be anything, also a person's data.
 */
const NAME = /^[\w./:-]{1,128}$/;
const SCHEME = /^(?:https?|file|s3|arn|git|data|ui):/;

export function methodOf({ method }: Call): string {
  return isKnownMethod(method) ? method : 'unknown';
}

/** Tools and prompts are named; a URI may hold a person's data, so only its scheme is; what else there is are ids. */
export function nameOf(call: Call): string | undefined {
  const { name } = call;
  if (name === undefined) return undefined;
  if (call.method.startsWith('resources/')) return `${SCHEME.exec(name)?.[0] ?? ''}…`;
  return call.method === 'tools/call' || call.method === 'prompts/get' ? named(name) : '…';
}

export function named(name: string): string {
  return NAME.test(name) ? name : '…';
}
