/** What is known here of the items in the table, and the writes that come of it. */
import { createHmac, hash } from 'node:crypto';
import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { Cache } from '../../base/cache.ts';
import { before, leftUntil } from './deadline.ts';
import { Full } from './store.ts';
import type { Table, Written } from './table-client.ts';
import { composeUpdate, fullIn, learn, number, type Subject, type Wish } from './update.ts';

/** Each failed condition tells what is so; several in a row mean that many write to the one item at once. */
const ATTEMPTS = 8;
/** Bytes of the callers whose items are remembered. Who is forgotten costs a second write. */
const MAX_BYTES = 16 * 1024 * 1024;
/** What is known of one: its counts and places come later. */
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

/** Names of attributes are made of it. */
export function idOf(description: string): string {
  return hash('sha256', description, 'hex').slice(0, 10);
}

export class Ledger {
  readonly #table: TableAddress;
  readonly #connect: () => Promise<Table>;
  readonly #limitMs: number;
  readonly #prefix: string;
  readonly #subjects = new Cache<Subject>({ maxBytes: MAX_BYTES, weigh: () => SUBJECT_BYTES });
  #client: Promise<Table> | undefined;
  #warm = false;

  /** @param prefix begins each item's key, and keeps apart who counts for different ends */
  constructor(table: TableAddress, limitMs: number, prefix: string, connect: () => Promise<Table>) {
    this.#table = table;
    this.#limitMs = limitMs;
    this.#prefix = prefix;
    this.#connect = connect;
  }

  /**
   * Who calls is hashed together with the table's ARN: equal callers are equal there, in no other table, and nobody is
   * named.
   */
  subject(who: string, sk: string): Subject {
    return this.#subjects.getOrMake(`${sk}\n${who}`, () => {
      const hashed = createHmac('sha256', this.#table.arn).update(who).digest();
      return {
        pk: `${this.#prefix}#${hashed.toString('base64url').slice(0, 32)}`,
        sk,
        offset: hashed.readUIntBE(26, 6),
        counts: new Map(),
        seen: false,
        places: undefined,
      };
    });
  }

  /** When a call that comes now has waited long enough. The first write waits for the client and credentials, too. */
  deadline(): number {
    return performance.now() + this.#limitMs + (this.#warm ? 0 : 3_000);
  }

  /**
   * Undefined: it was charged. Rejects where the table couldn't be asked by the deadline, in however many writes it
   * takes.
   */
  async charge(subject: Subject, wish: Wish, deadline: number): Promise<Full | undefined> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const now = Date.now();
      const full = fullIn(subject, wish, now);
      if (full !== undefined) return full;
      // What was seen of places is old by the next call: only the table knows.
      if (attempt === 0 && subject.places !== undefined) subject.places = undefined;
      const update = composeUpdate(
        attempt === 0 ? { ...subject, seen: subject.seen && wish.place === undefined } : subject,
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
    throw new Error(`the item of one subject changed ${ATTEMPTS} times while it was to be written`);
  }

  /** Gives a place back, or makes it last. @returns whether it was still there */
  async setPlace({ pk, sk }: Subject, id: string, until: number | undefined): Promise<boolean> {
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
