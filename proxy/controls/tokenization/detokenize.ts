/** Restoring needs its own permission for (caller, tool, field), asked of the access policy. */
import type { Call } from '../../call/call.ts';
import { nameMember } from '../../call/name-member.ts';
import type { Decide, ResourceRef } from '../shared/decide.ts';
import type { Direction } from '../shared/surfaces/index.ts';

/** Whether a value of that type may be restored at a field, for the side that `to` names. */
export type MayRestore = (field: string | undefined, type: string, to: Direction) => boolean | Promise<boolean>;

/** Asks each question once per call. */
export function mayRestore(call: Call, decide: Decide | undefined): MayRestore {
  if (decide === undefined) return () => true;
  const subject = (call.kind === 'response' ? call.origin : call) ?? call;
  const resource = resourceOf(subject);
  const asked = new Map<string, boolean | Promise<boolean>>();
  return (field, type, to) => {
    const key = JSON.stringify([field, type, to]);
    let answer = asked.get(key);
    if (answer === undefined) {
      const decision = decide(call, 'detokenize', resource, { field, to, kind: type });
      answer =
        decision instanceof Promise
          ? decision.then(({ verdict }) => verdict === 'allow')
          : decision.verdict === 'allow';
      asked.set(key, answer);
    }
    return answer;
  };
}

/** By the name that the client sees. */
function resourceOf(call: Call): ResourceRef {
  const received = call.exchange.channels.received;
  const name = (received?.method === call.method ? received : call).name;
  if (name === undefined) return { type: 'Upstream' };
  if (call.method === 'tools/call') return { type: 'Tool', name };
  if (call.method === 'prompts/get') return { type: 'Prompt', name };
  return nameMember(call.method) === 'uri' ? { type: 'Resource', uri: name } : { type: 'Upstream' };
}
