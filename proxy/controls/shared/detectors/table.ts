/** Finds the heading of a cell in a table that is written as JSON lists. */
import type { JsonObject, JsonValue } from '../../../json/value.ts';
import type { Holder } from './detector.ts';

/** What a table's headings are called, in lower case without `_`. */
const HEADINGS: ReadonlySet<string> = new Set(
  `columns column cols headers header headings heading fields fieldnames columnnames columnheaders columnmetadata columninfo
  columndefinitions keys labels names attributes rowtype meta`.split(/\s+/),
);
/** Objects that may contain them: `schema.fields`, `resultSetMetaData.rowType`. */
const ABOUT: ReadonlySet<string> = new Set('schema metadata meta resultsetmetadata structure manifest'.split(' '));
/** Members of an object that may be a table. */
const MOST = 24;
/** Levels between a cell and its table: `rows`, `0`, `f`, `1`, `v`. */
const FAR = 4;

/** The headings of the last row, and of the last object that may be a table. They serve one walk. */
class Memo {
  row: Holder | undefined;
  headings: readonly JsonValue[] | undefined;
  object: Holder | undefined;
  named: Named | undefined;
}

interface Named {
  readonly key: string;
  readonly list: readonly JsonValue[];
}

/** Keyed by the containers of a walk, so that nothing outlives it. */
const memos = new WeakMap<readonly Holder[], Memo>();

/**
 * The heading above an item of a list; undefined if there is none.
 * @param at the index of the item in the path
 */
export function headingAbove(
  path: readonly (string | number)[],
  holders: readonly Holder[],
  at: number,
): JsonValue | undefined {
  let memo = memos.get(holders);
  if (memo === undefined) memos.set(holders, (memo = new Memo()));
  const row = holders[at];
  if (memo.row !== row) {
    memo.row = row;
    memo.headings = headingsAbove(path, holders, at, memo);
  }
  return memo.headings?.[path[at] as number];
}

function headingsAbove(
  path: readonly (string | number)[],
  holders: readonly Holder[],
  at: number,
  memo: Memo,
): readonly JsonValue[] | undefined {
  let first: readonly JsonValue[] | undefined;
  let lists = 0;
  for (let i = at - 1; i >= 0 && i >= at - FAR; i--) {
    const holder = holders[i];
    if (holder === undefined) break;
    if (isList(holder)) {
      // A list of rows, not of tables.
      if (++lists > 1) break;
      const head = holder[0];
      if (i === at - 1 && Array.isArray(head) && head !== holders[at]) first = head as readonly JsonValue[];
      continue;
    }
    if (memo.object !== holder) {
      memo.object = holder;
      memo.named = namedIn(holder, true);
    }
    const { named } = memo;
    if (named !== undefined) return named.key === path[i] ? first : named.list;
  }
  return first;
}

function namedIn(holder: JsonObject, outer: boolean): Named | undefined {
  let members = 0;
  for (const key in holder) {
    if (++members > MOST) break;
    const value = holder[key];
    if (typeof value !== 'object' || value === null) continue;
    const name = key.toLowerCase().replaceAll('_', '');
    if (isList(value)) {
      if (HEADINGS.has(name) && isHeading(value[0])) return { key, list: value };
    } else if (outer && ABOUT.has(name)) {
      const inner = namedIn(value, false);
      if (inner !== undefined) return { key, list: inner.list };
    }
  }
  return undefined;
}

function isHeading(first: JsonValue | undefined): boolean {
  return typeof first === 'string' || (typeof first === 'object' && first !== null && !Array.isArray(first));
}

export function isList(value: Holder): value is readonly JsonValue[] {
  return Array.isArray(value);
}
