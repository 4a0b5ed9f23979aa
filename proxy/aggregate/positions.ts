/** Event ids of the proxy's streams: they say where the stream of each upstream stands. */
import { isObject } from '../json/lossless.ts';

/** Characters of an upstream's event ids in one id, which a client returns in a header. */
const MAX_CHARACTERS = 4096;
/** What no header may hold. */
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

/** Where a client's stream stood when it lost it. */
export interface Resumed {
  /** The value of `Last-Event-ID` for each upstream. */
  readonly positions: ReadonlyMap<string, string>;
  /** The id of the request whose stream it is, as JSON text; undefined: it is a stream of all upstreams. */
  readonly request: string | undefined;
  /** The token of its progress, in the form of `tokenKey`; undefined: it has none. */
  readonly token: string | undefined;
}

/** An event of the stream of one request. Empty: nobody can resume there. */
export function ofRequest(upstream: string, id: string, request: string, token: string | undefined): string {
  return id.length + request.length + (token?.length ?? 0) > MAX_CHARACTERS
    ? ''
    : written([upstream, id, request, ...(token === undefined ? [] : [token])]);
}

/** The positions of a stream of several upstreams. */
export class Positions {
  readonly #positions: Map<string, string>;
  readonly #longest: number;

  /** @param upstreams how many share the length of an id */
  constructor(before: ReadonlyMap<string, string> | undefined, upstreams: number) {
    this.#positions = new Map(before);
    this.#longest = Math.floor(MAX_CHARACTERS / upstreams);
  }

  /** The id for an event of an upstream. One whose ids are too long is resumed at an earlier event, or from now on. */
  at(upstream: string, id: string): string {
    if (id.length <= this.#longest) this.#positions.set(upstream, id);
    return this.#positions.size === 0 ? '' : written(Object.fromEntries(this.#positions));
  }
}

/** What {@link ofRequest} and {@link Positions} made; undefined: something else. */
export function resumedAt(lastEventId: string): Resumed | undefined {
  const value = read(lastEventId);
  if (Array.isArray(value)) {
    const [upstream, id, request, token] = value as readonly unknown[];
    const isOurs = typeof upstream === 'string' && typeof id === 'string' && typeof request === 'string';
    return isOurs && !CONTROL.test(id) && isJson(request)
      ? {
          positions: new Map([[upstream, asHeader(id)]]),
          request,
          token: typeof token === 'string' ? token : undefined,
        }
      : undefined;
  }
  if (!isObject(value)) return undefined;
  const positions = new Map<string, string>();
  for (const [upstream, id] of Object.entries(value)) {
    if (typeof id !== 'string' || CONTROL.test(id)) return undefined;
    positions.set(upstream, asHeader(id));
  }
  return { positions, request: undefined, token: undefined };
}

function written(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function read(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The bytes of an id are UTF-8; Node takes each character of a header for one byte. */
function asHeader(id: string): string {
  return Buffer.from(id).toString('latin1');
}
