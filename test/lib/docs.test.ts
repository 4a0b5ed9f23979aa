/** docs/construct.md: its code compiles and synthesizes, and its table lists every property. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Gateway, type IGateway } from 'aws-cdk-lib/aws-bedrockagentcore';
import { AccountRootPrincipal, type IGrantable, Role } from 'aws-cdk-lib/aws-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { McpProxy } from '../../lib/index.ts';
import { ROOT } from '../../lib/root.ts';
import { configOf, GATEWAY_ARN } from './synth.ts';

const page = readFileSync(join(ROOT, 'docs/construct.md'), 'utf8');
const blocks = [...page.matchAll(/^```ts\n\/\/ (\S+\.ts)\n([^]*?)^```$/gm)].map(([, file = '', text = '']) => ({
  file,
  text,
}));

describe('the code of docs/construct.md', () => {
  let folder: string;
  beforeAll(() => {
    mkdirSync(join(ROOT, '.cache'), { recursive: true });
    folder = mkdtempSync(join(ROOT, '.cache/construct-'));
    for (const { file, text } of blocks) writeFileSync(join(folder, file), text);
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), include: ['*.ts'] }),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('compiles', async () => {
    expect(blocks.map(({ file }) => file)).toEqual([
      'tools-stack.ts',
      'desk-stack.ts',
      'crm-stack.ts',
      'agents-stack.ts',
    ]);
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(ROOT, 'node_modules/typescript/bin/tsc'),
      '-p',
      folder,
    ]);
    expect(stdout).toBe('');
  });

  it('creates proxies', async () => {
    const load = (file: string): Promise<unknown> => import(join(folder, file));
    const { ToolsStack } = (await load('tools-stack.ts')) as {
      ToolsStack: new (app: App, id: string, props: { gateway: IGateway; agent: IGrantable }) => Stack;
    };
    const { desk } = (await load('desk-stack.ts')) as {
      desk: (stack: Stack, gatewayArn: string, config: string) => McpProxy;
    };
    const { crm } = (await load('crm-stack.ts')) as { crm: (stack: Stack) => McpProxy };
    const { forAgents } = (await load('agents-stack.ts')) as {
      forAgents: (stack: Stack, gatewayArn: string) => McpProxy;
    };
    const app = new App();
    const stack = new Stack(app, 'Functions');
    const gateway = new Gateway(stack, 'Gateway', { gatewayName: 'tools' });
    const agent = new Role(new Stack(app, 'Callers'), 'Agent', { assumedBy: new AccountRootPrincipal() });
    const tools = new ToolsStack(app, 'Tools', { gateway, agent });
    expect([crm(stack), forAgents(stack, GATEWAY_ARN)].map(({ tokenUrl }) => tokenUrl !== undefined)).toEqual([
      false,
      true,
    ]);
    desk(new Stack(app, 'Several'), GATEWAY_ARN, configOf('orders', 'crm'));
    Template.fromStack(stack).resourceCountIs('AWS::BedrockAgentCore::Runtime', 2);
    Template.fromStack(tools).resourceCountIs('AWS::BedrockAgentCore::Runtime', 1);
  });
});

describe("the page's tables", () => {
  it('list every property, and no others', () => {
    const declared = (
      [
        ['props', 'McpProxyProps extends CommonOptions, VariableOptions'],
        ['common-options', 'CommonOptions'],
        ['variable-options', 'VariableOptions'],
      ] as const
    ).flatMap(([file, declaration]) => {
      const text = readFileSync(join(ROOT, `lib/${file}.ts`), 'utf8');
      const body = text.split(`export interface ${declaration} {`)[1]?.split('\n}')[0] ?? '';
      const names = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name);
      expect(names.length, file).toBeGreaterThan(1);
      return names;
    });
    const [, section = ''] = /^## Properties\n([^]*?)^## /m.exec(page) ?? [];
    const rows = [...section.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
      cell.replaceAll('`', '').split(', '),
    );
    expect(declared.length).toBeGreaterThan(15);
    expect(new Set(rows)).toEqual(new Set(declared));
    expect(rows).toHaveLength(declared.length);
  });
});
