/** What a message is about. */
import type { Call } from '../../../call/call.ts';
import { isObject } from '../../../json/lossless.ts';

export interface Subject {
  /** The tool or prompt, by the upstream's name; undefined if there is none or it is not known. */
  readonly tool: string | undefined;
  /** False: it may belong to any call, and so to any tool. */
  readonly known: boolean;
}

const NONE: Subject = { tool: undefined, known: true };
const UNKNOWN: Subject = { tool: undefined, known: false };

/**
 * The subject of a call and of its reply. A client's answer and a task have the subject of the call that they come
 * from.
 */
export function subjectOf(call: Call): Subject {
  const { kind, method, name } = call;
  // A task's result may have brought the request: then the original call is one step further back.
  if (kind === 'response' || method.startsWith('tasks/'))
    return call.origin === undefined ? UNKNOWN : subjectOf(call.origin);
  if (method === 'tools/call' || method === 'prompts/get') return { tool: name, known: name !== undefined };
  if (method === 'completion/complete') {
    const ref = call.params?.['ref'];
    const prompt = isObject(ref) ? ref['name'] : undefined;
    return typeof prompt === 'string' ? { tool: prompt, known: true } : NONE;
  }
  // Messages of any call may arrive on these streams.
  return kind === 'request' && method !== 'subscriptions/listen' ? NONE : UNKNOWN;
}
