/** The members in which two JSON texts differ. */
import { createHash } from 'node:crypto';
import { isObject } from '../proxy/json/lossless.ts';
import type { JsonValue } from '../proxy/json/value.ts';
import type { Change } from './format.ts';

/** Of one message. */
const MOST = 40;
/** Characters of a value that are shown. */
const SHOWN = 300;

/** How the places of changes are called. */
export interface Places {
  readonly member: (name: string) => string;
  /** An entry of a list. @param key the member that names it */
  readonly entry: (key: 'name' | 'uri' | 'uriTemplate', value: string) => string;
}

export const AS_THEY_ARE: Places = { member: (name) => name, entry: (_, value) => value };

export function changesIn(before: string | undefined, after: string, places: Places = AS_THEY_ARE): Change[] {
  const [from, to] = [parsed(before), parsed(after)];
  if (from === undefined || to === undefined)
    return before === after ? [] : [{ at: '(text)', to: `another text · ${digest(after)}` }];
  const changes: Change[] = [];
  new Comparing(places).compare(from.value, to.value, '', changes);
  if (changes.length <= MOST) return changes;
  const rest = changes.slice(MOST);
  return [...changes.slice(0, MOST), { at: `(${rest.length} more)`, to: digest(JSON.stringify(rest)) }];
}

class Comparing {
  readonly #places: Places;

  constructor(places: Places) {
    this.#places = places;
  }

  compare(from: JsonValue | undefined, to: JsonValue | undefined, at: string, changes: Change[]): void {
    if (from === to || to === undefined) return;
    if (Array.isArray(from) && Array.isArray(to)) this.#lists(from, to, at, changes);
    else if (isObject(from) && isObject(to)) {
      for (const [name, value] of Object.entries(to)) {
        const was = Object.hasOwn(from, name) ? from[name] : undefined;
        if (value === undefined) continue;
        if (was === undefined) changes.push({ at: this.#member(at, name), to: shown(value) });
        else this.compare(was, value, this.#member(at, name), changes);
      }
      for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) changes.push({ at: this.#member(at, name) });
    } else changes.push({ at: at === '' ? '(message)' : at, to: shown(to) });
  }

  #lists(from: readonly JsonValue[], to: readonly JsonValue[], at: string, changes: Change[]): void {
    const key = LISTS[at];
    if (key !== undefined && isNamed(from, key) && isNamed(to, key)) {
      this.#entries(byName(from, key), byName(to, key), at, key, changes);
      return;
    }
    if (from.length !== to.length) {
      changes.push({ at, to: shown(to) });
      return;
    }
    to.forEach((value, i) => this.compare(from[i] ?? null, value, `${at}[${i}]`, changes));
  }

  #entries(
    was: ReadonlyMap<string, JsonValue>,
    is: ReadonlyMap<string, JsonValue>,
    at: string,
    key: Key,
    changes: Change[],
  ): void {
    const place = (name: string): string => `${at}[${this.#places.entry(key, name)}]`;
    for (const [name, value] of is) {
      const before = was.get(name);
      if (before === undefined) changes.push({ at: place(name), to: shown(value) });
      else this.compare(before, value, place(name), changes);
    }
    for (const name of was.keys()) if (!is.has(name)) changes.push({ at: place(name) });
    const kept = [...was.keys()].filter((name) => is.has(name));
    if (kept.join('\n') !== [...is.keys()].filter((name) => was.has(name)).join('\n'))
      changes.push({ at, to: 'another order' });
  }

  #member(at: string, given: string): string {
    const name = this.#places.member(given);
    const plain = /^[\w$-]+$/.test(name) ? name : JSON.stringify(name);
    return at === '' ? plain : `${at}.${plain}`;
  }
}

type Key = 'name' | 'uri' | 'uriTemplate';

/** Lists of what there is, and the member that names their entries. Entries of other lists may be called like people. */
const LISTS: Readonly<Record<string, Key>> = {
  'result.tools': 'name',
  'result.prompts': 'name',
  'result.resources': 'uri',
  'result.resourceTemplates': 'uriTemplate',
};

function isNamed(list: readonly JsonValue[], key: Key): boolean {
  return list.every((one) => isObject(one) && typeof one[key] === 'string');
}

function byName(list: readonly JsonValue[], key: Key): Map<string, JsonValue> {
  return new Map(list.map((one) => [isObject(one) && typeof one[key] === 'string' ? one[key] : '', one]));
}

function shown(value: JsonValue): JsonValue {
  const text = JSON.stringify(value);
  return text.length <= SHOWN ? value : `${text.slice(0, SHOWN)}… · ${digest(text)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function parsed(text: string | undefined): { readonly value: JsonValue } | undefined {
  if (text === undefined) return undefined;
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch {
    return undefined;
  }
}
