/** What a parser accepts, as JSON Schema: for editors. What a schema can't say, only the parser checks. */
import type { Parse } from './parser.ts';

export type Schema = Readonly<Record<string, unknown>>;

const SCHEMAS = new WeakMap<object, () => Schema>();

/** Gives a parser its schema. It accepts all that the parser accepts. */
export function saying<T>(schema: () => Schema, parse: Parse<T>): Parse<T> {
  SCHEMAS.set(parse, schema);
  return parse;
}

/** Throws for a parser that says nothing, so that no member is left out. */
export function schemaOf(parse: Parse<unknown>): Schema {
  const schema = SCHEMAS.get(parse);
  if (schema === undefined) throw new TypeError('expected a parser with a schema (saying), got one without');
  return schema();
}

/** A text of a pattern. Those that ignore case, or that aren't Unicode patterns, can't be said in a schema. */
export function textSchema({ source, flags }: RegExp, expected: string): Schema {
  const described = { type: 'string', description: sentence(expected) };
  if (flags.replace('u', '') !== '') return described;
  try {
    return { ...described, pattern: new RegExp(source, 'u').source };
  } catch {
    return described;
  }
}

export function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
