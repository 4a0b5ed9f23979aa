/** The members in which two JSON texts differ. */
import { createHash } from 'node:crypto';
import { isObject } from '../proxy/json/lossless.ts';
import type { JsonValue } from '../proxy/json/value.ts';
import type { Change } from './format.ts';

/** Of one message. */
const MOST = 40;
/** Characters of a value that are shown. */
const SHOWN = 300;

export function changesIn(before: string | undefined, after: string): Change[] {
  const [from, to] = [parsed(before), parsed(after)];
  if (from === undefined || to === undefined)
    return before === after ? [] : [{ at: '(text)', to: `another text · ${digest(after)}` }];
  const changes: Change[] = [];
  compare(from.value, to.value, '', changes);
  if (changes.length <= MOST) return changes;
  const rest = changes.slice(MOST);
  return [...changes.slice(0, MOST), { at: `(${rest.length} more)`, to: digest(JSON.stringify(rest)) }];
}

function compare(from: JsonValue | undefined, to: JsonValue | undefined, at: string, changes: Change[]): void {
  if (from === to || to === undefined) return;
  if (Array.isArray(from) && Array.isArray(to)) lists(from, to, at, changes);
  else if (isObject(from) && isObject(to)) {
    for (const [name, value] of Object.entries(to)) {
      const was = Object.hasOwn(from, name) ? from[name] : undefined;
      if (value === undefined) continue;
      if (was === undefined) changes.push({ at: member(at, name), to: shown(value) });
      else compare(was, value, member(at, name), changes);
    }
    for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) changes.push({ at: member(at, name) });
  } else changes.push({ at: at === '' ? '(message)' : at, to: shown(to) });
}

function lists(from: readonly JsonValue[], to: readonly JsonValue[], at: string, changes: Change[]): void {
  const key = keyOf(from) ?? keyOf(to);
  if (key !== undefined && keyOf([...from, ...to]) === key) {
    const byName = (list: readonly JsonValue[]): Map<string, JsonValue> =>
      new Map(list.map((one) => [isObject(one) && typeof one[key] === 'string' ? one[key] : '', one]));
    const [was, is] = [byName(from), byName(to)];
    for (const [name, value] of is) {
      const before = was.get(name);
      if (before === undefined) changes.push({ at: `${at}[${name}]`, to: shown(value) });
      else compare(before, value, `${at}[${name}]`, changes);
    }
    for (const name of was.keys()) if (!is.has(name)) changes.push({ at: `${at}[${name}]` });
    const kept = [...was.keys()].filter((name) => is.has(name));
    if (kept.join('\n') !== [...is.keys()].filter((name) => was.has(name)).join('\n'))
      changes.push({ at, to: 'another order' });
    return;
  }
  if (from.length !== to.length) {
    changes.push({ at, to: shown(to) });
    return;
  }
  to.forEach((value, i) => compare(from[i] ?? null, value, `${at}[${i}]`, changes));
}

/** The member that names the objects of a list. */
function keyOf(list: readonly JsonValue[]): 'name' | 'uri' | 'uriTemplate' | undefined {
  if (list.length === 0) return undefined;
  for (const key of ['name', 'uriTemplate', 'uri'] as const) {
    const names = list.map((one) => (isObject(one) ? one[key] : undefined));
    if (names.every((name) => typeof name === 'string')) return key;
  }
  return undefined;
}

function member(at: string, name: string): string {
  const plain = /^[\w$-]+$/.test(name) ? name : JSON.stringify(name);
  return at === '' ? plain : `${at}.${plain}`;
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
