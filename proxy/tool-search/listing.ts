/** The tools of one caller: asks for the whole list through all controls, in the caller's name, page by page. */
import { Readable } from 'node:stream';
import { Cache } from '../base/cache.ts';
import { ProxyError } from '../base/errors.ts';
import { kernelRandom } from '../base/random.ts';
import { SELF } from '../base/self.ts';
import type { Exchange } from '../call/exchange.ts';
import { META_VERSION, type Message, readMessage } from '../call/message.ts';
import type { Dispatching } from '../dispatch/dispatching.ts';
import { isObject } from '../json/lossless.ts';
import { membersAt } from '../json/strict.ts';
import type { JsonObject } from '../json/value.ts';
import { ownExchange } from '../upstream/own-calls.ts';
import { readResponseText } from '../upstream/read.ts';
import { HeldReply } from './held-reply.ts';
import { type Known, KnownPages } from './known-pages.ts';

/** Pages of a list, and characters of all of them, at most. */
const MAX_PAGES = 1_000;
const MAX_CHARACTERS = 64 * 1024 * 1024;
const MAX_CURSOR_BYTES = 4 * 1024 * 1024;

/** One page as text, and its digest, by which equal pages are found again. */
export interface Page {
  readonly digest: string;
  /** Reads the page. Throws `ProxyError` if it is no response with a list. */
  read(): Promise<ReadPage>;
}

export interface ReadPage {
  readonly text: string;
  readonly result: JsonObject;
}

/** The controls or the upstream refused the list: the search is refused in the same way. */
export class ListRefused extends Error {
  readonly status: number;
  readonly headers: readonly string[];
  /** The JSON-RPC error as text; undefined if the reply is not JSON. */
  readonly error: string | undefined;
  readonly body: Buffer;

  constructor({ status, headers, body }: HeldReply, error: string | undefined) {
    super('the list of tools was refused');
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.error = error;
  }
}

export class Listing {
  readonly #dispatcher: Dispatching;
  readonly #exempt: (exchange: Exchange) => void;
  readonly #maxBytes: number;
  /** Where the page after a page begins, by the page's digest; empty: it is the last. */
  readonly #cursors = new Cache<string>({ maxBytes: MAX_CURSOR_BYTES });
  readonly #known = new KnownPages();

  /**
   * @param exempt marks an exchange whose list must not be shortened
   * @param maxBytes of one page
   */
  constructor(dispatcher: Dispatching, exempt: (exchange: Exchange) => void, maxBytes: number) {
    this.#dispatcher = dispatcher;
    this.#exempt = exempt;
    this.#maxBytes = maxBytes;
  }

  /** All pages, as this client may see them. Throws `ListRefused` or `ProxyError`. */
  async pages(search: Message, exchange: Exchange): Promise<readonly Page[]> {
    const pages: Page[] = [];
    const seen = new Set<string>();
    let characters = 0;
    let cursor: string | undefined;
    do {
      const { page, length } = await this.#page(search, exchange, cursor);
      pages.push(page);
      characters += length;
      if (characters > MAX_CHARACTERS || pages.length > MAX_PAGES)
        throw new ProxyError(
          'upstream-invalid',
          `the list of tools is too long to be searched: expected at most ${MAX_PAGES} pages and ${MAX_CHARACTERS} characters`,
        );
      cursor = this.#cursors.get(page.digest) ?? (await this.#readCursor(page));
      if (seen.has(cursor))
        throw new ProxyError(
          'upstream-invalid',
          'the list of tools has no end: expected a new cursor on each page, got one a second time',
        );
      seen.add(cursor);
    } while (cursor !== '');
    return pages;
  }

  async #readCursor(page: Page): Promise<string> {
    const { nextCursor } = (await page.read()).result;
    const cursor = typeof nextCursor === 'string' ? nextCursor : '';
    this.#cursors.set(page.digest, cursor);
    return cursor;
  }

  async #page(
    search: Message,
    client: Exchange,
    cursor: string | undefined,
  ): Promise<{ readonly page: Page; readonly length: number }> {
    const own = ownExchange(client);
    this.#exempt(own);
    own.facts.push(Object.freeze({ toolSearch: 'search' }));
    const held = new HeldReply(this.#maxBytes);
    client.onAbort(() => {
      own.abort();
      held.cut();
    });
    const id = ownId();
    const message = readMessage(
      JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/list', params: paramsOf(search, cursor) }),
    );
    void this.#dispatcher.dispatch('request', message, own, held);
    await held.ended;
    if (held.gone) own.abort();
    if (held.isTooLarge)
      throw new ProxyError(
        'inspection-failed',
        `a list of tools of more than ${this.#maxBytes} bytes, which the search must read (limits.maxInspectedReply)`,
      );
    if (client.aborted) throw new ProxyError('cancelled', 'the client disconnected');
    if (held.gone) throw new ProxyError('upstream-unreachable', "the upstream's list of tools broke off");
    const whose = `${client.era}\n${cursor ?? ''}\n${client.caller.key}`;
    return pageOf(held, id, () => this.#known.of(whose, held.body, id));
  }
}

async function pageOf(
  held: HeldReply,
  id: string,
  known: () => Known,
): Promise<{ readonly page: Page; readonly length: number }> {
  const read = async (): Promise<ReadPage> => {
    const head = { contentType: held.header('content-type'), contentEncoding: held.header('content-encoding') };
    const response = await readResponseText(Readable.from([held.body]), head, JSON.stringify(id));
    const { result } = response.message;
    if (isObject(result) && Array.isArray(result['tools'])) return { text: response.text, result };
    const error = errorIn(response.text);
    if (error !== undefined) throw new ListRefused(held, error);
    throw new ProxyError('upstream-invalid', 'the upstream answered tools/list without a list of tools');
  };
  // An error never gets into the cache.
  if (held.status >= 300) {
    if (held.header('content-type')?.startsWith('application/json') !== true) throw new ListRefused(held, undefined);
    await read();
  }
  const { digest, characters } = known();
  // Read at most once: for its cursor, and for its tools.
  let reading: Promise<ReadPage> | undefined;
  return { page: { digest, read: () => (reading ??= read()) }, length: characters };
}

/** The text of a response's error. */
function errorIn(text: string): string | undefined {
  let error: string | undefined;
  membersAt(text, text.indexOf('{'), (key, start, end) => {
    if (key === 'error') error = text.slice(start, end);
  });
  return error;
}

function paramsOf({ metaVersion }: Message, cursor: string | undefined): JsonObject {
  const page = cursor === undefined ? {} : { cursor };
  return metaVersion === undefined
    ? page
    : { ...page, _meta: { [META_VERSION]: metaVersion, [CLIENT_INFO]: { ...SELF }, [CAPABILITIES]: {} } };
}

const CLIENT_INFO = 'io.modelcontextprotocol/clientInfo';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

let secret: string | undefined;
let asked = 0;

/** An id that no client can have in the same session. */
function ownId(): string {
  secret ??= kernelRandom(12).toString('hex');
  return `proxy-search-${secret}-${++asked}`;
}
