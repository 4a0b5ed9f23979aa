/** What AgentCore Identity is asked, and what each of its answers becomes. With its rules: `agentcore-identity.test.ts`. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ProxyError, Unauthenticated, UpstreamFailure } from '../../../proxy/base/errors.ts';
import type { IdentityBindings } from '../../../proxy/upstream/auth/identity-bindings.ts';
import { IdentityService, warmIdentity } from '../../../proxy/upstream/auth/identity-service.ts';
import { type IdentityAnswers, startIdentityAnswers } from './identity-answers.ts';

const BINDINGS: IdentityBindings = {
  provider: 'crm',
  region: 'eu-west-1',
  flow: 'M2M',
  workload: 'own',
  returnUrl: undefined,
  scopes: [],
  resource: undefined,
  audience: undefined,
  header: undefined,
};

let at: IdentityAnswers;
beforeEach(async () => void (at = await startIdentityAnswers()));
afterEach(async () => {
  vi.unstubAllEnvs();
  await at[Symbol.asyncDispose]();
});

const service = (more: Partial<IdentityBindings> = {}): IdentityService =>
  new IdentityService({ ...BINDINGS, ...more });

async function errorOf(asked: Promise<unknown>): Promise<ProxyError> {
  const error: unknown = await asked.catch((reason: unknown) => reason);
  if (!(error instanceof ProxyError)) throw new TypeError(`expected a ProxyError, got ${String(error)}`);
  return error;
}

describe('a workload access token', () => {
  it.each([
    [undefined, 'GetWorkloadAccessToken', { workloadName: 'own' }],
    ['of ann', 'GetWorkloadAccessTokenForJWT', { workloadName: 'own', userToken: 'of ann' }],
  ])('is of the workload identity, and of its user, if any: %s', async (user, operation, body) => {
    at.answer = () => ({ workloadAccessToken: 'w-1' });
    expect(await service().workloadToken('own', user)).toBe('w-1');
    expect(at.asked).toEqual([{ operation, body, region: 'eu-west-1' }]);
  });

  it.each([{}, { workloadAccessToken: '' }])('that is missing is an error: %j', async (answer) => {
    at.answer = () => answer;
    const error = await errorOf(service().workloadToken('own', undefined));
    expect(error).toBeInstanceOf(UpstreamFailure);
    expect(error).toMatchObject({
      code: 'upstream-auth',
      message: 'AgentCore Identity gave nothing for a workload access token of own, expected one',
    });
  });
});

it('a key is of the provider', async () => {
  at.answer = () => ({ apiKey: 'k-1' });
  expect(await service().apiKey('w-1')).toBe('k-1');
  expect(at.asked).toEqual([
    {
      operation: 'api-key',
      body: { workloadIdentityToken: 'w-1', resourceCredentialProviderName: 'crm' },
      region: 'eu-west-1',
    },
  ]);
  at.answer = () => ({});
  expect((await errorOf(service().apiKey('w-1'))).message).toBe(
    'AgentCore Identity gave nothing for the key of crm, expected one',
  );
});

describe('a token', () => {
  it('is asked for with what is bound, and nothing else', async () => {
    at.answer = () => ({ accessToken: 't-1' });
    const one = service();
    await one.oauthToken({ workloadToken: 'w-1' });
    await one.oauthToken({ workloadToken: 'w-1', sessionUri: 'urn:1', forced: true });
    const all = { scopes: ['a', 'b'], resource: 'urn:r', audience: 'urn:a', returnUrl: 'https://app.example.com/' };
    await service({ flow: 'USER_FEDERATION', region: 'us-east-1', ...all }).oauthToken({ workloadToken: 'w-2' });
    const body = { workloadIdentityToken: 'w-1', resourceCredentialProviderName: 'crm', oauth2Flow: 'M2M', scopes: [] };
    expect(at.asked).toEqual([
      { operation: 'token', body, region: 'eu-west-1' },
      { operation: 'token', body: { ...body, sessionUri: 'urn:1', forceAuthentication: true }, region: 'eu-west-1' },
      {
        operation: 'token',
        body: {
          ...body,
          workloadIdentityToken: 'w-2',
          oauth2Flow: 'USER_FEDERATION',
          scopes: ['a', 'b'],
          resources: ['urn:r'],
          audiences: ['urn:a'],
          resourceOauth2ReturnUrl: 'https://app.example.com/',
        },
        region: 'us-east-1',
      },
    ]);
    // The requests of one share a connection, since its client is kept.
    expect(new Set(at.ports.slice(0, 2)).size).toBe(1);
    expect(at.ports[2]).not.toBe(at.ports[0]);
  });

  it.each([
    [{ accessToken: 't-1' }, { token: 't-1', url: undefined, sessionUri: undefined, hasFailed: false }],
    [{ accessToken: '' }, { token: undefined, url: undefined, sessionUri: undefined, hasFailed: false }],
    [
      { authorizationUrl: 'https://a.example', sessionUri: 'urn:1', sessionStatus: 'IN_PROGRESS' },
      { token: undefined, url: 'https://a.example', sessionUri: 'urn:1', hasFailed: false },
    ],
    [
      { sessionUri: 'urn:1', sessionStatus: 'FAILED' },
      { token: undefined, url: undefined, sessionUri: 'urn:1', hasFailed: true },
    ],
  ])('or a page is in the answer: %j', async (answer, granted) => {
    at.answer = () => answer;
    expect(await service().oauthToken({ workloadToken: 'w-1' })).toEqual(granted);
  });
});

describe('a refusal', () => {
  it.each([
    [
      'AccessDeniedException',
      403,
      "allow the execution role this action on the credential provider, the token vault, the workload identity and its directory, and secretsmanager:GetSecretValue on the provider's secret; a workload identity that AgentCore Runtime manages gets tokens only by its header (UPSTREAM_WORKLOAD=runtime)",
    ],
    [
      'ResourceNotFoundException',
      404,
      'there is no such credential provider or workload identity in that account and region',
    ],
    ['UnauthorizedException', 401, 'the workload access token may have expired, or be of another account or region'],
    [
      'ValidationException',
      400,
      'check UPSTREAM_SCOPES, UPSTREAM_FLOW and UPSTREAM_RETURN_URL, which the workload identity has to allow, and what the provider is set up for',
    ],
    ['ThrottlingException', 429, 'AgentCore Identity limits how often it is asked: the next call asks again'],
    ['ConflictException', 409, 'check the execution role, the network and the region'],
  ])('with %s says what to do, and nothing of its message', async (name, status, advice) => {
    at.answer = () => ({ name, status });
    const error = await errorOf(service().oauthToken({ workloadToken: 'w-1' }));
    expect(error).toBeInstanceOf(UpstreamFailure);
    expect(error).toMatchObject({
      code: 'upstream-auth',
      message: `AgentCore Identity refused a token of crm (${name}): ${advice}`,
    });
  });

  it.each(['USER_FEDERATION', 'ON_BEHALF_OF_TOKEN_EXCHANGE'] as const)(
    'of a person’s token is the caller’s to correct in %s',
    async (flow) => {
      at.answer = () => ({ name: 'UnauthorizedException', status: 401 });
      const error = await errorOf(service({ flow }).workloadToken('own', 'of ann'));
      expect(error).toBeInstanceOf(Unauthenticated);
      expect(error).toMatchObject({
        hadToken: true,
        message:
          'AgentCore Identity does not accept the token for a workload access token of own (UnauthorizedException): it may have expired, or its issuer is not the one that the workload identity or the provider trusts',
        clientMessage: "AgentCore Identity does not accept this caller's token (UnauthorizedException): sign in again",
      });
      at.answer = () => ({ name: 'ValidationException', status: 400 });
      expect(await errorOf(service({ flow }).workloadToken('own', 'of ann'))).toBeInstanceOf(UpstreamFailure);
    },
  );
});

it('AWS’s client can be loaded ahead of time', async () => {
  expect(await warmIdentity()).toHaveProperty('BedrockAgentCoreClient');
});
