/** Bad input: one error lists all faults, one per line, each with what was got and what was expected. */
import { Duration, Fn, Token } from 'aws-cdk-lib';
import { PlatformVersion } from 'aws-cdk-lib/aws-bedrockagentcore';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import {
  InboundAuth,
  McpProxy,
  type McpProxyProps,
  type OAuthOptions,
  ProxyUpstream,
  UpstreamAuth,
} from '../../lib/index.ts';
import { CHECKED_NOW } from '../support/later-types.mjs';
import {
  configFile,
  configThatNeeds,
  faultsOf,
  GATEWAY_ARN,
  GATEWAY_URL,
  type Props,
  RUNTIME_ARN,
  SECRET_ARN,
  synth,
  type SynthOptions,
} from './synth.ts';

const url = (text: string): Partial<McpProxyProps> => ({ upstream: ProxyUpstream.url(text) });
const oauth = (options: Partial<OAuthOptions>): Partial<McpProxyProps> => ({
  upstreamAuth: UpstreamAuth.oauth({
    issuer: 'https://login.example.com',
    clientId: 'proxy',
    secret: SECRET_ARN,
    ...options,
  }),
});

const needs = configThatNeeds(
  'needs',
  `{ SHARED: { for: 'counts', kind: 'table' }, RING: { for: 'tokens', kind: 'keyring' }, PEPPER: { for: 'fingerprints', kind: 'secret' }, LABEL: 'a text' }`,
);
const byToken = (perCaller: boolean): string =>
  configThatNeeds(`token-${perCaller}`, '{}', {
    caller: "jwks({ issuer: 'https://login.example.com', audience: 'mcp' })",
    perCaller,
  });
const bound = { PEPPER: SECRET_ARN, LABEL: 'blue' };

/** The fault, the properties, the whole message or its pattern. */
const CASES: readonly (readonly [string, Props, string | RegExp, SynthOptions?])[] = [
  [
    'an unknown region',
    {},
    'the stack\'s region: expected an AWS region such as eu-west-1, got "eu-west-9"',
    { env: { account: '123456789012', region: 'eu-west-9' } },
  ],
  [
    'an unknown region in an ARN',
    { upstream: ProxyUpstream.gatewayArn(GATEWAY_ARN.replace('eu-west-1', 'mars-north-1')) },
    'upstream: expected an AWS region such as eu-west-1, got "mars-north-1"',
  ],
  [
    "an unknown region in a gateway's URL",
    url(GATEWAY_URL.replace('eu-west-1', 'mars-north-1')),
    'upstream: expected an AWS region such as eu-west-1, got "mars-north-1"',
  ],
  [
    'a gateway of another partition',
    {
      upstream: ProxyUpstream.gatewayArn(
        GATEWAY_ARN.replace('arn:aws:', 'arn:aws-cn:').replace('eu-west-1', 'cn-north-1'),
      ),
    },
    'upstream: expected an ARN of partition aws, which eu-west-1 belongs to, got one of aws-cn',
  ],
  [
    "an ARN whose partition is not its region's",
    { upstream: ProxyUpstream.runtimeArn(RUNTIME_ARN.replace('eu-west-1', 'us-gov-west-1')) },
    'upstream: expected arn:aws-us-gov: for us-gov-west-1, got arn:aws:',
  ],
  [
    'a secret of another partition',
    oauth({ secret: SECRET_ARN.replace('arn:aws:', 'arn:aws-cn:').replace('eu-west-1', 'cn-north-1') }),
    'upstreamAuth: secret: expected an ARN of partition aws, which eu-west-1 belongs to, got one of aws-cn',
  ],
  [
    "a gateway's URL below another partition's domain",
    url(GATEWAY_URL.replace('eu-west-1', 'cn-north-1')),
    "upstreamAuth: expected iam or none, since calculator-ab12cd34ef.gateway.bedrock-agentcore.cn-north-1.amazonaws.com is AWS's but no known address of a gateway or runtime, got nothing",
  ],
  [
    'a base image with half a digest',
    { baseImage: 'node:26@sha256:abc' },
    'baseImage: expected the name of an image (REPOSITORY:TAG or REPOSITORY@sha256: and 64 hexadecimal digits), got "node:26@sha256:abc"',
  ],
  ['a base image without a name', { baseImage: '' }, /^baseImage: expected the name of an image/],
  ['a base image of two lines', { baseImage: 'node:26\nRUN true' }, /^baseImage: expected the name of an image/],
  [
    'too many tags',
    { tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`tag${index}`, 'x'])) },
    'tags: expected at most 50 tags, got 51',
  ],
  [
    'an endpoint whose name is only known at deploy time',
    { endpoints: [{ name: Fn.importValue('name') }] },
    'endpoints[0].name: expected a name that is known at synth, got one that is only known at deploy time',
  ],
  [
    'a session whose minutes are only known at deploy time',
    { idleTimeout: Duration.minutes(Token.asNumber(Fn.importValue('minutes'))) },
    'idleTimeout: expected Duration.seconds(…) of a number that is only known at deploy time, got one in minutes',
  ],
  [
    'a lifetime shorter than the default idle timeout',
    { maxLifetime: Duration.minutes(10) },
    'idleTimeout: expected at most maxLifetime (600 s), got 900 s, the default: give a shorter idleTimeout, too',
  ],
  [
    'a name with a hyphen',
    { runtimeName: 'my-proxy' },
    'runtimeName: expected a letter, then up to 47 letters, digits or underscores, got "my-proxy"',
  ],
  ['a name that is too long', { runtimeName: 'a'.repeat(49) }, /^runtimeName: expected .* up to 47 letters/],
  [
    'a URL that is not https',
    url('http://tools.example.com/mcp'),
    'upstream: expected an https URL, got http://tools.example.com',
  ],
  [
    'a URL that is not one',
    url('tools.example.com'),
    'upstream: expected an absolute https URL, got "tools.example.com"',
  ],
  [
    'a URL with a password',
    url('https://me:secret@tools.example.com/mcp'),
    'upstream: expected a URL without user name and password, got one with them',
  ],
  [
    "a gateway's URL without its path",
    url(GATEWAY_URL.replace('/mcp', '')),
    `upstream: expected the gateway's MCP endpoint, ${GATEWAY_URL}, got the path "/"`,
  ],
  [
    "a gateway's URL with another path",
    url(`${GATEWAY_URL}/`),
    `upstream: expected the gateway's MCP endpoint, ${GATEWAY_URL}, got the path "/mcp/"`,
  ],
  [
    'a URL with a fragment',
    url('https://tools.example.com/mcp#x'),
    'upstream: expected a URL without a fragment, got one with a #',
  ],
  [
    'an invalid URL with a password in it',
    url('https://svc:hunter2@mcp.example.com:99999/mcp?key=hunter2'),
    'upstream: expected an absolute https URL, got "https://…@mcp.example.com:99999/mcp?…"',
  ],
  [
    'a URL with a password instead of an ARN',
    { upstream: ProxyUpstream.gatewayArn('https://svc:hunter2@mcp.example.com/mcp') },
    /^upstream: expected the ARN of an AgentCore gateway .* got "https:\/\/…@mcp\.example\.com\/mcp"$/,
  ],
  [
    'a gateway whose id has an underscore',
    { upstream: ProxyUpstream.gatewayArn(`${GATEWAY_ARN}_x`) },
    /^upstream: expected the ARN of an AgentCore gateway/,
  ],
  [
    'the metadata service',
    url('https://169.254.169.254/latest/meta-data'),
    'upstream: expected a host that the runtime can reach (not loopback, link-local or a metadata service), got 169.254.169.254',
  ],
  [
    'the runtime itself',
    url('https://[::1]:8000/mcp'),
    'upstream: expected a host that the runtime can reach (not loopback, link-local or a metadata service), got [::1]',
  ],
  [
    "a runtime's host without its path",
    url('https://bedrock-agentcore.eu-west-1.amazonaws.com/mcp'),
    /^upstream: expected the URL of a runtime's invocations .* got the path "\/mcp"$/,
  ],
  [
    "the ARN of a runtime instead of a gateway's",
    { upstream: ProxyUpstream.gatewayArn(RUNTIME_ARN) },
    /^upstream: expected the ARN of an AgentCore gateway .* got ".*runtime\/server-ab12cd34ef"$/,
  ],
  [
    "the ARN of a function instead of a runtime's",
    { upstream: ProxyUpstream.runtimeArn('arn:aws:lambda:eu-west-1:123456789012:function:f') },
    /^upstream: expected the ARN of an AgentCore runtime/,
  ],
  [
    'an endpoint with a hyphen',
    { upstream: ProxyUpstream.runtimeArn(RUNTIME_ARN, { qualifier: 'my-endpoint' }) },
    /^upstream: qualifier: expected the name of a runtime's endpoint .* got "my-endpoint"$/,
  ],
  [
    'a host that names no gateway, with IAM',
    { ...url('https://tools.example.com/mcp'), upstreamAuth: UpstreamAuth.iam() },
    /^upstream: expected an address that says which gateway may be invoked, got tools\.example\.com: give its gatewayArn with the url, or allow every gateway of the account with allGateways: true$/,
  ],
  [
    'another service without statements',
    { upstreamAuth: UpstreamAuth.iam({ service: 'execute-api' }) },
    /^upstreamAuth: expected statements besides the service "execute-api"/,
  ],
  [
    'OAuth without an issuer',
    { upstreamAuth: UpstreamAuth.oauth({ clientId: 'proxy', secret: SECRET_ARN }) },
    /^upstreamAuth: expected issuer or tokenUrl/,
  ],
  [
    'OAuth without a client id',
    { upstreamAuth: UpstreamAuth.oauth({ issuer: 'https://login.example.com', secret: SECRET_ARN }) },
    /^upstreamAuth: expected clientId/,
  ],
  [
    'an issuer without TLS',
    oauth({ issuer: 'http://login.example.com' }),
    'upstreamAuth: issuer: expected an https URL, got http://login.example.com',
  ],
  [
    'a table instead of a secret',
    oauth({ secret: 'arn:aws:dynamodb:eu-west-1:123456789012:table/t' }),
    /^upstreamAuth: secret: expected the complete ARN of a Secrets Manager secret/,
  ],
  [
    "a secret's ARN without its last six characters",
    oauth({ secret: SECRET_ARN.slice(0, -7) }),
    /^upstreamAuth: secret: expected the complete ARN of a Secrets Manager secret, with the six characters at its end/,
  ],
  [
    'half a Cognito client',
    oauth({ secret: 'cognito:eu-west-1_AbCdEfGhI' }),
    /^upstreamAuth: secret: expected cognito:POOL\/CLIENT such as/,
  ],
  [
    'an invalid header name',
    { upstreamAuth: UpstreamAuth.bearer({ secret: SECRET_ARN, header: 'X Key' }) },
    'upstreamAuth: header: expected the name of a header for the secret, got "X Key"',
  ],
  [
    'a header that every call needs',
    { upstreamAuth: UpstreamAuth.bearer({ secret: SECRET_ARN, header: 'Content-Type' }) },
    'upstreamAuth: header: expected the name of a header for the secret, got "Content-Type"',
  ],
  [
    'a JWT authorizer that accepts every token',
    { inboundAuth: InboundAuth.jwt({ issuer: 'https://login.example.com' }) },
    /^inboundAuth: expected allowedClients, allowedAudiences or allowedScopes/,
  ],
  [
    'an invalid discovery URL',
    { inboundAuth: InboundAuth.jwt({ discoveryUrl: 'https://login.example.com', allowedClients: ['a'] }) },
    'inboundAuth: expected a URL that ends in /.well-known/openid-configuration, got "https://login.example.com"',
  ],
  [
    'a scope with a space',
    { inboundAuth: InboundAuth.jwt({ issuer: 'https://login.example.com', allowedScopes: ['mcp invoke'] }) },
    'inboundAuth: allowedScopes: expected a scope without spaces and quotes, got "mcp invoke"',
  ],
  [
    'no issuer at all',
    { inboundAuth: InboundAuth.jwt({ allowedClients: ['a'] }) },
    'inboundAuth: expected issuer or discoveryUrl, got neither',
  ],
  [
    'a user pool without a client',
    (stack) => ({ inboundAuth: InboundAuth.userPool(new UserPool(stack, 'Pool'), { clients: [] }) }),
    'inboundAuth: expected at least one client of the user pool, got none',
  ],
  [
    "a domain with Cognito's own name",
    { inboundAuth: InboundAuth.newUserPool({ domainPrefix: 'my-cognito' }) },
    /^inboundAuth: expected a domain prefix: 1 to 63 lower-case letters/,
  ],
  [
    'a session shorter than a minute',
    { idleTimeout: Duration.seconds(59) },
    'idleTimeout: expected 60 to 28800 seconds, got 59',
  ],
  [
    'a session longer than a microVM lives',
    { maxLifetime: Duration.days(1) },
    'maxLifetime: expected 60 to 28800 seconds, got 86400 (AgentCore ends a microVM after 8 hours, and longer sessions need its Instances compute type, which is not supported here)',
  ],
  [
    'an idle timeout longer than the lifetime',
    { idleTimeout: Duration.hours(2), maxLifetime: Duration.hours(1) },
    'idleTimeout: expected at most maxLifetime (3600 s), got 7200 s',
  ],
  [
    'an endpoint called DEFAULT',
    { endpoints: [{ name: 'DEFAULT' }] },
    'endpoints[0].name: expected a name other than DEFAULT, which every runtime has',
  ],
  [
    'an endpoint listed twice',
    { endpoints: [{ name: 'blue' }, { name: 'blue' }] },
    'endpoints[1].name: expected names that differ, got "blue" twice',
  ],
  [
    'an endpoint with a hyphen in its name',
    { endpoints: [{ name: 'blue-1' }] },
    /^endpoints\[0\]\.name: expected a letter, .* got "blue-1"$/,
  ],
  [
    'an endpoint with an invalid version',
    { endpoints: [{ name: 'blue', version: 'latest' }] },
    'endpoints[0].version: expected a version of the runtime in quotes, such as \'3\', got "latest"',
  ],
  [
    'a host with a path',
    { allowedHosts: ['tools.example.com/mcp'] },
    'allowedHosts[0]: expected host or host:port, got "tools.example.com/mcp"',
  ],
  [
    'a tag that AWS reserves',
    { tags: { 'aws:team': 'agents' } },
    /^tags: expected a tag's name: 1 to 128 .* got "aws:team"$/,
  ],
  [
    'a tag that AgentCore rejects',
    { tags: { team: 'agents & more' } },
    /^tags\.team: expected a tag's value: up to 256 .* got "agents & more"$/,
  ],
  [
    'an invalid URL for spans, with a password in it',
    { traces: { otlpEndpoint: 'https://svc:hunter2@otel.example.com:99999' } },
    'traces.otlpEndpoint: expected an absolute https URL, got "https://…@otel.example.com:99999"',
  ],
  [
    'a URL for spans without TLS',
    { traces: { otlpEndpoint: 'http://otel.example.com' } },
    'traces.otlpEndpoint: expected an https URL, got http://otel.example.com',
  ],
  [
    'a config that does not exist',
    { config: '/nowhere/proxy.config.ts' },
    'config: expected a file, found nothing at /nowhere/proxy.config.ts',
  ],
  [
    'a config that does not build',
    { config: configFile('no-syntax', `export default ;\n${CHECKED_NOW}`) },
    /^config: .*proxy\.config\.ts doesn't type-check: .* error TS1\d+/,
  ],
  [
    "a config in JavaScript whose import doesn't exist",
    { config: configFile('no-import', "import './nowhere.js';\n", 'proxy.config.mjs') },
    /^config: .*proxy\.config\.mjs can't be built: proxy\.config\.mjs:1:7: Could not resolve "\.\/nowhere\.js"$/,
  ],
  [
    'a config that does not type-check',
    {
      config: configFile(
        'no-types',
        `import { defineProxy } from 'agentcore-mcp-proxy';\nexport default defineProxy({ controls: 'none' });\n${CHECKED_NOW}`,
      ),
    },
    /^config: .*proxy\.config\.ts doesn't type-check: proxy\.config\.ts\(2,\d+\): error TS2322: /,
  ],
  [
    'a config that exports something else',
    { config: configFile('no-config', 'export default 7;\n') },
    /^config: .* can't be built: .*expected what defineProxy returns \(as the default export\), got a number/,
  ],
  [
    'a missing binding',
    { config: needs, bindings: { PEPPER: SECRET_ARN } },
    'binding LABEL for control vault (a text): expected a value, got nothing: add it to bindings',
  ],
  [
    'a missing secret',
    { config: needs, bindings: { LABEL: 'blue' } },
    /^binding PEPPER for control vault \(fingerprints\): expected the complete ARN of a Secrets Manager secret, .* got nothing$/,
  ],
  [
    'a secret instead of a table',
    { config: needs, bindings: { ...bound, SHARED: SECRET_ARN } },
    /^binding SHARED for control vault \(counts\): expected the ARN of a DynamoDB table .* got "arn:aws:secretsmanager/,
  ],
  [
    'a table instead of a keyring',
    { config: needs, bindings: { ...bound, RING: 'arn:aws:dynamodb:eu-west-1:123456789012:table/t' } },
    /^binding RING for control vault \(tokens\): expected the complete ARN of a Secrets Manager secret/,
  ],
  [
    'a topic instead of a table',
    (stack) => ({ config: needs, bindings: { ...bound, SHARED: new Topic(stack, 'Topic') } }),
    /^binding SHARED for control vault \(counts\): expected the ARN of a DynamoDB table, got a topic$/,
  ],
  [
    'a key instead of a secret',
    (stack) => ({ config: needs, bindings: { ...bound, PEPPER: new Key(stack, 'Key') } }),
    /^binding PEPPER for control vault \(fingerprints\): expected the complete ARN of a Secrets Manager secret, .* got a key$/,
  ],
  [
    'a text for a binding that needs a permission',
    {
      config: configThatNeeds('acts', `{ SIGNER: { for: 'receipts', actions: ['kms:Sign'] } }`),
      bindings: { SIGNER: 'my-key' },
    },
    /^binding SIGNER for control vault \(receipts\), which allows kms:Sign on it: expected an ARN .* got "my-key"$/,
  ],
  [
    'a binding that nothing needs',
    { config: needs, bindings: { ...bound, LABLE: 'blue' } },
    'bindings: expected SHARED, RING, PEPPER, LABEL, got LABLE, which nothing needs',
  ],
  [
    'a binding that the construct sets itself',
    { bindings: { UPSTREAM_URL: 'https://tools.example.com/mcp' } },
    'bindings: UPSTREAM_URL is bound by the proxy itself: upstream, upstreamAuth, upstreams, inboundAuth, caFile, allowedHosts, httpsProxy, httpProxy, noProxy, caSecretArn, forwardProxySecretArn, plainHttpHosts, traces and metricsEndpoint say what it is',
  ],
  [
    'trust in an unverified token',
    { bindings: { INBOUND_AUTH: 'jwt' } },
    'bindings: INBOUND_AUTH is bound by the proxy itself: upstream, upstreamAuth, upstreams, inboundAuth, caFile, allowedHosts, httpsProxy, httpProxy, noProxy, caSecretArn, forwardProxySecretArn, plainHttpHosts, traces and metricsEndpoint say what it is',
  ],
  [
    'a caller by token with IAM',
    { config: byToken(false) },
    /^caller jwks: expected inbound authentication by JWT \(inboundAuth\), got IAM, whose Authorization header never reaches the proxy; or/,
  ],
  [
    'a control that needs the caller, by token with IAM',
    { config: byToken(true) },
    /^caller jwks: expected inbound authentication by JWT \(inboundAuth\), got IAM, .* and vault must know who calls; or/,
  ],
  [
    'a caller in a header that never arrives',
    { config: configThatNeeds('cookie', '{}', { caller: "header('Cookie')" }) },
    'header cookie: needed for caller header, but AgentCore Runtime never passes it to a container',
  ],
  [
    'a caller in a header of the platform',
    { config: configThatNeeds('amzn', '{}', { caller: "header('X-Amzn-Caller')" }) },
    /^header x-amzn-caller: needed for caller header, but of the headers beginning with x-amz-/,
  ],
  [
    'a variable that is too long',
    { config: needs, bindings: { ...bound, LABEL: 'x'.repeat(2049) } },
    /^environment: expected at most 2048 characters in LABEL, got 2049/,
  ],
  [
    'an environment too large for platform V2',
    {
      config: needs,
      platformVersion: PlatformVersion.V2,
      bindings: {
        ...bound,
        LABEL: 'x'.repeat(2048),
        PEPPER: `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${'x'.repeat(500)}-AbCdEf`,
      },
    },
    /^environment: expected at most 2560 bytes in all names and values on platform V2, got \d{4}/,
  ],
  [
    'too many variables',
    {
      config: configThatNeeds('many', `{ ${Array.from({ length: 50 }, (_, i) => `V${i}: 'one'`).join(', ')} }`),
      bindings: Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`V${i}`, 'x'])),
    },
    'environment: expected at most 50 variables, got 53: put values that no deployment changes into the config',
  ],
  [
    'a base image with a zip',
    { artifact: 'zip', baseImage: 'node:26' },
    'baseImage: expected artifact image with it, got zip',
  ],
  [
    'a digest with a zip',
    { artifact: 'zip', baseImageDigest: `sha256:${'a'.repeat(64)}` },
    'baseImageDigest: expected artifact image with it, got zip',
  ],
  [
    'an invalid digest',
    { baseImageDigest: '26-trixie-slim' },
    'baseImageDigest: expected sha256: and 64 hexadecimal digits, got "26-trixie-slim"',
  ],
  [
    'an issuer with a query',
    { inboundAuth: InboundAuth.jwt({ issuer: 'https://login.example.com?tenant=a', allowedClients: ['a'] }) },
    'inboundAuth: expected a URL without a query, got one with a ?',
  ],
  [
    'too many scopes for a resource server',
    { inboundAuth: InboundAuth.newUserPool({ scopes: Array.from({ length: 101 }, (_, index) => `scope${index}`) }) },
    'inboundAuth: expected 1 to 100 scopes, got 101',
  ],
  [
    'a scope that is too long together with its resource server',
    { inboundAuth: InboundAuth.newUserPool({ resourceServer: 'r'.repeat(200), scopes: ['s'.repeat(55)] }) },
    'inboundAuth: expected at most 255 characters in resource server, slash and scope together, got 256',
  ],
  [
    'a domain prefix that CDK itself would reject',
    { inboundAuth: InboundAuth.newUserPool({ domainPrefix: '' }) },
    /^inboundAuth: expected a domain prefix: .* got ""$/,
  ],
  ['no hosts, which would mean any host', { allowedHosts: [] }, 'allowedHosts: expected at least 1 hosts, got none'],
  [
    'two digests',
    { baseImage: `node@sha256:${'a'.repeat(64)}`, baseImageDigest: `sha256:${'b'.repeat(64)}` },
    `baseImageDigest: expected the digest once, got another one in baseImage ("sha256:${'a'.repeat(64)}")`,
  ],
];

describe('a fault in words:', () => {
  it.for(CASES)('%s', ([, props, expected, options]) => {
    const faults = faultsOf(props, options);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  });
});

describe('faults', () => {
  it('are thrown together, under the path of the proxy', () => {
    const props: Props = {
      ...url('http://tools.example.com/mcp'),
      runtimeName: 'my-proxy',
      config: needs,
      bindings: { TYPO: 'x' },
      inboundAuth: InboundAuth.jwt({}),
    };
    expect(faultsOf(props).map((fault) => fault.slice(0, 30))).toEqual([
      'runtimeName: expected a letter',
      'inboundAuth: expected issuer o',
      'inboundAuth: expected allowedC',
      'upstream: expected an https UR',
      'bindings: expected SHARED, RIN',
      'binding PEPPER for control vau',
      'binding LABEL for control vaul',
    ]);
    expect(() => synth(props)).toThrow(/^7 faults in Test\/Proxy:\n {2}- /);
  });

  it('include the others if a config cannot be built', () => {
    const faults = faultsOf({ config: '/nowhere/proxy.config.ts', runtimeName: 'my-proxy' });
    expect(faults).toHaveLength(2);
  });

  it('do not repeat what may be the secret itself', () => {
    const [fault] = faultsOf(oauth({ secret: 'hunter2' }));
    expect(fault).toBe(
      'upstreamAuth: secret: expected where the secret is (a Secrets Manager secret or its complete ARN, or cognito:POOL/CLIENT), got something else',
    );
  });

  it('do not include values that are only known at deploy time', () => {
    const imported = (name: string): string => Fn.importValue(name);
    const { template } = synth(
      {
        upstream: ProxyUpstream.url(imported('Url'), { gatewayArn: imported('GatewayArn') }),
        upstreamAuth: UpstreamAuth.oauth({
          issuer: imported('Issuer'),
          clientId: imported('Client'),
          secret: imported('SecretArn'),
        }),
        inboundAuth: InboundAuth.jwt({ discoveryUrl: imported('Discovery'), allowedClients: [imported('Caller')] }),
        config: needs,
        platformVersion: PlatformVersion.V2,
        bindings: {
          SHARED: imported('Table'),
          RING: imported('Ring'),
          PEPPER: imported('Pepper'),
          LABEL: imported('Label'),
        },
        allowedHosts: [imported('Host')],
        maxLifetime: Duration.seconds(Token.asNumber(imported('Life'))),
        endpoints: [{ name: 'blue', version: imported('Version') }],
      },
      { env: {} },
    );
    template.resourceCountIs('AWS::BedrockAgentCore::Runtime', 1);
  });

  it('are collected separately for each proxy of an app', () => {
    const { stack } = synth();
    const second = (): McpProxy => new McpProxy(stack, 'Second', { upstream: ProxyUpstream.gatewayArn('nothing') });
    expect(second).toThrow('a fault in Test/Second');
  });
});
