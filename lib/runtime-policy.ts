/**
 * Resource policies of a runtime: they allow other accounts, and limit from where callers may call. An invocation is
 * authorized against the runtime and the endpoint, so each has its own policy, which may name only its own ARN.
 * @see https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html
 */
import { Lazy, type ResourceEnvironment, Stack } from 'aws-cdk-lib';
import { CfnResourcePolicy } from 'aws-cdk-lib/aws-bedrockagentcore';
import type { AddToResourcePolicyResult, IResourceWithPolicyV2, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export const INVOKE = 'bedrock-agentcore:InvokeAgentRuntime';
/** Allows a header that names the user, for whom AgentCore Identity then issues tokens. */
export const INVOKE_FOR_USER = 'bedrock-agentcore:InvokeAgentRuntimeForUser';

/** All actions that reach a session. The proxy answers only the first one. */
const REACH = [
  INVOKE,
  INVOKE_FOR_USER,
  'bedrock-agentcore:InvokeAgentRuntimeCommand',
  'bedrock-agentcore:InvokeAgentRuntimeCommandShell',
  'bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStream',
  'bedrock-agentcore:InvokeAgentRuntimeWithWebSocketStreamForUser',
];

/** Ids of VPCs and of VPC endpoints. A caller must come from one of them. */
export interface Sources {
  readonly vpcs: readonly string[];
  readonly vpcEndpoints: readonly string[];
}

export interface RuntimePolicyProps {
  /** The ARNs of the runtime and its endpoints, each with an id. */
  readonly arns: Readonly<Record<string, string>>;
  /** Callers send a JWT: for a policy, all of them are `*`. */
  readonly jwt: boolean;
}

type Json = Readonly<Record<string, unknown>>;

export class RuntimePolicy implements IResourceWithPolicyV2 {
  readonly env: ResourceEnvironment;
  readonly #scope: Construct;
  readonly #props: RuntimePolicyProps;
  readonly #statements: Json[] = [];
  #policies: Construct | undefined;

  constructor(scope: Construct, props: RuntimePolicyProps) {
    const { account, region } = Stack.of(scope);
    this.env = { account, region };
    this.#scope = scope;
    this.#props = props;
  }

  addToResourcePolicy(statement: PolicyStatement): AddToResourcePolicyResult {
    const { Resource: _resource, Principal, ...rest }: Json = statement.toStatementJson();
    // One for each principal: users report that some regions refuse a list.
    return this.#add(...eachOf(Principal).map((principal) => ({ ...rest, Principal: principal })));
  }

  /** Denies calls from anywhere else. With JWT, it also allows callers from there. */
  limitTo({ vpcs, vpcEndpoints }: Sources): void {
    const keys = Object.entries({ 'aws:SourceVpc': vpcs, 'aws:SourceVpce': vpcEndpoints }).filter(
      ([, ids]) => ids.length > 0,
    );
    if (this.#props.jwt)
      this.#add(
        ...keys.map(([key, ids]) => ({
          Effect: 'Allow',
          Principal: '*',
          Action: INVOKE,
          Condition: { StringEquals: { [key]: ids } },
        })),
      );
    // A missing key equals nothing, so a call over the internet is denied. Both keys together have to differ.
    this.#add({
      Sid: 'FromNowhereElse',
      Effect: 'Deny',
      Principal: '*',
      Action: REACH,
      Condition: { StringNotEquals: Object.fromEntries(keys) },
    });
  }

  #add(...statements: readonly Json[]): AddToResourcePolicyResult {
    this.#statements.push(...statements);
    this.#policies ??= this.#create();
    return { statementAdded: true, policyDependable: this.#policies };
  }

  #create(): Construct {
    const stack = Stack.of(this.#scope);
    const policies = new Construct(this.#scope, 'ResourcePolicies');
    // The service's manual says in one place that an existing policy must allow a call, and in another that without a
    // statement the identity's policies decide. Naming the own account leaves the decision to them in either case, and
    // grants nothing.
    const own: Json = {
      Sid: 'OwnAccount',
      Effect: 'Allow',
      Principal: { AWS: `arn:${stack.partition}:iam::${stack.account}:root` },
      Action: REACH,
    };
    for (const [id, arn] of Object.entries(this.#props.arns)) {
      const document = (): Json => ({
        Version: '2012-10-17',
        Statement: [...(this.#props.jwt ? [] : [own]), ...this.#statements].map((statement) => ({
          ...statement,
          Resource: arn,
        })),
      });
      new CfnResourcePolicy(policies, id, {
        resourceArn: arn,
        policy: Lazy.string({ produce: () => stack.toJsonString(document()) }),
      });
    }
    return policies;
  }
}

/** `{ AWS: [a, b] }` as `{ AWS: a }` and `{ AWS: b }`. */
function eachOf(principal: unknown): readonly unknown[] {
  if (typeof principal !== 'object' || principal === null) return [principal];
  return Object.entries(principal).flatMap(([type, values]: [string, unknown]) =>
    (Array.isArray(values) ? values : [values]).map((value: unknown) => ({ [type]: value })),
  );
}
