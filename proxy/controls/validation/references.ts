/**
 * Where a schema's references lead (JSON Schema 2020-12, core, 8 and 9): within the document only. Nothing is ever fetched; a
 * reference to another document is a fault.
 */
import { isObject, type JsonObject, type JsonValue } from '../../json/lossless.ts';
import { SchemaFault } from './faults.ts';

/** A schema with an identifier of its own, and all within it up to the next such. */
export interface Resource {
  readonly base: string;
  readonly root: JsonValue;
  readonly anchors: Map<string, JsonObject>;
  readonly dynamicAnchors: Map<string, JsonObject>;
}

const MAX_SCHEMAS = 20_000;
const MAX_DEPTH = 128;
const BASE = 'schema:/';

/** Keywords whose value is a schema, a list of schemas, or schemas by name. Also those of earlier drafts. */
const ONE = new Set(['additionalProperties', 'unevaluatedProperties', 'unevaluatedItems', 'items', 'additionalItems', 'contains', 'propertyNames', 'not', 'if', 'then', 'else', 'contentSchema']);
const LIST = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items']);
const NAMED = new Set(['properties', 'patternProperties', 'dependentSchemas', 'dependencies', '$defs', 'definitions']);

export class References {
  /** Something depends on the way by which a schema was reached. */
  dynamic = false;
  /** Something depends on what was looked at elsewhere. */
  unevaluated = false;
  /** There is a pattern to be matched. */
  patterns = false;
  /** `$ref` hides what stands beside it: draft 7 and before. */
  readonly refAlone: boolean;
  /** The keyword that names a schema: `id` until draft 6. */
  readonly #id: '$id' | 'id';
  readonly #resources = new Map<string, Resource>();
  readonly #of = new Map<JsonObject, Resource>();
  readonly #root: Resource;

  constructor(root: JsonValue) {
    const dialect = dialectOf(root);
    this.refAlone = dialect < 8;
    this.#id = dialect < 6 ? 'id' : '$id';
    this.#root = { base: BASE, root, anchors: new Map(), dynamicAnchors: new Map() };
    this.#resources.set(BASE, this.#root);
    this.#collect(root, this.#root, 0);
  }

  /** The resource that a schema belongs to. */
  of(schema: JsonObject): Resource {
    return this.#of.get(schema) ?? this.#root;
  }

  #collect(schema: JsonValue | undefined, within: Resource, depth: number): void {
    if (!isObject(schema)) return;
    if (depth > MAX_DEPTH) throw new SchemaFault(`nested deeper than ${MAX_DEPTH} levels`);
    if (this.#of.size >= MAX_SCHEMAS) throw new SchemaFault(`more than ${MAX_SCHEMAS} schemas`);
    const resource = this.#enter(schema, within);
    this.#of.set(schema, resource);
    if ('$dynamicRef' in schema) this.dynamic = true;
    if ('unevaluatedProperties' in schema || 'unevaluatedItems' in schema) this.unevaluated = true;
    if ('pattern' in schema || 'patternProperties' in schema) this.patterns = true;
    for (const [key, value] of Object.entries(schema)) {
      if (LIST.has(key) && Array.isArray(value)) for (const item of value as readonly JsonValue[]) this.#collect(item, resource, depth + 1);
      else if (ONE.has(key)) this.#collect(value, resource, depth + 1);
      else if (NAMED.has(key) && isObject(value)) for (const item of Object.values(value)) this.#collect(item, resource, depth + 1);
    }
  }

  #enter(schema: JsonObject, within: Resource): Resource {
    const { $anchor: anchor, $dynamicAnchor: dynamicAnchor } = schema;
    const id = schema[this.#id];
    let resource = within;
    if (typeof id === 'string' && !(this.refAlone && '$ref' in schema)) {
      if (this.refAlone && id.startsWith('#')) within.anchors.set(id.slice(1), schema);
      else {
        const base = absolute(id, within.base).replace(/#$/, '');
        // The document is known by its own identifier as well as by none.
        resource = { base, root: schema, anchors: new Map(), dynamicAnchors: new Map() };
        this.#resources.set(base, resource);
      }
    }
    if (typeof anchor === 'string') resource.anchors.set(anchor, schema);
    if (typeof dynamicAnchor === 'string') {
      resource.anchors.set(dynamicAnchor, schema);
      resource.dynamicAnchors.set(dynamicAnchor, schema);
    }
    return resource;
  }

  /** What a `$ref` leads to, and the name of the dynamic anchor that led there, if one did. Throws {@link SchemaFault}. */
  resolve(ref: JsonValue | undefined, from: Resource): { readonly schema: JsonValue; readonly dynamicAnchor: string | undefined } {
    if (typeof ref !== 'string') throw new SchemaFault('a reference that is no string');
    const target = absolute(ref, from.base);
    const hash = target.indexOf('#');
    const document = hash < 0 ? target : target.slice(0, hash);
    const fragment = hash < 0 ? '' : unescaped(target.slice(hash + 1));
    const resource = this.#resources.get(document);
    if (resource === undefined) throw new SchemaFault('a reference to another document, and none is fetched');
    if (fragment === '') return { schema: resource.root, dynamicAnchor: undefined };
    if (fragment.startsWith('/')) return { schema: this.#at(resource, fragment), dynamicAnchor: undefined };
    const schema = resource.anchors.get(fragment);
    if (schema === undefined) throw new SchemaFault('a reference to an anchor that is not there');
    return { schema, dynamicAnchor: resource.dynamicAnchors.has(fragment) ? fragment : undefined };
  }

  /** Every schema that a dynamic anchor may mean, by the resource that has it. */
  dynamicTargets(name: string): (readonly [Resource, JsonObject])[] {
    return [...new Set(this.#resources.values())].flatMap((resource) => {
      const target = resource.dynamicAnchors.get(name);
      return target === undefined ? [] : [[resource, target] as const];
    });
  }

  #at(resource: Resource, pointer: string): JsonValue {
    let at: JsonValue | undefined = resource.root;
    let within = resource;
    for (const part of pointer.slice(1).split('/')) {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      if (isObject(at)) within = this.#of.get(at) ?? within;
      at = Array.isArray(at) ? (at as readonly JsonValue[])[Number(key)] : isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
    }
    if (!isObject(at) && typeof at !== 'boolean') throw new SchemaFault('a reference that leads to no schema');
    // It may lie where no keyword has schemas.
    if (isObject(at) && !this.#of.has(at)) this.#collect(at, within, 0);
    return at;
  }
}

function absolute(ref: string, base: string): string {
  try {
    return new URL(ref, base).href;
  } catch {
    throw new SchemaFault('an identifier or a reference that is no URI');
  }
}

function unescaped(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    throw new SchemaFault('a reference that is no URI');
  }
}

const DIALECTS: Readonly<Record<string, number>> = { 'draft-04': 4, 'draft-06': 6, 'draft-07': 7, 'draft/2019-09': 8, 'draft/2020-12': 9 };

/** MCP's is 2020-12 where a schema names none. `http://json-schema.org/schema#` names no version either: it means the newest. */
function dialectOf(root: JsonValue): number {
  const name = isObject(root) ? root['$schema'] : undefined;
  if (typeof name !== 'string' || /^https?:\/\/json-schema\.org\/schema#?$/.test(name)) return 9;
  const [, draft = ''] = /^https?:\/\/json-schema\.org\/(draft-0[467]|draft\/20(?:19-09|20-12))\/schema#?$/.exec(name) ?? [];
  const dialect = DIALECTS[draft];
  if (dialect === undefined) throw new SchemaFault('a dialect of JSON Schema that is not known here');
  return dialect;
}
