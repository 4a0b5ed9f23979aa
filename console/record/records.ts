/** What the console knows of calls, in the form in which its page gets it. Types only: the page imports them. */

/** A call, as a line of the list. */
export interface Summary {
  readonly id: number;
  /** `Date.now()` at its arrival. */
  readonly at: number;
  readonly kind: string;
  readonly method: string;
  /** The tool's or prompt's name, the resource's URI. */
  readonly name?: string | undefined;
  readonly era: string;
  /** A label of the caller, never empty. */
  readonly caller: string;
  /** `open` until its reply has ended; then the reply's outcome, or the code of the refusal. */
  readonly outcome: string;
  /** The control that refused it, or its reply. */
  readonly refusedBy?: string | undefined;
  /** What that control noted about why: a rule, a limit. */
  readonly rule?: string | undefined;
  /** The control that answered in the upstream's place. */
  readonly answeredBy?: string | undefined;
  /** Milliseconds until its end. */
  readonly ms?: number | undefined;
  readonly upstreamMs?: number | undefined;
  readonly status?: number | undefined;
  readonly changed: { readonly request: boolean; readonly reply: boolean };
  /** The form of the console made it. */
  readonly tried: boolean;
}

export type Fact = Readonly<Record<string, string | number | boolean>>;

/** A text of a call; at most a part of it, if it is long. */
export interface Text {
  readonly text: string;
  /** Characters that were left out at its end. */
  readonly more?: number;
}

/** What one control did. */
export interface Step {
  readonly control: string;
  /** `pass`, `answer`, the code of its refusal, or undefined if the call did not get to it. */
  readonly decision?: string | undefined;
  /** Milliseconds that it took for the request, and for the messages of the reply. */
  readonly ms?: number | undefined;
  readonly replyMs?: number | undefined;
  /** What it noted before it passed the call on, and after. */
  readonly facts: readonly Fact[];
  readonly replyFacts: readonly Fact[];
  /** The message as it passed it on, if that differs from what it got. */
  readonly passed?: Text | undefined;
}

/** A message of the reply that a control changed: as the upstream sent it, and after each control that changed it. */
export interface Changed {
  readonly upstream: Text;
  readonly steps: readonly { readonly control: string; readonly after?: Text; readonly refused?: string }[];
}

export interface Detail extends Summary {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly version?: string | undefined;
  /** The upstream that it went to, if there are several. */
  readonly upstream?: string | undefined;
  /** The message as the client sent it. */
  readonly request?: Text | undefined;
  /** As it went to the upstream. Undefined: it did not. */
  readonly sent?: Text | undefined;
  readonly steps: readonly Step[];
  readonly changes: readonly Changed[];
  /** Messages of the reply that were changed after those in `changes`. */
  readonly moreChanges: number;
  /** What the client got. */
  readonly reply?: { readonly type: string; readonly body: Text } | undefined;
  /** The texts are gone, since newer calls needed their place. */
  readonly dropped: boolean;
}
