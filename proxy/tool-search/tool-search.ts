/**
 * Tool search: clients see two tools in place of all. One finds tools, the other calls them. It stands outside all
 * controls: they see the list that is searched, and the call that is sent, as if the client had made it.
 */
import { ProxyError } from '../base/errors.ts';
import { inTurns } from '../base/turns.ts';
import type { CallKind } from '../call/call.ts';
import { Exchange } from '../call/exchange.ts';
import type { Message } from '../call/message.ts';
import { type OnRefused, type Refused, type ToolRefusals, toWire } from '../call/wire.ts';
import type { Dispatching } from '../dispatch/dispatching.ts';
import { JsonError } from '../json/json-error.ts';
import type { Next } from '../pipeline/next.ts';
import type { Searched } from '../pipeline/observer.ts';
import type { Sink } from '../reply/deliver.ts';
import { withoutBody } from '../reply/delivery.ts';
import { ListRefused, Listing } from './listing.ts';
import { isOwn } from './own-tools.ts';
import { questionOf, resultOf } from './question.ts';
import { SearchedLists } from './searched.ts';
import type { SearchSettings } from './settings.ts';
import { ShortList } from './short-list.ts';
import { unwrapped } from './unwrap.ts';

export interface ToolSearchOptions {
  readonly settings: SearchSettings;
  readonly toolRefusals: ToolRefusals;
  /** Maximum of a list's page, in bytes. */
  readonly maxInspectedReply: number;
  /** Called with each refusal before any control. */
  readonly onRefused: OnRefused;
  /** Gets each search that was answered. @default - nobody does */
  readonly onSearched?: ((searched: Searched) => void) | undefined;
}

export class ToolSearch {
  readonly #options: ToolSearchOptions;
  readonly #shortList: ShortList;

  constructor(options: ToolSearchOptions) {
    this.#options = options;
    this.#shortList = new ShortList(options.settings);
  }

  /** Wraps all controls: shortens the lists that clients get. */
  around(next: Next): Next {
    return this.#shortList.around(next);
  }

  /** Takes messages before the dispatcher does. */
  before(dispatcher: Dispatching): Dispatching {
    return new Front(dispatcher, this.#options, this.#shortList);
  }
}

class Front implements Dispatching {
  readonly #dispatcher: Dispatching;
  readonly #options: ToolSearchOptions;
  readonly #listing: Listing;
  readonly #lists: SearchedLists;

  constructor(dispatcher: Dispatching, options: ToolSearchOptions, shortList: ShortList) {
    this.#dispatcher = dispatcher;
    this.#options = options;
    this.#listing = new Listing(dispatcher, (exchange) => shortList.exempt(exchange), options.maxInspectedReply);
    this.#lists = new SearchedLists(options.settings.names);
  }

  isOpen(exchange: Exchange): boolean {
    return this.#dispatcher.isOpen(exchange);
  }

  dispatch(kind: CallKind, message: Message | undefined, exchange: Exchange, sink: Sink): Promise<void> {
    const { names } = this.#options.settings;
    if (message?.method !== 'tools/call' || !isOwn(message.name, names))
      return this.#dispatcher.dispatch(kind, message, exchange, sink);
    if (kind === 'request')
      return message.name === names.call ? this.#call(message, exchange, sink) : this.#search(message, exchange, sink);
    // A notification: the upstream must not get a name that controls never see.
    this.#refuse(
      new ProxyError('invalid-request', `${message.name} without an id: expected a request, got a notification`),
      message,
      exchange,
      sink,
    );
    return Promise.resolve();
  }

  /** Dispatches the call that is meant. */
  async #call(message: Message, exchange: Exchange, sink: Sink): Promise<void> {
    let meant: Message;
    try {
      meant = await inTurns(unwrapped(message, this.#options.settings.names));
    } catch (error) {
      this.#refuse(error, message, exchange, sink);
      return;
    }
    await this.#dispatcher.dispatch('request', meant, meantExchange(exchange), sink);
  }

  async #search(message: Message, exchange: Exchange, sink: Sink): Promise<void> {
    const { settings, onSearched } = this.#options;
    const startedAt = performance.now();
    const report = (status: number, body: Buffer, outcome: Searched['outcome']): void =>
      onSearched?.({ exchange, message, status, body, outcome, ms: performance.now() - startedAt });
    try {
      const { query, limit } = questionOf(message, settings);
      const { ranker, texts } = await this.#lists.of(await this.#listing.pages(message, exchange));
      const found = (await ranker.search(query, limit)).map((at) => texts[at] ?? '');
      const text = `{"jsonrpc":"2.0","id":${message.id},"result":${resultOf(found, exchange.era)}}`;
      report(200, answer(sink, 200, JSON_HEADERS, text), 'ok');
    } catch (error) {
      if (error instanceof ListRefused) report(error.status, passOn(error, message, sink), 'rpc-error');
      else this.#refuse(error, message, exchange, sink);
    }
  }

  #refuse(error: unknown, { kind, id, method }: Message, exchange: Exchange, sink: Sink): void {
    const refused: Refused = {
      kind,
      method,
      id,
      era: exchange.era,
      dispatched: true,
      asResult: this.#options.toolRefusals === 'result',
      inLog: 'reported',
    };
    const cause = error instanceof JsonError ? new ProxyError('invalid-request', error.message) : error;
    const { status, headers, body, code, errorId } = toWire(cause, refused);
    answer(sink, status, headers, body);
    exchange.refused(Buffer.byteLength(body), code);
    this.#options.onRefused(code, { status, body, errorId, method });
  }
}

const JSON_HEADERS = ['Content-Type', 'application/json'];

/** The exchange of the call that is meant. The client can't mirror arguments by a schema that it calls by another name. */
function meantExchange(exchange: Exchange): Exchange {
  const { caller, era, inbound, bytes } = exchange;
  const own = new Exchange(caller, era, { ...inbound, derive: era === 'modern', params: undefined }, bytes);
  own.facts.push(Object.freeze({ toolSearch: 'call' }));
  own.channels.isUnseen = true;
  exchange.onAbort(() => own.abort());
  return own;
}

/** Refuses a search as its list was refused. */
function passOn({ status, headers, error, body }: ListRefused, { id }: Message, sink: Sink): Buffer {
  if (error !== undefined)
    return answer(sink, status, asJson(headers), `{"jsonrpc":"2.0","id":${id},"error":${error}}`);
  sink.head(status, headers, false);
  sink.end(body);
  return body;
}

/** Headers of a list, which may have come in an event stream, for an error that is sent as JSON. */
function asJson(headers: readonly string[]): string[] {
  const kept = withoutBody(headers);
  return [...JSON_HEADERS, ...kept.filter((_, i) => kept[i - (i % 2)]?.toLowerCase() !== 'content-type')];
}

/** Returns what it sends. */
function answer(sink: Sink, status: number, headers: readonly string[], body: string): Buffer {
  const bytes = Buffer.from(body);
  sink.head(status, [...headers, 'Content-Length', String(bytes.length)], false);
  sink.end(bytes);
  return bytes;
}
