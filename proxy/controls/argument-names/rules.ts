/** What the controls of a config go by in the arguments of a call. */
import type { Call } from '../../call.ts';
import type { ArgumentScope, DefinedControl } from '../../control.ts';
import { type Fits, globOf } from '../glob.ts';
import { type Step, stepsOf } from '../surfaces/scope.ts';
import { Reach } from './reach.ts';

/** Of one tool. */
export interface ToolRules {
  readonly reach: Reach;
  /** What is looked for in JSON in a string, too. */
  readonly hidden: Reach;
}

interface Rule {
  readonly fits: Fits | undefined;
  readonly method: string | undefined;
  /** Undefined: whatever the tool's schema declares. */
  readonly steps: readonly Step[] | undefined;
  readonly inText: boolean;
}

/** Which rules fit decides by itself what they reach: there are no more kinds than this, whatever tools clients make up. */
const MAX_KINDS = 256;

export class Rules {
  readonly #controls: readonly DefinedControl[];
  readonly #kinds = new Map<string, ToolRules>();
  #rules: readonly Rule[] | undefined;

  constructor(controls: readonly DefinedControl[]) {
    this.#controls = controls;
  }

  /** Undefined where no control goes by the call's arguments. @param name the tool's or prompt's, as it goes upstream; a control may know it by another */
  async of({ method, exchange }: Call, name: string): Promise<ToolRules | undefined> {
    const rules = (this.#rules ??= await rulesOf(this.#controls));
    const shown = exchange.received?.name ?? name;
    const fitting = rules.flatMap((rule, i) => (fits(rule, method, name) || fits(rule, method, shown) ? [i] : []));
    if (fitting.length === 0 && !exchange.argumentsRead) return undefined;
    const key = fitting.join();
    let found = this.#kinds.get(key);
    if (found === undefined) {
      const steps = (wanted: (rule: Rule) => boolean): Reach => Reach.from(fitting.flatMap((i) => (rules[i]?.steps !== undefined && wanted(rules[i]) ? [rules[i].steps] : [])));
      found = { reach: steps(() => true), hidden: steps(({ inText }) => inText) };
      if (this.#kinds.size >= MAX_KINDS) this.#kinds.clear();
      this.#kinds.set(key, found);
    }
    return found;
  }
}

async function rulesOf(controls: readonly DefinedControl[]): Promise<Rule[]> {
  const all = await Promise.all(controls.map(async ({ arguments: scopes }) => (typeof scopes === 'function' ? scopes() : (scopes ?? []))));
  return all.flat().map(({ tool, method, path, inText = false }: ArgumentScope) => ({
    fits: tool === undefined ? undefined : globOf(tool),
    method,
    steps: path === undefined ? undefined : (stepsOf(path) ?? []),
    inText,
  }));
}

function fits({ fits, method }: Rule, called: string, name: string): boolean {
  return (method === undefined || method === called) && (fits === undefined || fits(name));
}
