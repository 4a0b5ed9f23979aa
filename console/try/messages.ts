/** What a run of the form tells the page, a line of JSON each. Types only: the page imports them. */

export type RunMessage =
  /** A call of the run passed the proxy. */
  | { readonly type: 'call'; readonly id: number }
  | {
      readonly type: 'progress';
      readonly progress: number;
      readonly total?: number | undefined;
      readonly message?: string | undefined;
    }
  | { readonly type: 'question'; readonly question: Question }
  /** `text` is JSON. */
  | { readonly type: 'result'; readonly text: string; readonly isError: boolean }
  | { readonly type: 'error'; readonly message: string };

export interface Question {
  readonly id: number;
  readonly message: string;
  /** A page that the person should open. */
  readonly url?: string | undefined;
  readonly schema?: Readonly<Record<string, unknown>> | undefined;
}

export interface RunRequest {
  readonly caller: CallerChoice;
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** The name of a known caller, or claims; neither: as the config's source reads it. */
export interface CallerChoice {
  readonly name?: string | undefined;
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}
