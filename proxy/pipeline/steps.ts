/**
 * A built-in control in two steps, before the call and after its reply, with nothing around the rest. Several in a row
 * need one function and one promise for a call, where controls around one another need five of each.
 */
import { Call } from '../call/call.ts';
import type { Reply } from '../reply/reply.ts';
import type { Control } from './next.ts';

/** Runs before the call goes on, and refuses it by throwing. Returns the call that goes on, alone if nothing follows. */
export type Before = (call: Call) => Call | Passing | Promise<Call | Passing>;

/** A call that goes on, and what its control does afterwards. */
export interface Passing {
  readonly call: Call;
  /** Runs when the reply's headers have arrived. Refuses by throwing, and changes the reply by its own methods only. */
  replied?(reply: Reply): void;
  /** Runs if the call is refused or fails further in, or on its reply's way back. */
  failed?(error: unknown): void;
}

const STEPS = Symbol('steps');

type Stepwise = Control & { readonly [STEPS]: Before };

/** A control made of steps, which can be called like any other. */
export function inSteps(before: Before): Control {
  const control: Control = async (call, next) => {
    const begun = before(call);
    const passing = passingOf(begun instanceof Promise ? await begun : begun);
    let reply: Reply;
    try {
      reply = await next(passing.call);
    } catch (error) {
      passing.failed?.(error);
      throw error;
    }
    passing.replied?.(reply);
    return reply;
  };
  return Object.assign(control, { [STEPS]: before });
}

export function passingOf(given: Call | Passing): Passing {
  return given instanceof Call ? { call: given } : given;
}

/** The steps of a control that was made of them. */
export function stepsOf(control: Control): Before | undefined {
  return isStepwise(control) ? control[STEPS] : undefined;
}

function isStepwise(control: Control): control is Stepwise {
  return STEPS in control;
}
