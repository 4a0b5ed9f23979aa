/** How a call is named in the list; without values, only by what the config or the protocol says. */
import type { Call } from '../../proxy/call/call.ts';
import type { Caller } from '../../proxy/call/caller.ts';
import { nameMember } from '../../proxy/call/name-member.ts';

export function nameLabel(call: Call, showsValues: boolean): string | undefined {
  if (call.name === undefined || showsValues) return call.name;
  return call.method === 'tools/call' || call.method === 'prompts/get' ? call.name : `‹${nameMember(call.method)}›`;
}

export function callerLabel({ subject, key, claims }: Caller, showsValues: boolean): string {
  if (key === '') return 'anyone';
  if (!showsValues) return 'a caller';
  return subject ?? JSON.stringify(claims);
}

/** Milliseconds with two decimals. */
export function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 100) / 100;
}
