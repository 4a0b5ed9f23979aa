/** Defines controls. */
import { kindOf } from '../base/kind-of.ts';
import type { Call } from '../call/call.ts';
import type { OnRefused } from '../call/wire.ts';
import { stepsOf } from '../json/path.ts';
import { type Attention, strongest } from '../reply/reply.ts';
import { type BindingNeed, needOf } from './binding-need.ts';
import type { BuiltIn } from './built-in.ts';
import type { ByMethod, Misspelt } from './by-method.ts';
import { type Declared, type Mapped, mappedOf } from './mapped.ts';
import type { Control } from './next.ts';

/** What a control's `setup` gets. */
export interface SetupContext {
  /** The values of the bindings it declared. */
  readonly bindings: Readonly<Record<string, string>>;
  /**
   * The control only observes: its changes to calls and replies are not applied, so it should have no other effects
   * either.
   */
  readonly auditOnly?: boolean;
  /**
   * Recorded calls are played through the control (`npm run replay`): nothing outside the process can be reached. A control
   * that asks a service should decide without it.
   * @default false
   */
  readonly isReplay?: boolean;
  /** Registers a listener for HTTP requests that are refused before they become calls. Undefined outside a proxy. */
  readonly onRefused?: (listener: OnRefused) => void;
  /**
   * Registers a listener that runs when the proxy ends, after its last call, to write what is pending. It has 5
   * seconds. Undefined outside a proxy.
   */
  readonly onClose?: (listener: () => Promise<void>) => void;
  /**
   * Registers what the first call would load: code, tables, patterns. It runs before a snapshot is taken of the process,
   * if one is, so it must open no connection, read no secret and draw nothing at random. Undefined outside a proxy.
   */
  readonly onWarmUp?: (load: () => Promise<unknown>) => void;
  /**
   * Registers what a snapshot of the process must not contain: secrets, connections, random values, times. It runs at the
   * start, or, if a snapshot is taken, before the first call, which is refused if it fails. Undefined outside a proxy.
   */
  readonly onBegin?: (begin: () => Promise<void>) => void;
  /** @internal What a control that withholds names shares with those outside it. Undefined outside a proxy. */
  readonly withholding?: Withholding;
  /** @internal Logs a warning, unless a control with the same binding has. Undefined outside a proxy. */
  readonly warnOnce?: (warning: string) => void;
}

/** One for all controls of a proxy. */
export interface Withholding {
  /** Throws `UnknownName` if the call's name is withheld. Undefined: nothing is. */
  check: ((call: Call) => Promise<void> | undefined) | undefined;
}

/** Arguments of tools or prompts that a control's decision depends on. */
export interface ArgumentScope {
  /**
   * The tool or prompt, by the upstream's name or the client's; `*` matches any characters.
   * @default - any
   */
  readonly tool?: string;
  /**
   * The path of an argument, as in `fields` of `redaction`: `amount`, `order.lines[*].price`.
   * @default - all arguments that the tool's schema declares
   */
  readonly path?: string;
  /** @internal Only in calls of that method. */
  readonly method?: string;
  /** @internal Also searched in JSON inside a string. */
  readonly inText?: boolean;
}

/** What a control's check may know of the config that lists it. */
export interface CheckContext {
  /** The names of the upstreams. Undefined: unknown. */
  readonly upstreams?: readonly string[] | undefined;
}

/** The faults and warnings that a control finds in its options. */
export interface Checked {
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

export interface ControlDefinition {
  /** Name in logs, facts and errors. Unique within a proxy. */
  readonly name: string;
  /**
   * What it does with replies. `ignores`: nothing. `observes`: waits for `reply.finished`. `transforms`: maps them, or
   * only those to the methods that it names.
   * @default 'transforms'
   */
  readonly replies?: Declared;
  /**
   * Environment variables it needs, by name, each with a description, or a `BindingNeed` if it is the ARN of a resource
   * that the execution role must access. Missing ones are reported at synth, and at start before anything else.
   */
  readonly bindings?: Readonly<Record<string, string | BindingNeed>>;
  /**
   * Whether it decides by caller. A proxy that doesn't identify its callers is then refused.
   * @default false
   */
  readonly perCaller?: boolean;
  /**
   * The arguments that its decisions depend on. Argument names that differ from these, or from the tool's schema, only
   * in case are refused after all controls, since some upstreams treat them as the same. `[]`: it depends on none.
   * @default - any that the schema declares, in calls whose `params.arguments` it reads before it passes them on
   */
  readonly arguments?: readonly ArgumentScope[];
  /**
   * Checks its options if that takes too long for a start: runs in the build, `cdk synth` and `npm start`, never in the
   * container.
   * @default - no check
   */
  readonly check?: (context?: CheckContext) => Promise<Checked>;
  /** Runs once, in the container, before the first call. Load here what is slow to load. */
  readonly setup: (context: SetupContext) => Control | ByMethod | Promise<Control | ByMethod>;
}

/** A control as listed in a config; can be read without running code. */
export interface DefinedControl extends Required<Omit<ControlDefinition, 'arguments' | 'replies'>> {
  readonly replies: Attention;
  /** The calls whose replies it may map. `compose` enforces it. */
  readonly maps: Mapped;
  readonly bindings: Readonly<Record<string, BindingNeed>>;
  /**
   * Undefined: detected from what it reads. A function if the arguments are only known after loading: called once, with
   * the first call.
   */
  readonly arguments: readonly ArgumentScope[] | (() => Promise<readonly ArgumentScope[]>) | undefined;
  readonly auditOnly: boolean;
  /** @internal Undefined for a team's own control. */
  readonly builtIn?: BuiltIn;
}

const NAME = /^[a-z][a-z0-9-]{0,47}$/;
const MEMBERS: readonly string[] = [
  'name',
  'replies',
  'bindings',
  'perCaller',
  'arguments',
  'check',
  'setup',
] satisfies (keyof ControlDefinition)[];

/**
 * Makes a control for `defineProxy`'s list.
 * @throws TypeError that lists all faults of the definition
 */
export function defineControl<S extends Control | ByMethod>(
  definition: ControlDefinition & { setup(context: SetupContext): (S & Misspelt<S>) | Promise<S & Misspelt<S>> },
): DefinedControl {
  const {
    name,
    replies = 'transforms',
    bindings = {},
    perCaller = false,
    arguments: scopes,
    check = unchecked,
    setup,
  }: ControlDefinition = definition;
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new TypeError(
      `a control's name is lower-case letters, digits and hyphens (at most 48): got ${JSON.stringify(name)}`,
    );
  }
  const faults = Object.keys(definition).flatMap((key) =>
    MEMBERS.includes(key) ? [] : [`expected ${MEMBERS.join(', ')}, got ${JSON.stringify(key)}`],
  );
  const mapped = mappedOf(replies, faults);
  if (typeof bindings !== 'object' || bindings === null || Array.isArray(bindings))
    faults.push(`bindings: expected an object, by the name of the environment variable, got ${kindOf(bindings)}`);
  if (typeof perCaller !== 'boolean') faults.push(`perCaller: expected true or false, got ${kindOf(perCaller)}`);
  faults.push(...scopeFaults(scopes));
  if (typeof check !== 'function') faults.push(`check: expected a function, got ${kindOf(check)}`);
  if (typeof setup !== 'function')
    faults.push(`setup: expected a function that returns the control, got ${kindOf(setup)}`);
  if (faults.length > 0) throw new TypeError(`control ${name}: ${faults.join('; ')}`);
  const needs = Object.fromEntries(
    Object.entries(bindings).map(([variable, need]) => [variable, needOf(variable, need)]),
  );
  return Object.freeze({
    name,
    ...mapped,
    bindings: needs,
    perCaller,
    arguments: scopes,
    check,
    setup,
    auditOnly: false,
  });
}

const SCOPE: readonly string[] = ['tool', 'path', 'method', 'inText'] satisfies (keyof ArgumentScope)[];

function scopeFaults(scopes: unknown): string[] {
  if (scopes === undefined) return [];
  if (!Array.isArray(scopes))
    return [`arguments: expected a list such as [{ tool: 'pay', path: 'amount' }], got ${kindOf(scopes)}`];
  return (scopes as readonly unknown[]).flatMap((scope, i) => {
    const where = `arguments[${i}]`;
    if (typeof scope !== 'object' || scope === null)
      return [`${where}: expected an object with a tool, a path, both or neither, got ${kindOf(scope)}`];
    const { tool, path }: { readonly tool?: unknown; readonly path?: unknown } = scope;
    const other = Object.keys(scope).find((key) => !SCOPE.includes(key));
    if (other !== undefined) return [`${where}: expected tool and path, got ${JSON.stringify(other)}`];
    if (tool !== undefined && (typeof tool !== 'string' || tool === ''))
      return [`${where}.tool: expected a tool's name, got ${JSON.stringify(tool)}`];
    const isPath = path === undefined || (typeof path === 'string' && stepsOf(path) !== undefined);
    return isPath
      ? []
      : [`${where}.path: expected a path such as amount or order.lines[*].price, got ${JSON.stringify(path)}`];
  });
}

/** Runs the checks of all controls. */
export async function checkControls(controls: readonly DefinedControl[], context: CheckContext = {}): Promise<Checked> {
  // `settingsOf` reports values that are not controls.
  const checks = controls
    .map((control: Partial<DefinedControl> | undefined) => control?.check)
    .filter((check) => typeof check === 'function');
  const checked = await Promise.all(checks.map((check) => check(context)));
  return { faults: checked.flatMap(({ faults }) => faults), warnings: checked.flatMap(({ warnings }) => warnings) };
}

function unchecked(): Promise<Checked> {
  return Promise.resolve({ faults: [], warnings: [] });
}

/** What the controls do with replies, at most; at least `observes` if the proxy itself observes. */
export function attentionOf(controls: readonly DefinedControl[], observed = false): Attention {
  return strongest([...controls.map(({ replies }) => replies), observed ? 'observes' : 'ignores']);
}

/** Whether a client may get another content of a resource than the upstream sent. */
export function mayChangeResources(controls: readonly DefinedControl[]): boolean {
  return controls.some(
    ({ replies, maps, builtIn }) =>
      replies === 'transforms' && (builtIn?.changesResources ?? (maps === 'all' || maps.includes('resources/read'))),
  );
}
