/**
 * DynamoDB as the limits need it: single writes with a time limit. In a chunk of its own, loaded with the first call.
 */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';

export type Item = Readonly<Record<string, AttributeValue>>;

/** `done: false`: the condition didn't hold; then `item` is the whole item as it is, undefined where there is none. */
export interface Written {
  readonly done: boolean;
  readonly item: Item | undefined;
}

export interface Table {
  /** @param limitMs a whole number of milliseconds, after which it rejects */
  write(input: UpdateItemCommandInput, limitMs: number): Promise<Written>;
}

export class TableClient implements Table {
  readonly #client: DynamoDBClient;

  constructor(region: string) {
    // A write that was made though nobody heard of it counts twice when it is made again: too much, never too little.
    this.#client = new DynamoDBClient({ region, maxAttempts: 2 });
  }

  async write(input: UpdateItemCommandInput, limitMs: number): Promise<Written> {
    try {
      const { Attributes } = await this.#client.send(new UpdateItemCommand(input), {
        abortSignal: AbortSignal.timeout(limitMs),
      });
      return { done: true, item: Attributes };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return { done: false, item: error.Item };
      throw error;
    }
  }
}
