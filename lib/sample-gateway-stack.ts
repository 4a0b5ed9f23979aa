/** An AgentCore Gateway with a calculator behind it, or two: upstreams for the walk-through, in an account without any. */
import { fileURLToPath } from 'node:url';
import { Aws, RemovalPolicy, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import {
  Gateway,
  GatewayAuthorizer,
  GatewayProtocol,
  type IGateway,
  type IGatewayAuthorizerConfig,
  MCPProtocolVersion,
  type SchemaDefinition,
  SchemaDefinitionType,
  ToolSchema,
} from 'aws-cdk-lib/aws-bedrockagentcore';
import {
  FeaturePlan,
  type IUserPool,
  type IUserPoolClient,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  UserPool,
} from 'aws-cdk-lib/aws-cognito';
import { Effect, type IRole, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

export interface SampleGatewayStackProps extends StackProps {
  /**
   * Who may invoke the gateway: callers with an IAM permission, or with a token of a user pool that is created for it.
   */
  readonly inboundAuth: 'iam' | 'jwt';
  /** Whether there is a second gateway before the same calculator. @default false */
  readonly two?: boolean;
}

/** The proxy's client at a gateway that requires tokens. */
export interface SampleClient {
  readonly userPool: IUserPool;
  readonly client: IUserPoolClient;
  readonly scopes: readonly string[];
}

const GATEWAY_NAME = 'mcp-proxy-sample';

export class SampleGatewayStack extends Stack {
  readonly gateway: IGateway;
  /** Only with `two`. */
  readonly second: IGateway | undefined;
  /** Only with `inboundAuth: 'jwt'`. */
  readonly client: SampleClient | undefined;

  constructor(scope: Construct, id: string, { inboundAuth, two = false, ...props }: SampleGatewayStackProps) {
    super(scope, id, { description: 'AgentCore Gateway with a calculator, to try the MCP proxy with', ...props });
    const calculator = this.#calculator();
    this.client = inboundAuth === 'jwt' ? this.#client() : undefined;
    const role = this.#gatewayRole(calculator);
    this.gateway = this.#gateway('Gateway', GATEWAY_NAME, calculator, role);
    this.second = two ? this.#gateway('SecondGateway', `${GATEWAY_NAME}-two`, calculator, role) : undefined;
  }

  #gateway(id: string, gatewayName: string, calculator: LambdaFunction, role: IRole): IGateway {
    const gateway = new Gateway(this, id, {
      gatewayName,
      description: 'Sample upstream of the MCP proxy',
      authorizerConfiguration: authorizer(this.client),
      // By default, the service speaks only 2025-03-26.
      protocolConfiguration: GatewayProtocol.mcp({
        supportedVersions: [
          MCPProtocolVersion.MCP_2025_03_26,
          MCPProtocolVersion.MCP_2025_06_18,
          MCPProtocolVersion.MCP_2025_11_25,
          MCPProtocolVersion.MCP_2026_07_28,
        ],
      }),
      role,
    });
    gateway.addLambdaTarget('Calculator', {
      gatewayTargetName: 'calculator',
      description: 'Four operations',
      lambdaFunction: calculator,
      toolSchema: ToolSchema.fromInline(tools()),
    });
    gateway.applyRemovalPolicy(RemovalPolicy.DESTROY);
    return gateway;
  }

  #calculator(): LambdaFunction {
    const logGroup = new LogGroup(this, 'CalculatorLogs', {
      retention: RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'CalculatorRole', {
      description: "Writes the sample calculator's log",
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    return new LambdaFunction(this, 'CalculatorFunction', {
      description: 'Calculator behind the sample gateway',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(fileURLToPath(new URL('deployment/sample-calculator', import.meta.url))),
      role: role.withoutPolicyUpdates(),
      logGroup,
    });
  }

  /**
   * The invocation permission, for both gateways: the second one's name begins with the first one's. The L2's own would allow every version and alias. It isn't documented whether the
   * service names `$LATEST` in its calls.
   */
  #gatewayRole(calculator: LambdaFunction): IRole {
    const resources = [calculator.functionArn, `${calculator.functionArn}:$LATEST`];
    const role = new Role(this, 'GatewayRole', {
      description: 'Invokes the sample calculator for the gateway',
      assumedBy: new ServicePrincipal('bedrock-agentcore.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': this.account },
          ArnLike: {
            'aws:SourceArn': this.formatArn({
              service: 'bedrock-agentcore',
              resource: 'gateway',
              resourceName: `${GATEWAY_NAME}-*`,
            }),
          },
        },
      }),
      inlinePolicies: {
        calculator: new PolicyDocument({
          statements: [new PolicyStatement({ effect: Effect.ALLOW, actions: ['lambda:InvokeFunction'], resources })],
        }),
      },
    });
    return role.withoutPolicyUpdates();
  }

  #client(): SampleClient {
    const userPool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: false,
      featurePlan: FeaturePlan.ESSENTIALS,
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { sms: false, otp: true },
      passwordPolicy: {
        minLength: 16,
        requireDigits: true,
        requireLowercase: true,
        requireSymbols: true,
        requireUppercase: true,
      },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(userPool).acknowledge({
      id: 'AwsSolutions::AwsSolutions-COG8',
      reason: 'What the plus plan adds watches sign-ins of people; this pool has none, only one machine client',
    });
    const invoke = new ResourceServerScope({
      scopeName: 'invoke',
      scopeDescription: 'Call the tools of the sample gateway',
    });
    const server = userPool.addResourceServer('ResourceServer', { identifier: GATEWAY_NAME, scopes: [invoke] });
    // A prefix is unique among all accounts of a region.
    userPool.addDomain('Domain', { cognitoDomain: { domainPrefix: `${GATEWAY_NAME}-${Aws.ACCOUNT_ID}` } });
    const client = userPool.addClient('ProxyClient', {
      generateSecret: true,
      authFlows: {},
      oAuth: { flows: { clientCredentials: true }, scopes: [OAuthScope.resourceServer(server, invoke)] },
    });
    return { userPool, client, scopes: [`${GATEWAY_NAME}/${invoke.scopeName}`] };
  }
}

/** Cognito's client-credentials tokens have no `aud`, so client and scope are checked. */
function authorizer(given: SampleClient | undefined): IGatewayAuthorizerConfig {
  if (given === undefined) return GatewayAuthorizer.usingAwsIam();
  const { userPool, client, scopes } = given;
  return GatewayAuthorizer.usingCognito({ userPool, allowedClients: [client], allowedScopes: [...scopes] });
}

function tools() {
  const number = (description: string): SchemaDefinition => ({ type: SchemaDefinitionType.NUMBER, description });
  const tool = (name: string, description: string) => ({
    name,
    description,
    inputSchema: {
      type: SchemaDefinitionType.OBJECT,
      properties: { a: number('The left operand'), b: number('The right operand') },
      required: ['a', 'b'],
    },
    outputSchema: {
      type: SchemaDefinitionType.OBJECT,
      properties: { result: number('The result') },
      required: ['result'],
    },
  });
  return [
    tool('add', 'Adds two numbers: a + b.'),
    tool('subtract', 'Subtracts the second number from the first: a - b.'),
    tool('multiply', 'Multiplies two numbers: a * b.'),
    tool('divide', 'Divides the first number by the second: a / b. Fails when b is 0.'),
  ];
}
