/** A control as a table by method: the methods that it may name, and what happens to calls of other methods. */
import { ControlFault, Denied } from '../base/errors.ts';
import { kindOf } from '../base/kind-of.ts';
import type { Call } from '../call/call.ts';
import { isClientMethod } from '../call/methods.ts';
import type { ClientMethod } from '../call/params.ts';
import type { Control, Next } from './next.ts';

/** A control by method. `otherwise` says what happens to calls of every method it doesn't name. */
export type ByMethod = { readonly otherwise: 'pass' | 'deny' } & {
  readonly [M in ClientMethod]?: (call: Call<M>, next: Next) => ReturnType<Control>;
};

/** The other keys of a table: misspelt methods, which would never be used. */
export type Misspelt<T> = T extends Control
  ? unknown
  : { readonly [K in Exclude<keyof T, keyof ByMethod>]: 'no method that a client of MCP sends' };

/**
 * A control from either form, as its `setup` returned it.
 * @param name the control's name, for errors
 * @throws ControlFault for anything else: a misspelt method, or one without a handler, would never run
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
    // The table's type has checked which calls the handler accepts.
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
