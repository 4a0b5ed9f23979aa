/**
 * Resolves a schema's references (JSON Schema 2020-12, core, 8 and 9), within the document only. Nothing is ever
 * fetched; a reference to another document is a fault.
 */
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { type Dialect, dialectOf, keywordsIn, UNNAMED } from './dialects.ts';
import { SchemaFault } from './faults.ts';

/** A schema with its own identifier, and all schemas inside it up to the next identifier. */
export interface Resource {
  readonly base: string;
  readonly root: JsonValue;
  readonly anchors: Map<string, JsonObject>;
  /** The anchor of 2019-09 (`$recursiveAnchor`) has an empty name. */
  readonly dynamicAnchors: Map<string, JsonObject>;
}

/** Where a schema is. */
export interface Place {
  readonly resource: Resource;
  readonly dialect: Dialect;
}

const MAX_SCHEMAS = 20_000;
const MAX_DEPTH = 128;
const BASE = 'schema:/';

/** Keywords whose value is a schema, a list of schemas, or a map of schemas, in all drafts. */
const ONE = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'unevaluatedItems',
  'items',
  'additionalItems',
  'contains',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'contentSchema',
]);
const LIST = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items']);
const NAMED = new Set(['properties', 'patternProperties', 'dependentSchemas', 'dependencies', '$defs', 'definitions']);

export class References {
  /** Whether a meaning depends on the path by which a schema was reached. */
  dynamic = false;
  /** Whether there is a `pattern`. */
  patterns = false;
  readonly #resources = new Map<string, Resource>();
  readonly #of = new Map<JsonObject, Place>();
  readonly #root: Place;

  constructor(root: JsonValue) {
    const resource = newResource(BASE, root);
    this.#root = { resource, dialect: UNNAMED };
    this.#resources.set(BASE, resource);
    this.#collect(root, this.#root, 0);
    // A reference may lead outside of the known keywords. Collect those schemas, and what they refer to.
    for (const [schema, place] of this.#of)
      for (const keyword of ['$ref', '$dynamicRef']) this.#reach(schema[keyword], place.resource);
  }

  of(schema: JsonObject): Place {
    return this.#of.get(schema) ?? this.#root;
  }

  #reach(ref: JsonValue | undefined, from: Resource): void {
    if (typeof ref !== 'string' || !ref.includes('#/')) return;
    try {
      this.resolve(ref, from);
    } catch (error) {
      // A bad reference only matters if a check uses that schema.
      if (!(error instanceof SchemaFault)) throw error;
    }
  }

  #collect(schema: JsonValue | undefined, within: Place, depth: number): void {
    if (!isObject(schema)) return;
    if (depth > MAX_DEPTH) throw new SchemaFault(`expected at most ${MAX_DEPTH} levels of schemas, got more`);
    if (this.#of.size >= MAX_SCHEMAS) throw new SchemaFault(`expected at most ${MAX_SCHEMAS} schemas, got more`);
    const dialect = dialectOf(schema, within.dialect);
    const known = keywordsIn(dialect, schema);
    const resource = this.#enter(schema, known, within.resource, dialect);
    const place = resource === within.resource && dialect === within.dialect ? within : { resource, dialect };
    this.#of.set(schema, place);
    if ('$dynamicRef' in known || '$recursiveRef' in known) this.dynamic = true;
    if ('pattern' in schema || 'patternProperties' in schema) this.patterns = true;
    for (const [key, value] of Object.entries(known)) {
      if (LIST.has(key) && Array.isArray(value))
        for (const item of value as readonly JsonValue[]) this.#collect(item, place, depth + 1);
      else if (ONE.has(key)) this.#collect(value, place, depth + 1);
      else if (NAMED.has(key) && isObject(value))
        for (const item of Object.values(value)) this.#collect(item, place, depth + 1);
    }
  }

  /** @param known the schema, with only its draft's keywords */
  #enter(schema: JsonObject, known: JsonObject, within: Resource, { draft }: Dialect): Resource {
    const { $anchor: anchor, $dynamicAnchor: dynamicAnchor } = known;
    const id = known[draft < 6 ? 'id' : '$id'];
    let resource = within;
    if (typeof id === 'string' && !(draft < 8 && '$ref' in schema)) {
      if (draft < 8 && id.startsWith('#')) within.anchors.set(id.slice(1), schema);
      else {
        const base = absolute(id, within.base).replace(/#$/, '');
        // The document is known both by its identifier and without one.
        resource = newResource(base, schema);
        this.#resources.set(base, resource);
      }
    }
    if (typeof anchor === 'string') resource.anchors.set(anchor, schema);
    if (typeof dynamicAnchor === 'string') {
      resource.anchors.set(dynamicAnchor, schema);
      resource.dynamicAnchors.set(dynamicAnchor, schema);
    }
    if (known['$recursiveAnchor'] === true && schema === resource.root) resource.dynamicAnchors.set('', schema);
    return resource;
  }

  /** The target of a `$ref`, and the dynamic anchor it went through, if any. Throws {@link SchemaFault}. */
  resolve(
    ref: JsonValue | undefined,
    from: Resource,
  ): { readonly schema: JsonValue; readonly dynamicAnchor: string | undefined } {
    if (typeof ref !== 'string') throw new SchemaFault('expected a reference to be a string, got something else');
    const target = absolute(ref, from.base);
    const hash = target.indexOf('#');
    const document = hash < 0 ? target : target.slice(0, hash);
    const fragment = hash < 0 ? '' : unescaped(target.slice(hash + 1));
    const resource = this.#resources.get(document);
    if (resource === undefined)
      throw new SchemaFault('expected references within the schema, got one to another document, which is not fetched');
    if (fragment === '')
      return { schema: resource.root, dynamicAnchor: resource.dynamicAnchors.has('') ? '' : undefined };
    if (fragment.startsWith('/')) return { schema: this.#at(resource, fragment), dynamicAnchor: undefined };
    const schema = resource.anchors.get(fragment);
    if (schema === undefined)
      throw new SchemaFault('expected a reference to an anchor of the schema, got an unknown one');
    return { schema, dynamicAnchor: resource.dynamicAnchors.has(fragment) ? fragment : undefined };
  }

  /** Every schema that a dynamic anchor may mean, with its resource. */
  dynamicTargets(name: string): (readonly [Resource, JsonObject])[] {
    return [...new Set(this.#resources.values())].flatMap((resource) => {
      const target = resource.dynamicAnchors.get(name);
      return target === undefined ? [] : [[resource, target] as const];
    });
  }

  #at(resource: Resource, pointer: string): JsonValue {
    let at: JsonValue | undefined = resource.root;
    let within: Place = isObject(at) ? this.of(at) : this.#root;
    for (const part of pointer.slice(1).split('/')) {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      if (isObject(at)) within = this.#of.get(at) ?? within;
      at = typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? (at as JsonObject)[key] : undefined;
    }
    if (!isObject(at) && typeof at !== 'boolean')
      throw new SchemaFault('expected a reference to a schema, got one to another value');
    // The target may lie outside of the known keywords.
    if (isObject(at) && !this.#of.has(at)) this.#collect(at, within, 0);
    return at;
  }
}

function newResource(base: string, root: JsonValue): Resource {
  return { base, root, anchors: new Map(), dynamicAnchors: new Map() };
}

function absolute(ref: string, base: string): string {
  try {
    return new URL(ref, base).href;
  } catch {
    throw new SchemaFault('expected an identifier or a reference to be a URI, got something else');
  }
}

function unescaped(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    throw new SchemaFault('expected a reference to be a URI, got something else');
  }
}
