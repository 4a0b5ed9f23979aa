/** The proxy to call, and how the caller authenticates there. */
import { addressOfUrl } from '../../proxy/upstream/address.ts';
import { EXIT, Failure } from '../operator/failure.ts';
import type { Inbound, InboundFetch } from '../operator/inbound.ts';
import type { Outputs } from '../operator/stack.ts';
import { watched } from './answers.ts';
import type { Auth, Options } from './options.ts';

export interface Destination {
  readonly url: URL;
  /** The deployment's name, if it has one. */
  readonly name: string | undefined;
  /** Undefined: the caller doesn't authenticate. */
  readonly inbound: Inbound | undefined;
  /** Its AWS region, if it is in AWS. */
  readonly region: string | undefined;
  readonly fetch: InboundFetch;
}

type Wanted = Pick<Options, 'name' | 'url' | 'auth' | 'region' | 'deployments'> & Partial<Pick<Options, 'endpoint'>>;

export async function destinationOf(
  options: Wanted,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Destination> {
  return options.name === undefined ? anywhere(options, environment) : deployment(options.name, options, environment);
}

async function deployment(
  name: string,
  { endpoint, region, deployments }: Wanted,
  environment: NodeJS.ProcessEnv,
): Promise<Destination> {
  const [{ findStack }, { inboundOf }] = await Promise.all([
    import('../operator/stack.ts'),
    import('../operator/inbound-mode.ts'),
  ]);
  const stack = await findStack(name, { region, deployments });
  return opened({
    url: urlOf(stack.outputs, name, endpoint),
    name,
    inbound: await inboundOf(stack, environment),
    region: stack.region,
  });
}

function urlOf({ invocationUrl, endpointUrls }: Outputs, name: string, endpoint: string | undefined): URL {
  if (endpoint === undefined || endpoint === 'DEFAULT') return new URL(invocationUrl);
  const found = endpointUrls.get(endpoint);
  if (found !== undefined) return new URL(found);
  throw new Failure(
    `--endpoint: expected an endpoint of ${name} (${['DEFAULT', ...endpointUrls.keys()].join(', ')}), got ${JSON.stringify(endpoint)}`,
    EXIT.usage,
  );
}

async function anywhere(
  { url, auth, region }: Pick<Options, 'url' | 'auth' | 'region'>,
  environment: NodeJS.ProcessEnv,
): Promise<Destination> {
  const address = addressOfUrl(url);
  if (typeof address === 'string') throw new Failure(`--url: ${address}`, EXIT.usage);
  const onAgentCore = address.service !== undefined && address.region !== undefined;
  const which: Auth = auth ?? (onAgentCore ? 'iam' : 'none');
  const inbound = await inboundBy(
    which,
    region ?? address.region ?? (environment['AWS_REGION'] || undefined),
    environment,
  );
  return opened({ url: address.url, name: undefined, inbound, region: address.region });
}

async function inboundBy(
  auth: Auth,
  region: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Inbound | undefined> {
  if (auth === 'none') return undefined;
  if (auth === 'iam') {
    if (region === undefined)
      throw new Failure('--auth iam: expected a region to sign for: give --region R, or set AWS_REGION', EXIT.usage);
    return { kind: 'iam', region };
  }
  const [, region_, pool] = /^cognito:([a-z0-9-]+)_(\w+)\//.exec(environment['INBOUND_SECRET'] ?? '') ?? [];
  if (region_ === undefined || pool === undefined) {
    throw new Failure(
      '--auth cognito: set INBOUND_SECRET=cognito:POOL/CLIENT, such as cognito:eu-west-1_AbCdEfGhI/1h57kf5cpq17m0eml12EXAMPLE; the secret itself is read from Cognito',
      EXIT.usage,
    );
  }
  const { jwtInbound } = await import('../operator/inbound-mode.ts');
  return jwtInbound(
    { discoveryUrl: `https://cognito-idp.${region_}.amazonaws.com/${region_}_${pool}`, allowedClients: [] },
    environment,
  );
}

async function opened(destination: Omit<Destination, 'fetch'>): Promise<Destination> {
  return { ...destination, fetch: watched(await fetchFor(destination)) };
}

async function fetchFor({ url, inbound }: Omit<Destination, 'fetch'>): Promise<InboundFetch> {
  if (inbound === undefined) return (to, init) => fetch(to, init);
  const { inboundFetch, RUNTIME_SESSION } = await import('../operator/inbound.ts');
  const address = addressOfUrl(url.href);
  // One session keeps a conversation in one microVM: without it every modern call may start another.
  const headers =
    typeof address !== 'string' && address.service === 'runtime'
      ? { [RUNTIME_SESSION]: `agent-${crypto.randomUUID()}` }
      : {};
  return inboundFetch(inbound, { headers });
}
