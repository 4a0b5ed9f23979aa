/** The argument names that the controls of a config rely on. */
import type { Call } from '../call/call.ts';
import { type Fits, globOf } from '../controls/shared/glob.ts';
import type { Subject } from '../controls/shared/surfaces/subject.ts';
import { type Step, stepsOf } from '../json/path.ts';
import type { ArgumentScope, DefinedControl } from '../pipeline/control.ts';
import { Reach } from './reach.ts';

/** The rules of one tool. */
export interface ToolRules {
  readonly reach: Reach;
  /** The part that applies to JSON in a string, too. */
  readonly hidden: Reach;
}

interface Rule {
  readonly fits: Fits | undefined;
  readonly method: string | undefined;
  /** Undefined: all names that the tool's schema declares. */
  readonly steps: readonly Step[] | undefined;
  readonly inText: boolean;
}

/** Limits the cached combinations of rules, because clients may invent tool names. */
const MAX_KINDS = 256;

export class Rules {
  readonly #controls: readonly DefinedControl[];
  /** Undefined until loaded. */
  ready: LoadedRules | undefined;

  constructor(controls: readonly DefinedControl[]) {
    this.#controls = controls;
  }

  async load(): Promise<LoadedRules> {
    return (this.ready ??= new LoadedRules(await rulesOf(this.#controls)));
  }
}

export class LoadedRules {
  readonly #rules: readonly Rule[];
  /** Whether a rule may apply to more than arguments. */
  readonly #anyForRest: boolean;
  readonly #kinds = new Map<string, ToolRules>();

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
    this.#anyForRest = rules.some(appliesToRest);
  }

  /**
   * Undefined if no control relies on the call's arguments.
   * @param name the upstream's name of the tool or prompt; a control may know it by another name
   */
  of({ method, exchange }: Call, name: string): ToolRules | undefined {
    const shown = exchange.channels.received?.name ?? name;
    return this.#kind((rule) => fits(rule, method, name) || fits(rule, method, shown), exchange.channels.argumentsRead);
  }

  /** The same for everything but arguments: parameters of another method, and clients' answers. */
  ofRest({ kind, method }: Call, { tool, known }: Subject): ToolRules | undefined {
    if (!this.#anyForRest) return undefined;
    // For an answer to an unknown request, not even the method is known. Policies for a request do not apply to its
    // answer.
    const isAny = !known && method === 'response';
    return this.#kind(
      (rule) =>
        appliesToRest(rule) &&
        (kind !== 'response' || rule.inText) &&
        (rule.method === undefined || isAny || rule.method === method) &&
        (rule.fits === undefined || (tool === undefined ? !known : rule.fits(tool))),
      false,
    );
  }

  #kind(takes: (rule: Rule) => boolean, always: boolean): ToolRules | undefined {
    let key = '';
    let i = 0;
    for (const rule of this.#rules) {
      if (takes(rule)) key += `${i},`;
      i++;
    }
    if (key === '' && !always) return undefined;
    let found = this.#kinds.get(key);
    if (found === undefined) {
      const fitting = this.#rules.filter(takes);
      const steps = (wanted: (rule: Rule) => boolean): Reach =>
        Reach.from(fitting.flatMap((rule) => (rule.steps !== undefined && wanted(rule) ? [rule.steps] : [])));
      found = { reach: steps(() => true), hidden: steps(({ inText }) => inText) };
      if (this.#kinds.size >= MAX_KINDS) this.#kinds.clear();
      this.#kinds.set(key, found);
    }
    return found;
  }
}

/**
 * Rules that hide apply to everything that is sent. Rules about arguments also apply to methods that MCP does not
 * define: there, all parameters count as arguments.
 */
function appliesToRest({ steps, inText, fits, method }: Rule): boolean {
  return steps !== undefined && (inText || fits === undefined) && method !== 'tools/call' && method !== 'prompts/get';
}

async function rulesOf(controls: readonly DefinedControl[]): Promise<Rule[]> {
  const all = await Promise.all(
    controls.map(async ({ arguments: scopes }) => (typeof scopes === 'function' ? scopes() : (scopes ?? []))),
  );
  return all
    .flat()
    .map(({ tool, method, path, inText = false }: ArgumentScope) => ({
      fits: tool === undefined ? undefined : globOf(tool),
      method,
      steps: path === undefined ? undefined : (stepsOf(path) ?? []),
      inText,
    }));
}

function fits({ fits, method }: Rule, called: string, name: string): boolean {
  return (method === undefined || method === called) && (fits === undefined || fits(name));
}
