/** The ways in which controls may look at a reply, for tests that must hold with each. */
import { audit } from '../../proxy/controls/audit/index.ts';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';

/** Looks at every message and leaves it as it is. */
export function identity(): DefinedControl {
  return defineControl({
    name: 'identity',
    replies: 'transforms',
    setup: () => async (call, next) => (await next(call)).mapMessages((message) => message),
  });
}

/** Adds a member to every message. */
export function stamping(): DefinedControl {
  return defineControl({
    name: 'stamping',
    replies: 'transforms',
    setup: () => async (call, next) => (await next(call)).mapMessages((message) => ({ ...message, stamped: true })),
  });
}

/** Puts another value into an argument of every tool call. */
export function rewriting(argument: string, value: string): DefinedControl {
  return defineControl({
    name: 'rewriting',
    replies: 'ignores',
    setup: () => ({
      otherwise: 'pass',
      'tools/call': (call, next) => {
        const { params } = call;
        return next(
          params === undefined ? call : call.with({ ...params, arguments: { ...params.arguments, [argument]: value } }),
        );
      },
    }),
  });
}

export const lookers = [
  ['no control', () => []],
  ['the audit control', () => [audit()]],
  ['a control that maps messages', () => [identity()]],
] as const satisfies readonly (readonly [string, () => readonly DefinedControl[]])[];
