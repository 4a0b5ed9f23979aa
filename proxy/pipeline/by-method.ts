/** A control as a table by method: which methods it may name, and what becomes of calls to others. */
import { ControlFault, Denied } from '../base/errors.ts';
import { kindOf } from '../base/kind-of.ts';
import type { Call } from '../call/call.ts';
import { isClientMethod } from '../call/methods.ts';
import type { ClientMethod } from '../call/params.ts';
import type { Reply } from '../reply/reply.ts';
import type { Control, Next } from './next.ts';

/** A control by method. `otherwise` says what happens to every method it doesn't name. */
export type ByMethod = { readonly otherwise: 'pass' | 'deny' } & {
  readonly [M in ClientMethod]?: (call: Call<M>, next: Next) => Promise<Reply>;
};

/** What a table has besides: a misspelt method, which would never be asked. */
export type Misspelt<T> = T extends Control
  ? unknown
  : { readonly [K in Exclude<keyof T, keyof ByMethod>]: 'no method that a client of MCP sends' };

/**
 * A control from either of its forms, as its `setup` returned it.
 * @param name the control's, for what is wrong with it
 * @throws ControlFault for anything else: a method that is misspelt, or has no handler, would pass unseen
 */
export function asControl(given: Control | ByMethod, name: string): Control {
  const control: unknown = given;
  if (typeof control === 'function') return given as Control;
  const fault = (words: string): ControlFault => new ControlFault(`control ${name}: ${words}`, { control: name });
  if (typeof control !== 'object' || control === null || Array.isArray(control)) {
    throw fault(`expected setup to return a function (call, next) => … or a table by method, got ${kindOf(control)}`);
  }
  const { otherwise, ...handlers }: { readonly otherwise?: unknown } = control;
  if (otherwise !== 'pass' && otherwise !== 'deny') {
    throw fault(
      `expected the table to say what happens to the methods that it doesn't name, otherwise: 'pass' | 'deny', got ${typeof otherwise === 'string' ? JSON.stringify(otherwise) : kindOf(otherwise)}`,
    );
  }
  const table = new Map<string, Control>();
  for (const [method, handler] of Object.entries<unknown>(handlers)) {
    if (!isClientMethod(method))
      throw fault(
        `expected methods that MCP's clients send, such as tools/call, got ${JSON.stringify(method)}; anything else is for otherwise, or for a function (call, next) => …`,
      );
    if (typeof handler !== 'function')
      throw fault(`${method}: expected a function (call, next) => …, got ${kindOf(handler)}`);
    // Which calls it takes was checked where the table was written.
    table.set(method, handler as Control);
  }
  return (call, next) => {
    const handler = call.kind === 'response' ? undefined : table.get(call.method);
    if (handler !== undefined) {
      // `is` checks the parameters' shape.
      if (!call.is(call.method as ClientMethod)) throw new Denied();
      return handler(call, next);
    }
    if (otherwise === 'deny') throw new Denied();
    return next(call);
  };
}
