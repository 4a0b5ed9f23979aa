/**
 * Collects the names that a JSON Schema declares at each place of a value. It merges all schemas that may apply to a
 * place, valid or not: `$ref`, `allOf`, `anyOf`, `oneOf`, `if`, `not` and `dependentSchemas` add more. Parts that can't
 * be resolved (a reference to another document) declare nothing. Places are created on demand, only for names that the
 * schema has.
 */
import { SchemaFault } from '../json-schema/faults.ts';
import { References } from '../json-schema/references.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { Spellings } from './spellings.ts';

/** The maximum cost of a check; throws if it is exceeded. */
export interface Budget {
  spend(steps: number): void;
}

/** Total schemas and names of all cached places; further places are created again for each call. */
const MAX_KEPT = 100_000;

/** Keywords whose schemas apply to the same place. */
const BESIDE_ONE = ['if', 'then', 'else', 'not'] as const;
const BESIDE_LIST = ['allOf', 'anyOf', 'oneOf'] as const;
const BESIDE_NAMED = ['dependentSchemas', 'dependencies'] as const;

export class Declared {
  readonly #root: JsonValue;
  readonly #references: References | undefined;
  readonly #numbers = new Map<JsonObject, number>();
  readonly #places = new Map<string, Place>();
  #kept = 0;
  /** The root, once a check has paid for it. */
  #arguments: Place | undefined;

  /** @param schema of any dialect; names in an unknown dialect are declared, too */
  constructor(schema: JsonObject) {
    this.#root = schema;
    this.#references = referencesOf(schema);
  }

  /** The place of the arguments as a whole. */
  root(budget: Budget): Place {
    return (this.#arguments = this.placeOf([this.#root], budget));
  }

  /** Whether an object has only names that the schema declares, and no object or list. False until its root was made. */
  hasOnly(object: JsonObject): boolean {
    if (this.#arguments === undefined) return false;
    const { names } = this.#arguments;
    for (const name in object) {
      const value = object[name];
      if (!names.has(name) || (typeof value === 'object' && value !== null)) return false;
    }
    return true;
  }

  /** The place of these schemas, and of those that they refer to. */
  placeOf(schemas: readonly (JsonValue | undefined)[], budget: Budget): Place {
    const found = this.#beside(schemas, budget);
    if (found.length === 0) return NOTHING;
    const key = found
      .map((schema) => this.#numberOf(schema))
      .sort((a, b) => a - b)
      .join();
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = new Place(this, found, budget);
    this.#kept += found.length + place.names.size;
    if (this.#kept > MAX_KEPT) {
      this.#places.clear();
      this.#kept = found.length + place.names.size;
    }
    this.#places.set(key, place);
    return place;
  }

  #beside(schemas: readonly (JsonValue | undefined)[], budget: Budget): readonly JsonObject[] {
    const found = new Set<JsonObject>();
    const pending: (JsonValue | undefined)[] = [...schemas];
    while (pending.length > 0) {
      const schema = pending.pop();
      budget.spend(1);
      if (!isObject(schema) || found.has(schema)) continue;
      found.add(schema);
      for (const keyword of BESIDE_ONE) pending.push(schema[keyword]);
      for (const keyword of BESIDE_LIST) if (Array.isArray(schema[keyword])) pending.push(...listOf(schema[keyword]));
      for (const keyword of BESIDE_NAMED)
        if (isObject(schema[keyword])) pending.push(...Object.values(schema[keyword]));
      for (const keyword of ['$ref', '$dynamicRef', '$recursiveRef'] as const)
        if (schema[keyword] !== undefined) pending.push(...this.#targetsOf(schema, schema[keyword]));
    }
    return [...found];
  }

  /** The target of a reference; empty if it is not in the schema. */
  #targetsOf(schema: JsonObject, reference: JsonValue): readonly JsonValue[] {
    const references = this.#references;
    if (references === undefined) return reference === '#' ? [this.#root] : [];
    try {
      const { schema: target, dynamicAnchor } = references.resolve(reference, references.of(schema).resource);
      return dynamicAnchor === undefined
        ? [target]
        : [target, ...references.dynamicTargets(dynamicAnchor).map(([, other]) => other)];
    } catch (error) {
      if (error instanceof SchemaFault) return [];
      throw error;
    }
  }

  #numberOf(schema: JsonObject): number {
    let number = this.#numbers.get(schema);
    if (number === undefined) this.#numbers.set(schema, (number = this.#numbers.size));
    return number;
  }
}

/** A place in the arguments, as the schema describes it. */
export class Place {
  /** The names that the schema declares here. */
  readonly names: Spellings;
  /**
   * Whether other names are read here, too: the schema declares none, or has patterns. A pattern declares no name,
   * because it describes a map.
   */
  readonly takesOthers: boolean;
  readonly #declared: Declared | undefined;
  readonly #schemas: readonly JsonObject[];
  /** Names with their own schemas. */
  readonly #properties: ReadonlySet<string>;
  /** The number of items with their own schemas. */
  readonly #prefix: number;
  readonly #members = new Map<string, Place>();
  #member: Place | undefined;
  readonly #items = new Map<number, Place>();
  #item: Place | undefined;

  constructor(declared: Declared | undefined, schemas: readonly JsonObject[], budget: Budget) {
    this.#declared = declared;
    this.#schemas = schemas;
    const properties = new Set<string>();
    const names = new Set<string>();
    let prefix = 0;
    let patterns = false;
    for (const schema of schemas) {
      patterns ||= Object.keys(namedIn(schema, 'patternProperties')).length > 0;
      for (const name of Object.keys(namedIn(schema, 'properties'))) properties.add(name);
      for (const name of namesIn(schema)) names.add(name);
      prefix = Math.max(prefix, listOf(schema['prefixItems']).length, listOf(schema['items']).length);
    }
    for (const name of properties) names.add(name);
    // Names are folded as well, which costs more.
    budget.spend(schemas.length + 4 * names.size + prefix);
    this.#properties = properties;
    this.#prefix = prefix;
    this.names = new Spellings(names);
    this.takesOthers = patterns || names.size === 0;
  }

  /** Whether the schema says nothing about this place and everything beneath it. */
  get empty(): boolean {
    return this.#schemas.length === 0;
  }

  member(name: string, budget: Budget): Place {
    const declared = this.#declared;
    if (declared === undefined) return this;
    if (!this.#properties.has(name))
      return (this.#member ??= declared.placeOf(
        this.#schemas.flatMap((schema) => memberSchemas(schema, undefined)),
        budget,
      ));
    let place = this.#members.get(name);
    if (place === undefined)
      this.#members.set(
        name,
        (place = declared.placeOf(
          this.#schemas.flatMap((schema) => memberSchemas(schema, name)),
          budget,
        )),
      );
    return place;
  }

  item(index: number, budget: Budget): Place {
    const declared = this.#declared;
    if (declared === undefined) return this;
    if (index >= this.#prefix)
      return (this.#item ??= declared.placeOf(
        this.#schemas.flatMap((schema) => itemSchemas(schema, undefined)),
        budget,
      ));
    let place = this.#items.get(index);
    if (place === undefined)
      this.#items.set(
        index,
        (place = declared.placeOf(
          this.#schemas.flatMap((schema) => itemSchemas(schema, index)),
          budget,
        )),
      );
    return place;
  }
}

/** A place that no schema describes. */
export const NOTHING = new Place(undefined, [], { spend: () => {} });

function referencesOf(root: JsonObject): References | undefined {
  try {
    return new References(root);
  } catch (error) {
    if (error instanceof SchemaFault) return undefined;
    throw error;
  }
}

/** Names that a schema mentions without a schema for each. */
function namesIn(schema: JsonObject): string[] {
  const { propertyNames } = schema;
  const named = isObject(propertyNames) ? [...listOf(propertyNames['enum']), propertyNames['const']] : [];
  const dependent = [
    ...Object.entries(namedIn(schema, 'dependentRequired')),
    ...Object.entries(namedIn(schema, 'dependencies')),
  ];
  const all = [
    ...listOf(schema['required']),
    ...named,
    ...Object.keys(namedIn(schema, 'dependentSchemas')),
    ...dependent.flatMap(([name, needs]) => [name, ...listOf(needs)]),
  ];
  return all.filter((name) => typeof name === 'string');
}

/** The schemas of a member with that property, or of any other member. A pattern may match any name. */
function memberSchemas(schema: JsonObject, name: string | undefined): (JsonValue | undefined)[] {
  const properties = namedIn(schema, 'properties');
  const patterns = Object.values(namedIn(schema, 'patternProperties'));
  if (name !== undefined && Object.hasOwn(properties, name)) return [properties[name], ...patterns];
  return [...patterns, schema['additionalProperties'], schema['unevaluatedProperties']];
}

/** The schemas of an item, from `prefixItems`, or from `items` as a list in earlier drafts. */
function itemSchemas(schema: JsonObject, index: number | undefined): (JsonValue | undefined)[] {
  const { items, prefixItems, contains, additionalItems, unevaluatedItems } = schema;
  const first = Array.isArray(prefixItems) ? listOf(prefixItems) : listOf(items);
  const any = [contains, unevaluatedItems];
  if (index !== undefined && index < first.length) return [first[index], ...any];
  return [Array.isArray(items) ? additionalItems : items, ...any];
}

function namedIn(schema: JsonObject, keyword: string): JsonObject {
  const named = schema[keyword];
  return isObject(named) ? named : NO_NAMES;
}

const NO_NAMES: JsonObject = Object.freeze({});

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
