/**
 * A DynamoDB client for the limits: single writes with a time limit. A separate chunk, loaded with the first call.
 */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { awsConnections } from '../../credentials/aws-client.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

/** `done: false`: the condition failed; `item` is then the whole current item, or undefined if there is none. */
export interface Written {
  readonly done: boolean;
  readonly item: Item | undefined;
}

export interface Table {
  /** @param limitMs whole milliseconds until it rejects */
  write(input: UpdateItemCommandInput, limitMs: number): Promise<Written>;
}

export class TableClient implements Table {
  readonly #client: DynamoDBClient;

  constructor(region: string) {
    // If the response of a write was lost, its retry counts twice: that is too much, but never too little.
    this.#client = new DynamoDBClient({ region, maxAttempts: 2, requestHandler: awsConnections() });
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
