/**
 * Custom resources: CloudFormation sends an event to a function and waits for its answer. The function's own code runs.
 */
import { randomUUID } from 'node:crypto';
import { asText, isObject, type Properties, type Value } from '../../../cloudformation/template.ts';
import type { Account } from '../account.ts';
import { invoke } from '../lambda.ts';
import { AwsError } from '../wire.ts';
import type { Maker } from './maker.ts';
import { text } from './maker.ts';

/** CloudFormation waits for an hour; nothing here takes that long. */
const PATIENCE_MS = 30_000;

interface Answer {
  readonly Status: string;
  readonly Reason: string;
  readonly PhysicalResourceId: string;
  readonly Data: Properties;
}

export const CUSTOM: Maker = {
  async make({ account, stack, id, type, properties, previous }) {
    const request =
      previous === undefined
        ? { RequestType: 'Create' }
        : {
            RequestType: 'Update',
            PhysicalResourceId: previous.ref,
            OldResourceProperties: stringified(previous.properties),
          };
    const answer = await ask(
      account,
      { ...request, StackId: stack.id, LogicalResourceId: id, ResourceType: type },
      properties,
    );
    return { ref: answer.PhysicalResourceId, attributes: answer.Data };
  },
  async unmake({ account, stack, id, type, properties, made }) {
    await ask(
      account,
      {
        RequestType: 'Delete',
        PhysicalResourceId: made.ref,
        StackId: stack.id,
        LogicalResourceId: id,
        ResourceType: type,
      },
      properties,
    );
  },
};

async function ask(account: Account, request: Properties, properties: Properties): Promise<Answer> {
  const arn = text(properties, 'ServiceToken');
  const target = [...account.functions.values()].find((candidate) => candidate.arn === arn);
  if (target === undefined) throw new AwsError('ValidationError', `ServiceToken: no function ${arn}`);
  const token = randomUUID();
  const answered = new Promise<unknown>((resolve) => account.customResourceAnswers.set(token, resolve));
  const event = {
    ...request,
    RequestId: token,
    ServiceToken: arn,
    ResponseURL: `https://${RESPONSE_HOST}/${token}`,
    ResourceProperties: stringified(properties),
  };
  const { log } = await invoke(account, target, event);
  const answer = readAnswer(
    await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS).unref())]),
  );
  account.customResourceAnswers.delete(token);
  if (answer === undefined) throw new AwsError('ValidationError', `${target.name} did not answer: ${log.slice(-1000)}`);
  if (answer.Status !== 'SUCCESS')
    throw new AwsError(
      'ValidationError',
      `Received response status [${answer.Status}] from custom resource. Message returned: ${answer.Reason}`,
    );
  return answer;
}

/** The host in the events; `lambda-host.ts` sends it to loopback. */
const RESPONSE_HOST = 'cloudformation-custom-resource-response.s3.amazonaws.com';

function readAnswer(value: unknown): Answer | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { Status, Reason, PhysicalResourceId, Data } = value as Partial<Record<keyof Answer, Value>>;
  return {
    Status: asText(Status),
    Reason: asText(Reason),
    PhysicalResourceId: asText(PhysicalResourceId),
    Data: isObject(Data) ? Data : {},
  };
}

/** CloudFormation passes every scalar as text. */
function stringified(value: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map(stringified);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, stringified(member)]));
  return asText(value);
}
