/** Keeps whole HTTP answers that are not MCP replies: the client library drops details that a person needs for a fix. */
import { isObject } from '../../proxy/json/lossless.ts';
import { Failure } from '../operator/failure.ts';
import type { InboundFetch } from '../operator/inbound.ts';

const MAX_TEXT = 4_096;

/** The endpoint answered, but not with an MCP reply. */
export class Refused extends Error {
  readonly status: number;
  /** AWS's name for the error, such as `AccessDeniedException`. */
  readonly errorType: string | undefined;
  /** `WWW-Authenticate`, if the answer has one. */
  readonly challenge: string | undefined;
  /** The JSON-RPC error in the body, if there is one: the proxy's own message. */
  readonly rpc: RpcError | undefined;

  constructor(status: number, headers: Headers, body: string) {
    const parsed = parse(body);
    const error = parsed?.['error'];
    const rpc =
      isObject(error) && typeof error['code'] === 'number' && typeof error['message'] === 'string'
        ? { code: error['code'], message: error['message'], data: error['data'] }
        : undefined;
    const said = parsed?.['message'] ?? parsed?.['Message'];
    super(rpc?.message ?? (typeof said === 'string' ? said : `HTTP ${status}`));
    this.name = 'Refused';
    this.status = status;
    this.errorType = headers.get('x-amzn-errortype')?.split(':', 1)[0] ?? undefined;
    this.challenge = headers.get('www-authenticate') ?? undefined;
    this.rpc = rpc;
  }
}

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data: unknown;
}

/** The connection failed or broke off. */
export class Unreachable extends Error {
  readonly code: string;

  constructor(code: string, options: ErrorOptions) {
    super(`no connection (${code})`, options);
    this.name = 'Unreachable';
    this.code = code;
  }
}

/** `fetch` that throws {@link Refused} and {@link Unreachable} for answers that no MCP client can handle. */
export function watched(fetch: InboundFetch): InboundFetch {
  return async (url, init) => {
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (error) {
      if (error instanceof Failure || init?.signal?.aborted === true) throw error;
      throw new Unreachable(codeOf(error), { cause: error });
    }
    const { status, headers } = response;
    // Other statuses from 400 to 499 belong to the protocol: an unsupported era, a lost session.
    if (status !== 401 && status !== 403 && status !== 429 && status < 500) return response;
    throw new Refused(status, headers, (await response.text().catch(() => '')).slice(0, MAX_TEXT));
  };
}

function parse(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? error.message : codeOf(error.cause);
}
