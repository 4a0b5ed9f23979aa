/** The ways in which controls look at a reply, for tests that must pass with each. */
import { audit } from '../../proxy/controls/audit/index.ts';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';

/** Looks at every message and does not change it. */
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

/** Replaces the value of an argument in every tool call. */
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
