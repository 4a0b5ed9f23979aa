/** Keeps what this process knows of the table's items, and writes to them. */
import { createHmac, hash } from 'node:crypto';
import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { Cache } from '../../base/cache.ts';
import { before, leftUntil } from './deadline.ts';
import { Full } from './store.ts';
import type { Table, Written } from './table-client.ts';
import { composeUpdate, fullIn, learn, number, type Counted, type Wish } from './update.ts';

/**
 * A failed condition returns the current item; several failures in a row mean that many processes write to it at once.
 */
const ATTEMPTS = 8;
/** Maximum bytes for known items. A call whose item was forgotten needs a second write. */
const MAX_BYTES = 16 * 1024 * 1024;
/** The size of an item without its counts and slots, which are added later. */
const SUBJECT_BYTES = 1024;

export interface TableAddress {
  readonly arn: string;
  readonly region: string;
  readonly name: string;
}

export function parseTable(arn: string): TableAddress | undefined {
  const [, region, name] = /^arn:aws[\w-]*:dynamodb:([a-z0-9-]+):\d{12}:table\/([\w.-]{3,255})$/.exec(arn) ?? [];
  return region === undefined || name === undefined ? undefined : { arn, region, name };
}

/** Used in names of attributes. */
export function idOf(description: string): string {
  return hash('sha256', description, 'hex').slice(0, 10);
}

export class Ledger {
  readonly #table: TableAddress;
  readonly #connect: () => Promise<Table>;
  readonly #limitMs: number;
  readonly #prefix: string;
  readonly #subjects = new Cache<Counted>({ maxBytes: MAX_BYTES, weigh: () => SUBJECT_BYTES });
  #client: Promise<Table> | undefined;
  #warm = false;

  /** @param prefix starts each item's key, and separates enforced from watched limits */
  constructor(table: TableAddress, limitMs: number, prefix: string, connect: () => Promise<Table>) {
    this.#table = table;
    this.#limitMs = limitMs;
    this.#prefix = prefix;
    this.#connect = connect;
  }

  /**
   * Hashes the caller together with the table's ARN: equal callers have equal keys in this table only, and no name is
   * stored.
   */
  subject(who: string, sk: string): Counted {
    return this.#subjects.getOrMake(`${sk}\n${who}`, () => {
      const hashed = createHmac('sha256', this.#table.arn).update(who).digest();
      return {
        pk: `${this.#prefix}#${hashed.toString('base64url').slice(0, 32)}`,
        sk,
        offset: hashed.readUIntBE(26, 6),
        counts: new Map(),
        seen: false,
        slots: undefined,
      };
    });
  }

  /** The deadline of a call that arrives now. The first write also waits for the client and its credentials. */
  deadline(): number {
    return performance.now() + this.#limitMs + (this.#warm ? 0 : 3_000);
  }

  /**
   * Undefined: the call was charged. Rejects if the table did not answer by the deadline, however many writes it takes.
   */
  async charge(subject: Counted, wish: Wish, deadline: number): Promise<Full | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const now = Date.now();
      const full = fullIn(subject, wish, now);
      if (full !== undefined) return full;
      // Known slots are outdated by the next call: only the table knows the current ones.
      if (attempt === 0 && subject.slots !== undefined) subject.slots = undefined;
      const update = composeUpdate(
        attempt === 0 ? { ...subject, seen: subject.seen && wish.slot === undefined } : subject,
        wish,
        this.#table.name,
        now,
      );
      if (update instanceof Full) return update;
      const { done, item } = await before(deadline, () => this.#write(update, deadline));
      learn(subject, item, !done);
      this.#warm = true;
      if (done) return undefined;
    }
    throw new Error(`the item of one subject changed ${ATTEMPTS} times before it could be written`);
  }

  /** Releases a slot, or renews it. @returns whether it still existed */
  async setSlot({ pk, sk }: Counted, id: string, until: number | undefined): Promise<boolean> {
    const { done } = await (
      await this.#ready()
    ).write(
      {
        TableName: this.#table.name,
        Key: { pk: { S: pk }, sk: { S: sk } },
        UpdateExpression: until === undefined ? 'REMOVE places.#place' : 'SET places.#place = :until',
        ConditionExpression: 'attribute_exists(places.#place)',
        ExpressionAttributeNames: { '#place': id },
        ...(until === undefined ? {} : { ExpressionAttributeValues: { ':until': number(until) } }),
      },
      this.#limitMs * 4,
    );
    return done;
  }

  async #write(update: UpdateItemCommandInput, deadline: number): Promise<Written> {
    const client = await this.#ready();
    return client.write(update, leftUntil(deadline));
  }

  #ready(): Promise<Table> {
    return (this.#client ??= this.#connect());
  }
}
