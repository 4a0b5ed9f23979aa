/** The part of the built bundle's description (`main.mjs --describe`) that a deployment needs. */
import type { DescribedLock, Described as Whole } from '../proxy/config/describe.ts';
import type { BindingKind } from '../proxy/pipeline/binding-need.ts';

export type Described = Pick<
  Whole,
  'upstreams' | 'search' | 'controls' | 'bindings' | 'headers' | 'caller' | 'digests'
>;

const KINDS: Readonly<Record<string, BindingKind>> = {
  value: 'value',
  table: 'table',
  keyring: 'keyring',
  secret: 'secret',
} satisfies Record<BindingKind, BindingKind>;

/** Parses it strictly, since a bundle of another version may describe itself differently. Throws. */
export function parseDescribed(text: string): Described {
  const whole = record(JSON.parse(text), '');
  return {
    upstreams: list(whole, 'upstreams').map((item) => ({
      name: string(item, 'name'),
      bindings: string(item, 'bindings'),
      reopen: boolean(item, 'reopen'),
      prefix: string(item, 'prefix'),
    })),
    search: string(whole, 'search'),
    controls: list(whole, 'controls').map((item) => ({
      name: string(item, 'name'),
      replies: string(item, 'replies'),
      auditOnly: boolean(item, 'auditOnly'),
      perCaller: boolean(item, 'perCaller'),
      bindings: strings(item, 'bindings'),
      ...(item['maps'] === undefined ? {} : { maps: strings(item, 'maps') }),
      ...(item['lock'] === undefined ? {} : { lock: lockOf(record(item['lock'], 'lock')) }),
    })),
    bindings: list(whole, 'bindings').map((item) => ({
      name: string(item, 'name'),
      for: string(item, 'for'),
      required: boolean(item, 'required'),
      neededBy: string(item, 'neededBy'),
      kind: KINDS[string(item, 'kind')] ?? fail('kind', 'a kind of binding', item['kind']),
      actions: strings(item, 'actions'),
      ...(item['conditions'] === undefined ? {} : { conditions: texts(record(item['conditions'], 'conditions')) }),
    })),
    headers: list(whole, 'headers').map((item) => ({
      name: string(item, 'name'),
      required: boolean(item, 'required'),
      for: string(item, 'for'),
    })),
    caller: { source: string(record(whole['caller'], 'caller'), 'source') },
    digests: texts(record(whole['digests'], 'digests')),
  };
}

type Json = Readonly<Record<string, unknown>>;

function lockOf(of: Json): DescribedLock {
  return { sha256: string(of, 'sha256'), enforces: boolean(of, 'enforces'), except: strings(of, 'except') };
}

function fail(where: string, expected: string, value: unknown): never {
  throw new Error(
    `--describe: expected ${expected} as ${where || 'the whole'}, got ${JSON.stringify(value)}: build bundle and construct from one version of this package`,
  );
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function record(value: unknown, where: string): Json {
  return isRecord(value) ? value : fail(where, 'an object', value);
}

function list(of: Json, name: string): readonly Json[] {
  const value = of[name];
  return Array.isArray(value) ? value.map((item) => record(item, name)) : fail(name, 'a list', value);
}

function string(of: Json, name: string): string {
  const value = of[name];
  return typeof value === 'string' ? value : fail(name, 'a text', value);
}

function boolean(of: Json, name: string): boolean {
  const value = of[name];
  return typeof value === 'boolean' ? value : fail(name, 'true or false', value);
}

function strings(of: Json, name: string): readonly string[] {
  const value = of[name];
  return Array.isArray(value)
    ? value.map((item) => (typeof item === 'string' ? item : fail(name, 'a text', item)))
    : fail(name, 'a list', value);
}

function texts(of: Json): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(of).map((name) => [name, string(of, name)]));
}
