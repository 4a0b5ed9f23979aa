/** What keywords are compiled to, and with. */
import type { JsonValue } from '../json/value.ts';
import type { Dialect } from './dialects.ts';
import type { Pattern } from './patterns.ts';
import type { References, Resource } from './references.ts';
import type { Run, Seen } from './run.ts';

/** @param seen where what was looked at is noted; undefined: nobody asks */
export type Check = (value: JsonValue, run: Run, seen: Seen | undefined) => boolean;

/** What keywords are compiled with. */
export interface Compiler {
  readonly references: References;
  readonly resource: Resource;
  readonly dialect: Dialect;
  /** The check of a schema within this one. */
  of(schema: JsonValue | undefined, keyword: string): Check;
  /** The check of a schema somewhere else, which may be one around this. */
  elsewhere(schema: JsonValue): Check;
  pattern(source: unknown): Pattern;
}
