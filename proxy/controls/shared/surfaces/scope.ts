/** Where a rule applies: a tool, and a path within its data. */
import { Cache } from '../../../base/cache.ts';
import { kindOf } from '../../../base/kind-of.ts';
import { ANY_DEPTH, ANY_ITEM, ANY_KEY, type Step, stepsOf } from '../../../json/path.ts';
import type { ArgumentScope } from '../../../pipeline/control.ts';
import { type Fits, globOf } from '../glob.ts';
import { methodFault } from '../method-names.ts';
import type { Place, Segment } from './place.ts';
import type { Subject } from './subject.ts';

export interface Scope {
  /**
   * The tool (or prompt), by the upstream's name; `*` stands for any characters. Messages that may belong to any call
   * (on a separate stream, or answers to a request that this process did not see) count as this tool's for rules
   * that hide, and never for rules that permit.
   * @default - any tool, and messages about no tool
   */
  readonly tool?: string;
  /** An MCP method instead of a tool, for messages about no tool: `resources/read`. @default - any */
  readonly method?: string;
  /**
   * The path from the root of the data (a tool's arguments, `structuredContent`, JSON in a text; elsewhere `params` or
   * `result`). Keys are separated by dots; `[*]` or `[0]` stands for a list's items, `*` for any key, `**` for any
   * number of levels: `customer.email`, `rows[*].iban`, `**.nationalId`. Keys with other characters are quoted:
   * `["e-mail"]`. The path includes everything beneath it.
   */
  readonly path: string;
}

/** Declares a hidden field as an argument that the control reads. */
export function hidingIn({ tool, method, path }: Scope): ArgumentScope {
  return { ...(tool === undefined ? {} : { tool }), ...(method === undefined ? {} : { method }), path, inText: true };
}

/** Whether a control that hides what detectors find, and these fields, may change a resource that a client reads. */
export function changesResources(detectors: readonly unknown[] = [], fields: readonly Scope[] = []): boolean {
  return (
    detectors.length > 0 ||
    fields.some(({ tool, method = 'resources/read' }) => tool === undefined && method === 'resources/read')
  );
}

/** A part of a path without `**`. */
type Run = readonly Exclude<Step, typeof ANY_DEPTH>[];

function runsOf(steps: readonly Step[]): readonly Run[] {
  const runs: Exclude<Step, typeof ANY_DEPTH>[][] = [[]];
  for (const step of steps) {
    if (step === ANY_DEPTH) runs.push([]);
    else runs.at(-1)?.push(step);
  }
  return runs;
}

/**
 * Whether the runs lead to `path` or to something that encloses it, starting at `root` and ending at `end` at the
 * latest.
 */
function leadsTo(runs: readonly Run[], path: readonly Segment[], root: number, end: number): boolean {
  let at = root;
  for (let i = 0; i < runs.length; i++) {
    const run = runs[i] ?? [];
    // The first run must match at the root. The others match as early as possible, which leaves the most to those that
    // follow.
    const last = i === 0 ? root : end - run.length;
    while (at <= last && !fitsAt(run, path, at, end)) at++;
    if (at > last || at + run.length > end) return false;
    at += run.length;
  }
  return true;
}

function fitsAt(run: Run, path: readonly Segment[], at: number, end: number): boolean {
  if (at + run.length > end) return false;
  for (let i = 0; i < run.length; i++) {
    const [wanted, segment] = [run[i], path[at + i]];
    if (
      wanted === ANY_KEY
        ? typeof segment !== 'string'
        : wanted === ANY_ITEM
          ? typeof segment !== 'number'
          : wanted !== segment
    )
      return false;
  }
  return true;
}

interface Compiled<T> {
  readonly fits: Fits | undefined;
  readonly method: string | undefined;
  readonly runs: readonly Run[];
  readonly value: T;
}

interface ByCall<T> extends Subject {
  readonly method: string;
  readonly scopes: readonly Compiled<T>[];
}

const KNOWN = ['tool', 'method', 'path'];

/**
 * Limits of the cache, because clients may name any number of tools that don't exist: total bytes, and characters of a
 * tool's and a method's name together.
 */
const MAX_BYTES = 512 * 1024;
const LONGEST = 480;
/** Two string slices of the key, and the object that holds them. */
const OWN_BYTES = 192;

/** Finds the rule that applies at a place. */
export class Scopes<T> {
  readonly #scopes: readonly Compiled<T>[];
  /** By subject: most calls are about a tool that no scope names. */
  readonly #byCall: Cache<ByCall<T>>;
  /** All strings of a walk have the same subject. */
  #last: ByCall<T> | undefined;
  /** The last subject that was too long for the cache; released with its message. */
  #long: WeakRef<ByCall<T>> | undefined;

  constructor(scopes: readonly (readonly [Scope, T])[]) {
    this.#scopes = scopes.map(([{ tool, method, path }, value]) => ({
      fits: tool === undefined ? undefined : globOf(tool),
      method,
      runs: runsOf(stepsOf(path) ?? []),
      value,
    }));
    this.#byCall = new Cache({ maxBytes: MAX_BYTES, weigh: () => OWN_BYTES + 8 * scopes.length });
  }

  /**
   * The fault of a scope; undefined if there is none. Unknown members are refused: a scope with a misspelt `tool` would
   * apply to all tools.
   * @param more members allowed besides those of every scope
   */
  static fault(scope: unknown, more: readonly string[] = []): string | undefined {
    if (typeof scope !== 'object' || scope === null || !('path' in scope))
      return `expected an object with a path, such as { path: 'customer.email' }, got ${kindOf(scope)}`;
    const known = [...KNOWN, ...more];
    const other = Object.keys(scope).find((key) => !known.includes(key));
    if (other !== undefined) return `expected ${known.join(', ')}, got ${JSON.stringify(other)}`;
    const { path } = scope;
    if (typeof path === 'string' && /^\$(?:[.[]|$)/.test(path))
      return `expected a path without a leading "$", since paths start at the root of the data, got ${JSON.stringify(path)}`;
    if (typeof path !== 'string' || stepsOf(path) === undefined)
      return `expected a path such as customer.email or rows[*].iban, got ${JSON.stringify(path)}`;
    const method: unknown = 'method' in scope ? scope.method : undefined;
    const misspelt = typeof method === 'string' ? methodFault(method) : undefined;
    if (misspelt !== undefined) return `method: ${misspelt}`;
    for (const [name, value] of Object.entries<unknown>({ ...scope })) {
      if ((name === 'tool' || name === 'method') && (typeof value !== 'string' || value === ''))
        return `${name}: expected a name, got ${JSON.stringify(value)}`;
    }
    return undefined;
  }

  get empty(): boolean {
    return this.#scopes.length === 0;
  }

  /** The first scope that applies to a place or to something that encloses it, from any root. For rules that refuse. */
  at(at: Place): T | undefined {
    return this.#scopes.length === 0 ? undefined : this.#from(at, at.path.length)?.value;
  }

  /** The first scope that hides the data at a place. Keys are hidden if they are beneath the named field. */
  hides(at: Place): T | undefined {
    if (this.#scopes.length === 0 || at.grammar) return undefined;
    const end = at.isKey ? at.path.length - 1 : at.path.length;
    // Keys directly at a root are the names of the fields themselves.
    return at.isKey && at.roots.includes(end) ? undefined : this.#from(at, end)?.value;
  }

  /** The first scope that may hide something within the data at a place. */
  within(at: Place): T | undefined {
    return at.grammar ? undefined : this.of(at, at.method)[0]?.value;
  }

  /**
   * The first scope that permits something at a place. Only the last root counts, so that nobody can write data that
   * looks as if it were there.
   */
  permits(at: Place): T | undefined {
    if (this.#scopes.length === 0 || at.permits === 'none') return undefined;
    for (const { fits, method, runs, value } of this.of(at, at.method)) {
      const counts =
        (at.known || fits === undefined) && (method === undefined ? at.permits === 'any' : method === at.method);
      if (counts && leadsTo(runs, at.path, at.root, at.path.length)) return value;
    }
    return undefined;
  }

  /** The scopes that may apply to that tool or method. */
  of({ tool, known }: Subject, method: string): readonly Compiled<T>[] {
    const last = this.#last;
    if (last !== undefined && last.tool === tool && last.method === method && last.known === known) return last.scopes;
    if ((tool?.length ?? 0) + method.length > LONGEST) return this.#ofLong(tool, known, method);
    const key = `${known ? '' : '?'}${tool === undefined ? '' : tool.length}:${tool ?? ''}${method}`;
    this.#last = this.#byCall.getOrMake(key, (own) => {
      const from = own.indexOf(':') + 1;
      const to = from + (tool?.length ?? 0);
      return {
        tool: tool === undefined ? undefined : own.slice(from, to),
        known,
        method: own.slice(to),
        scopes: this.#fitting(tool, known, method),
      };
    });
    return this.#last.scopes;
  }

  #ofLong(tool: string | undefined, known: boolean, method: string): readonly Compiled<T>[] {
    const last = this.#long?.deref();
    if (last !== undefined && last.tool === tool && last.method === method && last.known === known) return last.scopes;
    const found = { tool, known, method, scopes: this.#fitting(tool, known, method) };
    this.#long = new WeakRef(found);
    return found.scopes;
  }

  #fitting(tool: string | undefined, known: boolean, method: string): readonly Compiled<T>[] {
    // For an answer to an unknown request, the method is unknown too.
    const isAny = !known && method === 'response';
    return this.#scopes.filter(
      (scope) =>
        (scope.fits === undefined || (tool === undefined ? !known : scope.fits(tool))) &&
        (scope.method === undefined || isAny || scope.method === method),
    );
  }

  #from(at: Place, end: number): Compiled<T> | undefined {
    for (const scope of this.of(at, at.method)) {
      for (const root of at.roots) if (leadsTo(scope.runs, at.path, root, end)) return scope;
    }
    return undefined;
  }
}
