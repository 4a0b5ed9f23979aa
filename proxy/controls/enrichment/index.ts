/**
 * Changes how the client sees the upstream's tools: other names, descriptions and annotations, fewer tools, fewer
 * arguments. Calls are changed back before they go on, so inner controls and the upstream see only the upstream's own
 * names.
 */
import { Cache } from '../../base/cache.ts';
import { Denied, Invalid, UnknownName } from '../../base/errors.ts';
import { log } from '../../base/log.ts';
import { inTurns } from '../../base/turns.ts';
import type { Call } from '../../call/call.ts';
import { isObject } from '../../json/lossless.ts';
import { pathOf } from '../../json/path.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { DefinedControl } from '../../pipeline/control.ts';
import { defineBuiltIn } from '../../pipeline/define-built-in.ts';
import type { Control } from '../../pipeline/next.ts';
import type { Reply } from '../../reply/reply.ts';
import { entriesOf } from '../shared/entries.ts';
import { type NamedTool, type NameWatch, toolWatch } from '../shared/name-watch.ts';
import { foundOf, isSearch, SEARCH } from '../shared/search.ts';
import { delimited } from './delimit.ts';
import { Names } from './names.ts';
import { faultsOf } from './option-faults.ts';
import {
  changesTo,
  type EnrichmentOptions,
  type FixedArgument,
  fixedIn,
  namedIn,
  sourcesOf,
  type ToolChanges,
} from './options.ts';
import { renaming } from './renamed.ts';
import { shownTool, withoutArguments } from './tool.ts';

export type { EnrichmentOptions, FixedArgument, ToolChanges } from './options.ts';

/**
 * Belongs after access-policy and rate-limit, which use the names that the client sees, and before all controls that
 * read data.
 */
export function enrichment(options: EnrichmentOptions): DefinedControl {
  const faults = faultsOf(options);
  if (faults.length > 0) throw new TypeError(`enrichment: ${faults.join('; ')}`);
  const sources = sourcesOf(options);
  return defineBuiltIn({
    name: 'enrichment',
    stage: 'present',
    does: 'changes names, descriptions and arguments of tools; puts results between marks',
    replies: { transforms: ['tools/list', 'tools/call'] },
    perCaller: sources.some((source) => 'claim' in source),
    arguments: fixedIn(options).map(([tool, name]) => ({ tool, path: pathOf([name]), method: 'tools/call' })),
    bindings: Object.fromEntries(
      sources.flatMap((source) => ('binding' in source ? [[source.binding, source.for]] : [])),
    ),
    setup: ({ bindings, auditOnly = false }) => new Enrichment(options, bindings, auditOnly).control,
  });
}

/** The configuration that applies to one tool. */
interface ToolConfig {
  readonly changes: ToolChanges | undefined;
  readonly fixed: readonly (readonly [name: string, source: FixedArgument])[];
}

/** Maximum bytes of the cache, because clients may name any number of tools that don't exist. */
const MAX_BYTES = 1024 * 1024;

class Enrichment {
  readonly #options: EnrichmentOptions;
  readonly #bindings: Readonly<Record<string, string>>;
  readonly #auditOnly: boolean;
  readonly #names: Names;
  readonly #watch: NameWatch<NamedTool>;
  /** Whether a list depends on nothing else: a description that is a function may. */
  readonly #isFixed: boolean;
  readonly #configs = new Cache<ToolConfig>({
    maxBytes: MAX_BYTES,
    weigh: ({ changes, fixed }) => 128 + (changes === undefined ? 0 : 256) + 64 * fixed.length,
  });
  /** Tools already reported; if there is no more room, further tools are not reported. */
  readonly #inTheWay = new Cache<true>({ maxBytes: MAX_BYTES, whenFull: 'refuse' });

  constructor(options: EnrichmentOptions, bindings: Readonly<Record<string, string>>, auditOnly: boolean) {
    this.#options = options;
    this.#bindings = bindings;
    this.#auditOnly = auditOnly;
    this.#names = new Names(options);
    this.#watch = toolWatch('enrichment', namedIn(options));
    this.#isFixed = Object.values(options.tools ?? {}).every(({ description }) => typeof description !== 'function');
  }

  readonly control: Control = async (call, next) => {
    if (call.is('tools/call')) return this.#called(call, next);
    const reply = await next(call);
    if (call.method !== 'tools/list' || call.kind !== 'request') return reply;
    this.#watch.attach(call, reply);
    if (this.#isFixed) reply.dependsOn([]);
    return reply.mapResult((result) => this.#shown(result));
  };

  async #called(call: Call<'tools/call'>, next: Parameters<Control>[1]): Promise<Reply> {
    const { params, exchange } = call;
    const name = this.#names.upstreamOf(params.name);
    if (name === undefined) throw new UnknownName('tool', params.name);
    const { changes, fixed } = this.#of(name);
    if (!this.#auditOnly) {
      // Otherwise the upstream's error for an unknown tool would show which tools are hidden and which don't exist.
      if (this.#names.changes) exchange.channels.knownNamesOnly = true;
      if (name !== params.name || fixed.length > 0) {
        const names = fixed.map(([argument]) => argument);
        exchange.channels.shownTool = (tool) => ({
          ...tool,
          inputSchema: withoutArguments(tool.inputSchema as JsonObject & typeof tool.inputSchema, names),
        });
      }
    }
    const passed =
      name === params.name && fixed.length === 0
        ? call
        : await inTurns(call.withInTurns({ ...params, name, ...this.#arguments(call, fixed) }));
    const reply = await next(passed);
    if (name !== params.name) reply.mapMessages(renaming(name, params.name), { contains: name });
    if (isSearch(passed)) return reply.mapResult((result) => foundOf(result, (tools) => this.#tools(tools)));
    return changes?.delimit === true
      ? reply.mapMessages((message, source) => inTurns(delimited(message, source)))
      : reply;
  }

  #of(name: string): ToolConfig {
    return this.#configs.getOrMake(name, () => {
      const fitting = changesTo(name, this.#options);
      // Search results are not marked, because they are a list of tools that a policy must be able to read.
      const changes = name === SEARCH && fitting !== undefined ? { ...fitting, delimit: false } : fitting;
      return { changes, fixed: Object.entries(changes?.arguments ?? {}) };
    });
  }

  #arguments({ params, caller }: Call<'tools/call'>, fixed: ToolConfig['fixed']): { arguments?: JsonObject } {
    if (fixed.length === 0) return {};
    const given = (params.arguments ?? {}) as JsonObject;
    const values = fixed.map(([name, source]): [string, JsonValue] => {
      if (Object.hasOwn(given, name))
        throw new Invalid(`${name}: expected no value, got one: the proxy sets this argument, so leave it out`);
      if ('value' in source) return [name, source.value];
      const value = 'claim' in source ? caller.claims[source.claim] : this.#bindings[source.binding];
      if (value === undefined || value === null)
        throw new Denied('not permitted: the tool needs a claim that the caller does not have');
      return [name, value];
    });
    return { arguments: { ...given, ...Object.fromEntries(values) } };
  }

  #shown(result: JsonObject): JsonObject {
    const tools = entriesOf(result, 'tools');
    const shown = this.#tools(tools);
    return shown === tools ? result : { ...result, tools: shown };
  }

  #tools(tools: readonly JsonValue[]): readonly JsonValue[] {
    const shown = tools.flatMap((tool): readonly JsonValue[] => {
      const name = isObject(tool) ? tool['name'] : undefined;
      // A tool without a name can't be hidden or called.
      if (!isObject(tool) || typeof name !== 'string') return [];
      const as = this.#names.shownAs(name);
      if (as === undefined) return [];
      if (this.#names.upstreamOf(as) !== name) {
        this.#isInTheWay(name, as);
        return [];
      }
      return [shownTool(tool, as, this.#of(name).changes)];
    });
    return shown.length === tools.length && shown.every((tool, i) => tool === tools[i]) ? tools : shown;
  }

  /** Reports a tool of the upstream whose name the config gives to another tool. */
  #isInTheWay(name: string, shown: string): void {
    if (this.#inTheWay.has(name) || !this.#inTheWay.set(name, true)) return;
    log.error('a tool of the upstream is hidden, since the config gives its name to another: rename one of them', {
      event: 'enrichment',
      tool: name,
      shown,
    });
  }
}
