/**
 * What may go wrong, as types. A control (or any part of the proxy) refuses by throwing one of these;
 * the boundary in `wire.ts` is the only place that turns them into HTTP and JSON-RPC.
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
  readonly told?: string;
}

/** An expected refusal: its message may be shown to the client, so it never holds a value out of a call. */
export class ProxyError extends Error {
  readonly code: ErrorCode;
  /** Extra members of the JSON-RPC error's `data`. Shown to the client. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
  /**
   * What the client is told instead of the message, which then stands in the log alone, under `data.errorId`: where it
   * names a host, an address or a binding of the deployment.
   */
  readonly told: string | undefined;

  constructor(code: ErrorCode, message: string, options?: ProxyErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.data = options?.data;
    this.told = options?.told;
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

/** An HTTP method that there is not. */
export class MethodNotAllowed extends ProxyError {
  /** Those that there are (RFC 9110, 10.2.1). */
  readonly allow: string;

  constructor(allow: string, got: string) {
    super('method-not-allowed', `expected ${allow}, got ${got}`);
    this.allow = allow;
  }
}

/**
 * A tool, prompt, resource or task that doesn't exist or that this caller may not know of. The client can't tell which.
 */
export class UnknownName extends ProxyError {
  constructor(kind: 'tool' | 'prompt' | 'resource' | 'task', name: string) {
    // A resource's URI is how the protocol tells a missing one from other bad parameters (2026-07-28, resources, error
    // handling).
    super('unknown-name', `Unknown ${kind}: ${name}`, kind === 'resource' ? { data: { uri: name } } : undefined);
  }
}

/** Arguments a model can mend: becomes a tool result with `isError` for `tools/call`, -32602 for everything else. */
export class Invalid extends ProxyError {
  constructor(message: string, options?: ErrorOptions) {
    super('invalid-arguments', message, options);
  }
}

/** Too much, too often. `retryAfterMs` becomes `Retry-After` (whole seconds, rounded up) and `data.retryAfterMs`. */
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

/** What all that goes wrong with credentials has in common; where they come from is for the log. */
const NO_CREDENTIALS = 'the proxy has no credentials that the upstream takes';

/** The upstream, or the way to it, failed: always a 502-class reply, never a 401 or 403 to the client. */
export class UpstreamFailure extends ProxyError {
  constructor(
    code: 'upstream-unreachable' | 'upstream-timeout' | 'upstream-auth' | 'upstream-invalid',
    message: string,
    options?: ProxyErrorOptions,
  ) {
    super(
      code,
      message,
      code === 'upstream-auth' && options?.told === undefined ? { ...options, told: NO_CREDENTIALS } : options,
    );
  }
}

/**
 * A control did what none may, or is not what it should be: words for its author. The client is told nothing of it, the
 * log all of it, so it holds no value out of a call.
 */
export class ControlFault extends TypeError {
  /** The control's name, once that is known. */
  control: string | undefined;

  constructor(message: string, options: ErrorOptions & { control?: string } = {}) {
    super(message, options);
    this.name = new.target.name;
    this.control = options.control;
  }
}

/**
 * What a control threw, as it goes on: a refusal stays one, anything else is its fault, and has its name.
 * @param control undefined: it wasn't a control that threw
 */
export function faultOf(control: string | undefined, error: unknown): unknown {
  if (control === undefined || error instanceof ProxyError) return error;
  if (error instanceof ControlFault) {
    error.control ??= control;
    return error;
  }
  return new ControlFault(`control ${control} broke`, { control, cause: error });
}
