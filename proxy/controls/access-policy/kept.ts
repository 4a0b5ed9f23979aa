/** Which entries of a list are kept, decided one by one. */
import { isTurnOver, nextTurn } from '../../base/turns.ts';
import type { JsonValue } from '../../json/value.ts';
import type { Asked } from './requests.ts';

/** Whether something may be used. */
export type May = (asked: Asked) => boolean;

/** The entries to keep; the same list if all are kept. */
export function those(
  entries: readonly JsonValue[],
  keeps: (entry: JsonValue) => boolean,
): Promise<readonly JsonValue[]> {
  return mapped(entries, (entry) => (keeps(entry) ? entry : undefined));
}

/** What is kept of each entry; the same list if nothing changes. Yields regularly, because decisions take time. */
export async function mapped(
  entries: readonly JsonValue[],
  keptOf: (entry: JsonValue) => JsonValue | undefined | Promise<JsonValue | undefined>,
): Promise<readonly JsonValue[]> {
  const kept: JsonValue[] = [];
  let same = true;
  for (const entry of entries) {
    const of = keptOf(entry);
    const part = of instanceof Promise ? await of : of;
    if (part !== undefined) kept.push(part);
    same &&= part === entry;
    if (isTurnOver()) await nextTurn();
  }
  return same ? entries : kept;
}
