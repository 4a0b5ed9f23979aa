import type { Call } from '../../call.ts';

/** The tool or prompt that a call is about; of a client's answer, the one in whose reply it was asked. */
export function toolOf(call: Call): string | undefined {
  const subject = call.kind === 'response' ? call.origin : call;
  return subject !== undefined && (subject.method === 'tools/call' || subject.method === 'prompts/get') ? subject.name : undefined;
}
