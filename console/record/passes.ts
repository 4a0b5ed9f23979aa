/** What each control did to one call: the message as it passed it on, its times, and what it noted. */
import { isRefusal } from '../../proxy/pipeline/decision.ts';
import type { Changes } from './changes.ts';
import { rounded } from './labels.ts';
import type { Fact, Step, Text } from './records.ts';

export class Passes {
  /** Names of the controls, outermost first. */
  readonly #controls: readonly string[];
  /** The list that the call goes on to fill. */
  readonly #facts: readonly Fact[];
  /** By the control that passed it on. */
  readonly #passed = new Map<string, string | undefined>();
  /** How many facts there were when it passed it on: later ones are about the reply. */
  readonly #factsThen = new Map<string, number>();
  readonly #replyMs = new Map<string, number>();

  constructor(controls: readonly string[], facts: readonly Fact[]) {
    this.#controls = controls;
    this.#facts = facts;
  }

  passed(control: string, text: string | undefined): void {
    this.#passed.set(control, text);
    this.#factsThen.set(control, this.#facts.length);
  }

  /** It took this long for a message of the reply. */
  replied(control: string, ms: number): void {
    this.#replyMs.set(control, (this.#replyMs.get(control) ?? 0) + ms);
  }

  /** Whether a control passed on another text than this. */
  changed(request: string | undefined): boolean {
    return this.#passed.values().some((text) => text !== request);
  }

  /** Characters that it holds besides the request: a text that a control didn't change is the same string. */
  weight(request: string | undefined): number {
    let weight = 0;
    for (const text of this.#passed.values()) if (text !== request) weight += text?.length ?? 0;
    return weight;
  }

  drop(): void {
    this.#passed.clear();
  }

  /** @param outcome of the call: the decision of a control that refused its reply */
  steps(
    request: string | undefined,
    changes: Changes,
    outcome: string,
    shown: (text: string | undefined) => Text | undefined,
  ): Step[] {
    let before = request;
    return this.#controls.map((control) => {
      const decided = this.#facts.find((fact) => fact['control'] === control && typeof fact['decision'] === 'string');
      const passed = this.#passed.get(control);
      const isChanged = passed !== undefined && passed !== before;
      if (passed !== undefined) before = passed;
      const { decision, ms } = decided ?? {};
      return {
        control,
        decision: changes.refusedBy(control)
          ? outcome
          : typeof decision === 'string'
            ? decision
            : this.#passed.has(control)
              ? 'pass'
              : undefined,
        ms: typeof ms === 'number' ? ms : undefined,
        replyMs: rounded(this.#replyMs.get(control)),
        facts: this.#noted(control, decided, true),
        replyFacts: this.#noted(control, decided, false),
        passed: isChanged ? shown(passed) : undefined,
      };
    });
  }

  #noted(control: string, decided: Fact | undefined, isOfRequest: boolean): Fact[] {
    const then = this.#factsThen.get(control) ?? Infinity;
    return this.#facts
      .filter((fact, i) => fact['control'] === control && fact !== decided && i < then === isOfRequest)
      .map((fact) => Object.fromEntries(Object.entries(fact).filter(([name]) => name !== 'control')));
  }
}

/** The control that refused a call with this outcome. */
export function refusing(steps: readonly Step[], outcome: string): Step | undefined {
  // The innermost is noted first; an outer one may have replaced its refusal.
  return steps.find(({ decision }) => decision !== undefined && isRefusal(decision) && decision === outcome);
}

/** What a control's facts say about the reason. */
export function ruleOf({ facts, replyFacts }: Step): string | undefined {
  const words = [...facts, ...replyFacts].flatMap((fact) =>
    Object.entries(fact).map(([name, value]) => (name === 'policy' ? String(value) : `${name}: ${String(value)}`)),
  );
  return words.length === 0 ? undefined : words.join(', ');
}
