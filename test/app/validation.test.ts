/**
 * Bad entries: each fault is one line that says where it is, what was expected and what was got. All faults are
 * reported together.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkDeployments,
  loadDeployments,
  readDeployments,
  runtimeNameOf,
  stackNameOf,
} from '../../lib/deployments.ts';

const GATEWAY = 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:gateway/orders-abcdefghij';
const RUNTIME = 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/orders-abcdefghij';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:crm/key-AbCdEf';
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:alarms';
const good = { name: 'orders', account: '111122223333', region: 'eu-west-1', upstream: { gatewayArn: GATEWAY } };
const pool = { userPoolId: 'eu-west-1_AbCdEfGhI', clientId: '1h57kf5cpq17m0eml12EXAMPLE' };

const of = (more: object): readonly string[] => checkDeployments([{ ...good, ...more }]);
const warningsOf = (more: object): readonly string[] => readDeployments([{ ...good, ...more }], '.').warnings;

describe('an entry is refused', () => {
  it.each<[string, object, string]>([
    [
      'in an unknown region',
      { region: 'eu-wst-1' },
      'region: expected one of AWS\'s regions (such as eu-west-1), got "eu-wst-1"',
    ],
    [
      'in a region that is close to no known one',
      { region: 'Frankfurt' },
      'region: expected one of AWS\'s regions (such as eu-west-1), got "Frankfurt"',
    ],
    [
      'without a region',
      { region: undefined },
      "region: expected one of AWS's regions (such as eu-west-1), got nothing",
    ],
    [
      'in an account with too few digits',
      { account: '1234' },
      'account: expected an account id: 12 digits in quotes, got "1234"',
    ],
    [
      'in an account that is a number',
      { account: 111122223333 },
      'account: expected an account id: 12 digits in quotes, got 111122223333',
    ],
    [
      'with a typo in a key',
      { upstraem: {} },
      'upstraem: expected a known key (such as upstream), got a key that nothing reads',
    ],
    [
      'with a stage that has an underscore',
      { stage: 'my_prod' },
      'stage: expected a letter, then up to 15 letters or digits, got "my_prod"',
    ],
    [
      "with a config that doesn't exist",
      { config: 'nowhere.config.ts' },
      `config: expected a file, found none at ${join(process.cwd(), 'nowhere.config.ts')}`,
    ],
    [
      'with a config that is a folder',
      { config: 'test' },
      `config: expected a file, found none at ${join(process.cwd(), 'test')}`,
    ],
    [
      'without an upstream',
      { upstream: undefined },
      'upstream: expected it, or upstreams with one member for each upstream of the config, got neither',
    ],
    ['with an empty upstream', { upstream: {} }, 'upstream: expected gatewayArn, runtimeArn or url, got none of them'],
    [
      'with an upstream of another kind',
      { upstream: { lambdaArn: 'x' } },
      'upstream: expected gatewayArn, runtimeArn or url, got only "lambdaArn"',
    ],
    [
      'with a list of upstreams',
      { upstream: undefined, upstreams: [] },
      'upstreams: expected an object of upstreams, got an empty list',
    ],
    [
      'with one upstream and several',
      { upstreams: { crm: { url: 'https://crm.example.com/mcp' } } },
      'upstreams: expected either upstream or upstreams, got both',
    ],
    [
      'with upstreamAuth besides several upstreams',
      { upstream: undefined, upstreamAuth: 'iam', upstreams: { crm: { gatewayArn: GATEWAY } } },
      'upstreamAuth: expected auth in each member of upstreams, got upstreamAuth besides upstreams',
    ],
    [
      'with a name of an upstream that no config can have',
      { upstream: undefined, upstreams: { Crm: { gatewayArn: GATEWAY } } },
      'upstreams: expected the config\'s name for an upstream (lower-case letters, digits and hyphens), got "Crm"',
    ],
    [
      'with an address that one of several upstreams has not',
      { upstream: undefined, upstreams: { crm: { auth: 'iam' } } },
      'upstreams.crm: expected gatewayArn, runtimeArn or url, got only "auth"',
    ],
    [
      'with an upstream that the platform cannot reach among several',
      { upstream: undefined, upstreams: { crm: { url: 'https://localhost/mcp' }, math: { gatewayArn: GATEWAY } } },
      'upstreams.crm.url: expected a host that the runtime can reach (not loopback, link-local or a metadata service), got localhost',
    ],
    [
      'with a fault in how one of several upstreams is authenticated to',
      { upstream: undefined, upstreams: { crm: { url: 'https://crm.example.com/mcp', auth: 'jwt' } } },
      'upstreams.crm.auth: expected "iam", "none", { oauth: … }, { bearer: … }, { apiKey: … }, { tokenExchange: … }, { jwtBearer: … } or { agentcoreIdentity: … } (what other tools call jwt is oauth here), got "jwt"',
    ],
    [
      'with a secret of one of several upstreams in another partition',
      {
        upstream: undefined,
        upstreams: {
          crm: {
            url: 'https://crm.example.com/mcp',
            auth: {
              bearer: { secretArn: SECRET.replace('arn:aws:', 'arn:aws-cn:').replace('eu-west-1', 'cn-north-1') },
            },
          },
        },
      },
      'upstreams.crm.auth.bearer.secretArn: expected an ARN of partition aws, which eu-west-1 belongs to, got one of aws-cn',
    ],
    [
      'with two upstreams',
      { upstream: { runtimeArn: RUNTIME, url: 'https://a.example' } },
      'upstream.url: expected runtimeArn, qualifier or clientCertificate, got a key that nothing reads',
    ],
    [
      'with an ARN of the wrong service',
      { upstream: { gatewayArn: GATEWAY.replace('bedrock-agentcore', 'lambda') } },
      `upstream.gatewayArn: expected the ARN of an AgentCore gateway (arn:aws:bedrock-agentcore:REGION:ACCOUNT:gateway/ID), got ${JSON.stringify(GATEWAY.replace('bedrock-agentcore', 'lambda'))}`,
    ],
    [
      'with an ARN of the wrong resource',
      { upstream: { gatewayArn: RUNTIME } },
      `upstream.gatewayArn: expected the ARN of an AgentCore gateway (arn:aws:bedrock-agentcore:REGION:ACCOUNT:gateway/ID), got "${RUNTIME}"`,
    ],
    [
      'with a gateway instead of a runtime',
      { upstream: { runtimeArn: GATEWAY } },
      `upstream.runtimeArn: expected the ARN of an AgentCore runtime (arn:aws:bedrock-agentcore:REGION:ACCOUNT:runtime/ID), got "${GATEWAY}"`,
    ],
    [
      'with an ARN in an unknown region',
      { upstream: { gatewayArn: GATEWAY.replace('eu-west-1', 'eu-west-9') } },
      'upstream.gatewayArn: expected an ARN in one of AWS\'s regions, got one in "eu-west-9"',
    ],
    [
      'with an ARN of another partition',
      { upstream: { gatewayArn: 'arn:aws-cn:bedrock-agentcore:cn-north-1:111122223333:gateway/g-1' } },
      'upstream.gatewayArn: expected an ARN of partition aws, which eu-west-1 belongs to, got one of aws-cn',
    ],
    [
      'with an ARN whose partition and region differ',
      { upstream: { gatewayArn: 'arn:aws-cn:bedrock-agentcore:eu-west-1:111122223333:gateway/g-1' } },
      'upstream.gatewayArn: expected arn:aws: for eu-west-1, got arn:aws-cn:',
    ],
    [
      'with an upstream over http',
      { upstream: { url: 'http://mcp.example.com/mcp' } },
      'upstream.url: expected an https URL, got http://mcp.example.com (http only to a host in plainHttpHosts)',
    ],
    [
      'with an upstream over http whose host is below a named one',
      { upstream: { url: 'http://mcp.mesh.internal/mcp' }, plainHttpHosts: ['mesh.internal'] },
      'upstream.url: expected an https URL, got http://mcp.mesh.internal (http only to a host in plainHttpHosts)',
    ],
    [
      'with one of several upstreams over http',
      { upstream: undefined, upstreams: { crm: { url: 'http://crm.internal/mcp' } }, plainHttpHosts: ['hr.internal'] },
      'upstreams.crm.url: expected an https URL, got http://crm.internal (http only to a host in plainHttpHosts)',
    ],
    [
      'with credentials of a forward proxy, which the template would show',
      { httpsProxy: 'http://me:s3cret@proxy.internal:3128' },
      'httpsProxy: expected a URL without user name and password, which would be in the template: put them into a secret (forwardProxySecretArn), or allow this runtime at the forward proxy by its network',
    ],
    [
      'with a forward proxy of another kind',
      { httpsProxy: 'socks5://proxy.internal:1080' },
      'httpsProxy: expected http://HOST:PORT or https://HOST:PORT, got "socks5://proxy.internal:1080"',
    ],
    [
      'with an exception that matches nothing',
      { httpsProxy: 'http://proxy.internal:3128', noProxy: ['.internal', '10.0.0.0/33'] },
      'noProxy[1]: expected a host, a domain, an address or a network such as 10.0.0.0/8, got "10.0.0.0/33"',
    ],
    [
      'with certificates in two places',
      { caFile: 'package.json', caSecretArn: SECRET },
      'caFile: expected caFile or caSecretArn, got both',
    ],
    [
      'with certificates that are nowhere',
      { caFile: 'nowhere.pem' },
      `caFile: expected a file, found none at ${join(process.cwd(), 'nowhere.pem')}`,
    ],
    [
      'with certificates in something else than a secret',
      { caSecretArn: TOPIC },
      `caSecretArn: expected the complete ARN of a Secrets Manager secret, with the six characters at its end (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf), got ${JSON.stringify(TOPIC)}`,
    ],
    [
      "with an upstream that isn't a URL",
      { upstream: { url: 'mcp.example.com/mcp' } },
      'upstream.url: expected an absolute https URL, got "mcp.example.com/mcp"',
    ],
    [
      'with an upstream at the metadata service',
      { upstream: { url: 'https://169.254.169.254/mcp' } },
      'upstream.url: expected a host that the runtime can reach (not loopback, link-local or a metadata service), got 169.254.169.254',
    ],
    [
      "with a gateway's URL that lacks its path",
      { upstream: { url: 'https://orders-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com' } },
      'upstream.url: expected the gateway\'s MCP endpoint, https://orders-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp, got the path "/"',
    ],
    [
      'with a user pool of another partition',
      { upstreamAuth: { oauth: { ...pool, userPoolId: 'cn-north-1_AbCdEfGhI' } } },
      'upstreamAuth.oauth.userPoolId: expected a user pool of partition aws, which eu-west-1 belongs to, got one in cn-north-1',
    ],
    [
      'with a caller that is not an account or principal',
      { callers: ['*'] },
      'callers[0]: expected an account id of 12 digits, or the ARN of an IAM role or user, got "*"',
    ],
    [
      'with callers that sign, if callers send a JWT',
      { callers: ['999988887777'], inboundAuth: { newUserPool: {} } },
      'callers: expected inboundAuth iam with them (the authorizer decides on callers with a JWT), got another one',
    ],
    [
      'with an empty list of places to call from',
      { callersFrom: { vpcIds: [] } },
      'callersFrom: expected at least one of vpcIds and vpcEndpointIds, got none (no caller would be allowed)',
    ],
    [
      "with a gateway's URL and the ARN of another gateway",
      {
        upstream: {
          url: 'https://crm-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp',
          gatewayArn: GATEWAY,
        },
      },
      'upstream.gatewayArn: expected the gateway of the URL (crm-abcdefghij in eu-west-1), got orders-abcdefghij in eu-west-1',
    ],
    [
      'with an invalid endpoint name',
      { upstream: { runtimeArn: RUNTIME, qualifier: 'a-b' } },
      'upstream.qualifier: expected the name of a runtime\'s endpoint (a letter, then up to 47 letters, digits or underscores), got "a-b"',
    ],
    [
      'with jwt, as other tools call it',
      { upstreamAuth: 'jwt' },
      'upstreamAuth: expected "iam", "none", { oauth: … }, { bearer: … }, { apiKey: … }, { tokenExchange: … }, { jwtBearer: … } or { agentcoreIdentity: … } (what other tools call jwt is oauth here), got "jwt"',
    ],
    [
      'with an unknown auth',
      { upstreamAuth: { basic: {} } },
      'upstreamAuth: expected "iam", "none", { oauth: … }, { bearer: … }, { apiKey: … }, { tokenExchange: … }, { jwtBearer: … } or { agentcoreIdentity: … }, got an object with "basic"',
    ],
    [
      'with oauth without an issuer',
      { upstreamAuth: { oauth: { clientId: 'a', secretArn: SECRET } } },
      'upstreamAuth.oauth: expected userPoolId, issuer or tokenUrl, got none of them',
    ],
    [
      'with callers’ tokens for nobody in particular',
      { upstreamAuth: { jwtBearer: { issuer: 'https://id.example.com', clientId: 'a', secretArn: SECRET } } },
      "upstreamAuth.jwtBearer: expected audience, resource or scopes, which say whom callers' tokens are for, got none of them",
    ],
    [
      'with a client of an issuer without a secret',
      { upstreamAuth: { tokenExchange: { issuer: 'https://id.example.com', clientId: 'a', audience: 'b' } } },
      'upstreamAuth.tokenExchange.secretArn: expected the complete ARN of a Secrets Manager secret, with the six characters at its end (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf), and #KEY for one member of a JSON secret, got nothing',
    ],
    [
      'with a secret and a certificate in its place',
      {
        upstreamAuth: {
          oauth: { issuer: 'https://a.example', clientId: 'a', authMethod: 'tls_client_auth', secretArn: SECRET },
        },
      },
      'upstreamAuth.oauth.secretArn: expected none with authMethod tls_client_auth, got one',
    ],
    [
      'with a client certificate that is no secret',
      { upstream: { url: 'https://crm.example.com/mcp', clientCertificate: { secretArn: '-----BEGIN CERTIFICATE' } } },
      'upstream.clientCertificate.secretArn: expected the complete ARN of a Secrets Manager secret, with the six characters at its end (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf), and #KEY for one member of a JSON secret, got something else (not shown: it may be a secret)',
    ],
    [
      'with a pool id without its region',
      { upstreamAuth: { oauth: { ...pool, userPoolId: 'AbCdEfGhI' } } },
      'upstreamAuth.oauth.userPoolId: expected a Cognito user pool\'s id (REGION_ID, such as eu-west-1_AbCdEfGhI), got "AbCdEfGhI"',
    ],
    [
      'with a pool without a client',
      { upstreamAuth: { oauth: { userPoolId: pool.userPoolId } } },
      'upstreamAuth.oauth.clientId: expected the id of a client of the pool (letters and digits), got nothing',
    ],
    [
      "with a pool's domain as a URL",
      { upstreamAuth: { oauth: { ...pool, domain: 'https://auth.example.com' } } },
      'upstreamAuth.oauth.domain: expected the pool\'s domain, a prefix or a host name without https://, got "https://auth.example.com"',
    ],
    [
      'with an invalid header name',
      { upstreamAuth: { bearer: { secretArn: SECRET, header: 'X Key' } } },
      'upstreamAuth.bearer.header: expected the name of a header for the secret, got "X Key"',
    ],
    [
      'with an unknown inbound',
      { inboundAuth: 'none' },
      'inboundAuth: expected "iam", { jwt: … }, { userPool: … } or { newUserPool: {} }, got "none"',
    ],
    [
      'with a JWT of any client',
      { inboundAuth: { jwt: { issuer: 'https://id.example.com' } } },
      'inboundAuth.jwt: expected allowedClients, allowedAudiences or allowedScopes, got none of them (every token of the issuer would be let in)',
    ],
    [
      'with a JWT without an issuer',
      { inboundAuth: { jwt: { allowedClients: ['a'] } } },
      'inboundAuth.jwt: expected issuer or discoveryUrl, got neither',
    ],
    [
      'with an invalid discovery URL',
      { inboundAuth: { jwt: { discoveryUrl: 'https://id.example.com', allowedClients: ['a'] } } },
      'inboundAuth.jwt.discoveryUrl: expected a URL that ends in /.well-known/openid-configuration, got "https://id.example.com"',
    ],
    [
      'with an empty list of clients',
      { inboundAuth: { userPool: { userPoolId: pool.userPoolId, clientIds: [] } } },
      'inboundAuth.userPool.clientIds: expected at least 1 client ids, got none',
    ],
    [
      'with a reserved domain prefix',
      { inboundAuth: { newUserPool: { domainPrefix: 'my-aws' } } },
      'inboundAuth.newUserPool.domainPrefix: expected a domain prefix: 1 to 63 lower-case letters, digits and hyphens, without aws, amazon and cognito, got "my-aws"',
    ],
    [
      'in an unknown network',
      { network: 'private' },
      'network: expected "public" or an object with vpcId and subnetIds, got "private"',
    ],
    [
      'in a VPC without subnets',
      { network: { vpcId: 'vpc-0123456789abcdef0', subnetIds: [] } },
      'network.subnetIds: expected 1 to 16 subnet ids, got none',
    ],
    [
      'with invalid subnets',
      { network: { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['sn-1'] } },
      'network.subnetIds[0]: expected an id such as subnet-0123456789abcdef0, got "sn-1"',
    ],
    ['with a binding that is a number', { bindings: { LIMIT: 5 } }, 'bindings.LIMIT: expected text, got 5'],
    [
      'with an invalid binding name',
      { bindings: { 'a-b': 'x' } },
      'bindings: expected a binding\'s name: letters, digits and underscores, got "a-b"',
    ],
    [
      'with a tag that AgentCore rejects',
      { tags: { équipe: 'x' } },
      'tags: expected a tag\'s name: 1 to 128 letters (a to z), digits, spaces or _.:/=+@-, not beginning with aws:, got "équipe"',
    ],
    [
      'with an invalid base image',
      { baseImage: 'node@sha256:abc' },
      'baseImage: expected the name of an image (REPOSITORY:TAG or REPOSITORY@sha256: and 64 hexadecimal digits), got "node@sha256:abc"',
    ],
    [
      'with a tag that AWS reserves',
      { tags: { 'aws:team': 'x' } },
      'tags: expected a tag\'s name: 1 to 128 letters (a to z), digits, spaces or _.:/=+@-, not beginning with aws:, got "aws:team"',
    ],
    [
      'with an endpoint called DEFAULT',
      { endpoints: [{ name: 'DEFAULT' }] },
      'endpoints[0].name: expected a name other than DEFAULT, which every runtime has',
    ],
    [
      'with two endpoints of the same name',
      { endpoints: [{ name: 'live' }, { name: 'live' }] },
      'endpoints[1].name: expected names that differ, got "live" twice',
    ],
    [
      "with an endpoint's version as a number",
      { endpoints: [{ name: 'live', version: 3 }] },
      "endpoints[0].version: expected a version of the runtime in quotes, such as '3', got 3",
    ],
    [
      'with a retention that CloudWatch rejects',
      { logRetentionDays: 31 },
      'logRetentionDays: expected a number of days that CloudWatch Logs accepts (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653) or "forever", got 31',
    ],
    ['on an unknown platform', { platformVersion: 'V3' }, 'platformVersion: expected V1 or V2, got "V3"'],
    [
      'with a session that ends too soon',
      { idleTimeoutSeconds: 15 },
      'idleTimeoutSeconds: expected 60 to 28800 seconds, got 15',
    ],
    [
      'with a session of a day',
      { maxLifetimeSeconds: 86_400 },
      'maxLifetimeSeconds: expected 60 to 28800 seconds, got 86400 (AgentCore ends a microVM after 8 hours, and longer sessions need its Instances compute type, which is not supported here)',
    ],
    [
      'with an idle timeout longer than a microVM lives',
      { idleTimeoutSeconds: 28_801 },
      'idleTimeoutSeconds: expected 60 to 28800 seconds, got 28801 (AgentCore ends a microVM after 8 hours, and longer sessions need its Instances compute type, which is not supported here)',
    ],
    [
      'with a session that ends before its idle timeout',
      { idleTimeoutSeconds: 3600, maxLifetimeSeconds: 60 },
      'maxLifetimeSeconds: expected no less than idleTimeoutSeconds (3600), got 60',
    ],
    ['with a flag in quotes', { dashboard: 'false' }, 'dashboard: expected true or false, got "false"'],
    [
      'with spans over http',
      { traces: { otlpEndpoint: 'http://otel.example.com' } },
      'traces.otlpEndpoint: expected an https URL, got http://otel.example.com',
    ],
    [
      'with metrics over http',
      { metricsEndpoint: 'http://otel.example.com/v1/metrics' },
      'metricsEndpoint: expected an https URL, got http://otel.example.com',
    ],
    [
      'with a queue instead of a topic',
      { alarmTopicArn: TOPIC.replace('sns', 'sqs') },
      `alarmTopicArn: expected the ARN of an SNS topic (arn:aws:sns:REGION:ACCOUNT:NAME), got "${TOPIC.replace('sns', 'sqs')}"`,
    ],
    [
      'with a topic in another region',
      { alarmTopicArn: TOPIC.replace('eu-west-1', 'us-east-1') },
      'alarmTopicArn: expected a topic in eu-west-1, got one in us-east-1',
    ],
    ['with an unknown artifact', { artifact: 'tar' }, 'artifact: expected image or zip, got "tar"'],
    [
      'with an unknown removal policy',
      { removalPolicy: 'DESTROY' },
      'removalPolicy: expected retain or destroy, got "DESTROY"',
    ],
    [
      'with a host that is a URL',
      { allowedHosts: ['https://a.example'] },
      'allowedHosts[0]: expected host or host:port, got "https://a.example"',
    ],
  ])('%s', (_, more, fault) => {
    expect(of(more)).toEqual([`deployments[0] orders: ${fault}`]);
  });

  it.each([
    [
      'a hyphen',
      'or-ders',
      'deployments[0] or-ders: name: expected a letter, then up to 47 letters, digits or underscores, got "or-ders"',
    ],
    [
      'nothing',
      undefined,
      'deployments[0]: name: expected a letter, then up to 47 letters, digits or underscores, got nothing',
    ],
    [
      'a line break',
      'a\nb',
      'deployments[0]: name: expected a letter, then up to 47 letters, digits or underscores, got "a\\nb"',
    ],
  ])('with a name that holds %s', (_, name, fault) => {
    expect(of({ name })).toEqual([fault]);
  });

  it('with stage and name too long together for a runtime', () => {
    const name = 'a'.repeat(44);
    expect(of({ name, stage: 'prod' })).toEqual([
      `deployments[0] ${name}: name: expected at most 48 characters together with the stage (prod_${name}), got 49`,
    ]);
    expect(of({ name: 'a'.repeat(43), stage: 'prod' })).toEqual([]);
  });

  it.each([
    ['a URL with a password', { upstream: { url: 'https://me:hunter22@mcp.example.com' } }],
    ['a password in an invalid URL', { upstream: { url: 'me:hunter22@mcp.example.com/ /' } }],
    ['a secret instead of its ARN', { upstreamAuth: { bearer: { secretArn: 'hunter22' } } }],
    [
      'a client secret instead of its ARN',
      { upstreamAuth: { oauth: { issuer: 'https://a.example', clientId: 'a', secretArn: 'hunter22' } } },
    ],
  ])('and the error does not repeat %s', (_, more) => {
    expect(of(more)).toHaveLength(1);
    expect(of(more).join('')).not.toContain('hunter22');
  });
});

describe('two entries are refused', () => {
  const second = (more: object): readonly string[] =>
    checkDeployments([
      { ...good, stage: 'prod' },
      { ...good, ...more },
    ]);

  it('that are the same stack, even in different accounts and regions', () => {
    const clash = [
      "deployments[1] orders: name: expected a stack name that no other entry has, got prod-orders, which is deployments[0] orders's (stage and name together must differ, even if account or region differ)",
    ];
    expect(second({ stage: 'prod' })).toEqual(clash);
    expect(second({ stage: 'prod', region: 'eu-west-2', account: '444455556666' })).toEqual(clash);
    expect(second({ stage: 'dev' })).toEqual([]);
  });

  it('whose stacks differ only in case or in underscores', () => {
    expect(second({ stage: 'Prod' })).toHaveLength(1);
    expect(second({ name: 'prod_orders' })).toHaveLength(1);
    expect(second({ name: 'prodorders' })).toEqual([]);
  });
});

describe('all faults of all entries', () => {
  it('are reported together, in their order', () => {
    const faults = checkDeployments([
      { name: 'a-b', account: 1, region: 'eu-wst-1', upstream: { url: 'http://x.example' }, regoin: 1 },
      good,
      { ...good, upstreamAuth: { oauth: { userPoolId: 'x', clientId: '', domain: ':' } } },
      'orders',
    ]);
    expect(faults.map((fault) => fault.replace(/: expected.*/, ''))).toEqual([
      'deployments[0] a-b: regoin',
      'deployments[0] a-b: name',
      'deployments[0] a-b: account',
      'deployments[0] a-b: region',
      'deployments[0] a-b: upstream.url',
      'deployments[2] orders: upstreamAuth.oauth.userPoolId',
      'deployments[2] orders: upstreamAuth.oauth.clientId',
      'deployments[2] orders: upstreamAuth.oauth.domain',
      'deployments[2] orders: name',
      'deployments[3]',
    ]);
  });

  it('are reported together even if a check needs the whole entry', () => {
    const both = of({
      region: 'eu-wst-1',
      network: 'private',
      endpoints: [{ name: 'DEFAULT' }, { name: 'a-b' }, { name: 'live' }, { name: 'live' }],
      idleTimeoutSeconds: 3600,
      maxLifetimeSeconds: 60,
      config: 'nowhere.config.ts',
      callers: ['999988887777'],
      inboundAuth: { newUserPool: {} },
    });
    expect(both.map((fault) => fault.replace(/^deployments\[0\] orders: /, '').replace(/: expected.*/, ''))).toEqual([
      'region',
      'network',
      'endpoints[0].name',
      'endpoints[1].name',
      'endpoints[3].name',
      'callers',
      'maxLifetimeSeconds',
      'config',
    ]);
    const upstreamToo = of({
      upstream: { url: 'http://x.example' },
      upstreamAuth: {
        bearer: { secretArn: SECRET.replace('arn:aws:', 'arn:aws-cn:').replace('eu-west-1', 'cn-north-1') },
      },
    });
    expect(upstreamToo).toEqual([
      expect.stringContaining('upstream.url: expected an https URL'),
      expect.stringContaining('upstreamAuth.bearer.secretArn: expected an ARN of partition aws'),
    ]);
  });

  it("don't make the valid entries unreadable", () => {
    const { entries, faults } = readDeployments([{ ...good, name: 'a-b' }, good], '.');
    expect(faults).toHaveLength(1);
    expect(entries.map(({ label, deployment }) => [label, deployment])).toEqual([['deployments[1] orders', good]]);
  });

  it('are one line each, whatever JSON the entries are', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.jsonValue(),
            fc.record(
              { name: fc.jsonValue(), upstream: fc.jsonValue(), tags: fc.jsonValue(), bindings: fc.jsonValue() },
              { requiredKeys: [] },
            ),
          ),
        ),
        (list) => {
          const faults = checkDeployments(list);
          expect(faults.length > 0).toBe(list.length > 0);
          for (const fault of faults)
            expect(fault).toMatch(/^deployments\[\d+\][^\n\r]*: [^\n\r]*(?:expected|found)[^\n\r]*$/);
        },
      ),
    );
  });

  it.each([undefined, null, 'orders', {}, 4])('say that %j is not a list', (list) => {
    expect(checkDeployments(list)).toEqual([
      expect.stringMatching(/^deployments: expected a list: export default defineDeployments\(\[…\]\), got /),
    ]);
  });
});

describe('an entry is accepted', () => {
  it.each<[string, object]>([
    ['with only the required members', {}],
    ['in front of a runtime', { upstream: { runtimeArn: RUNTIME, qualifier: 'live' } }],
    [
      'in front of several upstreams, one of each kind',
      {
        upstream: undefined,
        upstreams: {
          orders: { gatewayArn: GATEWAY },
          crm: { url: 'https://crm.example.com/mcp', auth: { bearer: { secretArn: SECRET } } },
          'math-eu': { runtimeArn: RUNTIME, qualifier: 'live', auth: 'iam' },
        },
      },
    ],
    ['in front of a URL', { upstream: { url: 'https://mcp.example.com/mcp?x=1' } }],
    [
      'in front of a gateway with its URL and ARN',
      {
        upstream: {
          url: 'https://orders-abcdefghij.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp',
          gatewayArn: GATEWAY,
        },
      },
    ],
    [
      'in front of a gateway with a custom domain',
      { upstream: { url: 'https://tools.example.com/mcp', gatewayArn: GATEWAY } },
    ],
    ['with iam', { upstreamAuth: 'iam' }],
    [
      'with a Cognito client',
      {
        upstreamAuth: { oauth: { ...pool, domain: 'my-team', scopes: ['mcp/invoke'], resource: 'https://a.example' } },
      },
    ],
    [
      'with any issuer',
      {
        upstreamAuth: {
          oauth: { issuer: 'https://id.example.com', clientId: 'me', secretArn: `${SECRET}#client_secret` },
        },
      },
    ],
    [
      'with oauth at a token endpoint, and its issuer',
      {
        upstreamAuth: {
          oauth: { issuer: 'https://a.example', tokenUrl: 'https://a.example/token', clientId: 'a', secretArn: SECRET },
        },
      },
    ],
    ['with a key', { upstreamAuth: { bearer: { secretArn: SECRET, header: 'X-Api-Key' } } }],
    [
      'for tokens of an issuer',
      { inboundAuth: { jwt: { issuer: 'https://id.example.com', allowedAudiences: ['mcp'] } } },
    ],
    [
      'for tokens of a pool',
      { inboundAuth: { userPool: { userPoolId: pool.userPoolId, clientIds: ['a'], scopes: ['mcp/invoke'] } } },
    ],
    ['for tokens of a new pool', { inboundAuth: { newUserPool: {} } }],
    [
      'in a VPC',
      {
        network: { vpcId: 'vpc-0123456789abcdef0', subnetIds: ['subnet-01234567'], securityGroupIds: ['sg-01234567'] },
      },
    ],
    [
      'with all other members',
      {
        stage: 'prod',
        config: 'proxy.config.ts',
        bindings: { A: 'b' },
        tags: { team: 'crm', 'cost centre': '' },
        endpoints: [{ name: 'live', version: '3' }, { name: 'next' }],
        callers: ['999988887777', 'arn:aws:iam::999988887777:role/path/agents'],
        callersFrom: { vpcIds: ['vpc-01234567'], vpcEndpointIds: ['vpce-01234567'] },
        description: 'Orders',
        logRetentionDays: 'forever',
        platformVersion: 'V2',
        idleTimeoutSeconds: 60,
        maxLifetimeSeconds: 28_800,
        allGateways: true,
        allowedHosts: ['a.example:443', '[::1]'],
        httpsProxy: 'http://proxy.internal:3128',
        httpProxy: 'https://proxy.internal',
        noProxy: ['.internal', '10.0.0.0/8', 'a.example:443'],
        caSecretArn: SECRET,
        forwardProxySecretArn: SECRET,
        plainHttpHosts: ['mcp.mesh.internal'],
        traces: 'xray',
        dashboard: false,
        alarmTopicArn: TOPIC,
        removalPolicy: 'destroy',
        artifact: 'zip',
      },
    ],
  ])('%s, and its members are read unchanged', (_, more) => {
    const { entries, faults, warnings } = readDeployments([{ ...good, ...more }], process.cwd());
    expect(faults).toEqual([]);
    expect(warnings).toEqual([]);
    expect(entries[0]?.deployment).toEqual({ ...good, ...more });
  });

  it('with a warning if its upstream is in another account or region', () => {
    expect(warningsOf({ account: '444455556666', region: 'us-east-1' })).toEqual([
      "deployments[0] orders: upstream.gatewayArn: is in account 111122223333, the deployment in 444455556666: that gateway's resource policy must allow the execution role",
      'deployments[0] orders: upstream.gatewayArn: is in eu-west-1, the deployment in us-east-1: calls cross regions',
    ]);
  });

  it('with a warning that names which of several upstreams is in another account', () => {
    const upstreams = {
      orders: { gatewayArn: GATEWAY },
      crm: { gatewayArn: GATEWAY.replace('111122223333', '999988887777') },
    };
    expect(warningsOf({ upstream: undefined, upstreams })).toEqual([
      "deployments[0] orders: upstreams.crm.gatewayArn: is in account 999988887777, the deployment in 111122223333: that gateway's resource policy must allow the execution role",
    ]);
  });

  it('with a warning if its user pool is in another region', () => {
    expect(warningsOf({ upstreamAuth: { oauth: { ...pool, userPoolId: 'us-east-1_AbCdEfGhI' } } })).toEqual([
      'deployments[0] orders: upstreamAuth.oauth.userPoolId: is in us-east-1, the deployment in eu-west-1: calls cross regions',
    ]);
    expect(warningsOf({ inboundAuth: { userPool: { userPoolId: 'us-east-1_AbCdEfGhI', clientIds: ['a'] } } })).toEqual([
      'deployments[0] orders: inboundAuth.userPool.userPoolId: is in us-east-1, the deployment in eu-west-1: its tokens and keys come from there',
    ]);
  });

  it('with a warning if its secret is in another account', () => {
    expect(
      warningsOf({
        upstream: { url: 'https://a.example' },
        upstreamAuth: { bearer: { secretArn: SECRET.replace('1111', '9999') } },
      }),
    ).toEqual([
      "deployments[0] orders: upstreamAuth.bearer.secretArn: is in account 999922223333, the deployment in 111122223333: that secret's resource policy and its key must allow the execution role",
    ]);
  });
});

describe('the names of a deployment', () => {
  it('are the stage and the name, in the form that each service accepts', () => {
    expect(stackNameOf({ name: 'orders_eu', stage: 'prod' })).toBe('prod-orders-eu');
    expect(runtimeNameOf({ name: 'orders_eu', stage: 'prod' })).toBe('prod_orders_eu');
    expect(stackNameOf({ name: 'orders' })).toBe('orders');
    expect(runtimeNameOf({ name: 'orders' })).toBe('orders');
  });
});

describe('a deployments file', () => {
  async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'deployments-'));
    try {
      return await use(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  it('may be JSON, with its config next to it', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'own.config.ts'), '');
      await writeFile(
        join(folder, 'list.json'),
        JSON.stringify([
          { ...good, config: 'own.config.ts' },
          { ...good, name: 'b', config: 'other.config.ts' },
        ]),
      );
      const { entries, faults } = await loadDeployments(join(folder, 'list.json'));
      expect(entries).toHaveLength(1);
      expect(faults).toEqual([
        `deployments[1] b: config: expected a file, found none at ${join(folder, 'other.config.ts')}`,
      ]);
    }));

  it('may be an untyped module', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'list.mjs'), `export default [${JSON.stringify(good)}]`);
      expect(await loadDeployments(join(folder, 'list.mjs'))).toMatchObject({
        faults: [],
        entries: [{ deployment: good }],
      });
    }));

  it.each([
    [
      'is missing',
      'list.mjs',
      undefined,
      /^deployments: expected a file that exports a list of deployments, found nothing at /,
    ],
    ['exports nothing', 'list.mjs', 'export {}', /^deployments: expected a list: .*, got nothing$/],
    ['throws', 'list.mjs', 'throw new Error("no\\nmore")', /^deployments: .* can't be loaded: Error: no$/],
    ['has a syntax error', 'list.json', '[{', /^deployments: .* can't be loaded: SyntaxError: /],
  ])('that %s causes one fault', (_, name, text, fault) =>
    inFolder(async (folder) => {
      const file = join(folder, name);
      if (text !== undefined) await writeFile(file, text);
      expect((await loadDeployments(file)).faults).toEqual([expect.stringMatching(fault)]);
    }),
  );
});
