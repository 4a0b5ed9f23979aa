/** Several upstreams in one proxy: each with its own variables, resources and statements, and the role their union. */
import { Fn, type Stack } from 'aws-cdk-lib';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, it } from 'vitest';
import { InboundAuth, type NamedUpstream, ProxyUpstream, UpstreamAuth } from '../../lib/index.ts';
import { Faults } from '../../proxy/base/environment.ts';
import { readUpstream } from '../../proxy/config/bindings.ts';
import { unpackedVariables } from '../../proxy/config/packed-variables.ts';
import type { Way } from '../../proxy/upstream/auth/way.ts';
import { WAYS } from '../../proxy/upstream/auth/ways.ts';
import {
  ACCOUNT,
  configOf,
  configThatNeeds,
  environmentOf,
  faultsOf,
  GATEWAY_ARN,
  GATEWAY_URL,
  REGION,
  RUNTIME_ARN,
  runtimeOf,
  SECRET_ARN,
  statementIdsOf,
  statementsOf,
  synth,
} from './synth.ts';

const crm = ProxyUpstream.url('https://crm.example.com/mcp');
const other = (region: string): string => GATEWAY_ARN.replace(REGION, region).replace('calculator', 'other');

/** One of each way, and of each kind of address. */
const KINDS: Readonly<Record<string, (stack: Stack) => NamedUpstream>> = {
  gateway: () => ({ upstream: ProxyUpstream.gatewayArn(GATEWAY_ARN) }),
  'gateway-elsewhere': () => ({ upstream: ProxyUpstream.gatewayArn(other('us-east-1')) }),
  runtime: () => ({ upstream: ProxyUpstream.runtimeArn(RUNTIME_ARN, { qualifier: 'blue' }) }),
  'custom-domain': () => ({
    upstream: ProxyUpstream.url('https://tools.example.com/mcp', { gatewayArn: other(REGION) }),
  }),
  'other-service': () => ({
    upstream: ProxyUpstream.url('https://abc123.example.com/mcp'),
    auth: UpstreamAuth.iam({
      service: 'execute-api',
      statements: [
        new PolicyStatement({
          actions: ['execute-api:Invoke'],
          resources: [`arn:aws:execute-api:${REGION}:${ACCOUNT}:abc123/*`],
        }),
      ],
    }),
  }),
  'bearer-by-arn': () => ({ upstream: crm, auth: UpstreamAuth.bearer({ secret: `${SECRET_ARN}#crm` }) }),
  'bearer-own-key': (stack) => ({
    upstream: crm,
    auth: UpstreamAuth.bearer({ secret: new Secret(stack, 'Secret', { encryptionKey: new Key(stack, 'Key') }) }),
  }),
  'oauth-issuer': () => ({
    upstream: crm,
    auth: UpstreamAuth.oauth({
      issuer: 'https://id.example.com',
      clientId: 'proxy',
      secret: SECRET_ARN.replace('crm-key', 'oauth'),
    }),
  }),
  'oauth-cognito': () => ({
    upstream: crm,
    auth: UpstreamAuth.oauth({ secret: 'cognito:eu-central-1_AbCdEfGhI/1h57kf5cpq17m0eml12EXAMPLE' }),
  }),
  'oauth-own-pool': (stack) => {
    const userPool = new UserPool(stack, 'Pool');
    const userPoolClient = userPool.addClient('Client', { generateSecret: true });
    return { upstream: crm, auth: UpstreamAuth.oauth({ secret: { userPool, userPoolClient } }) };
  },
  'certified-client': (stack) => ({
    upstream: ProxyUpstream.url('https://crm.example.com/mcp', {
      clientCertificate: {
        secret: new Secret(stack, 'Certificate', { encryptionKey: new Key(stack, 'CertificateKey') }),
      },
    }),
    auth: UpstreamAuth.oauth({ issuer: 'https://id.example.com', clientId: 'me', authMethod: 'tls_client_auth' }),
  }),
  none: () => ({ upstream: crm }),
};
const NAMES = Object.keys(KINDS);

function several(...names: readonly string[]): ReturnType<typeof synth> {
  return synth((stack) => ({
    config: configOf(...names),
    upstreams: Object.fromEntries(names.map((name) => [name, KINDS[name]?.(stack) ?? { upstream: crm }])),
  }));
}

function alone(name: string): ReturnType<typeof synth> {
  return synth((stack) => {
    const { upstream, auth } = KINDS[name]?.(stack) ?? { upstream: crm };
    return { upstream, ...(auth === undefined ? {} : { upstreamAuth: auth }) };
  });
}

describe('several upstreams', () => {
  it('give the role exactly the union of what each needs alone', () => {
    const always = statementsOf(alone('none').template);
    const { template } = several(...NAMES);
    const needed = NAMES.flatMap((name) => statementsOf(alone(name).template).slice(always.length));
    expect(needed.length).toBeGreaterThan(NAMES.length - 1);
    expect(statementsOf(template)).toEqual([...always, ...needed]);
  });

  it('each have their own variables, the same as alone under their own prefix', () => {
    const own = (name: string): [string, string][] => {
      const prefix = `UPSTREAM_${name.toUpperCase().replaceAll('-', '_')}`;
      return Object.entries(environmentOf(alone(name).template))
        .filter(([variable]) => variable.startsWith('UPSTREAM_'))
        .map(([variable, value]) => [variable.replace('UPSTREAM', prefix), value]);
    };
    const all = Object.entries(environmentOf(several(...NAMES).template));
    const ofUpstreams = all.filter(([variable]) => variable.startsWith('UPSTREAM_'));
    expect(Object.fromEntries(ofUpstreams)).toEqual(Object.fromEntries(NAMES.flatMap(own)));
  });

  it('leave out how to authenticate where the proxy does it anyway, if there are too many variables otherwise', () => {
    const names = Array.from({ length: 40 }, (_, i) => `u${i}`);
    const of = (name: string): NamedUpstream => ({
      upstream: name === 'u1' ? crm : ProxyUpstream.gatewayArn(GATEWAY_ARN),
      ...(name === 'u2' ? { auth: UpstreamAuth.bearer({ secret: SECRET_ARN }) } : {}),
      ...(name === 'u3' ? { auth: UpstreamAuth.none() } : {}),
    });
    const variables = environmentOf(
      synth({ config: configOf(...names), upstreams: Object.fromEntries(names.map((name) => [name, of(name)])) })
        .template,
    );
    expect(Object.keys(variables).filter((name) => name.endsWith('_AUTH'))).toEqual([
      'UPSTREAM_U2_AUTH',
      'UPSTREAM_U3_AUTH',
    ]);
    const faults = new Faults();
    const read = names.map((name) => readUpstream(variables, name, faults)?.auth.way);
    expect([read.slice(0, 5), faults.errors]).toEqual([['iam', 'none', 'bearer', 'none', 'iam'], []]);
  });

  it('are put together in few variables, if those are still too many', () => {
    const names = Array.from({ length: 64 }, (_, i) => `u${i}`);
    const { template } = synth((stack) => {
      const secret = new Secret(stack, 'Secret');
      const bearer = UpstreamAuth.bearer({ secret });
      const oauth = UpstreamAuth.oauth({
        tokenUrl: 'https://id.example.com/oauth2/token',
        clientId: 'quo"ted',
        secret: SECRET_ARN,
        scopes: ['tools/read', 'tools/call'],
      });
      return {
        config: configOf(...names),
        upstreams: Object.fromEntries(
          names.map((name, i) => [name, { upstream: crm, auth: i % 2 === 0 ? bearer : oauth }]),
        ),
      };
    });
    const given = Object.fromEntries(
      Object.entries(environmentOf(template)).map(([name, value]) => [name, value.replaceAll(/<\w+>/g, SECRET_ARN)]),
    );
    expect(Object.keys(given).length).toBeLessThanOrEqual(50);
    expect(Math.max(...Object.values(given).map(({ length }) => length))).toBeLessThanOrEqual(2048);
    const faults = new Faults();
    const variables = unpackedVariables(given, faults);
    const read = names.map((name) => readUpstream(variables, name, faults)?.auth.way);
    expect(faults.errors).toEqual([]);
    expect(read).toEqual(names.map((_, i) => (i % 2 === 0 ? 'bearer' : 'oauth')));
    expect(variables['UPSTREAM_U63_CLIENT_ID']).toBe('quo"ted');
    expect(variables['UPSTREAM_U62_SECRET']).toBe(SECRET_ARN);
  });

  it('have statements whose ids differ, and stay when an upstream is added or moved', () => {
    const invoking = ['gateway', 'gateway-elsewhere', 'runtime', 'custom-domain'];
    const ids = (names: readonly string[]): readonly string[] =>
      statementIdsOf(several(...names).template).filter((id) => id.startsWith('InvokeUpstream'));
    expect(ids(invoking)).toEqual([
      'InvokeUpstreamGateway',
      'InvokeUpstreamGatewayElsewhere',
      'InvokeUpstreamRuntime',
      'InvokeUpstreamCustomDomain',
    ]);
    expect(ids(['runtime', 'none', 'gateway'])).toEqual(['InvokeUpstreamRuntime', 'InvokeUpstreamGateway']);
    expect(ids(['gateway'])).toEqual(['InvokeUpstreamGateway']);
  });

  it('whose names differ only by hyphens still have ids that differ', () => {
    const names = ['a1', 'a-1', 'ab', 'a-b', 'd-', 'd1'];
    const { template } = synth({
      config: configOf(...names),
      upstreams: Object.fromEntries(names.map((name) => [name, { upstream: ProxyUpstream.gatewayArn(GATEWAY_ARN) }])),
    });
    const ids = statementIdsOf(template).filter((id) => id.startsWith('InvokeUpstream'));
    expect(new Set(ids).size).toBe(names.length);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]+$/);
  });

  it('are named in the description of the runtime', () => {
    expect(runtimeOf(several('gateway', 'none').template)['Description']).toBe('MCP proxy in front of gateway, none');
  });

  it('that are all behind custom domains may invoke every gateway only on request', () => {
    const upstreams = {
      a: { upstream: ProxyUpstream.url('https://a.example.com/mcp'), auth: UpstreamAuth.iam() },
      b: { upstream: ProxyUpstream.url('https://b.example.com/mcp'), auth: UpstreamAuth.iam() },
    };
    const config = configOf('a', 'b');
    expect(faultsOf({ config, upstreams })).toEqual(
      ['a', 'b'].map(
        (name) =>
          `upstreams.${name}: expected an address that says which gateway may be invoked, got ${name}.example.com: give its gatewayArn with the url, or allow every gateway of the account with allGateways: true`,
      ),
    );
    const every = `bedrock-agentcore:InvokeGateway @ arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:gateway/*`;
    const { template } = synth({ config, upstreams, allGateways: true });
    expect(statementsOf(template).slice(-2)).toEqual([every, every]);
    expect(environmentOf(template)['AWS_REGION']).toBe(REGION);
  });

  it('may be one, under the name that a config without upstreams gives it', () => {
    const { template } = synth({ upstreams: { default: { upstream: ProxyUpstream.url(GATEWAY_URL) } } });
    expect(environmentOf(template)).toMatchObject({ UPSTREAM_URL: GATEWAY_URL, UPSTREAM_AUTH: 'iam' });
  });
});

describe('the regions of several upstreams', () => {
  const config = configOf('a', 'b');
  const behindDomain = (name: string, gatewayArn: string): NamedUpstream => ({
    upstream: ProxyUpstream.url(`https://${name}.example.com/mcp`, { gatewayArn }),
  });

  it.each([
    ['in two regions', other('us-east-1'), other('ap-southeast-2')],
    ['in one that is only known at deploy time', other('us-east-1'), Fn.getAtt('Tools', 'GatewayArn').toString()],
  ])('may differ, since each is signed for the region of its ARN: %s', (_, one, two) => {
    const { template } = synth({ config, upstreams: { a: behindDomain('a', one), b: behindDomain('b', two) } });
    expect(environmentOf(template)).toMatchObject({
      UPSTREAM_A_URL: 'https://a.example.com/mcp',
      UPSTREAM_A_ARN: one,
      UPSTREAM_B_URL: 'https://b.example.com/mcp',
      UPSTREAM_B_ARN: expect.stringMatching(/ap-southeast-2|GatewayArn/),
    });
    expect(environmentOf(template)['AWS_REGION']).toBeUndefined();
  });
});

describe('the names of several upstreams are those of the config', () => {
  const gateway = { upstream: ProxyUpstream.gatewayArn(GATEWAY_ARN) };

  it.each([
    ['one is missing', { crm: gateway }, 'got crm (missing: math)'],
    [
      'one is not in the config',
      { crm: gateway, math: gateway, maths: gateway },
      'got crm, math, maths (not in the config: maths)',
    ],
    ['one is misspelt', { crm: gateway, maths: gateway }, 'got crm, maths (missing: math; not in the config: maths)'],
    ['there are none', {}, 'got none (missing: crm, math)'],
  ])('or an error lists both sides: %s', (_, upstreams, got) => {
    expect(faultsOf({ config: configOf('crm', 'math'), upstreams })).toEqual([
      `upstreams: expected crm, math, as in the config, ${got}`,
    ]);
  });

  it('and one upstream is not enough for a config with several', () => {
    expect(faultsOf({ config: configOf('crm', 'math') })).toEqual([
      'upstream: expected upstreams with crm, math, one for each upstream of the config, got only one upstream',
    ]);
  });

  it('and their variables are never bound in another way', () => {
    expect(
      faultsOf({
        config: configOf('crm', 'math'),
        upstreams: { crm: gateway, math: gateway },
        bindings: { UPSTREAM_MATH_AUTH: 'none', UPSTREAM_CRM_SECRET: 'env:SECRET' },
      }),
    ).toEqual(
      ['UPSTREAM_MATH_AUTH', 'UPSTREAM_CRM_SECRET'].map(
        (name) =>
          `bindings: ${name} is bound by the proxy itself: upstream, upstreamAuth, upstreams, inboundAuth, caFile, allowedHosts, httpsProxy, httpProxy, noProxy, caSecretArn, forwardProxySecretArn, plainHttpHosts, traces and metricsEndpoint say what it is`,
      ),
    );
  });
});

describe('a fault of one of several upstreams', () => {
  it('says which upstream it is about', () => {
    expect(
      faultsOf({
        config: configOf('a', 'b', 'c'),
        upstreams: {
          a: { upstream: ProxyUpstream.gatewayArn('nothing') },
          b: { upstream: ProxyUpstream.url('http://b.example.com'), auth: UpstreamAuth.bearer({ secret: 'hunter2' }) },
          c: {
            upstream: ProxyUpstream.runtimeArn(RUNTIME_ARN, { qualifier: 'a-b' }),
            auth: UpstreamAuth.oauth({ secret: SECRET_ARN, clientId: '', scopes: [] }),
          },
        },
      }),
    ).toEqual([
      'upstreams.a: expected the ARN of an AgentCore gateway (arn:aws:bedrock-agentcore:REGION:ACCOUNT:gateway/ID), got "nothing"',
      'upstreams.b: expected an https URL, got http://b.example.com',
      'upstreams.b.auth: secret: expected where the secret is (a Secrets Manager secret or its complete ARN, or cognito:POOL/CLIENT), got something else',
      'upstreams.c: qualifier: expected the name of a runtime\'s endpoint (a letter, then up to 47 letters, digits or underscores), got "a-b"',
      'upstreams.c.auth: clientId: expected an OAuth client id (1 to 255 visible characters), got ""',
      'upstreams.c.auth: scopes: expected at least 1 scopes, got none',
      'upstreams.c.auth: expected issuer or tokenUrl (only a Cognito client names its own), got neither',
    ]);
  });

  it.each([
    [
      'neither form',
      { upstreams: undefined },
      'upstream: expected it, or upstreams with one member for each upstream of the config, got neither',
    ],
    [
      'both forms',
      { upstream: crm, upstreams: { default: { upstream: crm } } },
      'upstreams: expected either upstream or upstreams, got both',
    ],
    [
      'the authentication of the other form',
      { upstreamAuth: UpstreamAuth.none(), upstreams: { default: { upstream: crm } } },
      'upstreamAuth: expected auth in each member of upstreams, got upstreamAuth besides upstreams',
    ],
  ])('is %s', (_, props, fault) => {
    expect(faultsOf(props as object)).toEqual([fault]);
  });
});

describe('an upstream that is called on behalf of callers', () => {
  const shared = { clientId: 'proxy', secret: SECRET_ARN, audience: 'crm' };
  const exchange = UpstreamAuth.tokenExchange({
    ...shared,
    issuer: 'https://id.example.com',
    subjectTokenType: 'jwt',
    actor: 'client',
  });
  const assertion = UpstreamAuth.jwtBearer({
    ...shared,
    tokenUrl: 'https://login.microsoftonline.com/T/oauth2/v2.0/token',
    scopes: ['api://crm/.default'],
    tokenUse: 'on_behalf_of',
  });
  const inboundAuth = InboundAuth.jwt({ issuer: 'https://login.example.com', allowedClients: ['me'] });
  const byToken = configThatNeeds('on-behalf', '{}', { caller: 'agentcoreJwt()' });

  it.each([
    [
      exchange,
      { AUTH: 'token-exchange', ISSUER: 'https://id.example.com', SUBJECT_TOKEN_TYPE: 'jwt', ACTOR: 'client' },
    ],
    [
      assertion,
      {
        AUTH: 'jwt-bearer',
        TOKEN_URL: 'https://login.microsoftonline.com/T/oauth2/v2.0/token',
        SCOPES: 'api://crm/.default',
        TOKEN_USE: 'on_behalf_of',
      },
    ],
  ])('has the variables of its way, and reads one secret (%#)', (upstreamAuth, variables) => {
    const { template } = synth({ upstream: crm, upstreamAuth, inboundAuth, config: byToken });
    const bound = Object.entries(environmentOf(template)).filter(([name]) => name.startsWith('UPSTREAM_'));
    expect(Object.fromEntries(bound.map(([name, value]) => [name.replace('UPSTREAM_', ''), value]))).toEqual({
      URL: 'https://crm.example.com/mcp',
      CLIENT_ID: 'proxy',
      SECRET: SECRET_ARN,
      AUDIENCE: 'crm',
      ...variables,
    });
    const secrets = statementsOf(template).filter((statement) => statement.includes('secretsmanager:'));
    expect(secrets).toEqual([expect.stringContaining(SECRET_ARN)]);
    expect(secrets[0]).toContain('secretsmanager:GetSecretValue');
  });

  it('is a fault behind a source of callers that has no verified token', () => {
    const fault = (where: string, way: string): string =>
      `${where}: ${way} needs the caller's verified token: expected caller: agentcoreJwt() in the config, got none`;
    expect(faultsOf({ upstream: crm, upstreamAuth: exchange, inboundAuth })).toEqual([
      fault('upstreamAuth', 'token-exchange'),
    ]);
    expect(
      faultsOf({
        config: configOf('a', 'b'),
        upstreams: { a: { upstream: crm, auth: assertion }, b: { upstream: crm } },
      }),
    ).toEqual([fault('upstreams.a.auth', 'jwt-bearer')]);
  });

  it.each(['tokenExchange', 'jwtBearer'] as const)('is a fault if nothing says for whom (%s)', (way) => {
    const { audience: _, ...others } = shared;
    expect(
      faultsOf({
        upstream: crm,
        upstreamAuth: UpstreamAuth[way]({ ...others, issuer: 'https://id.example.com' }),
        inboundAuth,
        config: byToken,
      }),
    ).toEqual([
      "upstreamAuth: expected audience, resource or scopes, which say whom callers' tokens are for, got none of them",
    ]);
  });

  it('is every one that the proxy gives a token of the caller to', () => {
    for (const [name, way] of Object.entries(UpstreamAuth.ways))
      expect([name, way.onBehalf]).toEqual([
        name,
        // Where it depends on the bindings, it is tested with them.
        (WAYS as Readonly<Record<string, Way<never>>>)[name]?.callerToken !== undefined,
      ]);
  });
});
