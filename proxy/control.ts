/**
 * Controls, and the onion they make. First in the list is outermost: it sees the call first and the reply last.
 */
import { type BindingNeed, needOf } from './binding-need.ts';
import type { Call, ClientMethod } from './call.ts';
import { Denied, type ErrorCode, ProxyError } from './errors.ts';
import { log } from './log.ts';
import type { Attention, Reply } from './reply.ts';

export type Next = (call: Call) => Promise<Reply>;

/** Wraps one call. Refuses by throwing; otherwise returns the reply that `next` gave, with what it attached to it. */
export type Control = (call: Call, next: Next) => Promise<Reply>;

/** A control by method. `otherwise` says what happens to every method it doesn't name. */
export type ByMethod = { readonly otherwise: 'pass' | 'deny' } & {
  readonly [M in ClientMethod]?: (call: Call<M>, next: Next) => Promise<Reply>;
};

/** What a control's `setup` gets. */
export interface SetupContext {
  /** The values of the bindings it declared. */
  readonly bindings: Readonly<Record<string, string>>;
  /** It only watches: what it does to calls and replies takes no effect, and what it does otherwise shouldn't either. */
  readonly auditOnly?: boolean;
  /** Has `listener` told of each HTTP request that is refused before it becomes a call. Not there outside a proxy. */
  readonly onRefused?: (listener: (code: ErrorCode) => void) => void;
  /** Has `listener` run when the proxy ends, after its last call: for what must still be written. It gets 5 seconds. Not there outside a proxy. */
  readonly onClose?: (listener: () => Promise<void>) => void;
}

/** What a control finds wrong with its options, in words. */
export interface Checked {
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

export interface ControlDefinition {
  /** In logs, facts and errors. Unique within a proxy. */
  readonly name: string;
  /**
   * What it does with replies. `ignores`: nothing. `observes`: waits for `reply.finished`. `transforms`: maps them.
   * @default 'transforms'
   */
  readonly replies?: Attention;
  /**
   * Environment variables it needs, by name, with what each is for: in words, or as a `BindingNeed` where it is the ARN of
   * something that the execution role must reach. Missing ones are reported at synth, and before anything starts.
   */
  readonly bindings?: Readonly<Record<string, string | BindingNeed>>;
  /**
   * Whether it decides by who calls. A proxy that can't tell its callers apart is then refused.
   * @default false
   */
  readonly perCaller?: boolean;
  /**
   * Finds what is wrong with its options where that takes longer than a start may: run by the build, by `cdk synth` and by
   * `npm start`, never in the container.
   * @default - nothing is to be found
   */
  readonly check?: () => Promise<Checked>;
  /** Runs once, in the container, before the first call; the place to load what is heavy. */
  readonly setup: (context: SetupContext) => Control | ByMethod | Promise<Control | ByMethod>;
}

/** A control as it stands in a config: known without running anything. */
export interface DefinedControl extends Required<ControlDefinition> {
  readonly bindings: Readonly<Record<string, BindingNeed>>;
  readonly auditOnly: boolean;
}

const NAME = /^[a-z][a-z0-9-]{0,47}$/;

/** Makes a control for `defineProxy`'s list. */
export function defineControl(definition: ControlDefinition): DefinedControl {
  if (!NAME.test(definition.name)) {
    throw new TypeError(`a control's name is lower-case letters, digits and hyphens (at most 48): got ${JSON.stringify(definition.name)}`);
  }
  const bindings = Object.fromEntries(Object.entries(definition.bindings ?? {}).map(([name, need]) => [name, needOf(name, need)]));
  return Object.freeze({ replies: 'transforms' as const, perCaller: false, check: unchecked, ...definition, bindings, auditOnly: false });
}

/** What all controls find wrong with their options. */
export async function checkControls(controls: readonly DefinedControl[]): Promise<Checked> {
  // Whether they are controls at all is for settingsOf to say.
  const checks = controls.map((control: Partial<DefinedControl> | undefined) => control?.check).filter((check) => typeof check === 'function');
  const checked = await Promise.all(checks.map((check) => check()));
  return { faults: checked.flatMap(({ faults }) => faults), warnings: checked.flatMap(({ warnings }) => warnings) };
}

function unchecked(): Promise<Checked> {
  return Promise.resolve({ faults: [], warnings: [] });
}

/** The same control, observing only: what it would have refused is noted, and its changes are not made. */
export function auditOnly(control: DefinedControl): DefinedControl {
  return Object.freeze({
    ...control,
    auditOnly: true,
    replies: control.replies === 'ignores' ? ('ignores' as const) : ('observes' as const),
    setup: async (context: SetupContext) => observing(control.name, asControl(await control.setup({ ...context, auditOnly: true }))),
  });
}

function observing(name: string, control: Control): Control {
  return async (call, next) => {
    let passed: Promise<Reply> | undefined;
    let failure: unknown;
    const observe = async (changed: Call): Promise<Reply> => {
      if (passed !== undefined) throw new Error(`control ${name} called next() twice`);
      if (changed !== call) call.note({ control: name, wouldChange: 'call' });
      passed = next(call);
      try {
        return (await passed).observed();
      } catch (error) {
        failure = error;
        throw error;
      }
    };
    try {
      await control(call, (changed) => {
        const observed = observe(changed);
        observed.catch(ignore);
        return observed;
      });
      if (passed === undefined) call.note({ control: name, wouldDeny: 'internal' });
    } catch (error) {
      // What lies further in failed by itself: the awaited reply below says so.
      if (passed === undefined || error !== failure) call.note({ control: name, wouldDeny: error instanceof ProxyError ? error.code : 'internal' });
    }
    return passed ?? next(call);
  };
}

/** A control from either of its forms. */
export function asControl(control: Control | ByMethod): Control {
  if (typeof control === 'function') return control;
  const table = new Map(Object.entries(control)) as ReadonlyMap<string, unknown>;
  const { otherwise } = control;
  if (otherwise !== 'pass' && otherwise !== 'deny') {
    throw new TypeError(`a per-method control must say what happens to the methods it doesn't name: otherwise: 'pass' | 'deny'`);
  }
  return (call, next) => {
    const handler = call.kind === 'response' || call.method === 'otherwise' ? undefined : table.get(call.method);
    if (typeof handler === 'function') {
      // `is` checks the parameters' shape; the handler's type was checked where the table was written.
      if (!call.is(call.method as ClientMethod)) throw new Denied();
      return (handler as Control)(call, next);
    }
    if (otherwise === 'deny') throw new Denied();
    return next(call);
  };
}

export interface Layer {
  readonly name: string;
  readonly control: Control;
}

/** Composes controls around `inner`, which sends the call to the upstream. Without controls, `inner` itself. */
export function compose(layers: readonly Layer[], inner: Next): Next {
  const names = new Set<string>();
  for (const { name } of layers) {
    if (names.has(name)) throw new TypeError(`two controls are named ${name}`);
    names.add(name);
  }
  return layers.reduceRight<Next>((next, layer) => wrap(layer, next), inner);
}

function wrap({ name, control }: Layer, inner: Next): Next {
  return async (call) => {
    const startedAt = performance.now();
    let reply: Reply | undefined;
    let failure: unknown;
    let calledAt: number | undefined;
    let settled = true;
    const send = async (passedOn: Call): Promise<Reply> => {
      try {
        return (reply = await inner(passedOn));
      } catch (error) {
        failure = error;
        throw error;
      } finally {
        settled = true;
      }
    };
    const next: Next = (passedOn) => {
      if (calledAt !== undefined) return Promise.reject(new Error(`control ${name} called next() twice`));
      if (passedOn?.exchange !== call.exchange) return Promise.reject(new Error(`control ${name} passed on another call than it got: next(call) or next(call.with(…))`));
      calledAt = performance.now();
      settled = false;
      const sent = send(passedOn);
      // A control that looks away while this fails must not bring the process down.
      sent.catch(ignore);
      return sent;
    };
    try {
      const returned = await control(call, next);
      if (!settled) throw new Error(`control ${name} returned before next() had settled: probably a missing await or return`);
      if (calledAt === undefined) throw new Error(`control ${name} returned without calling next(): refuse by throwing`);
      if (returned !== reply || reply === undefined) throw new Error(`control ${name} returned another reply than next() gave it`);
      call.note({ control: name, decision: 'pass', ms: round(calledAt - startedAt) });
      return reply;
    } catch (error) {
      // What failed further in was noted there.
      if (calledAt === undefined || error !== failure) {
        call.note({ control: name, decision: error instanceof ProxyError ? error.code : 'internal', ms: round(performance.now() - startedAt) });
      }
      throw error;
    }
  };
}

function ignore(): void {}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** The strongest attention among controls; at least that of one who observes where the proxy itself does. */
export function attentionOf(controls: readonly DefinedControl[], observed = false): Attention {
  if (controls.some((control) => control.replies === 'transforms')) return 'transforms';
  return observed || controls.some((control) => control.replies === 'observes') ? 'observes' : 'ignores';
}

/** The documented order, outermost first. A team's own controls belong between enrichment and redaction. */
const ORDER = ['audit', 'rate-limit', 'access-policy', 'enrichment', 'redaction', 'secrets', 'tokenization', 'validation'];

/** Warns of controls that stand in another order than the documented one. Returns the warnings. */
export function oddOrder(names: readonly string[]): string[] {
  const warnings: string[] = [];
  const known = names.filter((name) => ORDER.includes(name));
  known.forEach((name, i) => {
    const before = known[i - 1];
    if (before !== undefined && ORDER.indexOf(before) > ORDER.indexOf(name)) {
      warnings.push(`control ${before} stands before ${name}; the usual order is ${ORDER.join(', ')}`);
    }
  });
  for (const warning of warnings) log.warn(warning);
  return warnings;
}
