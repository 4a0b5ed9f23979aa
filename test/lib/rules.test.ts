/**
 * A rule is the same for the construct and for an entry of `deployments.ts`: both accept the same values. The tests are
 * made from the list of rules, so that a rule without a place here doesn't compile.
 */
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkBaseImage } from '../../lib/base-image.ts';
import { checkProps } from '../../lib/check-props.ts';
import { COMMON_OPTIONS } from '../../lib/common-options.ts';
import { checkDeployments, type Deployment } from '../../lib/deployments.ts';
import { Faults } from '../../lib/faults.ts';
import { InboundAuth, type McpProxyProps, ProxyUpstream, UpstreamAuth } from '../../lib/index.ts';
import { LIFETIME } from '../../lib/rules/lifetime.ts';
import { TEXTS } from '../../lib/rules/texts.ts';
import { bindUpstreams } from '../../lib/upstreams.ts';
import { VARIABLE_OPTIONS } from '../../lib/variable-options.ts';

const RUNTIME = 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/orders-abcdefghij';
const GOOD: Deployment = {
  name: 'orders',
  account: '111122223333',
  region: 'eu-west-1',
  upstream: { runtimeArn: RUNTIME },
};

let app: App;
beforeEach(() => {
  app = new App();
});
let stacks = 0;

/** The construct's faults of these properties, found before it builds anything. */
function constructFaults(props: Partial<McpProxyProps>): readonly string[] {
  const faults = new Faults();
  const scope = new Stack(app, `Stack${stacks++}`, { env: { account: GOOD.account, region: GOOD.region } });
  const whole = { ...('upstreams' in props ? {} : { upstream: ProxyUpstream.runtimeArn(RUNTIME) }), ...props };
  checkProps(whole, scope, faults);
  checkBaseImage(scope, whole, faults);
  bindUpstreams(whole, { scope, stack: scope, allGateways: false, runtimeName: 'proxy', faults });
  whole.inboundAuth?.bind({
    scope,
    stack: scope,
    removalPolicy: RemovalPolicy.DESTROY,
    deletionProtection: false,
    faults,
  });
  return faults.found;
}

interface Placed {
  readonly entry: (value: string) => object;
  readonly props: (value: string) => Partial<McpProxyProps>;
  readonly good: readonly string[];
  readonly bad: readonly string[];
}

const same = (at: (value: string) => Partial<Deployment> & Partial<McpProxyProps>): Omit<Placed, 'good' | 'bad'> => ({
  entry: at,
  props: at,
});
const newPool = (member: string, of: (value: string) => unknown): Omit<Placed, 'good' | 'bad'> => ({
  entry: (value) => ({ inboundAuth: { newUserPool: { [member]: of(value) } } }),
  props: (value) => ({ inboundAuth: InboundAuth.newUserPool({ [member]: of(value) }) }),
});
const jwt = { issuer: 'https://login.example.com' };
const onBehalf = { ...jwt, clientId: 'me', audience: 'orders' };
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:key-AbCdEf';
const oauth = (more: { readonly [member: string]: unknown }): Partial<Deployment> & object => ({
  upstreamAuth: { oauth: { issuer: jwt.issuer, clientId: 'me', secretArn: SECRET, ...more } },
});
const POOL = 'eu-west-1_AbCdEfGhI';
const hex = 'a'.repeat(64);

const PLACES: Readonly<Record<keyof typeof TEXTS, Placed>> = {
  name: {
    entry: (name) => ({ name }),
    props: (runtimeName) => ({ runtimeName }),
    good: ['a', 'A_1', 'a'.repeat(48)],
    bad: ['', '1a', '_a', 'a-b', 'a b', 'é', 'a'.repeat(49), 'a\n'],
  },
  upstreamName: {
    entry: (name) => ({ upstream: undefined, upstreams: { [name]: { runtimeArn: RUNTIME } } }),
    props: (name) => ({ upstreams: { [name]: { upstream: ProxyUpstream.runtimeArn(RUNTIME) } } }),
    good: ['a', 'crm-eu', 'a1', 'a'.repeat(31)],
    bad: ['', '1a', '-a', 'Crm', 'a_b', 'a b', 'é', 'a'.repeat(32), 'a\n', '__proto__'],
  },
  qualifier: {
    entry: (qualifier) => ({ upstream: { runtimeArn: RUNTIME, qualifier } }),
    props: (qualifier) => ({ upstream: ProxyUpstream.runtimeArn(RUNTIME, { qualifier }) }),
    good: ['DEFAULT', 'live_2'],
    bad: ['', '1a', 'a-b', 'a'.repeat(49)],
  },
  description: {
    ...same((description) => ({ description })),
    good: ['x', 'zwei\nZeilen: é', 'x'.repeat(1200), '🙂'.repeat(600)],
    bad: ['', 'x'.repeat(1201), '🙂'.repeat(601)],
  },
  endpointDescription: {
    ...same((description) => ({ endpoints: [{ name: 'live', description }] })),
    good: ['x', 'zwei\nZeilen', 'x'.repeat(256)],
    bad: ['', 'x'.repeat(257)],
  },
  endpointVersion: {
    ...same((version) => ({ endpoints: [{ name: 'live', version }] })),
    good: ['1', '99999'],
    bad: ['', '0', '01', 'latest', '100000', '1.0'],
  },
  host: {
    ...same((host) => ({ allowedHosts: [host] })),
    good: ['a.example', 'localhost:8000', '[::1]:8000'],
    bad: ['', '*', 'https://a.example', 'a.example/mcp', 'a b', '::1'],
  },
  plainHost: {
    ...same((host) => ({ plainHttpHosts: [host] })),
    good: ['mcp.mesh.internal', '10.1.2.3', '[fd00::1]', 'a_b'],
    bad: ['', '*', '*.mesh.internal', '.mesh.internal', 'a:8080', 'http://a', '10.0.0.0/8', 'a b', 'a,b'],
  },
  tagName: {
    ...same((name) => ({ tags: { [name]: 'x' } })),
    good: ['team', 'cost centre', 'a:b/c=d+e-f@g_h.i', 'a'.repeat(128), 'my aws:team', 'a\tb'],
    bad: ['', 'équipe', 'aws:team', 'AWS:team', 'a&b', 'a'.repeat(129), 'a\u00a0b', 'a\u2028b'],
  },
  tagValue: {
    ...same((value) => ({ tags: { team: value } })),
    good: ['', 'agents', 'aws:x', 'a'.repeat(256)],
    bad: ['données', 'agents & more', 'a'.repeat(257), 'a\u00a0b'],
  },
  vpcId: {
    entry: (vpcId) => ({ callersFrom: { vpcIds: [vpcId] } }),
    props: (vpcId) => ({ callersFrom: { vpcs: [{ vpcId }] } }),
    good: ['vpc-01234567', 'vpc-0123456789abcdef0'],
    bad: ['', 'vpc-1', 'vpce-01234567', 'vpc-0123456789ABCDEF0', 'vpc-0123456789abcdef01'],
  },
  vpcEndpointId: {
    entry: (id) => ({ callersFrom: { vpcEndpointIds: [id] } }),
    props: (vpcEndpointId) => ({ callersFrom: { vpcEndpoints: [{ vpcEndpointId }] } }),
    good: ['vpce-01234567', 'vpce-0123456789abcdef0'],
    bad: ['', 'vpce-1', 'vpc-01234567'],
  },
  image: {
    ...same((baseImage) => ({ baseImage })),
    good: ['node', 'node:26', `node@sha256:${hex}`, 'registry.example.com:5000/team/node:26-slim'],
    bad: ['', 'node:', 'node@sha256:abc', 'node:26\nRUN true', 'Node', 'https://example.com/node'],
  },
  digest: {
    ...same((baseImageDigest) => ({ baseImageDigest })),
    good: [`sha256:${hex}`],
    bad: ['', hex, `sha256:${'A'.repeat(64)}`, `sha256:${hex}a`, `sha512:${hex}`],
  },
  scope: {
    entry: (scope) => ({ inboundAuth: { jwt: { ...jwt, allowedScopes: [scope] } } }),
    props: (scope) => ({ inboundAuth: InboundAuth.jwt({ ...jwt, allowedScopes: [scope] }) }),
    good: ['mcp/invoke', '!', 'x'.repeat(255)],
    bad: ['', 'mcp invoke', 'a"b', 'a\\b', 'é', 'x'.repeat(256)],
  },
  scopeName: {
    ...newPool('scopes', (scope) => [scope]),
    good: ['invoke', 'a:b', 'x'.repeat(251)],
    bad: ['', 'a/b', 'a b', 'é', 'x'.repeat(256)],
  },
  resourceServer: {
    ...newPool('resourceServer', (identifier) => identifier),
    good: ['mcp', 'https://api.example.com/mcp'],
    bad: ['', 'a b', 'a"b', 'é', 'x'.repeat(257)],
  },
  claim: {
    entry: (client) => ({ inboundAuth: { jwt: { ...jwt, allowedClients: [client] } } }),
    props: (client) => ({ inboundAuth: InboundAuth.jwt({ ...jwt, allowedClients: [client] }) }),
    good: ['agent', 'https://api.example.com/mcp', '"', 'x'.repeat(255)],
    bad: ['', 'a b', 'é', 'a\n', 'x'.repeat(256)],
  },
  clientId: {
    entry: (clientId) => oauth({ clientId }),
    props: (clientId) => ({ upstreamAuth: UpstreamAuth.oauth({ ...jwt, secret: SECRET, clientId }) }),
    good: ['me', 'https://me.example.com', 'x'.repeat(255)],
    bad: ['', 'a b', 'é', 'x'.repeat(256)],
  },
  resource: {
    entry: (resource) => oauth({ resource }),
    props: (resource) => ({ upstreamAuth: UpstreamAuth.oauth({ ...jwt, secret: SECRET, clientId: 'me', resource }) }),
    good: ['https://mcp.example.com', 'urn:mcp'],
    bad: ['', 'mcp', 'mcp:', 'urn:a b', '1:a'],
  },
  audience: {
    entry: (audience) => ({ upstreamAuth: { tokenExchange: { ...jwt, clientId: 'me', secretArn: SECRET, audience } } }),
    props: (audience) => ({
      upstreamAuth: UpstreamAuth.tokenExchange({ ...jwt, secret: SECRET, clientId: 'me', audience }),
    }),
    good: ['crm', 'https://crm.example.com/', 'urn:crm', 'a'.repeat(255)],
    bad: ['', 'a b', 'é', 'a'.repeat(256)],
  },
  queryParameter: {
    entry: (parameter) => ({ upstreamAuth: { apiKey: { secretArn: SECRET, parameter } } }),
    props: (parameter) => ({ upstreamAuth: UpstreamAuth.apiKey({ secret: SECRET, parameter }) }),
    good: ['key', 'api_key', 'appid', 'x-api.key~1'],
    bad: ['', 'a b', 'a=b', 'a&b', 'é', 'a'.repeat(65)],
  },
  tokenUse: {
    entry: (tokenUse) => ({ upstreamAuth: { jwtBearer: { ...onBehalf, secretArn: SECRET, tokenUse } } }),
    props: (tokenUse) => ({ upstreamAuth: UpstreamAuth.jwtBearer({ ...onBehalf, secret: SECRET, tokenUse }) }),
    good: ['on_behalf_of'],
    bad: ['', 'on behalf of', 'On_Behalf_Of', 'é'],
  },
  secretHeader: {
    entry: (header) => ({ upstreamAuth: { bearer: { secretArn: SECRET, header } } }),
    props: (header) => ({ upstreamAuth: UpstreamAuth.bearer({ secret: SECRET, header }) }),
    good: ['X-Api-Key', 'authorization'],
    bad: ['', 'X Key', 'Content-Type', 'mcp-param-a', 'é'],
  },
  userPoolId: {
    entry: (userPoolId) => ({ upstreamAuth: { oauth: { userPoolId, clientId: 'me' } } }),
    props: (pool) => ({ upstreamAuth: UpstreamAuth.oauth({ secret: `cognito:${pool}/me` }) }),
    good: [POOL, 'eu-central-1_a'],
    bad: ['', 'AbCdEfGhI', 'eu-west-1_', 'eu-west-1_a_b', `eu-west-1_${'a'.repeat(56)}`],
  },
  poolClient: {
    entry: (clientId) => ({ upstreamAuth: { oauth: { userPoolId: POOL, clientId } } }),
    props: (client) => ({ upstreamAuth: UpstreamAuth.oauth({ secret: `cognito:${POOL}/${client}` }) }),
    good: ['1h57kf5cpq17m0eml12EXAMPLE', 'a', 'a'.repeat(128)],
    bad: ['', 'a-b', 'a b', 'a/b', 'a\n', 'a'.repeat(129)],
  },
  domainPrefix: {
    ...newPool('domainPrefix', (prefix) => prefix),
    good: ['my-team', 'a', 'a'.repeat(63)],
    bad: ['', 'My-Team', '-a', 'a-', 'my-aws', 'amazonia', 'cognito', 'a.b', 'a'.repeat(64)],
  },
};

const verdicts = ({ entry, props }: Placed, value: string): readonly boolean[] => [
  checkDeployments([{ ...GOOD, ...entry(value) }]).length === 0,
  constructFaults(props(value)).length === 0,
];

describe.each(Object.entries(PLACES))('the rule %s', (name, placed) => {
  it('accepts the same values in both', () => {
    for (const value of placed.good) expect([value, ...verdicts(placed, value)]).toEqual([value, true, true]);
  });

  it('refuses the same values in both, with the same words', () => {
    const { expected } = TEXTS[name as keyof typeof TEXTS];
    for (const value of placed.bad) {
      expect([value, ...verdicts(placed, value)]).toEqual([value, false, false]);
      expect(checkDeployments([{ ...GOOD, ...placed.entry(value) }]).join('\n')).toContain(expected);
      expect(constructFaults(placed.props(value)).join('\n')).toContain(expected);
    }
  });

  it('gives the same verdict about any text', () => {
    const near = fc.constantFrom(...placed.good, ...placed.bad);
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc
        .tuple(near, fc.string({ maxLength: 2 }), fc.nat(8))
        .map(([of, put, at]) => of.slice(0, at) + put + of.slice(at)),
    );
    // A text that looks like a CDK token is a token for the construct, and plain text in an entry.
    fc.assert(
      fc.property(text, (value) => {
        fc.pre(!value.includes('${Token['));
        const [entry, construct] = verdicts(placed, value);
        expect(construct).toBe(entry);
      }),
      { numRuns: 30 },
    );
  });
});

/**
 * Values that the compiler would refuse: deployments may be JSON, and a construct's properties may come from
 * JavaScript.
 */
const ODD: readonly unknown[] = [
  null,
  0,
  1,
  'x',
  '',
  'zip',
  'xray',
  true,
  [],
  {},
  ['a.example'],
  [1],
  [{ name: 'live' }],
];
const OPTIONS = Object.keys({ ...COMMON_OPTIONS, ...VARIABLE_OPTIONS });

it.each(OPTIONS)('the option %s gets the same verdict about values of any type', (name) => {
  for (const value of ODD) {
    const entry = checkDeployments([{ ...GOOD, [name]: value }]).length === 0;
    expect([name, value, constructFaults({ [name]: value }).length === 0]).toEqual([name, value, entry]);
  }
});

it('a text that looks like a CDK token is plain text in an entry', () => {
  expect(checkDeployments([{ ...GOOD, allowedHosts: ['${Token[Host.1]}'] }])).toHaveLength(1);
});

it.each([-1, 0, 59, 60, 60.5, 900, LIFETIME.longest, LIFETIME.longest + 1, 1_209_600])(
  'a session of %d seconds gets the same verdict in both',
  (seconds) => {
    const entry = checkDeployments([{ ...GOOD, idleTimeoutSeconds: 60, maxLifetimeSeconds: seconds }]).length === 0;
    const duration = seconds < 0 ? undefined : Duration.seconds(seconds);
    if (duration !== undefined)
      expect(constructFaults({ idleTimeout: Duration.seconds(60), maxLifetime: duration }).length === 0).toBe(entry);
    expect(entry).toBe(Number.isInteger(seconds) && seconds >= 60 && seconds <= LIFETIME.longest);
  },
);

it.each([
  [{}, {}, true],
  [{ maxLifetimeSeconds: 600 }, { maxLifetime: Duration.seconds(600) }, false],
  [
    { idleTimeoutSeconds: 901, maxLifetimeSeconds: 900 },
    { idleTimeout: Duration.seconds(901), maxLifetime: Duration.seconds(900) },
    false,
  ],
  [
    { idleTimeoutSeconds: 900, maxLifetimeSeconds: 900 },
    { idleTimeout: Duration.seconds(900), maxLifetime: Duration.seconds(900) },
    true,
  ],
])('a session that would end while it waits is refused, here and there: %j', (entry, props, good) => {
  expect(checkDeployments([{ ...GOOD, ...entry }]).length === 0).toBe(good);
  expect(constructFaults(props).length === 0).toBe(good);
});

it.each([
  ['https://login.example.com', true],
  ['https://login.example.com/tenant', true],
  ['https://login.example.com?tenant=a', false],
  ['https://login.example.com/?', false],
  ['http://login.example.com', false],
  ['https://me:secret@login.example.com', false],
])('the issuer %s is one, or none, here and there', (issuer, good) => {
  const inboundAuth = { issuer, allowedClients: ['a'] };
  expect(checkDeployments([{ ...GOOD, inboundAuth: { jwt: inboundAuth } }]).length === 0).toBe(good);
  expect(constructFaults({ inboundAuth: InboundAuth.jwt(inboundAuth) }).length === 0).toBe(good);
});

const BY_ID = 'key/1234abcd-12ab-34cd-56ef-1234567890ab';
it.each([
  [`arn:aws:kms:eu-west-1:111122223333:${BY_ID}`, true],
  [`arn:aws:kms:eu-west-1:444455556666:${BY_ID}`, true],
  [`arn:aws:kms:eu-west-1:111122223333:key/mrk-${'a'.repeat(32)}`, true],
  [`arn:aws:kms:eu-central-1:111122223333:${BY_ID}`, false],
  [`arn:aws-cn:kms:eu-west-1:111122223333:${BY_ID}`, false],
  ['arn:aws:kms:eu-west-1:111122223333:alias/mine', false],
  ['alias/mine', false],
  ['1234abcd-12ab-34cd-56ef-1234567890ab', false],
  [SECRET, false],
])('the key %s of a secret is one, or none, here and there', (keyArn, good) => {
  const bearer = { secretArn: `${SECRET}#member`, encryptionKeyArn: keyArn };
  const secret = { secret: `${SECRET}#member`, encryptionKey: { keyArn } };
  expect(checkDeployments([{ ...GOOD, upstreamAuth: { bearer } }]).length === 0).toBe(good);
  expect(checkDeployments([{ ...GOOD, ...oauth({ encryptionKeyArn: keyArn }) }]).length === 0).toBe(good);
  expect(constructFaults({ upstreamAuth: UpstreamAuth.bearer(secret) }).length === 0).toBe(good);
  expect(
    constructFaults({ upstreamAuth: UpstreamAuth.oauth({ ...jwt, clientId: 'me', ...secret }) }).length === 0,
  ).toBe(good);
});

it('the secret of a Cognito client is under no key of its own, here and there', () => {
  const keyArn = `arn:aws:kms:eu-west-1:111122223333:${BY_ID}`;
  const entry = { oauth: { userPoolId: POOL, clientId: 'me', encryptionKeyArn: keyArn } };
  expect(checkDeployments([{ ...GOOD, upstreamAuth: entry }])).toHaveLength(1);
  expect(
    constructFaults({ upstreamAuth: UpstreamAuth.oauth({ secret: `cognito:${POOL}/me`, encryptionKey: { keyArn } }) }),
  ).toEqual([
    'upstreamAuth: encryptionKey: expected none for the secret of a Cognito client, which is under no key of yours',
  ]);
});

it.each(['allowedClients', 'allowedAudiences', 'allowedScopes'])(
  'an empty list of %s is refused, here and there',
  (list) => {
    const inbound = { ...jwt, allowedClients: ['a'], allowedAudiences: ['b'], [list]: [] };
    expect(checkDeployments([{ ...GOOD, inboundAuth: { jwt: inbound } }])).toEqual([
      expect.stringContaining(`inboundAuth.jwt.${list}: expected at least 1 `),
    ]);
    expect(constructFaults({ inboundAuth: InboundAuth.jwt(inbound) })).toEqual([
      expect.stringContaining(`inboundAuth: ${list}: expected at least 1 `),
    ]);
  },
);

it('an issuer beside a discovery URL is refused, here and there', () => {
  const both = { ...jwt, discoveryUrl: `${jwt.issuer}/.well-known/openid-configuration`, allowedClients: ['a'] };
  const said = expect.stringContaining('expected issuer or discoveryUrl, got both');
  expect(checkDeployments([{ ...GOOD, inboundAuth: { jwt: both } }])).toEqual([said]);
  expect(constructFaults({ inboundAuth: InboundAuth.jwt(both) })).toEqual([said]);
});

it.each([
  ['orders-abcdefghij', true],
  ['Orders-ABCDEFGHIJ', true],
  ['others-abcdefghij', false],
])('the ARN of the gateway %s fits its URL, or does not, here and there', (id, good) => {
  const url = 'https://orders-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp';
  const gatewayArn = `arn:aws:bedrock-agentcore:eu-west-1:111122223333:gateway/${id}`;
  expect(checkDeployments([{ ...GOOD, upstream: { url, gatewayArn } }]).length === 0).toBe(good);
  expect(constructFaults({ upstream: ProxyUpstream.url(url, { gatewayArn }) }).length === 0).toBe(good);
});
