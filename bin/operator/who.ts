/** Whose credentials these are, according to AWS. */
import { awsFailure, clientOptions } from './aws.ts';

export interface Who {
  readonly account: string;
  readonly arn: string;
  /** When temporary credentials expire; undefined if they don't, or it isn't known. */
  readonly expiresAt: Date | undefined;
  /** Where AWS's client found them. */
  readonly source: string;
  /** The region in AWS's configuration; undefined if there is none. */
  readonly defaultRegion: string | undefined;
}

/** @param region to ask in if AWS's configuration has none */
export async function whoAmI(region: string | undefined): Promise<Who> {
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const unset = new STSClient(clientOptions(undefined));
  const defaultRegion = await unset.config.region().catch(() => undefined);
  unset.destroy();
  const client = new STSClient(clientOptions(region ?? defaultRegion ?? 'us-east-1'));
  try {
    const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
    const { expiration } = await client.config.credentials();
    return { account: Account, arn: Arn, expiresAt: expiration, source: sourceOf(process.env), defaultRegion };
  } catch (error) {
    throw awsFailure(error, 'find out who you are', 'sts:GetCallerIdentity');
  } finally {
    client.destroy();
  }
}

/** In the order of AWS's default chain for Node: a named profile takes precedence over keys in the environment. */
function sourceOf(environment: NodeJS.ProcessEnv): string {
  if (environment['AWS_PROFILE'] !== undefined) return `profile ${environment['AWS_PROFILE']}`;
  if (environment['AWS_ACCESS_KEY_ID'] !== undefined) return 'keys in the environment';
  if (environment['AWS_WEB_IDENTITY_TOKEN_FILE'] !== undefined) return 'web identity';
  if (
    environment['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] !== undefined ||
    environment['AWS_CONTAINER_CREDENTIALS_FULL_URI'] !== undefined
  )
    return 'this container';
  return 'the default profile, or this machine';
}
