/**
 * Lets these tools run once per approval. A reviewer writes an item with `pk` (the caller's subject), `sk` (the tool)
 * and `expiresAt`; the call deletes it.
 */
import { defineControl, type DefinedControl, Denied } from 'agentcore-mcp-proxy';

export function singleUseApproval(tools: readonly string[]): DefinedControl {
  return defineControl({
    name: 'single-use-approval',
    replies: 'ignores',
    perCaller: true,
    bindings: { APPROVALS: { for: 'who may call what, once', kind: 'table' } },
    setup: async ({ bindings: { APPROVALS = '' } }) => {
      const { ConditionalCheckFailedException, DeleteItemCommand, DynamoDBClient } =
        await import('@aws-sdk/client-dynamodb');
      const [, , , region = '', , , TableName] = APPROVALS.split(/[:/]/);
      const client = new DynamoDBClient({ region });
      return {
        otherwise: 'pass',
        'tools/call': async (call, next) => {
          const { name } = call.params;
          if (!tools.includes(name)) return next(call);
          const Key = { pk: { S: call.caller.subject ?? '' }, sk: { S: name } };
          const values = { ':now': { N: String(Date.now() / 1000) } };
          await client
            .send(
              new DeleteItemCommand({
                TableName,
                Key,
                ConditionExpression: 'expiresAt > :now',
                ExpressionAttributeValues: values,
              }),
              { abortSignal: AbortSignal.timeout(2_000) },
            )
            .catch((error: unknown) => {
              throw error instanceof ConditionalCheckFailedException ? new Denied(`${name} needs an approval`) : error;
            });
          return next(call);
        },
      };
    },
  });
}
