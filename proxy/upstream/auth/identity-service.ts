/**
 * AgentCore Identity, through AWS's client: gets tokens and keys of a credential provider for a workload, and for the
 * person it acts for. The client is loaded with the first request.
 */
import type * as Sdk from '@aws-sdk/client-bedrock-agentcore';
import { type ProxyError, Unauthenticated, UpstreamFailure } from '../../base/errors.ts';
import { AWS_CLIENT, awsRefusal } from '../../credentials/aws-client.ts';
import { type IdentityBindings, isPersonal } from './identity-bindings.ts';

/** What a provider for OAuth 2 says. */
export interface Granted {
  readonly token: string | undefined;
  /** Where the person gives access first. */
  readonly url: string | undefined;
  /** Names the person's visit there. */
  readonly sessionUri: string | undefined;
  readonly hasFailed: boolean;
}

export interface TokenQuery {
  readonly workloadToken: string;
  /** Asks about this visit. */
  readonly sessionUri?: string | undefined;
  /** The person gives access again, whatever is kept. */
  readonly forced?: boolean;
}

/** Loads AWS's client. */
export const warmIdentity = (): Promise<unknown> => import('@aws-sdk/client-bedrock-agentcore');

export class IdentityService {
  readonly #bindings: IdentityBindings;
  #client: Sdk.BedrockAgentCoreClient | undefined;

  constructor(bindings: IdentityBindings) {
    this.#bindings = bindings;
  }

  /** A workload access token of the bound workload identity. @param userToken of the person that it acts for, if any */
  async workloadToken(workloadName: string, userToken: string | undefined): Promise<string> {
    return this.#ask(`a workload access token of ${workloadName}`, async (client, sdk) => {
      const { workloadAccessToken } = await (userToken === undefined
        ? client.send(new sdk.GetWorkloadAccessTokenCommand({ workloadName }))
        : client.send(new sdk.GetWorkloadAccessTokenForJWTCommand({ workloadName, userToken })));
      return workloadAccessToken;
    });
  }

  async apiKey(workloadIdentityToken: string): Promise<string> {
    const { provider: resourceCredentialProviderName } = this.#bindings;
    return this.#ask(`the key of ${resourceCredentialProviderName}`, async (client, sdk) => {
      const asked = new sdk.GetResourceApiKeyCommand({ workloadIdentityToken, resourceCredentialProviderName });
      return (await client.send(asked)).apiKey;
    });
  }

  async oauthToken({ workloadToken, sessionUri, forced = false }: TokenQuery): Promise<Granted> {
    const { provider, flow, scopes, resource, audience, returnUrl } = this.#bindings;
    return this.#ask(`a token of ${provider}`, async (client, sdk) => {
      const { accessToken, authorizationUrl, sessionStatus, ...rest } = await client.send(
        new sdk.GetResourceOauth2TokenCommand({
          workloadIdentityToken: workloadToken,
          resourceCredentialProviderName: provider,
          oauth2Flow: flow,
          scopes: [...scopes],
          ...(resource === undefined ? {} : { resources: [resource] }),
          ...(audience === undefined ? {} : { audiences: [audience] }),
          resourceOauth2ReturnUrl: returnUrl,
          sessionUri,
          ...(forced ? { forceAuthentication: true } : {}),
        }),
      );
      return {
        token: accessToken === '' ? undefined : accessToken,
        url: authorizationUrl,
        sessionUri: rest.sessionUri,
        hasFailed: sessionStatus === 'FAILED',
      };
    });
  }

  async #ask<T>(
    what: string,
    ask: (client: Sdk.BedrockAgentCoreClient, sdk: typeof Sdk) => Promise<T | undefined>,
  ): Promise<T> {
    const sdk = await import('@aws-sdk/client-bedrock-agentcore');
    this.#client ??= new sdk.BedrockAgentCoreClient({ ...AWS_CLIENT, region: this.#bindings.region });
    let answer: T | undefined;
    try {
      answer = await ask(this.#client, sdk);
    } catch (error) {
      throw this.#refusal(error, what);
    }
    if (answer !== undefined && answer !== '') return answer;
    throw new UpstreamFailure('upstream-auth', `AgentCore Identity gave nothing for ${what}, expected one`);
  }

  /** Only the error's name is used: the client's message may quote a token. */
  #refusal(error: unknown, what: string): ProxyError {
    const name = error instanceof Error ? error.name : '';
    const { flow } = this.#bindings;
    if (name === 'UnauthorizedException' && isPersonal(flow))
      return new Unauthenticated(
        `AgentCore Identity does not accept the token for ${what} (${name}): it may have expired, or its issuer is not the one that the workload identity or the provider trusts`,
        {
          hadToken: true,
          clientMessage: `AgentCore Identity does not accept this caller's token (${name}): sign in again`,
        },
      );
    return awsRefusal(error, `AgentCore Identity refused ${what}`, ADVICE);
  }
}

const ADVICE = {
  AccessDeniedException:
    "allow the execution role this action on the credential provider, the token vault, the workload identity and its directory, and secretsmanager:GetSecretValue on the provider's secret; a workload identity that AgentCore Runtime manages gets tokens only by its header (UPSTREAM_WORKLOAD=runtime)",
  ResourceNotFoundException: 'there is no such credential provider or workload identity in that account and region',
  UnauthorizedException: 'the workload access token may have expired, or be of another account or region',
  ValidationException:
    'check UPSTREAM_SCOPES, UPSTREAM_FLOW and UPSTREAM_RETURN_URL, which the workload identity has to allow, and what the provider is set up for',
  ThrottlingException: 'AgentCore Identity limits how often it is asked: the next call asks again',
};
