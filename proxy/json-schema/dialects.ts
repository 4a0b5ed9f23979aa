/** Which draft of JSON Schema a schema is written in, and which keywords that draft has. */
import type { JsonObject, JsonValue } from '../json/value.ts';

export interface Dialect {
  /** Draft number; 8 means 2019-09, 9 means 2020-12. */
  readonly draft: number;
  /**
   * Whether `$schema` names the draft. If so, only that draft's keywords count. Otherwise keywords of all drafts do,
   * unless 2020-12 gives them another meaning.
   */
  readonly named: boolean;
}

/** MCP's default for schemas without `$schema`. */
export const UNNAMED: Dialect = { draft: 9, named: false };
/** A dialect that no value can be checked by. References in it are still read. */
export const UNKNOWN: Dialect = { ...UNNAMED };

const named = (draft: number): Dialect => ({ draft, named: true });
const DIALECTS: Readonly<Record<string, Dialect>> = {
  'draft-04': named(4),
  'draft-06': named(6),
  'draft-07': named(7),
  'draft/2019-09': named(8),
  'draft/2020-12': named(9),
};

/**
 * @param around the dialect of the enclosing schema. `http://json-schema.org/schema#` names no version and means the
 * newest
 */
export function dialectOf({ $schema: name }: JsonObject, around: Dialect): Dialect {
  if (name === undefined) return around;
  const [, draft] = (typeof name === 'string' &&
    /^https?:\/\/json-schema\.org\/(?:(draft-0[467]|draft\/20(?:19-09|20-12))\/)?schema#?$/.exec(name)) || [
    '',
    'unknown',
  ];
  return draft === undefined ? UNNAMED : (DIALECTS[draft] ?? UNKNOWN);
}

/** Keywords that not all drafts have, with the first and last draft that does. */
const RANGES: Readonly<Record<string, readonly [from: number, to: number]>> = {
  id: [4, 4],
  $id: [6, 9],
  const: [6, 9],
  contains: [6, 9],
  propertyNames: [6, 9],
  if: [7, 9],
  $anchor: [8, 9],
  dependentRequired: [8, 9],
  dependentSchemas: [8, 9],
  minContains: [8, 9],
  maxContains: [8, 9],
  unevaluatedItems: [8, 9],
  unevaluatedProperties: [8, 9],
  $recursiveRef: [8, 8],
  $recursiveAnchor: [8, 8],
  $dynamicRef: [9, 9],
  $dynamicAnchor: [9, 9],
  prefixItems: [9, 9],
  additionalItems: [4, 8],
};

export function isIn({ draft, named }: Dialect, [from, to]: readonly [from: number, to: number]): boolean {
  return !named || (draft >= from && draft <= to);
}

/** Returns the schema without the keywords that its draft doesn't have, which it ignores. */
export function keywordsIn(dialect: Dialect, schema: JsonObject): JsonObject {
  return dialect.named
    ? Object.fromEntries(
        Object.entries(schema).filter(
          ([keyword]: readonly [string, JsonValue | undefined]) =>
            !Object.hasOwn(RANGES, keyword) || isIn(dialect, RANGES[keyword] ?? [0, 9]),
        ),
      )
    : schema;
}
