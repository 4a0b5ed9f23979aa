/** What a control that comes with the proxy declares, beyond what a team's own control does. */

/** The usual order of controls, outermost first, by what a control does. */
export const STAGES = [
  // Refusals of a control before it are not in the record.
  'record',
  // Before anything that costs more than a count.
  'limit',
  // Policies use the names and arguments that the client sees.
  'permit',
  // Changes what the client sees: the controls after it see the upstream's own names.
  'present',
  // A team's own controls: what they add to a call is still inspected.
  'own',
  // While data is data: after `replace` it may be a token.
  'remove',
  'stop',
  'replace',
  // Calls as they are sent, and results as they arrive.
  'validate',
  // Descriptions as the upstream gives them, before any control changes them.
  'pin',
] as const;
/** The stage of a built-in control. */
export type Stage = Exclude<(typeof STAGES)[number], 'own'>;

/** A reviewed description of the upstreams. */
export interface Pins {
  /** The content of `tools.lock.json`. */
  readonly lock: object;
  /** False: what differs is only logged. */
  readonly enforces: boolean;
  /** Names that may differ; `*` stands for any characters. */
  readonly except: readonly string[];
}

export interface BuiltIn {
  readonly stage: Stage;
  /** What it does, as the table in `docs/controls.md` says it. */
  readonly does: string;
  /**
   * The upstreams that its options were made for, with what stands before their names. A config with others is refused.
   * Undefined: any.
   */
  readonly upstreams?: Readonly<Record<string, string>> | undefined;
  /** Types of data that it hides from clients. A control outside it must not show them again. @default - none */
  readonly hides?: readonly string[] | undefined;
  /** Types of data that it shows to clients, if the upstream has them hidden. @default - none */
  readonly restores?: readonly string[] | undefined;
  /** Scopes that it requires of callers' tokens for some calls: clients learn that they exist. @default - none */
  readonly scopes?: readonly string[] | undefined;
  /** What it holds the upstreams to. Undefined: nothing. */
  readonly pins?: Pins | undefined;
  /**
   * Whether it may change the content of a resource that a client reads. Then no digest of it is passed on.
   * @default - whether it may map `resources/read`
   */
  readonly changesResources?: boolean | undefined;
}
