/** What a message is about. */
import type { Call } from '../../../call/call.ts';
import { isObject } from '../../../json/lossless.ts';

export interface Subject {
  /** The tool or prompt, by the name that the upstream gives it; undefined: it is about none, or not known. */
  readonly tool: string | undefined;
  /** False: it may belong to any call, and so to any tool. */
  readonly known: boolean;
}

const NONE: Subject = { tool: undefined, known: true };
const UNKNOWN: Subject = { tool: undefined, known: false };

/**
 * What a call is about, and all that comes in its reply; of a client's answer, and of a task, the call that it comes
 * from.
 */
export function subjectOf(call: Call): Subject {
  const { kind, method, name } = call;
  // A question may have come with what a task brought: the call is one step further.
  if (kind === 'response' || method.startsWith('tasks/'))
    return call.origin === undefined ? UNKNOWN : subjectOf(call.origin);
  if (method === 'tools/call' || method === 'prompts/get') return { tool: name, known: name !== undefined };
  if (method === 'completion/complete') {
    const ref = call.params?.['ref'];
    const prompt = isObject(ref) ? ref['name'] : undefined;
    return typeof prompt === 'string' ? { tool: prompt, known: true } : NONE;
  }
  // Whatever is under way may speak there.
  return kind === 'request' && method !== 'subscriptions/listen' ? NONE : UNKNOWN;
}
