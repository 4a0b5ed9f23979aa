/** A call: one client message on its way to the upstream. Parsed once, immutable; `with` makes a changed one. */
import type { Tool } from '@modelcontextprotocol/server';
import { ControlFault } from '../base/errors.ts';
import { atOnce, inTurns, SHORT, type Work } from '../base/turns.ts';
import type { Source } from '../json/digits.ts';
import { isObject, JsonText } from '../json/lossless.ts';
import { replaceAt, type Replacement } from '../json/replace.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { Answer } from './answer.ts';
import type { Caller } from './caller.ts';
import { withBody, withScalars } from './edit-message.ts';
import type { Era, Exchange, Fact } from './exchange.ts';
import type { Message } from './message.ts';
import { checkShape, type ClientMethod, type DeepReadonly, type ParamsOf } from './params.ts';
import type { ResultOf } from './results.ts';

/**
 * What the client sent: a JSON-RPC request, notification or response (an answer to the upstream's own request), or a
 * bare HTTP GET (`stream`: listen or resume) or DELETE (`end`: of a session). The last two have the method `GET` and
 * `DELETE`.
 */
export type CallKind = 'request' | 'notification' | 'response' | 'stream' | 'end';

/** A prompt as an upstream lists it. Nothing but its name is checked. */
export interface ListedPrompt {
  readonly name: string;
}

/** What a control may ask the upstream behind a call. */
export interface UpstreamView {
  /** The upstream's name; `*` if the call goes to several, or to none. */
  readonly name: string;
  /** @internal The view of the upstream that another version of the call goes to, if there are several. */
  for?(message: Message | undefined): UpstreamView;
  /**
   * @internal The names of the upstreams that a tool, a prompt or a resource may belong to, or that the call may go to.
   * Undefined: there is one upstream.
   */
  among?(type: 'Tool' | 'Prompt' | 'Resource' | 'Upstream', name: string): readonly string[];
  /** The upstream's tools, all pages, as it describes them; cached for a while. */
  tools(): Promise<readonly Tool[]>;
  /**
   * Returns one tool by name. For an unknown name, the upstream is asked again, once.
   * @param suffices whether the known tool will do. If so, it may be a minute old, whatever lifetime the upstream gives
   * its list; if not, the upstream is asked again, once
   */
  tool(name: string, suffices?: (tool: Tool | undefined) => boolean): Promise<Tool | undefined>;
  /** @internal Returns a tool that is known without asking and at most a minute old. */
  listed?(name: string): Tool | undefined;
  /** @internal Returns one prompt by name, as the upstream's list describes it; `suffices` as for a tool. */
  prompt?(
    name: string,
    suffices: (prompt: ListedPrompt | undefined) => boolean,
  ): ListedPrompt | undefined | Promise<ListedPrompt | undefined>;
  /**
   * @internal A list showed that what is known is out of date: the upstream is asked again when it is needed.
   * @param forOthers not for the caller of this view, who has the newer list. If all callers have the same, nothing happens
   */
  listChanged?(kind: 'tools' | 'prompts', forOthers?: boolean): void;
}

export class Call<M extends string = string> {
  readonly kind: CallKind;
  /**
   * The MCP method, verbatim. For `response`, the method of the request that it answers (`elicitation/create`), or
   * `response` if this process didn't see that request.
   */
  readonly method: M;
  readonly upstream: UpstreamView;
  /** @internal */ readonly exchange: Exchange;
  /** @internal */ readonly message: Message | undefined;
  /**
   * For a `response`: the call in whose reply the upstream asked. For a task method: the call that began the task, known
   * only if a control transforms replies. Undefined if this process didn't see it.
   */
  readonly origin: Call | undefined;
  #params: JsonText | undefined;
  /** The parameters without their arguments, if those are null. */
  #without: JsonObject | undefined;
  /** The parameters with a getter for the arguments that notes when they are read. */
  #seen: JsonObject | undefined;
  #isSeen = false;
  /** The parameters have the members that the method requires. */
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

  /** The protocol version that the client named, if any. */
  get version(): string | undefined {
    return this.message?.metaVersion ?? this.exchange.inbound.protocolVersion;
  }

  /** Aborted when the client cancels (modern: it disconnects; legacy: it sends `notifications/cancelled`). */
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
   * The parameters, deeply frozen; undefined if there are none. For a `response`, its `result` (or `error`). Arguments of
   * null (of `tools/call` and `prompts/get`) count as absent: MCP has no such arguments, but clients send them, and most
   * servers read them so.
   */
  get params(): ParamsOf<M> {
    // `is` has checked the type that it narrows to; for any other method this is a plain JSON object, or undefined.
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

  /** @internal The same call for a control that doesn't declare its arguments: reading them in the parameters is noted. */
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
   * Narrows to one method and checks the members that the method requires. Parameters of the wrong shape are refused as
   * the upstream would refuse them: a control never sees a `tools/call` without a name.
   */
  is<N extends ClientMethod>(method: N): this is Call<N> {
    if (this.method !== (method as string) || this.kind === 'response') return false;
    if (!this.#checked) checkShape(this.method, this.#shown());
    this.#checked = true;
    return true;
  }

  /** Returns the same call with other parameters. With the same value, it returns this call. */
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
    // The control didn't see the null arguments, so it didn't remove them.
    const hides = this.#without !== undefined && params['arguments'] === undefined;
    const text = yield* (before ?? new JsonText('{}')).editInTurns(hides ? { ...params, arguments: null } : params);
    if (text === before?.text) return this;
    return this.#version(yield* withBody(this.message, text));
  }

  /** @internal Reads long parameters in turns; undefined if they are short. */
  read(): Promise<unknown> | undefined {
    const text = this.#text();
    if (text === undefined || text.text.length <= SHORT) return undefined;
    const read = inTurns(text.read());
    return read instanceof Promise ? read : undefined;
  }

  /**
   * @internal Like {@link with}, for other scalars within `arguments`, at a fraction of the cost. No key changes, nor
   * anything that the proxy acts on, so nothing has to be read again.
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

  /**
   * Answers the request in the upstream's place: a control returns this instead of calling `next`. The controls listed
   * before it get the answer as a reply of the upstream. In the modern era, members that it requires and that are
   * missing are added: `resultType: 'complete'`, and `ttlMs: 0` and `cacheScope: 'private'` where a client may keep the
   * result. A result that is none of the method denies the call.
   * @param source the text that the result was read from, as `mapResult` gave it: numbers keep all their digits
   */
  answer(result: DeepReadonly<ResultOf<M>> | JsonObject, source?: Source): Answer {
    const answer = new Answer(this, result, source);
    this.exchange.channels.answersMade = this.exchange.channels.answersMade + 1;
    return answer;
  }

  /** Adds a fact to the call's record, for audit, metrics and explanations. A fact never holds a value of the call. */
  note(fact: Fact): void {
    this.exchange.facts.push(Object.freeze({ ...fact }));
  }

  /** The facts that all controls have noted so far. */
  get facts(): readonly Fact[] {
    return this.exchange.facts;
  }

  #version(message: Message | undefined): Call<M> {
    const { upstream } = this;
    const view = message === this.message ? upstream : (upstream.for?.(message) ?? upstream);
    return new Call(this.kind, this.method, message, view, this.exchange, this.origin);
  }

  #text(): JsonText | undefined {
    if (this.message === undefined || this.message.bodyStart < 0) return undefined;
    return (this.#params ??= new JsonText(this.message.text.slice(this.message.bodyStart, this.message.bodyEnd)));
  }
}
