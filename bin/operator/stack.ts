/** A deployed proxy, found by its stack's name, from which the commands read everything else. */
import { parseEndpoint } from '../../proxy/credentials/endpoint.ts';
import { awsFailure, clientOptions, nameOf } from './aws.ts';
import { EXIT, Failure } from './failure.ts';
import { type Place, placeOf, type PlaceOptions } from './place.ts';

/** The outputs of `McpProxyStack`. */
export interface Outputs {
  readonly runtimeArn: string;
  readonly invocationUrl: string;
  /** URLs of the endpoints other than `DEFAULT`, by name. */
  readonly endpointUrls: ReadonlyMap<string, string>;
  readonly executionRoleArn: string;
  /** The log group of the endpoint `DEFAULT`. */
  readonly logGroupName: string;
  /** These three are only set if the stack made a user pool. */
  readonly userPoolId: string | undefined;
  readonly clientId: string | undefined;
  readonly tokenUrl: URL | undefined;
}

export interface Stack {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** CloudFormation's status, such as `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly updatedAt: Date | undefined;
  readonly outputs: Outputs;
}

/**
 * The deployed stack NAME with a proxy in it. Throws a `Failure` if there is none, it isn't in the account that the
 * deployments file names, or it has no proxy.
 */
export async function findStack(name: string, options: PlaceOptions = {}): Promise<Stack> {
  const place = await placeOf(name, options);
  const found = await describeStack(name, place.region);
  if (found === undefined) {
    const where = place.region === undefined ? '' : ` in ${place.region}`;
    throw new Failure(
      `there is no stack ${name}${where} in this account: deploy it with "npm run deploy -- ${name}"${place.listed ? '' : ', or name its region with --region R'}`,
      EXIT.usage,
    );
  }
  const { account, region } = ownerOf(found.id, place);
  return {
    name,
    account,
    region,
    status: found.status,
    updatedAt: found.updatedAt,
    outputs: parseOutputs(name, found.status, found.outputs),
  };
}

export interface DescribedStack {
  readonly id: string;
  readonly status: string;
  readonly updatedAt: Date | undefined;
  readonly outputs: ReadonlyMap<string, string>;
}

/** A stack by name or id, whatever it contains; undefined if there is none. */
export async function describeStack(name: string, region: string | undefined): Promise<DescribedStack | undefined> {
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(clientOptions(region));
  try {
    const [stack] = (await client.send(new DescribeStacksCommand({ StackName: name }))).Stacks ?? [];
    if (stack?.StackId === undefined) return undefined;
    return {
      id: stack.StackId,
      status: stack.StackStatus ?? 'UNKNOWN',
      updatedAt: stack.LastUpdatedTime ?? stack.CreationTime,
      outputs: new Map(
        (stack.Outputs ?? []).flatMap(({ OutputKey, OutputValue }): [string, string][] =>
          OutputKey === undefined || OutputValue === undefined ? [] : [[OutputKey, OutputValue]],
        ),
      ),
    };
  } catch (error) {
    // CloudFormation has no specific error for this.
    if (nameOf(error) === 'ValidationError' && error instanceof Error && error.message.includes('does not exist'))
      return undefined;
    throw awsFailure(error, `look for the stack ${name}`, 'cloudformation:DescribeStacks');
  } finally {
    client.destroy();
  }
}

function ownerOf(id: string, place: Place): { readonly account: string; readonly region: string } {
  const [, region, account] = /^arn:aws[a-z-]*:cloudformation:([a-z0-9-]+):(\d{12}):stack\//.exec(id) ?? [];
  if (region === undefined || account === undefined)
    throw new Failure(`expected the ARN of a stack from CloudFormation, got ${JSON.stringify(id)}`, EXIT.aws);
  if (place.account !== undefined && place.account !== account) {
    throw new Failure(
      `the deployments file puts this stack into account ${place.account}, but these credentials are for ${account}: choose others, such as with AWS_PROFILE`,
      EXIT.usage,
    );
  }
  return { account, region };
}

function parseOutputs(name: string, status: string, outputs: ReadonlyMap<string, string>): Outputs {
  const need = (key: string): string => {
    const value = outputs.get(key);
    if (value !== undefined) return value;
    // A first deployment that failed or isn't finished has no outputs.
    const why = outputs.size > 0 ? 'it holds no McpProxy' : `its state is ${status}`;
    throw new Failure(`the stack ${name} has no output ${key}: ${why}; name the stack of a deployed proxy`, EXIT.usage);
  };
  const tokenUrl = outputs.get('TokenUrl');
  const parsed = tokenUrl === undefined ? undefined : parseEndpoint(tokenUrl, `the output TokenUrl of ${name}`);
  if (parsed !== undefined && 'error' in parsed) throw new Failure(parsed.error, EXIT.usage);
  return {
    runtimeArn: need('RuntimeArn'),
    invocationUrl: need('InvocationUrl'),
    endpointUrls: endpointUrls(outputs),
    executionRoleArn: need('ExecutionRoleArn'),
    logGroupName: need('LogGroupName'),
    userPoolId: outputs.get('UserPoolId'),
    clientId: outputs.get('ClientId'),
    tokenUrl: parsed?.url,
  };
}

/** An output's name is the endpoint's name without underscores; the full name is in the URL. */
function endpointUrls(outputs: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const named = [...outputs].flatMap(([key, value]): [string, string][] => {
    const endpoint = /^InvocationUrl./.test(key) ? URL.parse(value)?.searchParams.get('qualifier') : undefined;
    return endpoint === undefined || endpoint === null ? [] : [[endpoint, value]];
  });
  return new Map(named);
}

/** The id of a runtime in AgentCore's control plane: the last part of its ARN. */
export function runtimeIdOf(runtimeArn: string): string {
  const [, id] =
    /^arn:aws[a-z-]*:bedrock-agentcore:[a-z0-9-]+:\d{12}:runtime\/([A-Za-z0-9_-]+)$/.exec(runtimeArn) ?? [];
  if (id === undefined)
    throw new Failure(
      `expected the ARN of an AgentCore runtime (arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/ID), got ${JSON.stringify(runtimeArn)}`,
      EXIT.usage,
    );
  return id;
}
