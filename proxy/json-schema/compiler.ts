/** The types of compiled keywords, and of the compiler they use. */
import type { JsonValue } from '../json/value.ts';
import type { Dialect } from './dialects.ts';
import type { Pattern } from './patterns.ts';
import type { References, Resource } from './references.ts';
import type { Run, Seen } from './run.ts';

/** @param seen records the evaluated items and properties; undefined if no keyword needs them */
export type Check = (value: JsonValue, run: Run, seen: Seen | undefined) => boolean;

/** What a keyword uses to compile subschemas. */
export interface Compiler {
  readonly references: References;
  readonly resource: Resource;
  readonly dialect: Dialect;
  /** Compiles a subschema of the current schema. */
  of(schema: JsonValue | undefined, keyword: string): Check;
  /** Compiles a schema elsewhere in the document, which may enclose the current one. */
  elsewhere(schema: JsonValue): Check;
  pattern(source: unknown): Pattern;
}
