/** How a call is named in the list; without values, only by what may also be logged. */
import type { Call } from '../../proxy/call/call.ts';
import type { Caller } from '../../proxy/call/caller.ts';
import { isKnownMethod } from '../../proxy/call/methods.ts';
import { nameMember } from '../../proxy/call/name-member.ts';
import { named } from '../../proxy/call/names.ts';

/** Characters of a label: ten thousand of them are kept, also after their texts are gone. */
const MOST = 200;

/** A method may be anything that a client sends. */
export function methodLabel(method: string, showsValues: boolean): string {
  return showsValues ? shortened(method) : isKnownMethod(method) ? method : 'unknown';
}

export function nameLabel(call: Call, showsValues: boolean): string | undefined {
  if (call.name === undefined) return undefined;
  if (showsValues) return shortened(call.name);
  return call.method === 'tools/call' || call.method === 'prompts/get'
    ? named(call.name)
    : `‹${nameMember(call.method)}›`;
}

export function callerLabel({ subject, key, claims }: Caller, showsValues: boolean): string {
  if (key === '') return 'anyone';
  if (!showsValues) return 'a caller';
  return shortened(subject ?? JSON.stringify(claims));
}

/** A copy: a part of a text keeps all of it in memory. */
export function shortened(text: string): string {
  return text.length <= MOST ? text : `${Buffer.from(text.slice(0, MOST)).toString()}…`;
}

/** Milliseconds with two decimals. */
export function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 100) / 100;
}
