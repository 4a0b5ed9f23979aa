/** Checks the AWS credentials, the account and the region, and whether the region is ready for a deployment. */
import { awsFailure, clientOptions, codeOf, isDenied, nameOf } from '../aws.ts';
import type { Failure } from '../failure.ts';
import { failed, ok, type Result, warning } from '../finding.ts';
import type { Who } from '../who.ts';

/** A deployment with an image and a first CloudFormation run takes minutes. */
const SHORT_MS = 15 * 60_000;

export function credentials({ arn, source, expiresAt }: Who, now = Date.now()): Result {
  const who = `${arn} (${source})`;
  if (expiresAt === undefined) return ok(who);
  const minutes = Math.floor((expiresAt.getTime() - now) / 60_000);
  if (expiresAt.getTime() - now < SHORT_MS)
    return warning(
      `${who}, for ${minutes} more minutes`,
      'a deployment may take longer: renew them first, such as with "aws sso login"',
    );
  return ok(`${who}, for ${minutes < 120 ? `${minutes} more minutes` : `${Math.floor(minutes / 60)} more hours`}`);
}

/** Checks that the service exists in the region. A refusal is an answer, too. */
export async function region(name: string): Promise<Result> {
  const { BedrockAgentCoreControlClient, ListAgentRuntimesCommand } =
    await import('@aws-sdk/client-bedrock-agentcore-control');
  const client = new BedrockAgentCoreControlClient(clientOptions(name));
  try {
    await client.send(new ListAgentRuntimesCommand({ maxResults: 1 }));
    return ok(`${name}: AgentCore answers`);
  } catch (error) {
    if (codeOf(error) === 'ENOTFOUND')
      return failed(
        `${name}: AgentCore has no endpoint there`,
        'choose a region that has it: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/agentcore-regions.html',
      );
    // Any other answer shows that it exists; deploying doesn't need the permission to list.
    if (codeOf(error) === undefined)
      return ok(
        `${name}: AgentCore answers (${isDenied(error) ? 'these credentials may not list runtimes' : nameOf(error)})`,
      );
    return broken(awsFailure(error, `ask AgentCore in ${name}`, 'bedrock-agentcore:ListAgentRuntimes'));
  } finally {
    client.destroy();
  }
}

export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/**
 * Does what `cdk` does to deploy into another account: assumes the deployment role there, which works if that account
 * was bootstrapped to trust this one. Undefined if these credentials may not.
 */
export async function become(roleArn: string, region: string): Promise<RoleCredentials | undefined> {
  const { STSClient, AssumeRoleCommand } = await import('@aws-sdk/client-sts');
  const client = new STSClient(clientOptions(region));
  try {
    const { Credentials } = await client.send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'doctor', DurationSeconds: 900 }),
    );
    const {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
    } = Credentials ?? {};
    return accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined
      ? undefined
      : { accessKeyId, secretAccessKey, sessionToken };
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw awsFailure(error, `become ${roleArn}`, 'sts:AssumeRole');
  } finally {
    client.destroy();
  }
}

export interface Bootstrap {
  /** Credentials for the request. @default - this machine's */
  readonly credentials?: RoleCredentials | undefined;
  readonly account: string;
  readonly region: string;
  readonly parameter: string;
  /** The lowest version that the app needs. */
  readonly version: number;
}

/** Checks the bootstrap stack: it holds `cdk`'s images, templates and deployment roles. */
export async function bootstrap({ account, region, parameter, version, credentials }: Bootstrap): Promise<Result> {
  const { SSMClient, GetParameterCommand } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient({ ...clientOptions(region), ...(credentials === undefined ? {} : { credentials }) });
  const command = `npm run cdk -- bootstrap aws://${account}/${region}`;
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: parameter }));
    const found = Number(Parameter?.Value);
    if (!Number.isInteger(found))
      return failed(
        `the parameter ${parameter} holds ${JSON.stringify(Parameter?.Value ?? null)}, expected a version number`,
        `run "${command}"`,
      );
    if (found < version)
      return failed(`version ${found}, expected at least ${version}`, `bring it up to date: "${command}"`);
    return ok(`version ${found}`);
  } catch (error) {
    if (nameOf(error) === 'ParameterNotFound')
      return failed(
        `${account}/${region} is not bootstrapped (no ${parameter})`,
        `run "${command}", once for each account and region`,
      );
    if (isDenied(error))
      return warning(
        `these credentials may not read ${parameter}`,
        'allow them ssm:GetParameter to have it checked; cdk itself reads it with its own deployment role',
      );
    return broken(awsFailure(error, 'read the version of the bootstrap stack', 'ssm:GetParameter'));
  } finally {
    client.destroy();
  }
}

/** Splits a failure's message: what went wrong, and after the colon what to do. */
export function broken({ message }: Failure): Result {
  const at = message.indexOf(': ', message.indexOf(': ') + 1);
  return at < 0
    ? failed(message, 'fix that and run the doctor again')
    : failed(message.slice(0, at), message.slice(at + 2));
}
