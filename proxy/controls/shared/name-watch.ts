/**
 * Watches lists for names that a config contains but no list shows: often such a name has a typo, and its rule never
 * applies.
 */
import { Cache } from '../../base/cache.ts';
import { flat } from '../../base/flat.ts';
import { log } from '../../base/log.ts';
import type { Call } from '../../call/call.ts';
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import type { Reply } from '../../reply/reply.ts';
import { type Fits, globOf } from './glob.ts';

/** A name, or a pattern of names, that some list should contain. */
export interface Named {
  readonly type: 'Tool' | 'Prompt';
  readonly matches: Fits;
}

/** A tool that a config names. */
export interface NamedTool extends Named {
  /** Its path in the config. */
  readonly where: string;
  readonly name: string;
}

/** Maximum bytes kept of unfinished lists, and characters of a cursor. A longer list is not checked. */
const MAX_BYTES = 1024 * 1024;
const MAX_CURSOR = 4 * 1024;
const LISTS = {
  'tools/list': { type: 'Tool', member: 'tools' },
  'prompts/list': { type: 'Prompt', member: 'prompts' },
} as const;

/** Joins the pages of a list as they pass. Reports the missing names once, when the first complete list was seen. */
export class NameWatch<N extends Named = Named> {
  /** Names of the earlier pages, by the cursor of the next one. */
  readonly #open = new Cache<ReadonlySet<string>>({
    maxBytes: MAX_BYTES,
    maxKey: MAX_CURSOR,
    weigh: (names) => [...names].reduce((sum, { length }) => sum + 64 + 2 * length, 0),
  });
  #named: readonly N[];
  readonly #warn: (missing: N) => void;

  constructor(named: readonly N[], warn: (missing: N) => void) {
    this.#named = named;
    this.#warn = warn;
  }

  /**
   * For a control that may map replies: reads lists as that control receives them, until every name was seen or
   * reported.
   */
  attach(call: Call, reply: Reply): void {
    if (call.kind !== 'request' || (call.method !== 'tools/list' && call.method !== 'prompts/list')) return;
    const { type, member } = LISTS[call.method];
    if (!this.#awaits(type)) return;
    // It has to see every list until then.
    reply.dependsOn(() => undefined);
    reply.mapResult((result) => {
      this.saw(type, namesIn(result, member), call.params?.['cursor'], result['nextCursor']);
      return result;
    });
  }

  /** Records the names on a page of a list. Without any cursor, the page is the whole list. */
  saw(type: Named['type'], names: readonly string[], cursor?: unknown, nextCursor?: unknown): void {
    if (!this.#awaits(type)) return;
    const before = typeof cursor === 'string' ? this.#open.get(`${type}\n${cursor}`) : new Set<string>();
    if (before === undefined) return;
    const all = new Set([...before, ...names]);
    if (typeof nextCursor === 'string' && nextCursor !== '') {
      this.#open.set(`${type}\n${nextCursor}`, new Set([...before, ...names.map(flat)]));
      return;
    }
    for (const named of this.#named) if (named.type === type && ![...all].some(named.matches)) this.#warn(named);
    this.#named = this.#named.filter((named) => named.type !== type);
  }

  #awaits(type: Named['type']): boolean {
    return this.#named.some((named) => named.type === type);
  }
}

/** Warns in the log about tools that a control's config names, by name or pattern, and that no list shows. */
export function toolWatch(control: string, named: readonly Pick<NamedTool, 'where' | 'name'>[]): NameWatch<NamedTool> {
  return new NameWatch<NamedTool>(
    named.map(({ where, name }) => ({ type: 'Tool', matches: globOf(name), where, name })),
    ({ where, name }) =>
      log.warn('the config names a tool that the upstream does not list: is it misspelt?', {
        event: control,
        where,
        name,
      }),
  );
}

function namesIn(list: JsonObject, member: string): string[] {
  const entries = list[member];
  return Array.isArray(entries)
    ? (entries as readonly JsonValue[])
        .map((entry) => (isObject(entry) ? entry['name'] : undefined))
        .filter((name) => typeof name === 'string')
    : [];
}
