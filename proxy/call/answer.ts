/** A control's own answer to a request, in place of the upstream's. */
import { ControlFault } from '../base/errors.ts';
import type { Work } from '../base/turns.ts';
import type { Source } from '../json/digits.ts';
import { isObject, JsonText } from '../json/lossless.ts';
import type { Exchange } from './exchange.ts';
import { checkAnswerable, resultFor } from './results.ts';

/** The parts of a call that its answer needs. */
interface Asked {
  readonly kind: string;
  readonly method: string;
  readonly id: string | undefined;
  readonly exchange: Exchange;
}

const NOTHING_BEFORE = new JsonText('{}');

/** Made by `call.answer(result)`. A control returns it instead of calling `next`. */
export class Answer {
  /** @internal The exchange of the call that it answers. */
  readonly exchange: Exchange;
  readonly #method: string;
  readonly #id: string;
  readonly #result: unknown;
  readonly #source: Source | undefined;

  /** @internal */
  constructor({ kind, method, id, exchange }: Asked, result: unknown, source: Source | undefined) {
    if (kind !== 'request' || id === undefined)
      throw new ControlFault(`only a request can be answered, got a message of kind ${kind}`);
    checkAnswerable(method);
    this.exchange = exchange;
    this.#method = method;
    this.#id = id;
    this.#result = result;
    this.#source = source;
  }

  /**
   * @internal The JSON-RPC response. What is checked is what is sent, after it was written as JSON.
   * @throws ControlFault if the result is no result of the method
   */
  *write(): Work<{ readonly text: string; readonly isError: boolean }> {
    const source = this.#source;
    const before = source === undefined ? NOTHING_BEFORE : new JsonText(source.json, source.value);
    const written = new JsonText(yield* before.editInTurns(this.#result));
    const result = yield* written.read();
    if (!isObject(result)) throw new ControlFault(`answered ${this.#method} with a result that is not an object`);
    const text = yield* written.editInTurns(resultFor(this.#method, this.exchange.era, result));
    return { text: `{"jsonrpc":"2.0","id":${this.#id},"result":${text}}`, isError: result['isError'] === true };
  }
}
