/**
 * Odd but real upstreams and clients, as data: what the upstream answers, what a client sends, what it must get, and
 * how often the upstream may have seen what. Each case is played in both eras and through each set of controls, unless
 * it says otherwise.
 */
import type { SetName } from './sets.ts';

export type Era = 'legacy' | 'modern';

/**
 * The answer of an upstream. In `body` and `events`, `$ID` is replaced by the request's id, `$STRING_ID` by that id as
 * a string.
 */
export interface Answer {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text unchanged; anything else as JSON. */
  readonly body?: unknown;
  /** An event stream, each entry a raw event or a message. They are sent one after the other. */
  readonly events?: readonly unknown[];
  /** The connection breaks after this many bytes of the body. */
  readonly cutAfter?: number;
  /** Bytes that are sent unchanged, including the headers. */
  readonly raw?: string;
}

export interface UpstreamScript {
  /**
   * By method, or `GET` and `DELETE`. Of several answers, the first is for the first request, and the last is repeated.
   * Methods without an entry get a usual answer.
   */
  readonly answers?: Readonly<Record<string, Answer | readonly Answer[]>>;
  /** It keeps sessions, and reports unknown ones. Only in the legacy era. */
  readonly lost?: Answer;
  /** Set on the proxy's side: this upstream is known to keep no state. */
  readonly reopen?: boolean;
}

/** The expected reply to the client. */
export interface Gets {
  /** HTTP status. @default 200 */
  readonly status?: number;
  /** Exactly the bytes that the upstream sent. */
  readonly asSent?: true;
  /** One response under the request's id, with this in its result. */
  readonly result?: string;
  /** One response under the request's id: an error with this code. */
  readonly error?: number;
  /** Text that the body contains. */
  readonly words?: RegExp;
  /** Text that the body does not contain. */
  readonly without?: RegExp;
}

export type Step =
  /** Legacy: initialize and notifications/initialized. Nothing in the modern era. */
  | { readonly open: true; readonly gets?: Gets }
  /** The upstream restarts: it knows no session any more. */
  | { readonly forget: true }
  | {
      readonly ask: string;
      readonly params?: Readonly<Record<string, unknown>>;
      readonly id?: number | string;
      readonly gets: Gets;
    }
  /** A message sent unchanged, such as a notification or a client's response. */
  | { readonly say: string; readonly gets: Gets }
  | { readonly http: 'GET' | 'DELETE'; readonly headers?: readonly string[]; readonly gets: Gets };

export interface Case {
  readonly title: string;
  /** The eras to play it in. @default - both */
  readonly eras?: readonly Era[];
  /** The sets of controls to play it with. @default - all of them */
  readonly sets?: readonly SetName[];
  readonly upstream: UpstreamScript;
  readonly steps: readonly Step[];
  /** How often the upstream must have seen these methods, or `GET` and `DELETE`. */
  readonly seen?: Readonly<Record<string, number>>;
  /** Bodies that the upstream must have received, byte for byte. */
  readonly got?: readonly string[];
}

export const OPEN: Step = { open: true };
export const FORGET: Step = { forget: true };

export function ask(method: string, gets: Gets, params: Readonly<Record<string, unknown>> = {}): Step {
  return { ask: method, params, gets };
}

/** Calls the tool `t`, whose usual answer is `RAN`. */
export function callTool(gets: Gets = { result: 'RAN' }, args: Readonly<Record<string, unknown>> = {}): Step {
  return { ask: 'tools/call', params: { name: 't', arguments: args }, gets };
}

/** The usual result of a call of the tool `t`. */
export const RAN = { content: [{ type: 'text', text: 'RAN' }], resultType: 'complete' } as const;
/** The response with that result, under the request's id. */
export const RESPONSE = { jsonrpc: '2.0', id: '$ID', result: RAN } as const;

export function rpcError(id: unknown, code: number, message: string): unknown {
  return { jsonrpc: '2.0', id, error: { code, message } };
}
