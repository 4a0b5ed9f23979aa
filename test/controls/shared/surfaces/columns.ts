/**
 * The controls that inspect content or must not record it, each with what it does to a text at the cells:
 * `test/controls/NAME/columns.ts` exports it as `columns`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { usualOrder } from '../../../../proxy/pipeline/order.ts';
import { builtInControls } from '../../samples.ts';
import type { Column } from './column.ts';

/** By the control's folder; undefined for a control that doesn't inspect content. */
export async function columnsOf(name: string): Promise<readonly Column[] | undefined> {
  const path = join(import.meta.dirname, '../..', name, 'columns.ts');
  if (!existsSync(path)) return undefined;
  return ((await import(path)) as { readonly columns: readonly Column[] }).columns;
}

export const COLUMNS: readonly Column[] = (
  await Promise.all(usualOrder(await builtInControls()).map(({ name }) => columnsOf(name)))
).flatMap((columns) => columns ?? []);
