/**
 * One conditional write to the item of a subject: it counts and takes a place only where there is room, as far as the
 * item is known here; where it isn't as it was thought to be, the failure brings the item, and the next write is made
 * from that.
 *
 * The item: `w…` a counter's window, `c…` what was counted in it, `places` the calls under way (id → lease, until when
 * in milliseconds), `expiresAt` for the table's TTL. No name and no value of anybody is in it.
 */
import type { AttributeValue, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { type Counter, endOf, windowAt } from './plan.ts';
import { Full, PLACE_WAIT_MS } from './store.ts';

/** Instances' clocks may differ: a lease counts as over only so much later. */
export const SKEW_MS = 5_000;
const HOUR_S = 3_600;
const MOST_FREED = 20;

/** What is known here of a subject's item. */
export interface Subject {
  readonly pk: string;
  readonly sk: string;
  /** By how much its windows are shifted. */
  readonly offset: number;
  /** By counter: the window last seen, and what was counted in it at least. */
  readonly counts: Map<string, { window: number; count: number }>;
  /** The item was seen to lack what isn't in `counts`. */
  seen: boolean;
  /** Calls under way as last seen, until when; undefined where they weren't. */
  places: ReadonlyMap<string, number> | undefined;
}

export interface Wish {
  readonly counters: readonly Counter[];
  readonly units: number;
  /** A place of so many, for a lease. */
  readonly place?:
    | { readonly id: string; readonly of: number; readonly leaseMs: number; readonly label: string }
    | undefined;
  /** How long the item must stay, in milliseconds. */
  readonly keepMs: number;
}

/** The counter without room that has to be waited for the longest. What is known of a window can only be too little. */
export function fullIn({ counts, offset }: Subject, { counters, units }: Wish, now: number): Full | undefined {
  let found: Full | undefined;
  for (const { id, ms, most, label } of counters) {
    const current = windowAt(now, ms, offset);
    const known = counts.get(id);
    // Of a window that isn't open yet, nothing is used up.
    const open = known !== undefined && known.window >= current;
    if ((open ? known.count : 0) + units <= most) continue;
    // A window that a faster clock opened is waited for as well.
    const wait = endOf(open ? known.window : current, ms, offset) - now;
    if (found === undefined || wait > found.retryAfterMs) found = new Full(wait, label);
  }
  return found;
}

export function composeUpdate(subject: Subject, wish: Wish, table: string, now: number): UpdateItemCommandInput | Full {
  const { pk, sk, offset } = subject;
  const { units, place, keepMs } = wish;
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
  if (place !== undefined) {
    const until = number(now + place.leaseMs);
    if (subject.places === undefined && subject.seen) {
      conditions.push('attribute_not_exists(places)');
      set.push('places = :places');
      values[':places'] = { M: { [place.id]: until } };
    } else {
      const over =
        subject.places === undefined || subject.places.size < place.of
          ? []
          : [...subject.places].filter(([, end]) => end + SKEW_MS < now).slice(0, MOST_FREED);
      if (subject.places !== undefined && subject.places.size - over.length >= place.of)
        return new Full(PLACE_WAIT_MS, place.label);
      conditions.push('size(places) < :of');
      values[':of'] = number(place.of + over.length);
      for (const [i, [id, end]] of over.entries()) {
        names[`#o${i}`] = id;
        values[`:o${i}`] = number(end);
        conditions.push(`places.#o${i} = :o${i}`);
        remove.push(`places.#o${i}`);
      }
      names['#place'] = place.id;
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

/** Takes over what an item says; undefined: there is none. */
export function learn(
  subject: Subject,
  item: Readonly<Record<string, AttributeValue>> | undefined,
  whole: boolean,
): void {
  // What isn't there any more was deleted by the table's TTL.
  if (whole) subject.counts.clear();
  for (const [name, value] of Object.entries(item ?? {})) {
    if (!name.startsWith('c') || value.N === undefined) continue;
    const id = name.slice(1);
    const window = Number(item?.[`w${id}`]?.N ?? subject.counts.get(id)?.window);
    if (Number.isSafeInteger(window)) subject.counts.set(id, { window, count: Number(value.N) });
  }
  if (!whole) return;
  subject.seen = true;
  const places = item?.['places']?.M;
  subject.places =
    places === undefined ? undefined : new Map(Object.entries(places).map(([id, { N = '0' }]) => [id, Number(N)]));
}

export function number(value: number): AttributeValue.NMember {
  return { N: String(value) };
}
