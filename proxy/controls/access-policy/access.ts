/** Applies a policy to one call: whether it may go on, and what of its reply may be shown. */
import { InsufficientScope, ProxyError, UnknownName } from '../../base/errors.ts';
import type { Call } from '../../call/call.ts';
import { unknownTask } from '../../call/unknown-task.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Reply } from '../../reply/reply.ts';
import { forCallerOnly } from '../shared/caller-only.ts';
import type { Decision } from '../shared/decide.ts';
import { foundOf, isSearch } from '../shared/search.ts';
import type { Engine } from './engine.ts';
import type { May } from './kept.ts';
import { type Last, listOf, shownInText, shownOf, subscribedBy, usable } from './lists.ts';
import { QUESTIONS } from './methods.ts';
import { isFree, mayAsk, permittedError, permittedMessage, withoutCapabilities } from './questions.ts';
import { type Asked, askedBy, reading, refusalOf } from './requests.ts';
import { shownIn } from './skills.ts';

/** The decisions of one call. */
export class Access {
  readonly #engine: Engine;
  readonly #call: Call;

  constructor(engine: Engine, call: Call) {
    this.#engine = engine;
    this.#call = call;
  }

  // A method, not a function in a property: V8 would chain the garbage of one call to that of the next.
  #may(asked: Asked): boolean {
    return this.#decide(asked).verdict !== 'deny';
  }

  /** Whether an entry of a list is shown: also what a caller may use as soon as its token has the scopes. */
  #sees(asked: Asked): boolean {
    const { verdict, lacks } = this.#decide(asked);
    return verdict !== 'deny' || lacks !== undefined;
  }

  #decide({ action, resource, arguments: given, digits }: Asked): Decision {
    return this.#engine.decide(this.#call, action, resource, { arguments: given, digits });
  }

  /** Returns the call that may go on. Throws the error that refuses it. */
  admit(call: Call, auditOnly: boolean): Call | Promise<Call> {
    const { kind, method, origin } = call;
    if (kind === 'response') {
      this.#answer(method);
      return call;
    }
    if (kind === 'stream' || kind === 'end') return call;
    if (method === 'subscriptions/listen')
      return subscribedBy(call, (uri) => this.#may(reading(uri))).then((subscribed) => this.#declaring(subscribed));
    if (isFree(method) || (listOf(method) !== undefined && !READING.has(method))) return this.#declaring(call);
    if (!TASKS.has(method)) {
      this.#require(askedBy(call));
      // Otherwise the upstream's error would show whether a name does not exist or is not permitted.
      if (!auditOnly) call.exchange.channels.knownNamesOnly = true;
    } else if (origin !== undefined) this.#require(askedBy(origin));
    // If replies are only watched, nothing records which call started a task.
    else if (!auditOnly) throw unknownTask(call);
    return this.#declaring(call);
  }

  /** Undefined: decisions depend on which of several upstreams has the name. */
  get #last(): Last | undefined {
    const on = this.#engine.dependsOn(this.#call);
    return on && { lists: this.#engine.lastShown, key: on.join(' ') };
  }

  #require(asked: Asked): void {
    const { verdict, policies, lacks } = this.#decide(asked);
    if (policies.length > 0) this.#call.note({ control: 'access-policy', policy: policies.join(', ') });
    if (verdict === 'allow' || (verdict === 'undecidable' && asked.arguments === undefined)) return;
    throw lacks === undefined ? refusalOf(asked) : new InsufficientScope(lacks);
  }

  /** Checks a client's answer. If the request is unknown to this process, every request must be permitted. */
  #answer(method: string): void {
    if (isFree(method)) return;
    if (method !== 'response') {
      if (!this.#may(mayAsk(method))) throw refusalOf(mayAsk(method));
    } else if (!Object.keys(QUESTIONS).every((question) => this.#may(mayAsk(question)))) {
      throw new ProxyError(
        'unmatched-stream',
        'expected an answer to a request of the upstream that this process knows, got another, and the policy does not permit every request of the upstream',
      );
    }
  }

  #declaring(call: Call): Call {
    return call.method === 'initialize' || call.era === 'modern'
      ? withoutCapabilities(call, (asked) => this.#may(asked))
      : call;
  }

  attach(reply: Reply, call: Call): void {
    const may: May = (asked) => this.#may(asked);
    const sees: May = (asked) => this.#sees(asked);
    const list = listOf(call.method);
    if (list !== undefined) {
      const own = this.#engine.looksAtCallers(list.action, call.caller);
      reply
        .dependsOn(() => this.#engine.dependsOn(this.#call))
        .mapResult((result) => shownOf(result, list, sees, own, this.#last), {
          ...(list.shown === undefined && { text: (json) => shownInText(json, list, sees, own, this.#last) }),
        });
    }
    if (isSearch(call)) reply.mapResult((result) => foundOf(result, (tools) => usable(tools, sees)));
    if (
      (call.method === 'resources/read' || call.method === 'skills/get') &&
      this.#engine.looksAtCallers('resources/read', call.caller)
    )
      reply.mapResult(forCallerOnly, { contains: '"cacheScope"' });
    if (call.method === 'skills/get')
      reply.mapResult(async (result) => {
        const shown = await shownIn(result, may);
        if (shown === undefined) throw new UnknownName('resource', call.name ?? '');
        return shown;
      });
    if (READING.has(call.method)) reply.mapMessages((message) => missing(message, call), { contains: '"error"' });
    reply.mapMessages((message, source) => permittedMessage(message, source, this.#call, may), {
      contains: '"method"',
      leavesProgress: true,
    });
    reply.mapMessages((message, source) => permittedError(message, source, may), { contains: '"elicitations"' });
  }
}

/** A task belongs to the call that started it. */
const TASKS: ReadonlySet<string> = new Set(['tasks/get', 'tasks/result', 'tasks/update', 'tasks/cancel']);
/** Methods about one resource, by its URI. */
const READING: ReadonlySet<string> = new Set([
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'resources/directory/read',
  'skills/get',
]);
/** Their error -32602 says that the resource is missing, without data (SEP-2640). */
const OF_SKILLS: ReadonlySet<string> = new Set(['resources/directory/read', 'skills/get']);

/** The error for a missing resource, rewritten to that for one that is not permitted. */
function missing(message: JsonObject, call: Call): JsonObject {
  if (isMissing(message['error'], call.method)) throw new UnknownName('resource', call.name ?? '');
  return message;
}

/**
 * -32002 up to 2025-11-25; later -32602 with the URI as its only datum, which separates it from other invalid
 * parameters.
 */
function isMissing(error: JsonValue | undefined, method: string): boolean {
  if (!isObject(error)) return false;
  const { code, data } = error;
  if (code === -32002) return true;
  return (
    code === -32602 &&
    (OF_SKILLS.has(method) || (isObject(data) && typeof data['uri'] === 'string' && Object.keys(data).length === 1))
  );
}
