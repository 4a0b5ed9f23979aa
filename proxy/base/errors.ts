/**
 * The types of errors. A control (or any part of the proxy) refuses by throwing one of these; the boundary in `wire.ts`
 * is the only place that turns them into HTTP and JSON-RPC.
 */

/** The codes that appear in `docs/errors.md`, in logs and in `data.reason` of an error reply. Stable. */
export type ErrorCode =
  | 'parse-error'
  | 'invalid-request'
  | 'invalid-params'
  | 'header-mismatch'
  | 'method-not-found'
  | 'missing-capability'
  | 'method-not-allowed'
  | 'unsupported-media-type'
  | 'payload-too-large'
  | 'too-many-headers'
  | 'forbidden-origin'
  | 'forbidden-host'
  | 'not-found'
  | 'unauthenticated-caller'
  | 'caller-refused'
  | 'consent-required'
  | 'insufficient-scope'
  | 'session-not-found'
  | 'denied'
  | 'unknown-name'
  | 'invalid-arguments'
  | 'throttled'
  | 'cancelled'
  | 'unmatched-stream'
  | 'inspection-failed'
  | 'upstream-unreachable'
  | 'upstream-timeout'
  | 'upstream-auth'
  | 'upstream-invalid'
  | 'internal';

export interface ProxyErrorOptions extends ErrorOptions {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly clientMessage?: string;
}

/** An expected refusal. Its message may be shown to the client, so it never holds a value from a call. */
export class ProxyError extends Error {
  readonly code: ErrorCode;
  /** Extra members of the JSON-RPC error's `data`. Shown to the client. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
  /**
   * Shown to the client instead of the message, which is then only logged, under `data.errorId`. Used if the message
   * names a host, an address or a binding of the deployment.
   */
  readonly clientMessage: string | undefined;

  constructor(code: ErrorCode, message: string, options?: ProxyErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.data = options?.data;
    this.clientMessage = options?.clientMessage;
  }
}

/**
 * The caller may not do this. For a name (tool, prompt, resource) use {@link UnknownName}: both look the same to the
 * client.
 */
export class Denied extends ProxyError {
  constructor(message = 'not permitted', options?: ErrorOptions) {
    super('denied', message, options);
  }
}

/** The caller may do this, but not with this token: it lacks a scope. The client can get one that has it. */
export class InsufficientScope extends ProxyError {
  /** All that the call needs, also those that the token has. */
  readonly scopes: readonly string[];

  constructor(scopes: readonly string[]) {
    super('insufficient-scope', `the call needs a token with the scopes ${scopes.join(' ')}`, {
      data: { requiredScopes: scopes },
    });
    this.scopes = scopes;
  }
}

export interface UnauthenticatedOptions extends ProxyErrorOptions {
  readonly hadToken: boolean;
  readonly claims?: string | undefined;
}

/** A request without a token, or with one that isn't accepted. */
export class Unauthenticated extends ProxyError {
  /** The request had a token (RFC 6750 §3.1): the client should get another, and not just one. */
  readonly hadToken: boolean;
  /** The claims to ask the next token for, as JSON (OpenID Connect Core §5.5); undefined: none in particular. */
  readonly claims: string | undefined;

  constructor(message: string, options: UnauthenticatedOptions) {
    super('unauthenticated-caller', message, options);
    this.hadToken = options.hadToken;
    this.claims = options.claims;
  }
}

/** Where a person gives the proxy access to an upstream. */
export interface Consent {
  /** Names this request to the person; the same while it is open. */
  readonly id: string;
  /** The page to open. */
  readonly url: string;
  /** Says to the person what it is about. */
  readonly words: string;
  /** Names the person's visit where the page is from. Not shown. */
  readonly visit?: string | undefined;
}

/**
 * The person who calls has to give access first, on a page. A client that opens pages for its person gets the address
 * (URL elicitation), any other one only these words.
 */
export class ConsentRequired extends ProxyError {
  readonly consent: Consent;

  /** @param where what access is needed to, for the error's words */
  constructor(where: string, consent: Consent) {
    super(
      'consent-required',
      `the person who calls has to give access to ${where} first: call with a client that supports URL elicitation (elicitation.url in its capabilities, MCP 2025-11-25 or later), which shows the page`,
    );
    this.consent = consent;
  }
}

/** An HTTP method that the proxy does not support. */
export class MethodNotAllowed extends ProxyError {
  /** The supported ones (RFC 9110, 10.2.1). */
  readonly allow: string;

  constructor(allow: string, got: string) {
    super('method-not-allowed', `expected ${allow}, got ${got}`);
    this.allow = allow;
  }
}

/** A tool, prompt, resource or task that doesn't exist or that this caller may not see. The client can't tell which. */
export class UnknownName extends ProxyError {
  constructor(kind: 'tool' | 'prompt' | 'resource' | 'task', name: string) {
    // The `uri` tells a client that the resource is missing, rather than another parameter wrong (2026-07-28,
    // resources, error handling).
    super('unknown-name', `Unknown ${kind}: ${name}`, kind === 'resource' ? { data: { uri: name } } : undefined);
  }
}

/** Arguments that a model can correct: a tool result with `isError` for `tools/call`, -32602 for all other methods. */
export class Invalid extends ProxyError {
  constructor(message: string, options?: ErrorOptions) {
    super('invalid-arguments', message, options);
  }
}

/** Too many calls. `retryAfterMs` becomes `Retry-After` (whole seconds, rounded up) and `data.retryAfterMs`. */
export class Throttled extends ProxyError {
  readonly retryAfterMs: number;
  constructor(
    retryAfterMs: number,
    message = `too many calls: try again in ${Math.max(1, Math.ceil(retryAfterMs / 1000))} s`,
  ) {
    super('throttled', message, { data: { retryAfterMs } });
    this.retryAfterMs = retryAfterMs;
  }
}

/** What the client is shown for all credential failures; where the credentials come from is only logged. */
const NO_CREDENTIALS = 'the proxy has no credentials that the upstream accepts';

export interface UpstreamFailureOptions extends ProxyErrorOptions {
  /** As for {@link Throttled}. @default - the upstream didn't say when it may be asked again */
  readonly retryAfterMs?: number | undefined;
  /** Others may get through: it is about the credentials of one caller. @default false */
  readonly isOneCallers?: boolean;
}

/** The upstream, or the connection to it, failed: always a 502-class reply, never a 401 or 403 to the client. */
export class UpstreamFailure extends ProxyError {
  readonly #code: UpstreamCode;
  readonly retryAfterMs: number | undefined;
  readonly isOneCallers: boolean;

  constructor(
    code: UpstreamCode,
    message: string,
    { retryAfterMs, isOneCallers = false, ...options }: UpstreamFailureOptions = {},
  ) {
    super(code, message, {
      ...options,
      ...(code === 'upstream-auth' && options.clientMessage === undefined ? { clientMessage: NO_CREDENTIALS } : {}),
      ...(retryAfterMs === undefined ? {} : { data: { ...options.data, retryAfterMs } }),
    });
    this.#code = code;
    this.retryAfterMs = retryAfterMs;
    this.isOneCallers = isOneCallers;
  }

  /** Returns the same failure in words that name the upstream, for a client that has several. */
  of(upstream: string): UpstreamFailure {
    return this.#like((words) => naming(upstream, words), this.isOneCallers);
  }

  /** Returns the same failure, which says nothing about other callers. */
  ofOneCaller(): UpstreamFailure {
    return this.#like((words) => words, true);
  }

  #like(worded: (words: string) => string, isOneCallers: boolean): UpstreamFailure {
    const { clientMessage, data, retryAfterMs } = this;
    return new UpstreamFailure(this.#code, worded(this.message), {
      cause: this.cause,
      retryAfterMs,
      isOneCallers,
      ...(data === undefined ? {} : { data }),
      ...(clientMessage === undefined ? {} : { clientMessage: worded(clientMessage) }),
    });
  }
}

type UpstreamCode = 'upstream-unreachable' | 'upstream-timeout' | 'upstream-auth' | 'upstream-invalid';

function naming(upstream: string, words: string): string {
  const name = `the upstream ${upstream}`;
  if ([' ', "'"].some((after) => words.includes(name + after))) return words;
  const named = words.replace(/\bthe upstream(?=$| |')/, name);
  return named === words ? `${name}: ${words}` : named;
}

/**
 * A control broke a rule of controls; the message is for its author. It is only logged, never sent to the client, and
 * holds no value from a call.
 */
export class ControlFault extends TypeError {
  /** The control's name, if known. */
  control: string | undefined;

  constructor(message: string, options: ErrorOptions & { control?: string } = {}) {
    super(message, options);
    this.name = new.target.name;
    this.control = options.control;
  }
}

/**
 * Attributes an error to a control: a refusal stays as it is, anything else becomes a fault with the control's name.
 * @param control undefined if no control threw it
 */
export function faultOf(control: string | undefined, error: unknown): unknown {
  if (control === undefined || error instanceof ProxyError) return error;
  if (error instanceof ControlFault) {
    error.control ??= control;
    return error;
  }
  return new ControlFault(`control ${control} failed`, { control, cause: error });
}
