/**
 * Who may call a runtime, according to the template: its authorizer, and the resource policies of the runtime and its
 * endpoints. CloudFormation treats these policies as plain text, so `cdk diff --fail-on=broadening` doesn't read them.
 */
export interface Admission {
  /** How the runtime authenticates callers: IAM, or which tokens. */
  readonly authorizer: string;
  /** Statements that allow callers. */
  readonly allows: readonly string[];
  /** Statements that deny callers. */
  readonly denies: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const POLICY = 'AWS::BedrockAgentCore::ResourcePolicy';

/** @param id the runtime's logical id */
export function admissionOf(resources: Json, id: string): Admission {
  const { AuthorizerConfiguration: authorizer } = member(resources[id], 'Properties');
  const statements = Object.values(resources)
    .filter(
      (resource) =>
        isJson(resource) &&
        resource['Type'] === POLICY &&
        JSON.stringify(member(resource, 'Properties')['ResourceArn']).includes(`"${id}"`),
    )
    .flatMap((resource) => statementsIn(flat(member(resource, 'Properties')['Policy'])));
  const of = (effect: string): readonly string[] =>
    [...new Set(statements.filter((one) => one['Effect'] === effect).map(shown))].toSorted();
  return { authorizer: authorizer === undefined ? 'IAM' : flat(authorizer), allows: of('Allow'), denies: of('Deny') };
}

/** Without the resource, which is the same on the runtime and its endpoints. */
function shown({ Effect: _effect, Resource: _resource, Sid: _sid, ...rest }: Json): string {
  return JSON.stringify(rest);
}

function statementsIn(policy: string): readonly Json[] {
  const read: unknown = JSON.parse(policy);
  const statements = isJson(read) ? read['Statement'] : undefined;
  if (!Array.isArray(statements)) throw new Error(`expected a policy with statements, got ${policy.slice(0, 200)}`);
  // The account's own identities are allowed by their own policies; allowed VPCs are the exceptions of the denial.
  return statements
    .filter(isJson)
    .filter(({ Sid, Effect, Principal }) => Sid !== 'OwnAccount' && !(Effect === 'Allow' && Principal === '*'));
}

/** As one text, with values known only after deployment in angle brackets. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!isJson(value)) return JSON.stringify(value);
  const [[name, inner] = ['', undefined]]: [string, unknown][] = Object.entries(value);
  if (name === 'Fn::Join' && Array.isArray(inner) && Array.isArray(inner[1]))
    return inner[1].map(flat).join(String(inner[0]));
  if (name === 'Ref' || name.startsWith('Fn::'))
    return `<${Array.isArray(inner) ? inner.map(flat).join('.') : flat(inner)}>`;
  return JSON.stringify(value);
}

function member(of: unknown, name: string): Json {
  const value = isJson(of) ? of[name] : undefined;
  return isJson(value) ? value : {};
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
