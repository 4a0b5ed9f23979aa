/** The columns of a table in SQL. */
import type { Evidence } from '../detector.ts';
import { type CellSearch, LONGEST_NAME } from './search.ts';

const MOST_COLUMNS = 128;

export type Columns = readonly (Evidence | undefined)[];

/** What each of the names says; undefined if none says anything. */
export function columnsIn(search: CellSearch, names: readonly string[]): Columns | undefined {
  if (names.length > MOST_COLUMNS) return undefined;
  const columns = names.map((name): Evidence | undefined => {
    const field = name.replace(/^[\s"`[]+|[\s"`\]]+$/g, '');
    return field.length <= LONGEST_NAME && search.says({ field }) ? { field } : undefined;
  });
  return columns.some((column) => column !== undefined) ? columns : undefined;
}
