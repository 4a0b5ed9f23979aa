/**
 * What one upstream sends, as the client of several gets it: ids and URIs say which upstream they belong to. Everything else
 * keeps its bytes.
 */
import { UpstreamFailure } from '../base/errors.ts';
import { log } from '../base/log.ts';
import { Seldom } from '../base/seldom.ts';
import type { Exchange } from '../call/exchange.ts';
import { RELATED_TASK, tokenKey } from '../call/message.ts';
import { isObject, JsonText } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { Reply } from '../reply/reply.ts';
import { scanWhole } from '../reply/treatment.ts';
import { inList, inMessages, type ShownUri } from './block-uris.ts';
import { clear, UnclearKey } from './clear-keys.ts';
import { answersNothing, withoutResponse } from './failures.ts';
import { foundTools, isSearch } from './found-tools.ts';
import type { Member } from './member.ts';
import { replaced } from './replaced.ts';
import { wrappedIn, wrappedSkill } from './skills.ts';
import { grantedAs } from './subscribed.ts';
import { named, type Wrapper } from './wrapped.ts';

/** The call that a message came in answer to, as far as translation depends on it. */
export interface Asked {
  readonly method: string;
  /** As the upstream knows it. */
  readonly name: string | undefined;
  readonly exchange: Exchange;
  /** The client names it otherwise, as by a URI with the upstream's name. @default false */
  readonly isRenamed?: boolean;
  /** Of a subscription: the client's forms of URIs, by the upstream's own. @default - none */
  readonly forms?: ReadonlyMap<string, string> | undefined;
  /** Whether a response with this id, as JSON text, may come there: clients find requests by their ids alone. */
  readonly mayAnswer: (id: string) => boolean;
  /** Whether progress with this token, in the form of `tokenKey`, may come there. */
  readonly mayReport: (token: string) => boolean;
}

export interface TranslatorOptions {
  readonly member: Member;
  readonly wrapper: Wrapper;
  /** How the client sees a URI of this upstream. */
  readonly uri: (uri: string, exchange: Exchange) => string | Promise<string>;
  /** The upstream announced a change. */
  readonly onNotification: (method: string) => void;
}

export class Translator {
  readonly #options: TranslatorOptions;
  readonly #foreignAnswers = new Seldom();
  readonly #foreignProgress = new Seldom();

  constructor(options: TranslatorOptions) {
    this.#options = options;
  }

  /** The name of the upstream. */
  get upstream(): string {
    return this.#options.member.name;
  }

  /** Throws `upstream-invalid` if the text is one message that answers no request at all. */
  checkAnswers(text: string, reply: Reply, { exchange }: Asked): void {
    const { value } = this.#parsed(text);
    if (Array.isArray(value)) return;
    const { id, error, result, method } = isObject(value) ? value : {};
    if (method !== undefined || result !== undefined) return;
    if (error === undefined) throw withoutResponse(this.upstream, reply);
    if (id === undefined || id === null) throw answersNothing(this.upstream, reply, error, exchange.era);
  }

  /**
   * Translates the text of a message, or of a batch. Undefined: it answers only requests that this upstream did not get.
   * Throws `upstream-invalid`.
   */
  async text(text: string, asked: Asked): Promise<string | undefined> {
    try {
      return await this.#translated(this.#parsed(text), asked);
    } catch (error) {
      throw error instanceof UnclearKey ? this.#unclear(error) : error;
    }
  }

  async #translated(json: JsonText, asked: Asked): Promise<string | undefined> {
    const { value, text } = json;
    if (!Array.isArray(value)) {
      const next = await this.#message(value, asked, text);
      return next === undefined ? undefined : json.edit(next);
    }
    const messages = await Promise.all((value as readonly JsonValue[]).map((item) => this.#message(item, asked)));
    const left = messages.filter((message) => message !== undefined);
    if (left.length === 0 && messages.length > 0) return undefined;
    return json.edit(left.length === messages.length ? messages : left);
  }

  #parsed(text: string): JsonText {
    try {
      return JsonText.parse(text);
    } catch (error) {
      throw this.#unclear(error);
    }
  }

  #unclear(cause: unknown): UpstreamFailure {
    return new UpstreamFailure(
      'upstream-invalid',
      `the upstream ${this.upstream} sent a message that is not JSON, or that readers take for different ones`,
      { cause },
    );
  }

  /** Undefined: it speaks of a request that this upstream did not get. */
  async #message(value: JsonValue, asked: Asked, text?: string): Promise<JsonValue | undefined> {
    if (!isObject(value)) return value;
    clear(value, 'message');
    if (typeof value['method'] === 'string') {
      if (value['method'] === PROGRESS && !mayReport(value, asked)) {
        report(this.#foreignProgress, 'reported progress of', { event: 'foreign-progress', upstream: this.upstream });
        return undefined;
      }
      return this.#fromUpstream(value, value['method'], asked, text);
    }
    const { id, result, error } = value;
    if (
      (result !== undefined || error !== undefined) &&
      !isAnswerTo(asked, id === undefined ? undefined : JSON.stringify(id), error !== undefined)
    ) {
      report(this.#foreignAnswers, 'answered', { event: 'foreign-answer', upstream: this.upstream });
      return undefined;
    }
    if (isObject(result)) {
      const next = await this.#result(result, asked);
      return next === result ? value : { ...value, result: next };
    }
    return isObject(error) ? replaced(value, 'error', this.#error(error)) : value;
  }

  /** A request or notification of the upstream. @param text of the message, if it is not one of a batch */
  async #fromUpstream(
    message: JsonObject,
    method: string,
    asked: Asked,
    text: string | undefined,
  ): Promise<JsonObject> {
    const { id, params } = message;
    let next = message;
    if (id === undefined) this.#options.onNotification(method);
    else if (typeof id === 'string') next = { ...next, id: this.#named(id) };
    else if (typeof id === 'number') {
      // The upstream gets all digits back, also those that a double can't hold.
      const digits = Number.isSafeInteger(id) || text === undefined ? undefined : scanWhole(text).id;
      next = { ...next, id: digits === undefined ? this.#named(id) : this.#namedText(digits) };
    }
    if (!isObject(params)) return next;
    let changed = this.#inMeta(clear(params, 'params'), asked);
    if (id !== undefined) changed = this.#withToken(changed);
    if (method === 'notifications/cancelled') changed = this.#each(changed, ['requestId']);
    if (method === 'elicitation/create' || method === 'notifications/elicitation/complete')
      changed = this.#each(changed, ['elicitationId']);
    if (method.startsWith('notifications/tasks')) changed = this.#task(changed, asked);
    if (method === 'notifications/resources/updated' && typeof changed['uri'] === 'string')
      changed = replaced(
        changed,
        'uri',
        asked.forms?.get(changed['uri']) ?? (await this.#options.uri(changed['uri'], asked.exchange)),
      );
    if (method === 'notifications/subscriptions/acknowledged') changed = grantedAs(changed, asked.forms);
    return changed === params ? next : { ...next, params: changed };
  }

  async #result(result: JsonObject, asked: Asked): Promise<JsonObject> {
    const { method } = asked;
    let next = this.#inMeta(clear(result, 'result'), asked);
    if (typeof next['requestState'] === 'string')
      next = replaced(next, 'requestState', this.#sealed('state', next['requestState'], asked));
    if (isObject(next['inputRequests'])) next = replaced(next, 'inputRequests', this.#questions(next['inputRequests']));
    if (isObject(next['task'])) next = replaced(next, 'task', this.#task(next['task'], asked));
    if (typeof next['taskId'] === 'string' && (method.startsWith('tasks/') || next['resultType'] === 'task'))
      next = this.#task(next, asked);
    if (method === 'tools/call') next = await inList(next, 'content', this.#shownTo(asked));
    else if (method === 'prompts/get') next = await inMessages(next, this.#shownTo(asked));
    else if (method === 'resources/read') next = await this.#resources(next, 'contents', asked);
    else if (method === 'resources/directory/read') next = await this.#resources(next, 'resources', asked);
    // The client compares the skill's URI with the one that it asked for.
    else if (method === 'skills/get' && asked.isRenamed === true && next['skill'] !== undefined)
      next = { ...next, skill: wrappedSkill(this.#options.member.name, next['skill']) };
    else if (method === 'tasks/result') next = await inList(next, 'content', this.#shownTo(asked));
    else if (method === 'tasks/list') next = this.#tasks(next, asked);
    return isSearch(asked) ? foundTools(next, this.#options.member.naming) : next;
  }

  #error(error: JsonObject): JsonObject {
    const { data } = error;
    const list: unknown = isObject(data) ? data['elicitations'] : undefined;
    if (!isObject(data) || !Array.isArray(list)) return error;
    const elicitations = (list as readonly JsonValue[]).map((item) =>
      isObject(item) ? this.#each(item, ['elicitationId']) : item,
    );
    return { ...error, data: { ...data, elicitations } };
  }

  #inMeta(holder: JsonObject, asked: Asked): JsonObject {
    const meta = holder['_meta'];
    const related = isObject(meta) ? clear(meta, 'meta')[RELATED_TASK] : undefined;
    if (!isObject(meta) || !isObject(related)) return holder;
    return { ...holder, _meta: { ...meta, [RELATED_TASK]: this.#task(related, asked) } };
  }

  #withToken(params: JsonObject): JsonObject {
    const meta = params['_meta'];
    if (!isObject(meta) || meta['progressToken'] === undefined) return params;
    return { ...params, _meta: this.#each(meta, ['progressToken']) };
  }

  /** What the upstream asks within a result (2026-07-28). */
  #questions(requests: JsonObject): JsonObject {
    let next = requests;
    for (const [key, request] of Object.entries(requests)) {
      if (!isObject(request) || !isObject(request['params'])) continue;
      next = replaced(next, key, replaced(request, 'params', this.#each(request['params'], ['elicitationId'])));
    }
    return next;
  }

  #tasks(result: JsonObject, asked: Asked): JsonObject {
    const tasks: unknown = result['tasks'];
    if (!Array.isArray(tasks)) return result;
    return {
      ...result,
      tasks: (tasks as readonly JsonValue[]).map((task) => (isObject(task) ? this.#task(task, asked) : task)),
    };
  }

  #task(task: JsonObject, asked: Asked): JsonObject {
    const { taskId } = clear(task, 'task');
    return typeof taskId === 'string' ? replaced(task, 'taskId', this.#sealed('task', taskId, asked)) : task;
  }

  #each(holder: JsonObject, members: readonly string[]): JsonObject {
    let next = holder;
    for (const member of members) {
      const id = next[member];
      if (typeof id === 'string' || typeof id === 'number') next = replaced(next, member, this.#named(id));
    }
    return next;
  }

  /** Resources have the form of the URI that the client asked for: it looks for that URI, or for one below it. */
  #resources(result: JsonObject, member: string, asked: Asked): Promise<JsonObject> | JsonObject {
    return asked.isRenamed === true
      ? { ...result, ...wrappedIn(this.#options.member.name, result, member) }
      : inList(result, member, this.#shownTo(asked));
  }

  #shownTo({ exchange }: Asked): ShownUri {
    return (uri) => this.#options.uri(uri, exchange);
  }

  #named(id: string | number): string {
    return this.#namedText(JSON.stringify(id));
  }

  #namedText(id: string): string {
    return JSON.parse(named(this.#options.member.name, id)) as string;
  }

  #sealed(kind: 'task' | 'state', id: string, { exchange }: Asked): string {
    return this.#options.wrapper.seal(kind, this.#options.member.name, exchange.caller.key, id);
  }
}

function report(seldom: Seldom, did: string, fields: { readonly event: string; readonly upstream: string }): void {
  const times = seldom.due();
  if (times !== undefined)
    log.warn(`an upstream ${did} a request that it was not sent: it is dropped`, { ...fields, times });
}

/** An error may come without an id, if the upstream failed before it read the id. */
function isAnswerTo({ mayAnswer }: Asked, id: string | undefined, isError: boolean): boolean {
  return id === undefined || id === 'null' ? isError : mayAnswer(id);
}

const PROGRESS = 'notifications/progress';

/** Progress with no token is nobody's. */
function mayReport({ params }: JsonObject, asked: Asked): boolean {
  const token = isObject(params) ? params['progressToken'] : undefined;
  const key = typeof token === 'string' || typeof token === 'number' ? tokenKey(JSON.stringify(token)) : undefined;
  return key !== undefined && asked.mayReport(key);
}
