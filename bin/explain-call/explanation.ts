/** An explanation of one call: what a person reads, and with `--json` what a program gets. */
import type { Change } from '../../traffic/format.ts';

export interface ExplainedStep {
  readonly control: string;
  /** `does not apply`: it looked at nothing of this call. `not told`: the log doesn't say whether the call reached it. */
  readonly state: 'ran' | 'not reached' | 'does not apply' | 'undecided' | 'not told';
  /** `pass`, `answer`, or the code of its refusal. */
  readonly decision?: string | undefined;
  /** What it decided, and by which rule. */
  readonly words: string;
  readonly facts?: readonly Fact[];
  readonly request?: readonly Change[];
  readonly reply?: readonly Change[];
}

export type Fact = Readonly<Record<string, string | number | boolean>>;

export interface Explanation {
  readonly id?: string | undefined;
  readonly call: {
    readonly at?: string | undefined;
    readonly method?: string | undefined;
    readonly name?: string | undefined;
    readonly caller?: string | undefined;
    readonly era?: string | undefined;
    readonly trace?: string | undefined;
  };
  readonly verdict: 'allowed' | 'refused' | 'failed' | 'undecided';
  /** The code of the refusal, or the outcome of the reply. */
  readonly outcome: string;
  /** The control that refused it. */
  readonly by?: string | undefined;
  readonly summary: string;
  readonly steps: readonly ExplainedStep[];
  /** What the client gets. */
  readonly client?: { readonly status?: number | undefined; readonly body?: string | undefined };
  /** What would have to change for another outcome. */
  readonly remedies: readonly string[];
  /** What this explanation can't know. */
  readonly notes: readonly string[];
  readonly docs?: string | undefined;
  /** Lines of the log that it is made from. */
  readonly lines?: readonly unknown[];
}
