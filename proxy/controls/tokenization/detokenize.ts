/** Seeing data in clear needs its own permission for (caller, tool, field, type), asked of the access policy. */
import type { Call } from '../../call/call.ts';
import { nameMember } from '../../call/name-member.ts';
import type { Decide, ResourceRef } from '../shared/decide.ts';
import type { Direction, Place } from '../shared/surfaces/index.ts';

/** Whether the side that `to` names may see a value of that type at a field. */
export type MaySee = (field: string | undefined, type: string, to: Direction) => boolean | Promise<boolean>;

/** Asks each question once per call. */
export function maySee(call: Call, decide: Decide | undefined): MaySee {
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

/**
 * The name of a place for policies: keys separated by dots, without list indices. Anybody can write JSON that looks like a
 * field, so only a tool's or prompt's own data has names: JSON in a string has that of the string, and everything else
 * that of its surface. A key is beneath what its value is beneath.
 */
export function fieldOf({ path, root, roots, surface, isKey, permits, nested }: Place): string {
  const isWithin = nested > 0 && (surface === 'structuredContent' || surface === 'arguments');
  const name = surface === 'text' ? 'content' : surface;
  if (permits !== 'any' && !isWithin) return name;
  const own = permits === 'any' ? path.slice(root, isKey ? -1 : undefined) : path.slice(roots[0], roots[1]);
  const keys = own.filter((segment) => typeof segment === 'string');
  if (isKey && permits === 'any') keys.push('*');
  return keys.length === 0 ? name : keys.join('.');
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
