/** Where something applies: a tool, and a path within its data. */
import type { Place, Segment } from '../surfaces/index.ts';

export interface Scope {
  /**
   * The tool (or prompt), by the name that the upstream gives it; `*` stands for any characters.
   * @default - any, and what is about no tool
   */
  readonly tool?: string;
  /** An MCP method instead of a tool, for what is about none: `resources/read`. @default - any */
  readonly method?: string;
  /**
   * From the root of the data (a tool's arguments, `structuredContent`, JSON in a text; elsewhere `params` or `result`): keys with
   * dots between them, `[*]` or `[0]` for a list's items, `*` for any key, `**` for any number of levels: `customer.email`,
   * `rows[*].iban`, `**.nationalId`. Keys with other characters in quotes: `["e-mail"]`. All that lies beneath belongs to it.
   */
  readonly path: string;
}

type Step = string | number | typeof ANY_KEY | typeof ANY_ITEM | typeof ANY_DEPTH;
const ANY_KEY = Symbol('*');
const ANY_ITEM = Symbol('[*]');
const ANY_DEPTH = Symbol('**');

const STEP = /\.?(\*\*|\*|[\p{L}\p{N}_$-]+)|\[(\*|\d+|"(?:[^"\\]|\\.)*")\]/uy;

/** The steps of a path; undefined where it is none. */
function stepsOf(path: string): Step[] | undefined {
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  while (STEP.lastIndex < path.length) {
    const [whole, key, item] = STEP.exec(path) ?? [];
    // The first has no dot before it, the others that are no brackets have one.
    if (whole === undefined || (key !== undefined && whole.startsWith('.') !== steps.length > 0)) return undefined;
    if (key !== undefined) steps.push(key === '**' ? ANY_DEPTH : key === '*' ? ANY_KEY : key);
    else if (item === '*') steps.push(ANY_ITEM);
    else steps.push(JSON.parse(item ?? '""') as string | number);
  }
  return steps.length === 0 ? undefined : steps;
}

/** Whether `steps` lead to the place or to something around it. */
function leadsTo(steps: readonly Step[], path: readonly Segment[], step: number, at: number): boolean {
  for (; step < steps.length; step++, at++) {
    const wanted = steps[step];
    if (wanted === ANY_DEPTH) {
      for (let skip = at; skip <= path.length; skip++) if (leadsTo(steps, path, step + 1, skip)) return true;
      return false;
    }
    const segment = path[at];
    if (segment === undefined) return false;
    if (wanted === ANY_KEY ? typeof segment !== 'string' : wanted === ANY_ITEM ? typeof segment !== 'number' : wanted !== segment) return false;
  }
  return true;
}

interface Compiled<T> {
  readonly tool: RegExp | undefined;
  readonly method: string | undefined;
  readonly steps: readonly Step[];
  readonly value: T;
}

/** Finds what applies at a place. */
export class Scopes<T> {
  readonly #scopes: readonly Compiled<T>[];
  /** By what a call is about: most calls are about a tool that no scope names. */
  readonly #byCall = new Map<string, readonly Compiled<T>[]>();

  constructor(scopes: readonly (readonly [Scope, T])[]) {
    this.#scopes = scopes.map(([{ tool, method, path }, value]) => ({ tool: tool === undefined ? undefined : globOf(tool), method, steps: stepsOf(path) ?? [], value }));
  }

  /** What is wrong with a scope, in words; undefined: nothing. */
  static fault(scope: unknown): string | undefined {
    if (typeof scope !== 'object' || scope === null || !('path' in scope)) return 'expected an object with a path';
    const { tool, method, path } = scope as Partial<Record<keyof Scope, unknown>>;
    if (typeof path !== 'string' || stepsOf(path) === undefined) return `expected a path such as customer.email or rows[*].iban, got ${JSON.stringify(path)}`;
    for (const [name, value] of [['tool', tool], ['method', method]] as const) {
      if (value !== undefined && (typeof value !== 'string' || value === '')) return `expected ${name} to be a name, got ${JSON.stringify(value)}`;
    }
    return undefined;
  }

  get empty(): boolean {
    return this.#scopes.length === 0;
  }

  /** The first that applies. */
  at({ tool, method, path, root }: Place): T | undefined {
    if (this.#scopes.length === 0) return undefined;
    const scopes = this.of(tool, method);
    if (scopes.length === 0) return undefined;
    const within = root === 0 ? path : path.slice(root);
    return scopes.find(({ steps }) => leadsTo(steps, within, 0, 0))?.value;
  }

  /** Whether anything may apply to what is about that tool, or is of that method. */
  of(tool: string | undefined, method: string): readonly Compiled<T>[] {
    const key = tool === undefined ? `m${method}` : `t${method} ${tool}`;
    let scopes = this.#byCall.get(key);
    if (scopes === undefined) {
      scopes = this.#scopes.filter((scope) => (scope.tool === undefined || (tool !== undefined && scope.tool.test(tool))) && (scope.method === undefined || scope.method === method));
      // Clients may name tools that don't exist, without end.
      if (this.#byCall.size >= 1_024) this.#byCall.clear();
      this.#byCall.set(key, scopes);
    }
    return scopes;
  }
}

/** `*` alone has a meaning. Patterns are the config's own, and have no nesting. */
function globOf(glob: string): RegExp {
  return new RegExp(`^${glob.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&')).join('.*')}$`, 's');
}
