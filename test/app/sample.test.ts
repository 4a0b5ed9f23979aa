/** The sample gateway: the permissions of its roles, and the calculations of its Lambda. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { type Made, make, ORDERS } from './app-of.ts';

const GATEWAY = 'AWS::BedrockAgentCore::Gateway';

async function sampled(sample: string): Promise<Made> {
  const made = await make([], { sample });
  expect(made.faults).toEqual([]);
  return made;
}

function statements(made: Made, stack: string): unknown[] {
  const template = made.template(stack);
  const inline = Object.values(template.findResources('AWS::IAM::Role')).flatMap(
    (role) =>
      (role as { Properties: { Policies?: { PolicyDocument: { Statement: unknown[] } }[] } }).Properties.Policies ?? [],
  );
  const attached = Object.values(template.findResources('AWS::IAM::Policy')).map(
    (policy) => (policy as { Properties: { PolicyDocument: { Statement: unknown[] } } }).Properties,
  );
  return [...inline, ...attached].flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

describe('the sample', () => {
  it('is off by default', async () => {
    const { app } = await make([ORDERS]);
    expect(app.node.children.map(({ node }) => node.id)).toEqual(['orders']);
  });

  it('is a gateway, and a proxy in front of it', async () => {
    const { app } = await make([ORDERS], { sample: 'iam' });
    expect(app.node.children.map(({ node }) => node.id)).toEqual(['orders', 'sample-gateway', 'sample-calculator']);
  });

  it.each(['oauth', '', true])('is only iam, jwt or two, not %j', async (sample) => {
    expect((await make([ORDERS], { sample })).faults).toEqual([
      `-c sample: expected iam, jwt or two, got ${JSON.stringify(sample)}`,
    ]);
  });

  it("reserves its stacks' names", async () => {
    const entries = [
      { ...ORDERS, stage: 'sample', name: 'gateway' },
      { ...ORDERS, stage: 'sample', name: 'calculator' },
    ];
    expect((await make(entries)).faults).toEqual([]);
    expect((await make(entries, { sample: 'iam' })).faults).toEqual([
      "deployments[0] gateway: name: expected another stack than sample-gateway, which is the sample's",
      "deployments[1] calculator: name: expected another stack than sample-calculator, which is the sample's",
    ]);
  });

  it('speaks every version that the proxy speaks', async () => {
    (await sampled('iam'))
      .template('sample-gateway')
      .hasResourceProperties(GATEWAY, {
        ProtocolType: 'MCP',
        ProtocolConfiguration: { Mcp: { SupportedVersions: ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'] } },
      });
  });

  it('allows its gateway to invoke one function, and its function to write one log', async () => {
    const made = await sampled('iam');
    const calculator = { 'Fn::GetAtt': [expect.stringMatching(/^CalculatorFunction/), 'Arn'] };
    expect(statements(made, 'sample-gateway')).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: [calculator, { 'Fn::Join': ['', [calculator, ':$LATEST']] }],
      },
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^CalculatorLogs/), 'Arn'] },
      },
    ]);
    made
      .template('sample-gateway')
      .hasResourceProperties('AWS::IAM::Role', {
        AssumeRolePolicyDocument: {
          Statement: [
            Match.objectLike({
              Principal: { Service: 'bedrock-agentcore.amazonaws.com' },
              Condition: {
                StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
                ArnLike: { 'aws:SourceArn': Match.anyValue() },
              },
            }),
          ],
        },
      });
  });

  it('with iam allows signed calls, and the proxy signs', async () => {
    const made = await sampled('iam');
    made
      .template('sample-gateway')
      .hasResourceProperties(GATEWAY, { AuthorizerType: 'AWS_IAM', AuthorizerConfiguration: Match.absent() });
    made.template('sample-gateway').resourceCountIs('AWS::Cognito::UserPool', 0);
    made
      .template('sample-calculator')
      .hasResourceProperties('AWS::BedrockAgentCore::Runtime', {
        AgentRuntimeName: 'sample_calculator',
        AuthorizerConfiguration: Match.absent(),
        EnvironmentVariables: Match.objectLike({ UPSTREAM_AUTH: 'iam' }),
      });
    expect(JSON.stringify(statements(made, 'sample-calculator'))).toContain('bedrock-agentcore:InvokeGateway');
  });

  it("with jwt allows one client, whose secret the proxy reads through Cognito's API, and the proxy accepts tokens of its own pool", async () => {
    const made = await sampled('jwt');
    made
      .template('sample-gateway')
      .hasResourceProperties(GATEWAY, {
        AuthorizerType: 'CUSTOM_JWT',
        AuthorizerConfiguration: {
          CustomJWTAuthorizer: Match.objectLike({
            AllowedClients: [Match.anyValue()],
            AllowedScopes: ['mcp-proxy-sample/invoke'],
          }),
        },
      });
    const proxy = made.template('sample-calculator');
    proxy.hasResourceProperties('AWS::BedrockAgentCore::Runtime', {
      AuthorizerConfiguration: { CustomJWTAuthorizer: Match.anyValue() },
      EnvironmentVariables: Match.objectLike({
        UPSTREAM_AUTH: 'oauth',
        UPSTREAM_SCOPES: 'mcp-proxy-sample/invoke',
        UPSTREAM_SECRET: { 'Fn::Join': ['', ['cognito:', Match.anyValue(), '/', Match.anyValue()]] },
      }),
    });
    const allowed = JSON.stringify(statements(made, 'sample-calculator'));
    expect(allowed).toContain('cognito-idp:DescribeUserPoolClient');
    expect(allowed).not.toContain('bedrock-agentcore:InvokeGateway');
    expect(Object.keys(proxy.toJSON()['Outputs'])).toEqual(
      expect.arrayContaining(['UserPoolId', 'ClientId', 'TokenUrl']),
    );
  });

  it('with two is one proxy before two gateways, of which it may invoke no other', async () => {
    const made = await sampled('two');
    made.template('sample-gateway').resourceCountIs(GATEWAY, 2);
    const [runtime] = Object.values(made.template('sample-calculator').findResources('AWS::BedrockAgentCore::Runtime'));
    const { EnvironmentVariables: variables } = (
      runtime as { Properties: { EnvironmentVariables: Readonly<Record<string, unknown>> } }
    ).Properties;
    expect(variables).toMatchObject({ UPSTREAM_ONE_AUTH: 'iam', UPSTREAM_TWO_AUTH: 'iam' });
    const [one, two] = [variables['UPSTREAM_ONE_ARN'], variables['UPSTREAM_TWO_ARN']];
    expect(JSON.stringify(one)).not.toContain('SecondGateway');
    expect(JSON.stringify(two)).toContain('SecondGateway');
    const invoked = statements(made, 'sample-calculator').filter((statement) =>
      JSON.stringify(statement).includes('bedrock-agentcore:InvokeGateway'),
    );
    expect(invoked).toMatchObject([
      { Sid: 'InvokeUpstreamOne', Resource: one },
      { Sid: 'InvokeUpstreamTwo', Resource: two },
    ]);
  });

  it('leaves nothing behind when it is deleted', async () => {
    const { app, template } = await sampled('jwt');
    for (const { stackName } of app.synth().stacks) {
      for (const [id, resource] of Object.entries(template(stackName).toJSON()['Resources'])) {
        expect((resource as { DeletionPolicy?: string }).DeletionPolicy ?? 'Delete', id).toBe('Delete');
      }
    }
  });
});

describe("the sample's calculator", () => {
  async function call(tool: string | undefined, event: unknown): Promise<unknown> {
    const { handler }: { handler: (event: unknown, context: unknown) => Promise<unknown> } = await import(
      pathToFileURL(join(ROOT, 'lib/deployment/sample-calculator/index.mjs')).href
    );
    return handler(event, tool === undefined ? {} : { clientContext: { custom: { bedrockAgentCoreToolName: tool } } });
  }

  it.each([
    ['calculator___add', { a: 2, b: 3 }, 5],
    ['calculator___subtract', { a: 2, b: 3 }, -1],
    ['calculator___multiply', { a: 2, b: 3 }, 6],
    ['calculator___divide', { a: 3, b: 2 }, 1.5],
  ])('%s', async (tool, event, result) => {
    expect(await call(tool, event)).toEqual({ result });
  });

  it.each([
    ['a division by 0', 'calculator___divide', { a: 1, b: 0 }, 'cannot divide by 0'],
    ['numbers in quotes', 'calculator___add', { a: '1', b: 2 }, 'expected a and b to be numbers'],
    ['no arguments', 'calculator___add', undefined, 'expected a and b to be numbers'],
    [
      'an unknown tool',
      'calculator___toString',
      { a: 1, b: 2 },
      'expected a call of add, subtract, multiply, divide, got "toString"',
    ],
    ['a call that does not come from the gateway', undefined, { a: 1, b: 2 }, 'expected a call of add'],
  ])('refuses %s', async (_, tool, event, message) => {
    await expect(call(tool, event)).rejects.toThrow(message);
  });
});
