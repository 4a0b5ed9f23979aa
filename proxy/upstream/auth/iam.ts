/** Signs requests with AWS credentials, for an AgentCore Gateway or Runtime, or another upstream behind IAM. */
import type { IncomingHttpHeaders } from 'node:http';
import { ProxyError, UpstreamFailure } from '../../base/errors.ts';
import { isDirect } from '../../network/network.ts';
import type { Authenticator, Outgoing } from './auth.ts';
import { getHeader } from './header-list.ts';
import { Renewal, type Lease } from './renewal.ts';
import { createSigner, type SigningCredentials } from './sigv4.ts';
import { UpstreamClock } from './upstream-clock.ts';

export interface AwsCredentials extends SigningCredentials {
  /** When temporary credentials expire. */
  readonly expiration?: Date | undefined;
}

export interface IamOptions {
  readonly region: string;
  /** The service name in the credential scope: `bedrock-agentcore` for Gateway and Runtime. */
  readonly service: string;
  /** @default - the default credential chain of AWS's SDK: environment, profile, container, instance */
  readonly credentials?: (() => Promise<AwsCredentials>) | undefined;
}

/** Credentials are not used in the last milliseconds before they expire: the call still has to arrive. */
const MARGIN_MS = 30_000;
/** The shortest use of fetched credentials: a metadata service in trouble returns some that are about to expire or have. */
const MIN_USE_MS = 5_000;

export function iam(options: IamOptions): Authenticator {
  const signer = createSigner(options);
  const fetchCredentials = options.credentials ?? (() => defaultChain(options.region));
  const renewal = new Renewal('AWS credentials', () => obtain(fetchCredentials));
  const clock = new UpstreamClock();

  return {
    warm: options.credentials === undefined ? () => import('@aws-sdk/credential-providers') : undefined,
    apply(request) {
      const credentials = renewal.current();
      if (credentials instanceof Promise)
        return credentials.then((fetched) => signer.sign(request, fetched, clock.now()));
      signer.sign(request, credentials, clock.now());
    },
    refused(status: number, headers: IncomingHttpHeaders, request?: Outgoing, body?: Buffer) {
      if (blamesTime(status, headers, body) && request !== undefined && clock.wasOff(request, headers)) return true;
      if (!blamesCredentials(status, headers)) return false;
      return renewal.refused(request === undefined ? undefined : usedIn(request));
    },
    refusedAgain: () => clock.takeBack(),
  };
}

/**
 * Whether new credentials may help. AWS's JSON services name the error in a header: new credentials help with an expired
 * or revoked session, not with a missing permission or a signature that doesn't match. If no error is named (a gateway
 * may answer in JSON-RPC), one retry is worth it.
 */
function blamesCredentials(status: number, headers: IncomingHttpHeaders): boolean {
  if (status !== 401 && status !== 403) return false;
  const type = headers['x-amzn-errortype'];
  return (
    typeof type !== 'string' || /expired|unrecognizedclient|invalidclienttoken|invalidtoken|tokenrefresh/i.test(type)
  );
}

/** What AWS calls it, by name or, where a signature is invalid for any reason, in words. */
const TIME = /requestexpired|requesttimetooskewed|signature (?:has )?expired|signature not yet current/i;

/**
 * Whether the refusal says that the signature's time is to blame. Any other refusal may come with a wrong `Date`, from a
 * policy or from whatever is on the way, and would get signatures for another time.
 */
function blamesTime(status: number, headers: IncomingHttpHeaders, body: Buffer | undefined): boolean {
  if (status !== 401 && status !== 403) return false;
  const type = headers['x-amzn-errortype'];
  if (typeof type === 'string') {
    if (TIME.test(type)) return true;
    if (!/signature/i.test(type)) return false;
  }
  return TIME.test(body?.toString('latin1') ?? '');
}

async function obtain(fetchCredentials: () => Promise<AwsCredentials>): Promise<Lease<AwsCredentials>> {
  let value: AwsCredentials;
  try {
    value = await fetchCredentials();
  } catch (error) {
    if (error instanceof ProxyError) throw error;
    // Don't show the SDK's message or pass on its error: a `credential_process` puts its command's output into them.
    throw new UpstreamFailure(
      'upstream-auth',
      `no AWS credentials to sign with (${error instanceof Error ? error.name : 'unknown error'}): ${adviceFor(error)}`,
    );
  }
  const expiresAt =
    value.expiration === undefined
      ? Infinity
      : Math.max(value.expiration.getTime() - MARGIN_MS, Date.now() + MIN_USE_MS);
  return { value, id: idOf(value.accessKeyId, value.sessionToken), expiresAt };
}

/** The SDK uses one error name for all of these; only its message says what is missing. It is matched, never shown. */
function adviceFor(error: unknown): string {
  const words = error instanceof Error ? error.message : '';
  if (/\bSSO session|\bsso login\b/i.test(words))
    return 'the SSO session of this profile has ended or was never started: run aws sso login with this AWS_PROFILE';
  if (/\blogin session|\.aws.login.cache\b|\baws login\b/i.test(words))
    return 'this profile has no login session: run aws login with this AWS_PROFILE';
  if (/multi-factor|\bMFA\b/i.test(words))
    return 'this profile needs an MFA code, which the proxy cannot ask for: set temporary credentials instead';
  return 'give the runtime an execution role, or locally set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
}

/** Makes a new chain each time: the SDK's cache would return the refused credentials again. */
async function defaultChain(region: string): Promise<AwsCredentials> {
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  // For the sources that ask STS or IAM Identity Center. Those of this machine are always asked directly.
  const connections = isDirect()
    ? {}
    : { requestHandler: (await import('../../credentials/aws-client.ts')).awsConnections() };
  return fromNodeProviderChain({ ignoreCache: true, clientConfig: { region, ...connections } })();
}

function idOf(accessKeyId: string, sessionToken: string | undefined): string {
  return `${accessKeyId} ${sessionToken ?? ''}`;
}

function usedIn({ headers }: Outgoing): string | undefined {
  const accessKeyId = /Credential=([^/]+)\//.exec(getHeader(headers, 'authorization') ?? '')?.[1];
  return accessKeyId === undefined ? undefined : idOf(accessKeyId, getHeader(headers, 'x-amz-security-token'));
}
