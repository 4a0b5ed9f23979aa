/** What the bindings of `agentcore-identity` mean, and which are faults. */
import { describe, expect, test } from 'vitest';
import { Faults } from '../../../proxy/base/environment.ts';
import { readUpstream } from '../../../proxy/config/bindings.ts';
import { allowsUnverified, readIdentityBindings } from '../../../proxy/upstream/auth/identity-bindings.ts';
import { providerArn, workloadArn } from './identity-world.ts';

type Environment = Readonly<Record<string, string>>;

const GOOD: Environment = { PROVIDER: providerArn('crm'), WORKLOAD: workloadArn('own-proxy') };
const FEDERATED: Environment = { ...GOOD, FLOW: 'USER_FEDERATION', RETURN_URL: 'https://app.example.com/connected' };

function read(environment: Environment): ReturnType<typeof readIdentityBindings> | readonly string[] {
  const faults = new Faults();
  const bound = readIdentityBindings({
    prefix: 'UPSTREAM',
    get: (name) => environment[name],
    address: undefined,
    environment: {},
    hasCertificate: false,
    faults,
  });
  return bound ?? faults.errors;
}

test('the region is the provider’s, and the flow is M2M unless it is bound', () => {
  expect(read(GOOD)).toMatchObject({
    provider: 'crm',
    region: 'eu-west-1',
    flow: 'M2M',
    workload: 'own-proxy',
    scopes: [],
  });
  expect(read({ ...GOOD, WORKLOAD: 'runtime', SCOPES: 'a b,c' })).toMatchObject({
    workload: undefined,
    scopes: ['a', 'b', 'c'],
  });
  expect(read({ ...GOOD, PROVIDER: providerArn('keys', 'apikey'), HEADER: 'X-Api-Key' })).toMatchObject({
    provider: 'keys',
    flow: undefined,
    header: 'X-Api-Key',
  });
  expect(read(FEDERATED)).toMatchObject({ returnUrl: 'https://app.example.com/connected' });
  expect(read({ ...FEDERATED, RETURN_URL: 'http://127.0.0.1:8080/connected' })).toMatchObject({
    flow: 'USER_FEDERATION',
  });
  expect(read({ ...GOOD, RESOURCE: 'urn:r', AUDIENCE: 'crm' })).toMatchObject({ resource: 'urn:r', audience: 'crm' });
  // The service's API reference shows this name in its ARNs.
  expect(read({ ...GOOD, PROVIDER: providerArn('crm').replace('bedrock-agentcore', 'acps') })).toMatchObject({
    provider: 'crm',
  });
});

test.each([
  [undefined, false],
  ['allowed', true],
  ['Allowed', false],
  ['', false],
])('callers whom nothing verifies may call if UNVERIFIED_CALLERS is %j: %s', (value, allows) => {
  expect(allowsUnverified({ get: (name) => (name === 'UNVERIFIED_CALLERS' ? value : undefined) })).toBe(allows);
  if (allows) expect(read({ ...GOOD, UNVERIFIED_CALLERS: 'allowed' })).toMatchObject({ provider: 'crm' });
});

describe('a fault', () => {
  test.each<[string, Environment, string]>([
    ['no provider', { WORKLOAD: 'runtime' }, 'UPSTREAM_PROVIDER: expected the ARN of a credential provider'],
    ['the ARN of something else', { ...GOOD, PROVIDER: workloadArn('x-y-z') }, 'UPSTREAM_PROVIDER: expected the ARN'],
    [
      'another vault',
      { ...GOOD, PROVIDER: providerArn('crm').replace('/default/', '/mine/') },
      'UPSTREAM_PROVIDER: expected',
    ],
    ['no workload', { PROVIDER: providerArn('crm') }, 'UPSTREAM_WORKLOAD: expected runtime (only on AgentCore Runtime'],
    ['a workload’s bare name', { ...GOOD, WORKLOAD: 'own-proxy' }, 'UPSTREAM_WORKLOAD: expected runtime'],
    [
      'a workload in another region',
      { ...GOOD, WORKLOAD: workloadArn('own-proxy').replace('eu-west-1', 'eu-west-2') },
      'UPSTREAM_WORKLOAD: expected a workload identity in the account and region of UPSTREAM_PROVIDER (eu-west-1, 111122223333), got one in eu-west-2',
    ],
    ['an unknown flow', { ...GOOD, FLOW: 'm2m' }, 'UPSTREAM_FLOW: expected M2M, USER_FEDERATION or ON_BEHALF'],
    [
      'a page with a password',
      { ...GOOD, FLOW: 'USER_FEDERATION', RETURN_URL: 'https://me:pass@a.example/back' },
      'UPSTREAM_RETURN_URL: expected the https URL of the page that people come back to, without user name, password and fragment',
    ],
    [
      'a page with a user name',
      { ...FEDERATED, RETURN_URL: 'https://me@a.example/back' },
      'UPSTREAM_RETURN_URL: expected',
    ],
    [
      'a page with a password alone',
      { ...FEDERATED, RETURN_URL: 'https://:pass@a.example/back' },
      'UPSTREAM_RETURN_URL: expected',
    ],
    [
      'a page with a fragment',
      { ...FEDERATED, RETURN_URL: 'https://a.example/back#x' },
      'UPSTREAM_RETURN_URL: expected',
    ],
    [
      'a page of this machine by another protocol',
      { ...FEDERATED, RETURN_URL: 'ftp://127.0.0.1/back' },
      'UPSTREAM_RETURN_URL: expected',
    ],
    [
      'another word for unverified callers',
      { ...GOOD, UNVERIFIED_CALLERS: 'yes' },
      'UPSTREAM_UNVERIFIED_CALLERS: expected allowed (or no such variable), got "yes"',
    ],
    ['no page to come back to', { ...GOOD, FLOW: 'USER_FEDERATION' }, 'UPSTREAM_RETURN_URL: expected the https URL'],
    [
      'a page without TLS',
      { ...FEDERATED, RETURN_URL: 'http://app.example.com' },
      'UPSTREAM_RETURN_URL: expected the https',
    ],
    [
      'a page that nobody comes back to',
      { ...GOOD, RETURN_URL: 'https://a.example' },
      'UPSTREAM_RETURN_URL: expected nothing with M2M',
    ],
    [
      'a header beside OAuth',
      { ...GOOD, HEADER: 'X-Key' },
      'UPSTREAM_HEADER: expected nothing beside a provider for OAuth 2',
    ],
    [
      'a header that a call needs',
      { ...GOOD, PROVIDER: providerArn('keys', 'apikey'), HEADER: 'Host' },
      'UPSTREAM_HEADER: expected the name of a header for the key, got "Host"',
    ],
    ...['FLOW', 'RETURN_URL', 'SCOPES', 'RESOURCE', 'AUDIENCE'].map((name): [string, Environment, string] => [
      `${name} beside a key`,
      { ...GOOD, PROVIDER: providerArn('keys', 'apikey'), [name]: 'x' },
      `UPSTREAM_${name}: expected nothing beside a provider with an API key, got "x"`,
    ]),
  ])('is %s', (_, environment, fault) => {
    expect(read(environment)).toEqual([expect.stringContaining(fault)]);
  });

  test('is reported with all others', () => {
    expect(read({ PROVIDER: 'x', WORKLOAD: 'y' })).toHaveLength(2);
  });
});

test.each([
  [{ WORKLOAD: 'runtime' }, 'workload'],
  [{ WORKLOAD: 'runtime', FLOW: 'ON_BEHALF_OF_TOKEN_EXCHANGE' }, 'workload'],
  [{ FLOW: 'ON_BEHALF_OF_TOKEN_EXCHANGE' }, 'bearer'],
  [{ FLOW: 'USER_FEDERATION', RETURN_URL: 'https://app.example.com' }, 'bearer'],
  [{}, undefined],
])('the token of the caller that %j needs', (more, kind) => {
  const bound = Object.entries({ ...GOOD, ...more }).map(([name, value]) => [`UPSTREAM_${name}`, value]);
  const environment = {
    UPSTREAM_URL: 'https://crm.example.com/mcp',
    UPSTREAM_AUTH: 'agentcore-identity',
    ...Object.fromEntries(bound),
  };
  const faults = new Faults();
  expect(readUpstream(environment, 'default', faults)?.auth).toMatchObject({ callerToken: kind, asksCallers: true });
  expect(faults.errors).toEqual([]);
});
