/** `agentcoreIdentity` of an entry: its form, and what depends on where it deploys to. */
import { type Flow, FLOWS, PROVIDER_ARN, WORKLOAD_ARN } from '../../proxy/upstream/auth/identity-arns.ts';
import type { Shape } from '../arn.ts';
import { arn, checkHome, type Home, partsOf } from '../deployment/arn.ts';
import { SECRET_MEMBERS } from '../deployment/secret.ts';
import { httpsUrl } from '../rules/https-url.ts';
import { flag, needed, object, oneOf, optional, type Parse, text, textBy } from '../rules/parse.ts';
import type { Place } from '../rules/place.ts';
import { TEXTS } from '../rules/texts.ts';
import type { NewProvider } from './new-provider.ts';
import { resource, scopes } from './token-endpoint.ts';

export interface FlowMembers {
  /** How a provider for OAuth 2 gets its token. `USER_FEDERATION`: the person who calls gives access. @default 'M2M' */
  readonly flow?: Flow;
  /** The scopes to request. @default - none */
  readonly scopes?: readonly string[];
  /** Resource indicator (RFC 8707). @default - none */
  readonly resource?: string;
  /** The logical name of the service that the token is for. @default - none */
  readonly audience?: string;
  /** `USER_FEDERATION`: the page that people come back to, which confirms who gave access. */
  readonly returnUrl?: string;
  /**
   * People whom `caller` doesn't verify may call, too (IAM callers that name a user). All behind one name share sessions and
   * tasks, so this suits an upstream without sessions (2026-07-28).
   * @default false - the start is refused
   */
  readonly unverifiedCallers?: boolean;
  /** The header that carries an API key. @default - `Authorization: Bearer …` */
  readonly header?: string;
}

export interface AgentcoreIdentityEntry {
  readonly agentcoreIdentity: FlowMembers & {
    /** Give this, or `provider`. @default - one that is created */
    readonly providerArn?: string;
    /** The provider that is created: a client of an issuer, or with `secretArn` alone an API key. @default - an existing one */
    readonly provider?: { readonly secretArn: string; readonly discoveryUrl?: string; readonly clientId?: string };
    /**
     * A workload identity of your own, or `new`: one is created, which allows `returnUrl`.
     * @default - the one that AgentCore Runtime manages
     */
    readonly workloadIdentity?: string;
  };
}

export const PROVIDER: Shape = {
  what: 'the ARN of a credential provider of AgentCore Identity',
  pattern: PROVIDER_ARN,
  example: 'arn:aws:bedrock-agentcore:REGION:ACCOUNT:token-vault/default/oauth2credentialprovider/NAME',
};
export const WORKLOAD: Shape = {
  what: 'the ARN of a workload identity',
  pattern: WORKLOAD_ARN,
  example: 'arn:aws:bedrock-agentcore:REGION:ACCOUNT:workload-identity-directory/default/workload-identity/NAME',
};

/** A workload identity that is created. */
export const NEW = 'new';
const workload = text(
  new RegExp(`^(?:${NEW}$|${WORKLOAD_ARN.source.slice(1)})`),
  `${WORKLOAD.what} (${WORKLOAD.example}), or new`,
);
const newProvider = object({
  secretArn: SECRET_MEMBERS.secretArn,
  discoveryUrl: optional(httpsUrl()),
  clientId: optional(textBy(TEXTS.clientId)),
});

export const ENTRY: Parse<AgentcoreIdentityEntry> = object({
  agentcoreIdentity: needed(
    object({
      providerArn: optional(arn(PROVIDER)),
      provider: optional(newProvider),
      workloadIdentity: optional(workload),
      flow: optional(oneOf(FLOWS)),
      scopes: optional(scopes),
      resource: optional(resource),
      audience: optional(textBy(TEXTS.audience)),
      returnUrl: optional(httpsUrl()),
      unverifiedCallers: optional(flag),
      header: optional(textBy(TEXTS.secretHeader)),
    }),
  ),
});

/** `checkHome` has found what is missing. */
export function newProviderOf(given: AgentcoreIdentityEntry['agentcoreIdentity']['provider']): NewProvider {
  const { secretArn = '', discoveryUrl, clientId } = given ?? {};
  return discoveryUrl === undefined || clientId === undefined ? { secretArn } : { secretArn, discoveryUrl, clientId };
}

export function checkIdentityHome(
  { agentcoreIdentity: { providerArn, provider, workloadIdentity } }: AgentcoreIdentityEntry,
  home: Home,
  place: Place,
): void {
  const at = place.at('agentcoreIdentity');
  if ((providerArn === undefined) === (provider === undefined))
    at.fault(`expected providerArn or provider, got ${provider === undefined ? 'neither' : 'both'}`);
  if (provider !== undefined && (provider.discoveryUrl === undefined) !== (provider.clientId === undefined))
    at.at('provider').fault('expected discoveryUrl and clientId, or with an API key neither, got one of them');
  if (provider !== undefined)
    checkHome(
      provider.secretArn,
      home,
      at.at('provider').at('secretArn'),
      'CloudFormation has to be allowed to read it',
    );
  if (providerArn !== undefined) checkAtHome(providerArn, home, at.at('providerArn'));
  if (workloadIdentity !== undefined && workloadIdentity !== NEW)
    checkAtHome(workloadIdentity, home, at.at('workloadIdentity'));
}

function checkAtHome(text: string, home: Home, place: Place): void {
  const { region, account } = partsOf(text);
  if (region !== home.region)
    place.fault(`expected one in the deployment's region (${home.region}), got one in ${region}`);
  if (account !== home.account)
    place.fault(`expected one in the deployment's account (${home.account}), got one in ${account}`);
}
