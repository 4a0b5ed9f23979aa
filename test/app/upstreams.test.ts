/** An entry with several upstreams: its stack, and its faults. */
import { describe, expect, it } from 'vitest';
import { validateTemplate } from '../cloudformation/validate.ts';
import { findings, GATEWAY, make, type Made, written } from './app-of.ts';
import '../support/template-validation.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:crm/key-AbCdEf';
const ENTRY = { name: 'desk', account: '111122223333', region: 'eu-west-1', config: 'desk.config.ts' };
const UPSTREAMS = {
  orders: { gatewayArn: GATEWAY },
  'crm-eu': {
    url: 'https://crm.example.com/mcp',
    auth: { bearer: { secretArn: `${SECRET}#token`, header: 'X-Api-Key' } },
  },
  math: { runtimeArn: GATEWAY.replace('gateway', 'runtime'), auth: 'none' },
};

function makeDesk(more: object): Promise<Made> {
  written(
    'desk.config.ts',
    `import { defineProxy } from 'agentcore-mcp-proxy';
export default defineProxy({ upstreams: { orders: { prefix: true }, 'crm-eu': { prefix: 'crm' }, math: { prefix: true } }, controls: [] });
`,
  );
  return make([{ ...ENTRY, ...more }]);
}

describe('an entry with several upstreams', () => {
  it('binds each by its own variables, and allows the role what each needs', async () => {
    const made = await makeDesk({ upstreams: UPSTREAMS });
    expect(made.faults).toEqual([]);
    const template = made.template('desk');
    template.hasResourceProperties('AWS::BedrockAgentCore::Runtime', {
      Description: 'MCP proxy in front of orders, crm-eu, math',
      EnvironmentVariables: {
        UPSTREAM_ORDERS_ARN: GATEWAY,
        UPSTREAM_ORDERS_AUTH: 'iam',
        UPSTREAM_CRM_EU_URL: 'https://crm.example.com/mcp',
        UPSTREAM_CRM_EU_AUTH: 'bearer',
        UPSTREAM_CRM_EU_SECRET: `${SECRET}#token`,
        UPSTREAM_CRM_EU_HEADER: 'X-Api-Key',
        UPSTREAM_MATH_ARN: GATEWAY.replace('gateway', 'runtime'),
        UPSTREAM_MATH_AUTH: 'none',
        PROXY_NAME: 'desk',
        METRICS_NAMESPACE: 'AgentCoreMcpProxy',
      },
    });
    const [policy] = Object.values(template.findResources('AWS::IAM::Policy'));
    const { Statement } = (policy as { Properties: { PolicyDocument: { Statement: object[] } } }).Properties
      .PolicyDocument;
    expect(Statement.slice(-2)).toEqual([
      { Sid: 'InvokeUpstreamOrders', Effect: 'Allow', Action: 'bedrock-agentcore:InvokeGateway', Resource: GATEWAY },
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: SECRET },
    ]);
    expect(validateTemplate(template.toJSON())).toEqual([]);
  });

  it('has no findings of cdk-nag', async () => {
    expect(await findings(await makeDesk({ upstreams: UPSTREAMS }))).toEqual([]);
  });
});

describe('the faults of an entry with several upstreams', () => {
  it('are reported if its names are not those of the config', async () => {
    const { math, ...rest } = UPSTREAMS;
    expect((await makeDesk({ upstreams: { ...rest, maths: math } })).faults).toEqual([
      'deployments[0] desk: upstreams: expected orders, crm-eu, math, as in the config, got orders, crm-eu, maths (missing: math; not in the config: maths)',
    ]);
    expect((await makeDesk({ upstream: UPSTREAMS.orders })).faults).toEqual([
      'deployments[0] desk: upstream: expected upstreams with orders, crm-eu, math, one for each upstream of the config, got only one upstream',
    ]);
  });

  it('are those of its members, together with what the construct finds elsewhere in the entry', async () => {
    const crm = { ...UPSTREAMS['crm-eu'], url: 'ftp://crm.example.com' };
    expect(
      (await makeDesk({ upstreams: { ...UPSTREAMS, 'crm-eu': crm, x: {} }, bindings: { UNREAD: 'x' } })).faults,
    ).toEqual([
      'deployments[0] desk: upstreams.crm-eu.url: expected an https URL, got ftp://crm.example.com',
      'deployments[0] desk: upstreams.x: expected gatewayArn, runtimeArn or url, got none of them',
      'deployments[0] desk: bindings: expected none (no control of the config needs one), got UNREAD, which nothing needs',
    ]);
  });
});
