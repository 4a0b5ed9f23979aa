/**
 * A synthesized stack with one proxy. The template's values are text; those that are only known at deploy time are in
 * angle brackets.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { vi } from 'vitest';
import { McpProxy, type McpProxyProps, ProxyUpstream } from '../../lib/index.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
export const GATEWAY_ARN = `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:gateway/calculator-ab12cd34ef`;
export const GATEWAY_URL = `https://calculator-ab12cd34ef.gateway.bedrock-agentcore.${REGION}.amazonaws.com/mcp`;
export const RUNTIME_ARN = `arn:aws:bedrock-agentcore:${REGION}:${ACCOUNT}:runtime/server-ab12cd34ef`;
export const SECRET_ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:crm-key-AbCdEf`;

// The first synth of a config builds it, which can be slow on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const place = mkdtempSync(join(tmpdir(), 'lib-test-'));
process.once('exit', () => rmSync(place, { recursive: true, force: true }));

/** Writes a config outside this repository. The same name always gets the same folder. */
export function configFile(name: string, source: string, file = 'proxy.config.ts'): string {
  const folder = join(place, name);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, file);
  writeFileSync(path, source);
  return path;
}

/** A config with one control that has these bindings. */
export function configThatNeeds(
  name: string,
  bindings: string,
  more: { readonly perCaller?: boolean; readonly caller?: string } = {},
): string {
  return configFile(
    name,
    `import { defineControl, defineProxy${more.caller === undefined ? '' : `, ${/^\w+/.exec(more.caller)?.[0]}`} } from 'agentcore-mcp-proxy';
const vault = defineControl({ name: 'vault', replies: 'ignores', perCaller: ${more.perCaller ?? false}, bindings: ${bindings}, setup: () => ({ otherwise: 'pass' }) });
export default defineProxy({ controls: [vault]${more.caller === undefined ? '' : `, caller: ${more.caller}`} });
`,
  );
}

/** A config with upstreams of these names, each with its name as prefix. */
export function configOf(...names: readonly string[]): string {
  const upstreams = names.map((name) => `${JSON.stringify(name)}: { prefix: true }`);
  return configFile(
    `upstreams-${names.join('-')}`,
    `import { defineProxy } from 'agentcore-mcp-proxy';
export default defineProxy({ upstreams: { ${upstreams.join(', ')} }, controls: [] });
`,
  );
}

export interface Synthesized {
  readonly proxy: McpProxy;
  readonly stack: Stack;
  /** Of the stack as it is when first read. */
  readonly template: Template;
  /** The folder of the cloud assembly. */
  assembly(): string;
}

export type Props = Partial<McpProxyProps> | ((stack: Stack) => Partial<McpProxyProps>);

export interface SynthOptions {
  /** With `{}`, the stack's account and region are only known at deploy time. */
  readonly env?: { readonly account?: string; readonly region?: string };
  /** @default true */
  readonly named?: boolean;
  readonly context?: Readonly<Record<string, string>>;
}

export function synth(
  props: Props = {},
  { env = { account: ACCOUNT, region: REGION }, named = true, context = {} }: SynthOptions = {},
): Synthesized {
  const app = new App({ context, outdir: mkdtempSync(join(place, 'out-')) });
  const stack = new Stack(app, 'Test', { env });
  const given = typeof props === 'function' ? props(stack) : props;
  const proxy = new McpProxy(stack, 'Proxy', {
    ...('upstreams' in given ? {} : { upstream: ProxyUpstream.gatewayArn(GATEWAY_ARN) }),
    ...(named ? { runtimeName: 'calculator' } : {}),
    dashboard: false,
    ...given,
  });
  let template: Template | undefined;
  return {
    proxy,
    stack,
    get template() {
      return (template ??= Template.fromStack(stack));
    },
    assembly: () => app.synth().directory,
  };
}

/** The lines of the error that a synth throws, without the bullets; empty if it succeeds. */
export function faultsOf(props: Props, options?: SynthOptions): readonly string[] {
  try {
    void synth(props, options).template;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!error.message.includes('fault')) throw error;
    return error.message
      .split('\n')
      .filter((line) => line.startsWith('  - '))
      .map((line) => line.slice(4));
  }
  return [];
}

const PSEUDO: Readonly<Record<string, string>> = { 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com' };

/** Resolves what it can, and names the rest: `<Logical.Attribute>`. */
export function flat(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(flat);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, content] = ['', undefined]]: [string, unknown][] = Object.entries(value);
  if (name === 'Ref') return PSEUDO[String(content)] ?? `<${String(content)}>`;
  if (name === 'Fn::GetAtt' && Array.isArray(content)) return `<${content.join('.')}>`;
  if (name === 'Fn::Join' && Array.isArray(content) && Array.isArray(content[1]))
    return content[1].map(flat).join(String(content[0]));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, flat(inner)]));
}

type Json = Readonly<Record<string, unknown>>;

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the properties of the only resource of a type. */
export function only(template: Template, type: string, where: (properties: Json) => boolean = () => true): Json {
  const found = Object.values(template.findResources(type))
    .map((resource) => flat((resource as Json)['Properties']))
    .filter(isJson)
    .filter(where);
  const [first] = found;
  if (found.length !== 1 || first === undefined) throw new Error(`expected one ${type}, got ${found.length}`);
  return first;
}

export function runtimeOf(template: Template): Json {
  return only(template, 'AWS::BedrockAgentCore::Runtime');
}

export function environmentOf(template: Template): Readonly<Record<string, string>> {
  const variables = runtimeOf(template)['EnvironmentVariables'];
  if (!isJson(variables)) throw new Error('expected environment variables');
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]));
}

/** The execution role's statements, one per line: `action action @ resource resource [condition]`. */
export function statementsOf(template: Template): readonly string[] {
  const role = only(template, 'AWS::IAM::Role', ({ Description }) =>
    String(Description).startsWith('what the MCP proxy'),
  );
  if (role['Policies'] !== undefined || role['ManagedPolicyArns'] !== undefined)
    throw new Error('expected no policy in the role itself');
  return policyStatementsOf(template, /^ProxyExecutionRolePolicy/);
}

/** The statements that others granted to the execution role, in the same form. */
export function grantsOf(template: Template): readonly string[] {
  return policyStatementsOf(template, /^ProxyExecutionRoleGrants/);
}

/** The ids of the execution role's statements, of those that have one. */
export function statementIdsOf(template: Template): readonly string[] {
  return rawStatementsOf(template, /^ProxyExecutionRolePolicy/).flatMap(({ Sid }) =>
    typeof Sid === 'string' ? [Sid] : [],
  );
}

function policyStatementsOf(template: Template, id: RegExp): readonly string[] {
  return rawStatementsOf(template, id).map((statement) => {
    const condition = statement['Condition'] === undefined ? '' : ` ${JSON.stringify(statement['Condition'])}`;
    if (statement['Effect'] !== 'Allow' || 'NotAction' in statement || 'NotResource' in statement)
      throw new Error(`unexpected statement ${JSON.stringify(statement)}`);
    return `${list(statement['Action']).join(' ')} @ ${list(statement['Resource']).join(' ')}${condition}`;
  });
}

function rawStatementsOf(template: Template, id: RegExp): readonly Json[] {
  const found = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([name]) => id.test(name));
  const policies = found.map(([, resource]) => flat((resource as Json)['Properties'])).filter(isJson);
  for (const { Roles } of policies)
    if (!/^<ProxyExecutionRole\w+>$/.test(list(Roles).join()))
      throw new Error(`expected a policy of the execution role, got one of ${String(Roles)}`);
  return policies
    .flatMap(({ PolicyDocument }) => (isJson(PolicyDocument) ? list(PolicyDocument['Statement']) : []))
    .filter(isJson);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
