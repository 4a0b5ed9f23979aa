/** The bindings of `agentcore-identity`. */
import { isLoopback } from '../../base/loopback.ts';
import { shownBinding } from '../../base/shown-binding.ts';
import { type Flow, FLOWS, PROVIDER_ARN, RUNTIME, WORKLOAD_ARN } from './identity-arns.ts';
import { SECRET_HEADER } from './secret-header.ts';
import { TOKEN_VARIABLES } from './token-bindings.ts';
import type { WayBindings } from './way.ts';

export const IDENTITY_VARIABLES = {
  PROVIDER: 'the ARN of a credential provider of AgentCore Identity (OAuth 2 or API key)',
  FLOW: `how a provider for OAuth 2 gets its token: ${FLOWS.join(' | ')}; default M2M`,
  WORKLOAD: `${RUNTIME} (on AgentCore Runtime, which hands over a workload access token with each request), or the ARN of a workload identity of your own`,
  UNVERIFIED_CALLERS:
    'allowed: calls for people whom config.caller does not verify, so that all behind one name share sessions and tasks; default: the start is refused',
  RETURN_URL: 'USER_FEDERATION: the page that people come back to, which confirms who gave access',
  SCOPES: TOKEN_VARIABLES.SCOPES,
  RESOURCE: TOKEN_VARIABLES.RESOURCE,
  AUDIENCE: TOKEN_VARIABLES.AUDIENCE,
  HEADER: 'the header that carries the secret; default Authorization: Bearer',
} as const;

type Bindings = WayBindings<keyof typeof IDENTITY_VARIABLES>;

export interface IdentityBindings {
  readonly provider: string;
  readonly region: string;
  /** Undefined: the provider has an API key. */
  readonly flow: Flow | undefined;
  /** The name of a workload identity; undefined: tokens come from AgentCore Runtime. */
  readonly workload: string | undefined;
  readonly returnUrl: string | undefined;
  readonly scopes: readonly string[];
  readonly resource: string | undefined;
  readonly audience: string | undefined;
  /** Carries an API key. */
  readonly header: string | undefined;
}

/** Tokens of such a flow are a person's. */
export function isPersonal(flow: Flow | undefined): boolean {
  return flow === 'USER_FEDERATION' || flow === 'ON_BEHALF_OF_TOKEN_EXCHANGE';
}

const ALLOWED = 'allowed';

/** People whom the proxy can't tell apart by a verified token may call, too. */
export function allowsUnverified({ get }: Pick<Bindings, 'get'>): boolean {
  return get('UNVERIFIED_CALLERS') === ALLOWED;
}

/** The token of a request that these bindings need, before they are checked. */
export function identityToken({ get }: Pick<Bindings, 'get'>): 'workload' | 'bearer' | undefined {
  if (get('WORKLOAD') === RUNTIME) return 'workload';
  return isPersonal(FLOWS.find((flow) => flow === get('FLOW'))) ? 'bearer' : undefined;
}

export function readIdentityBindings(bindings: Bindings): IdentityBindings | undefined {
  const { prefix, get, faults } = bindings;
  const before = faults.errors.length;
  const expected = (name: keyof typeof IDENTITY_VARIABLES, what: string): void =>
    faults.error(`${prefix}_${name}: expected ${what}, got ${shownBinding(get(name))}`);
  const [, partition, region, account, kind, provider] = PROVIDER_ARN.exec(get('PROVIDER') ?? '') ?? [];
  if (provider === undefined)
    expected(
      'PROVIDER',
      'the ARN of a credential provider (arn:aws:bedrock-agentcore:REGION:ACCOUNT:token-vault/default/oauth2credentialprovider/NAME, or …/apikeycredentialprovider/NAME)',
    );
  const flow = kind === 'apikey' ? undefined : FLOWS.find((known) => known === (get('FLOW') ?? 'M2M'));
  if (kind === 'apikey')
    for (const name of OAUTH_ONLY)
      if (get(name) !== undefined) expected(name, 'nothing beside a provider with an API key');
  if (kind === 'oauth2') {
    if (flow === undefined) expected('FLOW', `${FLOWS.slice(0, -1).join(', ')} or ${FLOWS.at(-1)}`);
    if (get('HEADER') !== undefined)
      expected('HEADER', 'nothing beside a provider for OAuth 2, whose tokens are bearer tokens');
    if (flow === 'USER_FEDERATION' && !isPage(get('RETURN_URL')))
      expected(
        'RETURN_URL',
        'the https URL of the page that people come back to, without user name, password and fragment (http on loopback only)',
      );
    if (flow !== undefined && flow !== 'USER_FEDERATION' && get('RETURN_URL') !== undefined)
      expected('RETURN_URL', `nothing with ${flow}, which asks nobody`);
  }
  const unverified = get('UNVERIFIED_CALLERS');
  if (unverified !== undefined && unverified !== ALLOWED)
    expected('UNVERIFIED_CALLERS', `${ALLOWED} (or no such variable)`);
  const header = get('HEADER');
  if (header !== undefined && !SECRET_HEADER.test(header)) expected('HEADER', 'the name of a header for the key');
  const workload = readWorkload(bindings, [partition, region, account]);
  if (faults.errors.length > before || provider === undefined || region === undefined) return undefined;
  return {
    provider,
    region,
    flow,
    workload,
    returnUrl: get('RETURN_URL'),
    scopes: (get('SCOPES') ?? '').split(/[\s,]/).filter((scope) => scope !== ''),
    resource: get('RESOURCE'),
    audience: get('AUDIENCE'),
    header,
  };
}

const OAUTH_ONLY = ['FLOW', 'RETURN_URL', 'SCOPES', 'RESOURCE', 'AUDIENCE'] as const;

function readWorkload({ prefix, get, faults }: Bindings, home: readonly (string | undefined)[]): string | undefined {
  const given = get('WORKLOAD');
  if (given === RUNTIME) return undefined;
  const [, partition, region, account, name] = WORKLOAD_ARN.exec(given ?? '') ?? [];
  if (name === undefined)
    return faults.error(
      `${prefix}_WORKLOAD: expected ${RUNTIME} (only on AgentCore Runtime, whose header no client can set) or the ARN of a workload identity (arn:aws:bedrock-agentcore:REGION:ACCOUNT:workload-identity-directory/default/workload-identity/NAME), got ${shownBinding(given)}`,
    );
  if (home[1] !== undefined && [partition, region, account].some((part, i) => part !== home[i]))
    return faults.error(
      `${prefix}_WORKLOAD: expected a workload identity in the account and region of ${prefix}_PROVIDER (${home[1]}, ${home[2]}), got one in ${region}, ${account}`,
    );
  return name;
}

function isPage(text: string | undefined): boolean {
  const url = URL.parse(text ?? '');
  // It goes to the service and through people's browsers.
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname));
}
