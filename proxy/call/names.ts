/** The names of a call that may be logged: its method, its tool or prompt, a session. Anything else may be a value. */
import type { Call } from './call.ts';
import { isKnownMethod } from './methods.ts';
import { nameMember } from './name-member.ts';

/** The form of names of tools, prompts and sessions. Other text from a client may be anything, such as personal data. */
const NAME = /^[\w./:-]{1,128}$/;
const SCHEME = /^(?:https?|file|s3|arn|git|data|ui|skill):/;

export function methodOf({ method }: Pick<Call, 'method'>): string {
  return isKnownMethod(method) ? method : 'unknown';
}

/** The name of a tool or prompt. Of a URI only the scheme, since it may hold personal data; of ids nothing. */
export function nameOf(call: Pick<Call, 'method' | 'name'>): string | undefined {
  const { name } = call;
  if (name === undefined) return undefined;
  if (nameMember(call.method) === 'uri') return `${SCHEME.exec(name)?.[0] ?? ''}…`;
  return call.method === 'tools/call' || call.method === 'prompts/get' ? named(name) : '…';
}

export function named(name: string): string {
  return NAME.test(name) ? name : '…';
}
