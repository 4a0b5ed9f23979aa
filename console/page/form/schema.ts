/** What a form needs to know of a JSON Schema. What it can't show as a field is written as JSON. */

export type Schema = Readonly<Record<string, unknown>>;

export type Field =
  | { readonly kind: 'text'; readonly format: string | undefined }
  | { readonly kind: 'number'; readonly isInteger: boolean }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly choices: readonly Choice[] }
  | { readonly kind: 'choices'; readonly choices: readonly Choice[] }
  | { readonly kind: 'list'; readonly items: Schema }
  | {
      readonly kind: 'object';
      readonly properties: readonly (readonly [string, Schema])[];
      readonly required: readonly string[];
    }
  | { readonly kind: 'json' };

export interface Choice {
  readonly value: unknown;
  readonly title: string;
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(schema: Schema, member: 'title' | 'description'): string | undefined {
  const text = schema[member];
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** Fields of one object, choices of one field, and objects within objects that a person fills in: beyond, it is JSON. */
const MOST_FIELDS = 60;
const MOST_CHOICES = 500;
const MOST_DEPTH = 3;

/**
 * @param root where local references point
 * @param depth objects around it: a schema may contain itself
 */
export function fieldOf(given: Schema, root: Schema, depth = 0): Field {
  const schema = resolved(given, root);
  const choices = choicesOf(schema);
  if (choices !== undefined) return { kind: 'choice', choices };
  switch (typeOf(schema)) {
    case 'string':
      return { kind: 'text', format: typeof schema['format'] === 'string' ? schema['format'] : undefined };
    case 'integer':
      return { kind: 'number', isInteger: true };
    case 'number':
      return { kind: 'number', isInteger: false };
    case 'boolean':
      return { kind: 'boolean' };
    case 'array': {
      const items = schema['items'];
      if (!isSchema(items)) return { kind: 'json' };
      const many = choicesOf(resolved(items, root));
      return many === undefined ? { kind: 'list', items } : { kind: 'choices', choices: many };
    }
    case 'object': {
      const properties = isSchema(schema['properties']) ? Object.entries(schema['properties']) : [];
      const required = Array.isArray(schema['required'])
        ? schema['required'].filter((each) => typeof each === 'string')
        : [];
      const known = properties.flatMap(([name, inner]): [string, Schema][] =>
        isSchema(inner) ? [[name, inner]] : inner === true ? [[name, {}]] : [],
      );
      if (known.length === 0 || known.length > MOST_FIELDS || depth >= MOST_DEPTH) return { kind: 'json' };
      return { kind: 'object', properties: known, required };
    }
    default:
      return { kind: 'json' };
  }
}

export function defaultOf(schema: Schema): unknown {
  return schema['default'];
}

function typeOf(schema: Schema): string | undefined {
  const { type } = schema as { readonly type?: unknown };
  if (typeof type === 'string') return type;
  // A value that may also be null is left out in its place.
  if (Array.isArray(type)) {
    const others = type.filter((each) => each !== 'null');
    return others.length === 1 && typeof others[0] === 'string' ? others[0] : undefined;
  }
  return isSchema(schema['properties']) ? 'object' : undefined;
}

function choicesOf(schema: Schema): readonly Choice[] | undefined {
  if ('const' in schema) return [choice(schema['const'], textOf(schema, 'title'))];
  const listed = schema['enum'];
  if (Array.isArray(listed) && listed.length <= MOST_CHOICES) {
    const names: readonly unknown[] = Array.isArray(schema['enumNames']) ? schema['enumNames'] : [];
    return listed.map((value: unknown, i) => choice(value, names[i]));
  }
  for (const member of ['oneOf', 'anyOf']) {
    const forms = schema[member];
    if (Array.isArray(forms) && forms.length > 0 && forms.every((each: unknown) => isSchema(each) && 'const' in each))
      return forms.map((each: Schema) => choice(each['const'], each['title']));
  }
  return undefined;
}

function choice(value: unknown, title: unknown): Choice {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return { value, title: typeof title === 'string' && title !== text ? `${title} (${text})` : text };
}

/** A part that is not encoded right stays as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Follows references within the schema, a few steps: a schema may refer to itself. */
function resolved(schema: Schema, root: Schema, steps = 5): Schema {
  const reference = schema['$ref'];
  if (typeof reference !== 'string' || !reference.startsWith('#') || steps === 0) return schema;
  let at: unknown = root;
  for (const part of reference
    .slice(1)
    .split('/')
    .filter((each) => each !== '')) {
    const name = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
    at = isSchema(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return isSchema(at) ? resolved({ ...at, ...schema, $ref: undefined }, root, steps - 1) : schema;
}
