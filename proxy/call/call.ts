/** A call: one client message on its way to the upstream. Parsed once, immutable; `with` makes a changed one. */
import type { Tool } from '@modelcontextprotocol/server';
import { ControlFault } from '../base/errors.ts';
import { atOnce, inTurns, SHORT, type Work } from '../base/turns.ts';
import { isObject, JsonText } from '../json/lossless.ts';
import { replaceAt, type Replacement } from '../json/replace.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { Caller } from './caller.ts';
import type { Era, Exchange, Fact } from './exchange.ts';
import { type Message, withBody, withScalars } from './message.ts';
import { checkShape, type ClientMethod, type ParamsOf } from './params.ts';

/**
 * What came: a JSON-RPC request, notification or response (an answer to the upstream's own request), or a bare HTTP
 * GET (`stream`: listen or resume) or DELETE (`end`: of a session). The last two have the method `GET` and `DELETE`.
 */
export type CallKind = 'request' | 'notification' | 'response' | 'stream' | 'end';

/** What a control may ask of the upstream behind a call. */
export interface UpstreamView {
  readonly name: string;
  /** The upstream's tools, all pages, as it describes them; cached for a while. */
  tools(): Promise<readonly Tool[]>;
  /**
   * One tool by name; looks again, once, for a name it doesn't know yet.
   * @param suffices says of what is known whether it will do: it may then be a minute old, whatever the upstream says
   * of its list. Where it won't, the upstream is asked again, once
   */
  tool(name: string, suffices?: (tool: Tool | undefined) => boolean): Promise<Tool | undefined>;
  /** @internal One that is known without asking, and a minute old at most: for whoever can wait, but needn't. */
  listed?(name: string): Tool | undefined;
}

export class Call<M extends string = string> {
  readonly kind: CallKind;
  /**
   * The MCP method, verbatim. For `response`, the method of the request that it answers (`elicitation/create`), or
   * `response` where that request was not seen by this process.
   */
  readonly method: M;
  readonly upstream: UpstreamView;
  /** @internal */ readonly exchange: Exchange;
  /** @internal */ readonly message: Message | undefined;
  /**
   * For a `response`: the call in whose reply the upstream asked. For `tasks/get` and the like: the call that began the
   * task, known only where some control transforms replies. Undefined where this process didn't see it.
   */
  readonly origin: Call | undefined;
  #params: JsonText | undefined;
  /** The parameters without their arguments, where those are null. */
  #without: JsonObject | undefined;
  /** The parameters as they are handed to who is to be seen reading the arguments. */
  #seen: JsonObject | undefined;
  #isSeen = false;
  /** Its parameters have what its method's must have. */
  #checked = false;

  /** @internal */
  constructor(
    kind: CallKind,
    method: M,
    message: Message | undefined,
    upstream: UpstreamView,
    exchange: Exchange,
    origin?: Call,
  ) {
    this.kind = kind;
    this.method = method;
    this.message = message;
    this.upstream = upstream;
    this.exchange = exchange;
    this.origin = origin;
  }

  get caller(): Caller {
    return this.exchange.caller;
  }

  get era(): Era {
    return this.exchange.era;
  }

  /** The protocol version the client speaks, as far as it said. */
  get version(): string | undefined {
    return this.message?.metaVersion ?? this.exchange.inbound.protocolVersion;
  }

  /** Aborted when the client cancels (modern: it went away; legacy: it said so). */
  get signal(): AbortSignal {
    return this.exchange.signal;
  }

  /** The JSON-RPC id as JSON text (`7`, `"a"`); undefined for anything but requests and responses. */
  get id(): string | undefined {
    return this.message?.id;
  }

  /** What the call is about: the tool's or prompt's name, the resource's URI; undefined for other methods. */
  get name(): string | undefined {
    return this.message?.name;
  }

  /**
   * The parameters, deeply frozen; undefined where there are none. For a `response`, its `result` (or `error`).
   * Arguments of null (of `tools/call` and `prompts/get`) are none: the protocol knows no such arguments, but clients
   * write them, and most servers read them so.
   */
  get params(): ParamsOf<M> {
    // What `is` narrows to was checked there; for any other method this is a plain JSON object, or nothing.
    return (this.#isSeen ? this.#seenParams() : this.#shown()) as ParamsOf<M>;
  }

  #shown(): JsonValue | undefined {
    const value = this.#text()?.value;
    if (
      !isObject(value) ||
      value['arguments'] !== null ||
      this.kind === 'response' ||
      (this.method !== 'tools/call' && this.method !== 'prompts/get')
    )
      return value;
    if (this.#without === undefined) {
      const { arguments: _, ...others } = value;
      this.#without = Object.freeze(others);
    }
    return this.#without;
  }

  /**
   * @internal The same call for a control of which isn't known whether it goes by arguments: who reads them in its
   * parameters is seen.
   */
  seen(): Call<M> {
    if (this.method !== 'tools/call' || this.kind === 'response' || this.exchange.channels.argumentsRead) return this;
    const same = this.#version(this.message);
    same.#params = this.#text();
    same.#checked = this.#checked;
    same.#isSeen = true;
    return same;
  }

  #seenParams(): JsonValue | undefined {
    const value = this.#shown();
    if (!isObject(value) || value['arguments'] === undefined) return value;
    if (this.#seen === undefined) {
      const { exchange } = this;
      const read = (): JsonValue | undefined => {
        exchange.channels.argumentsRead = true;
        return value['arguments'];
      };
      this.#seen = Object.freeze(
        Object.defineProperty({ ...value }, 'arguments', { get: read, enumerable: true, configurable: true }),
      );
    }
    return this.#seen;
  }

  /**
   * Narrows to one method, checking what that method's parameters must have. Parameters of the wrong shape are refused
   * as the upstream would refuse them: a control never sees a `tools/call` without a name.
   */
  is<N extends ClientMethod>(method: N): this is Call<N> {
    if (this.method !== (method as string) || this.kind === 'response') return false;
    if (!this.#checked) checkShape(this.method, this.#shown());
    this.#checked = true;
    return true;
  }

  /** The same call with other parameters. The same value gives this very call. */
  with(params: NonNullable<ParamsOf<M>> | JsonObject): Call<M> {
    return atOnce(this.withInTurns(params));
  }

  /** @internal {@link with} in turns. */
  *withInTurns(params: NonNullable<ParamsOf<M>> | JsonObject): Work<Call<M>> {
    if (this.message === undefined) throw new ControlFault(`a ${this.method} call has no parameters to change`);
    const before = this.#text();
    if (before !== undefined && (params === before.value || params === this.#seen || params === this.#without))
      return this;
    if (!isObject(params)) throw new ControlFault('expected the parameters to be an object');
    // What a control wasn't shown, it didn't take away.
    const hides = this.#without !== undefined && params['arguments'] === undefined;
    const text = yield* (before ?? new JsonText('{}')).editInTurns(hides ? { ...params, arguments: null } : params);
    if (text === before?.text) return this;
    return this.#version(yield* withBody(this.message, text));
  }

  /** @internal Reads the parameters in turns, where they are long; undefined: they are short. */
  read(): Promise<unknown> | undefined {
    const text = this.#text();
    if (text === undefined || text.text.length <= SHORT) return undefined;
    const read = inTurns(text.read());
    return read instanceof Promise ? read : undefined;
  }

  /**
   * @internal The same call with other scalars within its `arguments`: what {@link with} gives, for a fraction. No key
   * becomes another, nor anything that the proxy goes by, so nothing has to be read again.
   * @param replacements their paths begin at the arguments
   */
  withArguments(replacements: readonly Replacement[]): Call<M> {
    const before = this.#text();
    if (this.message === undefined || before === undefined)
      throw new ControlFault(`a ${this.method} call has no parameters to change`);
    const params = replaceAt(
      before,
      replacements.map(({ path, value }) => ({ path: ['arguments', ...path], value })),
    );
    const next = this.#version(withScalars(this.message, params.text));
    next.#params = params;
    return next;
  }

  /** Leaves a fact on the call's record, for audit, metrics and explanations. Never a value out of the call. */
  note(fact: Fact): void {
    this.exchange.facts.push(Object.freeze({ ...fact }));
  }

  /** What was noted so far, by all controls. */
  get facts(): readonly Fact[] {
    return this.exchange.facts;
  }

  #version(message: Message | undefined): Call<M> {
    return new Call(this.kind, this.method, message, this.upstream, this.exchange, this.origin);
  }

  #text(): JsonText | undefined {
    if (this.message === undefined || this.message.bodyStart < 0) return undefined;
    return (this.#params ??= new JsonText(this.message.text.slice(this.message.bodyStart, this.message.bodyEnd)));
  }
}
