/** A response of the upstream: its head, and its body as bytes or as a stream. */
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';

export class Response {
  readonly statusCode: number;
  /** Flat list of names and values, as they were written. */
  readonly rawHeaders: readonly string[];
  /** Bytes, if all of them arrived with the head. */
  readonly body: Body | Buffer;
  #headers: IncomingHttpHeaders | undefined;

  constructor(statusCode: number, rawHeaders: readonly string[], body: Body | Buffer) {
    this.statusCode = statusCode;
    this.rawHeaders = rawHeaders;
    this.body = body;
  }

  /** By name in lower case, as Node has them: repeated ones are joined, except those of which only the first counts. */
  get headers(): IncomingHttpHeaders {
    return (this.#headers ??= byName(this.rawHeaders));
  }

  /** Reads the rest of the body and drops it, so that the connection can be used again. */
  drop(): void {
    if (!Buffer.isBuffer(this.body)) this.body.resume();
  }

  /** Gives up the rest of the body, and the connection with it. */
  destroy(error?: Error): void {
    if (!Buffer.isBuffer(this.body)) this.body.destroy(error);
  }

  /** Calls back when the body has ended, or was given up. */
  whenClosed(done: () => void): void {
    if (Buffer.isBuffer(this.body) || this.body.closed) done();
    else this.body.on('close', done);
  }
}

/** Where a body's bytes come from. */
export interface Source {
  /** More is wanted, after `push` returned false. */
  resume(): void;
  /** The rest isn't wanted. */
  abandon(): void;
}

/** A body that is still arriving. */
export class Body extends Readable {
  #source: Source | undefined;

  constructor(source: Source) {
    super();
    this.#source = source;
  }

  /** All of it has been pushed. */
  complete(): void {
    this.#source = undefined;
    this.push(null);
  }

  override _read(): void {
    this.#source?.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const source = this.#source;
    this.#source = undefined;
    source?.abandon();
    // As with Node's own responses: a body that nobody listens to must not end the process.
    done(this.listenerCount('error') > 0 ? error : null);
  }
}

/** Those of Node's client whose repetitions it drops. */
const FIRST_ONLY: ReadonlySet<string> = new Set([
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
]);

function byName(raw: readonly string[]): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = {};
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]?.toLowerCase() ?? '';
    const value = raw[i + 1] ?? '';
    const known = headers[name];
    if (name === 'set-cookie') (headers[name] ??= []).push(value);
    else if (typeof known !== 'string') headers[name] = value;
    else if (!FIRST_ONLY.has(name)) headers[name] = `${known}, ${value}`;
  }
  return headers;
}
