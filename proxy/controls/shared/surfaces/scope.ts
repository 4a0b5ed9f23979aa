/** Where something applies: a tool, and a path within its data. */
import { Cache } from '../../../base/cache.ts';
import { ANY_DEPTH, ANY_ITEM, ANY_KEY, type Step, stepsOf } from '../../../json/path.ts';
import type { ArgumentScope } from '../../../pipeline/control.ts';
import { type Fits, globOf } from '../glob.ts';
import { methodFault } from '../method-names.ts';
import type { Place, Segment } from './place.ts';
import type { Subject } from './subject.ts';

export interface Scope {
  /**
   * The tool (or prompt), by the name that the upstream gives it; `*` stands for any characters. What may belong to any
   * call (a stream of its own, an answer to a question that this process didn't see) is taken for this tool's by what
   * hides, and by nothing that permits.
   * @default - any, and what is about no tool
   */
  readonly tool?: string;
  /** An MCP method instead of a tool, for what is about none: `resources/read`. @default - any */
  readonly method?: string;
  /**
   * From the root of the data (a tool's arguments, `structuredContent`, JSON in a text; elsewhere `params` or
   * `result`): keys with dots between them, `[*]` or `[0]` for a list's items, `*` for any key, `**` for any number of
   * levels: `customer.email`, `rows[*].iban`, `**.nationalId`. Keys with other characters in quotes: `["e-mail"]`. All
   * that lies beneath belongs to it.
   */
  readonly path: string;
}

/** A field that is hidden, as what a control goes by. */
export function hidingIn({ tool, method, path }: Scope): ArgumentScope {
  return { ...(tool === undefined ? {} : { tool }), ...(method === undefined ? {} : { method }), path, inText: true };
}

/** What of a path has no `**` in it. */
type Run = readonly Exclude<Step, typeof ANY_DEPTH>[];

function runsOf(steps: readonly Step[]): readonly Run[] {
  const runs: Exclude<Step, typeof ANY_DEPTH>[][] = [[]];
  for (const step of steps) {
    if (step === ANY_DEPTH) runs.push([]);
    else runs.at(-1)?.push(step);
  }
  return runs;
}

/** Whether the runs lead to `path`, from `root` on and no further than `end`, or to something around it. */
function leadsTo(runs: readonly Run[], path: readonly Segment[], root: number, end: number): boolean {
  let at = root;
  for (let i = 0; i < runs.length; i++) {
    const run = runs[i] ?? [];
    // The first stands at the root; each other as early as it fits: that leaves the most to those that follow.
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
 * Clients may name tools that don't exist, without end. Bytes of what is kept; characters of a tool's and a method's
 * name together.
 */
const MAX_BYTES = 512 * 1024;
const LONGEST = 480;
/** Two views of the key, and what holds them. */
const OWN_BYTES = 192;

/** Finds what applies at a place. */
export class Scopes<T> {
  readonly #scopes: readonly Compiled<T>[];
  /** By what a call is about: most calls are about a tool that no scope names. */
  readonly #byCall: Cache<ByCall<T>>;
  /** All strings of a walk ask for the same. */
  #last: ByCall<T> | undefined;
  /** The same, where it is too long to be kept: it goes when the message goes. */
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
   * What is wrong with a scope, in words; undefined: nothing. One whose `tool` is misspelt would be for all tools.
   * @param more members that it has besides those of every scope
   */
  static fault(scope: unknown, more: readonly string[] = []): string | undefined {
    if (typeof scope !== 'object' || scope === null || !('path' in scope)) return 'expected an object with a path';
    const known = [...KNOWN, ...more];
    const other = Object.keys(scope).find((key) => !known.includes(key));
    if (other !== undefined) return `expected ${known.join(', ')}, got ${JSON.stringify(other)}`;
    const { path } = scope;
    if (typeof path === 'string' && /^\$(?:[.[]|$)/.test(path))
      return `expected a path without "$" before it, since each begins at the root of the data: got ${JSON.stringify(path)}`;
    if (typeof path !== 'string' || stepsOf(path) === undefined)
      return `expected a path such as customer.email or rows[*].iban, got ${JSON.stringify(path)}`;
    const method: unknown = 'method' in scope ? scope.method : undefined;
    const misspelt = typeof method === 'string' ? methodFault(method) : undefined;
    if (misspelt !== undefined) return `method: ${misspelt}`;
    for (const [name, value] of Object.entries<unknown>({ ...scope })) {
      if ((name === 'tool' || name === 'method') && (typeof value !== 'string' || value === ''))
        return `expected ${name} to be a name, got ${JSON.stringify(value)}`;
    }
    return undefined;
  }

  get empty(): boolean {
    return this.#scopes.length === 0;
  }

  /**
   * The first that applies to a place or to something around it, from whichever root: for what refuses, whatever it is.
   */
  at(at: Place): T | undefined {
    return this.#scopes.length === 0 ? undefined : this.#from(at, at.path.length)?.value;
  }

  /** The first that hides what stands at a place: data, and of the names in it those beneath what is named. */
  hides(at: Place): T | undefined {
    if (this.#scopes.length === 0 || at.grammar) return undefined;
    const end = at.isKey ? at.path.length - 1 : at.path.length;
    // The names at the root are those of the data itself.
    return at.isKey && at.roots.includes(end) ? undefined : this.#from(at, end)?.value;
  }

  /** The first that may hide something within what stands at a place, whatever that is. */
  within(at: Place): T | undefined {
    return at.grammar ? undefined : this.of(at, at.method)[0]?.value;
  }

  /**
   * The first that permits something at a place: only from the outermost root, so that nobody writes data that looks as
   * if it stood there.
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

  /** What may apply to what is about that tool, or is of that method. */
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
    // Of an answer to an unknown question not even the method is known.
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
