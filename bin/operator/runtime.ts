/** AgentCore's control plane: a runtime and its endpoints. */
import type { Environment } from '../../proxy/base/environment.ts';
import { unpackedVariables } from '../../proxy/config/packed-variables.ts';
import { awsFailure, clientOptions, nameOf } from './aws.ts';
import { EXIT, Failure } from './failure.ts';
import { runtimeIdOf, type Stack } from './stack.ts';

export interface JwtAuthorizer {
  readonly discoveryUrl: string;
  readonly allowedClients: readonly string[];
}

export interface Runtime {
  readonly id: string;
  readonly arn: string;
  /** For example `READY`, `UPDATING`, `CREATE_FAILED`. */
  readonly status: string;
  readonly failureReason: string | undefined;
  readonly version: string;
  readonly updatedAt: Date;
  /** The image, or the zip in S3. */
  readonly artifact: string;
  readonly roleArn: string;
  readonly networkMode: string;
  readonly protocol: string | undefined;
  /** `V1` or `V2`. */
  readonly platformVersion: string | undefined;
  /** Undefined if callers sign with IAM. */
  readonly jwt: JwtAuthorizer | undefined;
  /** Request headers that the platform passes to the container. */
  readonly headerAllowlist: readonly string[];
  readonly environment: Environment;
}

export interface Endpoint {
  readonly name: string;
  readonly status: string;
  /** The version that serves calls. */
  readonly liveVersion: string | undefined;
  /** The version being deployed, if it differs. */
  readonly targetVersion: string | undefined;
}

export async function describeRuntime({ outputs, region }: Stack): Promise<Runtime> {
  const { BedrockAgentCoreControlClient, GetAgentRuntimeCommand } =
    await import('@aws-sdk/client-bedrock-agentcore-control');
  const client = new BedrockAgentCoreControlClient(clientOptions(region));
  const id = runtimeIdOf(outputs.runtimeArn);
  try {
    const found = await client.send(new GetAgentRuntimeCommand({ agentRuntimeId: id }));
    const {
      agentRuntimeArtifact: artifact,
      authorizerConfiguration: authorizer,
      requestHeaderConfiguration: headers,
    } = found;
    const jwt = authorizer?.customJWTAuthorizer;
    const s3 = artifact?.codeConfiguration?.code?.s3;
    return {
      id,
      arn: found.agentRuntimeArn ?? outputs.runtimeArn,
      status: found.status ?? 'UNKNOWN',
      failureReason: found.failureReason,
      version: found.agentRuntimeVersion ?? 'unknown',
      updatedAt: found.lastUpdatedAt ?? new Date(0),
      artifact:
        artifact?.containerConfiguration?.containerUri ??
        (s3 === undefined ? 'unknown' : `s3://${s3.bucket ?? ''}/${s3.prefix ?? ''}`),
      roleArn: found.roleArn ?? '',
      networkMode: found.networkConfiguration?.networkMode ?? 'unknown',
      protocol: found.protocolConfiguration?.serverProtocol,
      platformVersion: found.platformVersion,
      jwt:
        jwt?.discoveryUrl === undefined
          ? undefined
          : { discoveryUrl: jwt.discoveryUrl, allowedClients: jwt.allowedClients ?? [] },
      headerAllowlist: headers?.requestHeaderAllowlist ?? [],
      environment: unpackedVariables(found.environmentVariables ?? {}),
    };
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException')
      throw new Failure(`the runtime ${id} is gone, though its stack says it is there: deploy again`, EXIT.failed, {
        cause: error,
      });
    throw awsFailure(error, `describe the runtime ${id}`, 'bedrock-agentcore:GetAgentRuntime');
  } finally {
    client.destroy();
  }
}

export async function listEndpoints({ outputs, region }: Stack): Promise<readonly Endpoint[]> {
  const { BedrockAgentCoreControlClient, paginateListAgentRuntimeEndpoints } =
    await import('@aws-sdk/client-bedrock-agentcore-control');
  const client = new BedrockAgentCoreControlClient(clientOptions(region));
  const id = runtimeIdOf(outputs.runtimeArn);
  try {
    const endpoints: Endpoint[] = [];
    for await (const page of paginateListAgentRuntimeEndpoints({ client }, { agentRuntimeId: id })) {
      for (const { name = '', status = 'UNKNOWN', liveVersion, targetVersion } of page.runtimeEndpoints ?? [])
        endpoints.push({ name, status, liveVersion, targetVersion });
    }
    return endpoints;
  } catch (error) {
    throw awsFailure(error, `list the endpoints of ${id}`, 'bedrock-agentcore:ListAgentRuntimeEndpoints');
  } finally {
    client.destroy();
  }
}
