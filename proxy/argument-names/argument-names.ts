/**
 * Refuses argument names that a case-insensitive reader may accept for others. Some upstreams (Go's `encoding/json`)
 * read `Amount` as `amount`: a control would then decide on one value, and the upstream would act on another. Only
 * names that a control relies on are protected. Each call is checked once for all controls, after them, on the text
 * that is sent. Hidden fields may be anywhere, so for them all parameters and clients' answers are checked, too.
 */
import type { Tool } from '@modelcontextprotocol/server';
import { Invalid, ProxyError } from '../base/errors.ts';
import { log } from '../base/log.ts';
import type { Call } from '../call/call.ts';
import { anyOf, type Fits } from '../controls/shared/glob.ts';
import { subjectOf } from '../controls/shared/surfaces/subject.ts';
import { TooMuch } from '../json-schema/faults.ts';
import { cut } from '../json-schema/keywords/words.ts';
import { pathOf } from '../json-schema/message.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import type { DefinedControl } from '../pipeline/control.ts';
import { Declared, NOTHING } from './declared.ts';
import { type LoadedRules, Rules, type ToolRules } from './rules.ts';
import { hasNames, type Misspelt, Walk } from './walk.ts';

/** Milliseconds that a call waits for the upstream's list of tools. */
const LOOK_MS = 5_000;

export class ArgumentNames {
  readonly #rules: Rules;
  readonly #tellsCases: Fits;
  /** By the schema objects of the catalogue. */
  readonly #declared = new WeakMap<object, Declared>();
  #reported = false;

  /** @param caseSensitive tools that are known to distinguish names by case */
  constructor(controls: readonly DefinedControl[], caseSensitive: readonly string[]) {
    this.#rules = new Rules(controls);
    this.#tellsCases = anyOf(caseSensitive);
  }

  /** Throws `Invalid` for a call with a name that may be read as another one. Undefined: there was nothing to check. */
  check(call: Call): Promise<void> | undefined {
    const { ready } = this.#rules;
    return ready === undefined
      ? this.#rules.load().then((loaded) => this.#check(call, loaded))
      : this.#check(call, ready);
  }

  #check(call: Call, loaded: LoadedRules): Promise<void> | undefined {
    const isAbout = call.kind === 'response' ? undefined : ARGUMENTS.get(call.method);
    if (isAbout === undefined) {
      const subject = subjectOf(call);
      if (subject.tool !== undefined && this.#tellsCases(subject.tool)) return undefined;
      const rules = loaded.ofRest(call, subject);
      return rules === undefined ? undefined : this.#checkRest(call, call.params, rules);
    }
    const about = isAbout(call);
    const of = about?.of ?? call.name ?? '';
    if (this.#tellsCases(of)) return undefined;
    const rules = loaded.of(call, of);
    if (rules === undefined) return undefined;
    const rest = rules.hidden.empty ? undefined : call.params;
    if (about === undefined) return rest && this.#checkRest(call, rest, rules);
    if (rest === undefined && this.#areDeclared(call, about)) return undefined;
    const looked = this.#within(call, about, rules);
    return rest === undefined ? looked : looked.then(() => this.#checkRest(call, rest, rules));
  }

  /** Whether all arguments are named as the tool's schema has them, and none has names within. Most calls are like that. */
  #areDeclared(call: Call, { of, names }: Given): boolean {
    const tool = call.method === 'tools/call' ? call.upstream.listed?.(of) : undefined;
    return tool !== undefined && isObject(tool.inputSchema) && this.#declaredBy(tool.inputSchema).hasOnly(names);
  }

  async #within(call: Call, given: Given, rules: ToolRules): Promise<void> {
    if (call.method !== 'tools/call') return this.#look(call, given.names, undefined, rules);
    const tool = call.upstream.listed?.(given.of) ?? (await this.#toolOf(call, given.of, isListed));
    try {
      await this.#look(call, given.names, tool, rules);
    } catch (error) {
      if (!(error instanceof Invalid) || tool === undefined) throw error;
      // Check again with a fresh schema: the call must not fail because the cached one is outdated.
      const fresh = await this.#toolOf(call, given.of, (other) => other !== undefined && other !== tool);
      if (fresh === undefined || fresh === tool) throw error;
      await this.#look(call, given.names, fresh, rules);
    }
  }

  /** Checks everything but the arguments. Paths of fields begin at the parameters, and at the content of an answer. */
  async #checkRest(call: Call, params: JsonValue | undefined, rules: ToolRules): Promise<void> {
    if (!isObject(params)) return;
    await this.#look(call, restOf(call, params), undefined, rules);
    if (rules.hidden.empty) return;
    const answers =
      call.kind === 'response'
        ? [params]
        : isObject(params['inputResponses'])
          ? Object.values(params['inputResponses'])
          : [];
    for (const answer of answers)
      if (isObject(answer) && hasNames(answer['content']))
        await this.#look(call, answer['content'], undefined, { reach: rules.hidden, hidden: rules.hidden });
  }

  /** Undefined if the upstream does not list the tool: then no names are declared. */
  async #toolOf(call: Call, name: string, suffices: (tool: Tool | undefined) => boolean): Promise<Tool | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), LOOK_MS)));
    try {
      return await Promise.race([call.upstream.tool(name, suffices), late]);
    } catch (error) {
      if (!(error instanceof ProxyError)) throw error;
      if (!this.#reported)
        log.warn(
          'the upstream does not list its tools: names of arguments are compared only with those in the config',
          { event: 'argument-names', error },
        );
      this.#reported = true;
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  async #look(call: Call, names: JsonObject, tool: Tool | undefined, { reach, hidden }: ToolRules): Promise<void> {
    const walk = new Walk(call.message === undefined ? 0 : call.message.bodyEnd - call.message.bodyStart, hidden);
    try {
      const place =
        tool === undefined || !isObject(tool.inputSchema) ? NOTHING : this.#declaredBy(tool.inputSchema).root(walk);
      const found = walk.find(names, place, reach);
      const misspelt = found instanceof Promise ? await found : found;
      if (misspelt === undefined) return;
      call.note({ control: 'argument-names', decision: 'invalid-arguments' });
      throw new Invalid(wordsOf(misspelt));
    } catch (error) {
      if (error instanceof TooMuch)
        throw new Invalid("arguments: got more names than can be compared with the tool's schema in time: send less");
      throw error;
    }
  }

  #declaredBy(schema: JsonObject): Declared {
    let declared = this.#declared.get(schema);
    if (declared === undefined) this.#declared.set(schema, (declared = new Declared(schema)));
    return declared;
  }
}

interface Given {
  /** The upstream's name of the tool or prompt. */
  readonly of: string;
  readonly names: JsonObject;
}

/** The arguments of a call, by method; undefined if there are none. */
const ARGUMENTS: ReadonlyMap<string, (call: Call) => Given | undefined> = new Map([
  ['tools/call', given],
  ['prompts/get', given],
  ['completion/complete', ({ params }: Call) => completing(params)],
]);

function given({ name, params }: Call): Given | undefined {
  const names = params?.['arguments'];
  return name !== undefined && hasNames(names) ? { of: name, names } : undefined;
}

/** The parameters without the arguments, which are checked on their own, and without the protocol's own members. */
function restOf({ method, kind }: Call, params: JsonObject): JsonObject {
  const { _meta: meta, ...rest } = params;
  const kept: Record<string, JsonValue | undefined> = rest;
  if (kind !== 'response' && ARGUMENTS.has(method)) delete kept['arguments'];
  if (isObject(meta))
    kept['_meta'] = Object.fromEntries(
      Object.entries(meta).filter(([name]) => !name.startsWith('io.modelcontextprotocol/')),
    );
  return kept;
}

/** The arguments that the client has filled in, and the one to complete. */
function completing(params: Call['params']): Given | undefined {
  const { ref, argument, context } = params ?? {};
  const of = isObject(ref) ? ref['name'] : undefined;
  const filled = isObject(context) ? context['arguments'] : undefined;
  const asked = isObject(argument) ? argument['name'] : undefined;
  const names: Record<string, JsonValue | undefined> = Object.create(null) as Record<string, JsonValue | undefined>;
  if (isObject(filled)) Object.assign(names, filled);
  if (typeof asked === 'string') names[asked] = null;
  return { of: typeof of === 'string' ? of : '', names };
}

function isListed(tool: Tool | undefined): boolean {
  return tool !== undefined;
}

function wordsOf({ path, meant }: Misspelt): string {
  if (meant.length === 0)
    return `${cut(pathOf(path))}: expected one name, got two that differ only in case: leave one out`;
  const right = meant.map((name) => cut(pathOf([...path, name])));
  return `${right.join(' or ')}: expected exactly this spelling, got another that the upstream may accept instead`;
}
