/**
 * Resource policies of runtimes and their endpoints, with the service's requirements.
 * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html
 */
import { asText, isObject, type Value } from '../../../cloudformation/template.ts';
import type { Account } from '../account.ts';
import { AwsError } from '../wire.ts';
import { type Maker, text } from './maker.ts';

export const RESOURCE_POLICIES: Readonly<Record<string, Maker>> = {
  'AWS::BedrockAgentCore::ResourcePolicy': {
    make({ account, properties }) {
      const arn = text(properties, 'ResourceArn');
      if (!isThere(account, arn)) throw new AwsError('ResourceNotFoundException', `no runtime or endpoint ${arn}`, 404);
      const policy: Value = JSON.parse(text(properties, 'Policy'));
      const statements =
        isObject(policy) && policy['Version'] === '2012-10-17' && Array.isArray(policy['Statement'])
          ? policy['Statement']
          : [];
      if (statements.length === 0) throw new AwsError('ValidationException', 'Policy has no statements');
      for (const statement of statements) checkStatement(statement, arn);
      return { ref: arn };
    },
  },
};

/** Each runtime has the endpoint DEFAULT. */
function isThere(account: Account, arn: string): boolean {
  return [...account.runtimes.values()].some((runtime) =>
    [
      runtime.arn,
      ...['DEFAULT', ...runtime.endpoints.keys()].map((name) => `${runtime.arn}/runtime-endpoint/${name}`),
    ].includes(arn),
  );
}

function checkStatement(statement: Value, arn: string): void {
  if (!isObject(statement) || !['Allow', 'Deny'].includes(asText(statement['Effect'])))
    throw new AwsError('ValidationException', 'expected statements with an Effect');
  if (statement['Principal'] === undefined)
    throw new AwsError('ValidationException', 'Missing required field Principal');
  const actions = [statement['Action'] ?? []].flat().map((action: Value) => asText(action));
  if (
    actions.length === 0 ||
    actions.some(
      (action) => !/^bedrock-agentcore:(?:InvokeAgentRuntime\w*|StopRuntimeSession|GetAgentCard)$/.test(action),
    )
  )
    throw new AwsError('ValidationException', `Policy has invalid action: ${actions.join(', ')}`);
  if (statement['Resource'] !== arn)
    throw new AwsError(
      'ValidationException',
      'Policy statement block must contain exactly one resource ARN that matches the provided resource ARN',
    );
}
