/**
 * Odd but real upstreams and clients, as data: what the upstream answers, what a client sends, what it must get, and
 * how often the upstream may have seen what. Each case is played in both eras and through each set of controls, unless
 * it says otherwise.
 */
import type { SetName } from './sets.ts';

export type Era = 'legacy' | 'modern';

/**
 * What an upstream answers. In `body` and `events`, `$ID` stands for the request's id, `$STRING_ID` for that id as a
 * string.
 */
export interface Answer {
  /** @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is; anything else as JSON. */
  readonly body?: unknown;
  /** An event stream, each entry a raw event or a message. Sent one after the other. */
  readonly events?: readonly unknown[];
  /** The connection breaks after so many bytes of the body. */
  readonly cutAfter?: number;
  /** Bytes that are sent as they are, head included. */
  readonly raw?: string;
}

export interface UpstreamScript {
  /**
   * By method, or `GET` and `DELETE`. Of several answers the first is for the first request; the last one stays. What
   * isn't named gets a usual answer.
   */
  readonly answers?: Readonly<Record<string, Answer | readonly Answer[]>>;
  /** It keeps sessions, and says so of one that it doesn't know. Legacy alone. */
  readonly lost?: Answer;
  /** Set on the proxy's side: this upstream is known to keep no state. */
  readonly reopen?: boolean;
}

/** What a client must get. */
export interface Gets {
  /** HTTP status. @default 200 */
  readonly status?: number;
  /** The very bytes that the upstream sent. */
  readonly asSent?: true;
  /** One response, in the request's name, with this in its result. */
  readonly result?: string;
  /** One response, in the request's name: an error with this code. */
  readonly error?: number;
  /** Somewhere in the body. */
  readonly words?: RegExp;
  /** Nowhere in the body. */
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
  /** A message as it is, such as a notification or a client's answer. */
  | { readonly say: string; readonly gets: Gets }
  | { readonly http: 'GET' | 'DELETE'; readonly headers?: readonly string[]; readonly gets: Gets };

export interface Case {
  readonly title: string;
  /** @default - both */
  readonly eras?: readonly Era[];
  /** @default - all of them */
  readonly sets?: readonly SetName[];
  readonly upstream: UpstreamScript;
  readonly steps: readonly Step[];
  /** How often the upstream must have seen these methods, or `GET` and `DELETE`. */
  readonly seen?: Readonly<Record<string, number>>;
  /** Bodies that the upstream must have got, byte for byte. */
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

/** The result that a call of the tool `t` usually has. */
export const RAN = { content: [{ type: 'text', text: 'RAN' }], resultType: 'complete' } as const;
/** The response with that result, in the request's name. */
export const RESPONSE = { jsonrpc: '2.0', id: '$ID', result: RAN } as const;

export function rpcError(id: unknown, code: number, message: string): unknown {
  return { jsonrpc: '2.0', id, error: { code, message } };
}
