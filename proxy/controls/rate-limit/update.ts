/**
 * Builds one conditional write to a subject's item. It counts and takes a slot only if there is room, as far as this
 * process knows the item. If the item differs, the write fails and returns the item, and the next write uses that.
 *
 * The item: `w…` a counter's window, `c…` its count, `places` the slots of concurrent calls (id → end of the lease in
 * milliseconds), `expiresAt` for the table's TTL. It contains no name and no value of a call.
 */
import type { AttributeValue, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { type Counter, endOf, windowAt } from './plan.ts';
import { Full, SLOT_WAIT_MS } from './store.ts';

/** Clocks of instances may differ, so a lease expires only this much later. */
const SKEW_MS = 5_000;
const HOUR_S = 3_600;
const MOST_FREED = 20;

/** What this process knows of a subject's item. */
export interface Counted {
  readonly pk: string;
  readonly sk: string;
  /** The shift of its windows. */
  readonly offset: number;
  /** By counter: the last known window, and the minimum count in it. */
  readonly counts: Map<string, { window: number; count: number }>;
  /** Whether the item is known to have no other counters than `counts`. */
  seen: boolean;
  /** Known concurrent calls with the ends of their leases; undefined if unknown. */
  slots: ReadonlyMap<string, number> | undefined;
}

export interface Wish {
  readonly counters: readonly Counter[];
  readonly units: number;
  /** One slot out of a limit, for the time of a lease. */
  readonly slot?:
    | { readonly id: string; readonly of: number; readonly leaseMs: number; readonly label: string }
    | undefined;
  /** How long the item must be kept, in milliseconds. */
  readonly keepMs: number;
}

/** The exhausted counter with the longest wait. Known counts can only be too low. */
export function fullIn({ counts, offset }: Counted, { counters, units }: Wish, now: number): Full | undefined {
  let found: Full | undefined;
  for (const { id, ms, most, label } of counters) {
    const current = windowAt(now, ms, offset);
    const known = counts.get(id);
    // A window that has not started yet is unused.
    const open = known !== undefined && known.window >= current;
    if ((open ? known.count : 0) + units <= most) continue;
    // A window that a faster clock started counts as well.
    const wait = endOf(open ? known.window : current, ms, offset) - now;
    if (found === undefined || wait > found.retryAfterMs) found = new Full(wait, label);
  }
  return found;
}

export function composeUpdate(subject: Counted, wish: Wish, table: string, now: number): UpdateItemCommandInput | Full {
  const { pk, sk, offset } = subject;
  const { units, slot, keepMs } = wish;
  const set = ['expiresAt = :expires'];
  const remove: string[] = [];
  const conditions: string[] = [];
  const values: Record<string, AttributeValue> = { ':expires': number(Math.ceil((now + keepMs) / 1000) + HOUR_S) };
  const names: Record<string, string> = {};
  if (wish.counters.length > 0) values[':units'] = number(units);
  for (const { id, ms, most } of wish.counters) {
    const current = windowAt(now, ms, offset);
    const known = subject.counts.get(id);
    if (known === undefined && subject.seen) {
      conditions.push(`attribute_not_exists(w${id})`);
    } else if (known !== undefined && known.window < current) {
      conditions.push(`w${id} = :v${id}`);
      values[`:v${id}`] = number(known.window);
    } else {
      conditions.push(`w${id} = :w${id} AND c${id} <= :r${id}`);
      set.push(`c${id} = c${id} + :units`);
      values[`:w${id}`] = number(Math.max(current, known?.window ?? current));
      values[`:r${id}`] = number(most - units);
      continue;
    }
    set.push(`w${id} = :w${id}`, `c${id} = :units`);
    values[`:w${id}`] = number(current);
  }
  if (slot !== undefined) {
    const until = number(now + slot.leaseMs);
    if (subject.slots === undefined && subject.seen) {
      conditions.push('attribute_not_exists(places)');
      set.push('places = :places');
      values[':places'] = { M: { [slot.id]: until } };
    } else {
      const over =
        subject.slots === undefined || subject.slots.size < slot.of
          ? []
          : [...subject.slots].filter(([, end]) => end + SKEW_MS < now).slice(0, MOST_FREED);
      if (subject.slots !== undefined && subject.slots.size - over.length >= slot.of)
        return new Full(SLOT_WAIT_MS, slot.label);
      conditions.push('size(places) < :of');
      values[':of'] = number(slot.of + over.length);
      for (const [i, [id, end]] of over.entries()) {
        names[`#o${i}`] = id;
        values[`:o${i}`] = number(end);
        conditions.push(`places.#o${i} = :o${i}`);
        remove.push(`places.#o${i}`);
      }
      names['#place'] = slot.id;
      values[':until'] = until;
      set.push('places.#place = :until');
    }
  }
  return {
    TableName: table,
    Key: { pk: { S: pk }, sk: { S: sk } },
    UpdateExpression: `SET ${set.join(', ')}${remove.length === 0 ? '' : ` REMOVE ${remove.join(', ')}`}`,
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeValues: values,
    ...(Object.keys(names).length === 0 ? {} : { ExpressionAttributeNames: names }),
    ReturnValues: 'UPDATED_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/** Learns the state of an item; undefined if there is none. */
export function learn(
  subject: Counted,
  item: Readonly<Record<string, AttributeValue>> | undefined,
  whole: boolean,
): void {
  // Missing counters were deleted by the table's TTL.
  if (whole) subject.counts.clear();
  for (const [name, value] of Object.entries(item ?? {})) {
    if (!name.startsWith('c') || value.N === undefined) continue;
    const id = name.slice(1);
    const window = Number(item?.[`w${id}`]?.N ?? subject.counts.get(id)?.window);
    if (Number.isSafeInteger(window)) subject.counts.set(id, { window, count: Number(value.N) });
  }
  if (!whole) return;
  subject.seen = true;
  const slots = item?.['places']?.M;
  subject.slots =
    slots === undefined ? undefined : new Map(Object.entries(slots).map(([id, { N = '0' }]) => [id, Number(N)]));
}

export function number(value: number): AttributeValue.NMember {
  return { N: String(value) };
}
