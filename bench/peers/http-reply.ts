/**
 * Reads HTTP/1.1 replies of any server from a socket, whole. Unlike `reply-reader.ts` it expects nothing: peers answer in
 * their own words, as JSON or as an event stream.
 */
export interface HttpReply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** The server keeps the connection. */
  readonly kept: boolean;
}

interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  /** Where the body begins. */
  readonly end: number;
}

export class HttpReplies {
  readonly #done: (reply: HttpReply) => void;
  #bytes: Buffer = Buffer.alloc(0);
  #head: Head | undefined;
  /** Of a chunked body: what was read, and where the next chunk begins. */
  #chunks: Buffer[] = [];
  #at = 0;

  constructor(done: (reply: HttpReply) => void) {
    this.#done = done;
  }

  push(bytes: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    this.#head ??= this.#readHead();
    if (this.#head === undefined) return;
    const { headers, end } = this.#head;
    const length = headers.get('content-length');
    if (headers.get('transfer-encoding') === 'chunked') return this.#readChunks(end);
    const stop = end + Number(length ?? 0);
    if (this.#bytes.length >= stop) this.#finish(this.#bytes.subarray(end, stop), stop);
  }

  #readHead(): Head | undefined {
    const end = this.#bytes.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const [first = '', ...lines] = this.#bytes.toString('latin1', 0, end).split('\r\n');
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    return { status: Number(first.split(' ')[1]), headers, end: end + 4 };
  }

  #readChunks(begin: number): void {
    if (this.#at === 0) this.#at = begin;
    for (;;) {
      const line = this.#bytes.indexOf('\r\n', this.#at);
      if (line < 0) return;
      const size = Number.parseInt(this.#bytes.toString('latin1', this.#at, line), 16);
      const stop = line + 2 + size;
      if (this.#bytes.length < stop + 2) return;
      if (size === 0) return this.#finish(Buffer.concat(this.#chunks), stop + 2);
      this.#chunks.push(this.#bytes.subarray(line + 2, stop));
      this.#at = stop + 2;
    }
  }

  #finish(body: Buffer, end: number): void {
    const { status, headers } = this.#head ?? { status: NaN, headers: new Map<string, string>() };
    const text = body.toString();
    this.#bytes = this.#bytes.subarray(end);
    this.#head = undefined;
    this.#chunks = [];
    this.#at = 0;
    this.#done({ status, headers, body: text, kept: headers.get('connection')?.toLowerCase() !== 'close' });
  }
}
