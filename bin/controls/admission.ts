/**
 * Who may call a runtime, by the template: its authorizer, and the resource policies of it and its endpoints. These are
 * a text to CloudFormation, so that `cdk diff --fail-on=broadening` doesn't look into them.
 */
export interface Admission {
  /** What the runtime takes from callers: IAM, or which tokens. */
  readonly authorizer: string;
  /** Statements that let somebody in. */
  readonly allows: readonly string[];
  /** Statements that keep somebody out. */
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

/** Without what says where: it is the same on the runtime and its endpoints. */
function shown({ Effect: _effect, Resource: _resource, Sid: _sid, ...rest }: Json): string {
  return JSON.stringify(rest);
}

function statementsIn(policy: string): readonly Json[] {
  const read: unknown = JSON.parse(policy);
  const statements = isJson(read) ? read['Statement'] : undefined;
  if (!Array.isArray(statements)) throw new Error(`expected a policy with statements, got ${policy.slice(0, 200)}`);
  // The own account's identities are let in by their own policies; VPCs that are allowed are those that the denial
  // excepts.
  return statements
    .filter(isJson)
    .filter(({ Sid, Effect, Principal }) => Sid !== 'OwnAccount' && !(Effect === 'Allow' && Principal === '*'));
}

/** As one text, with what only a deployment knows in angle brackets. */
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
