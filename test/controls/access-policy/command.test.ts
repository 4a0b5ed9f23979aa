/** `npm run policy`: as a person or a pipeline runs it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../../bin/bundle.ts';
import { startCalculator } from '../../../local/calculator.ts';
import { header } from '../../../proxy/caller.ts';
import { auditOnly } from '../../../proxy/control.ts';
import { accessPolicy, allow, audit } from '../../../proxy/controls/index.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startFront } from '../../support/front.ts';
import { legacy, modern, send } from '../../upstream/messages.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-command-'));
  await file('proxy.config.ts', config(`allow({ group: 'analysts', tools: ['add', 'sub*', 'gone'] }), \`@id("big") permit (principal in Group::"boss", action == Action::"tools/call", resource == Tool::"multiply") when { context.arguments.a < 100 };\``));
  await file('callers.json', JSON.stringify(CALLERS));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const CALLERS = { ann: { sub: 'ann', groups: ['analysts'] }, bob: { sub: 'bob', groups: ['boss'] } };

function config(policies: string, wrapped = (policy: string): string => policy): string {
  return `import { auditOnly, defineProxy, header } from 'agentcore-mcp-proxy';
import { accessPolicy, allow, deny } from 'agentcore-mcp-proxy/controls';
void deny; void auditOnly;
export default defineProxy({ controls: [${wrapped(`accessPolicy({ policies: [${policies}] })`)}], caller: header('x-claims') });`;
}

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function policy(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'bin/policy.ts'), ...args], { env: { PATH: process.env['PATH'], INIT_CWD: folder } }, (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }));
  });
}

const withConfig = (...args: string[]): Promise<Ran> => policy(...args, '--config', 'proxy.config.ts');

describe('test', () => {
  const cases = [
    { caller: 'ann', tool: 'add', expect: 'allow', policy: 'policies[0].tools' },
    { caller: 'ann', tool: 'multiply', arguments: { a: 1 }, expect: 'deny' },
    { caller: 'bob', tool: 'multiply', arguments: { a: 99 }, expect: 'allow', policy: 'big' },
    { caller: 'bob', tool: 'multiply', arguments: { a: 100 }, expect: 'deny' },
    { caller: 'bob', tool: 'multiply', expect: 'undecidable', why: 'no arguments are given' },
    { caller: 'bob', method: 'elicitation/create', expect: 'deny' },
    { caller: 'bob', resource: 'file:///x', expect: 'deny' },
  ];

  it('runs a table, says which policy decided, and ends with 0 where all is as expected', async () => {
    await file('table.json', JSON.stringify({ callers: CALLERS, cases }));
    const { code, stdout } = await withConfig('test', 'table.json');
    expect(stdout).toMatch(/^ok +bob +tools\/call +multiply +allow +\(big\)$/m);
    expect(stdout).toMatch(/^ok +bob +elicitation\/create +deny +\(no policy permits it\)$/m);
    expect(stdout).toMatch(/^7 cases, all as expected$/m);
    expect(code).toBe(0);
  });

  it('ends with 1 where a decision is another one, or another policy made it', async () => {
    await file('wrong.json', JSON.stringify({ callers: CALLERS, cases: [...cases, { caller: 'ann', tool: 'add', expect: 'deny' }, { caller: 'ann', tool: 'add', expect: 'allow', policy: 'big' }] }));
    const { code, stdout } = await withConfig('test', 'wrong.json');
    expect(stdout).toMatch(/^WRONG +ann +tools\/call +add +expected deny, got allow +\(policies\[0\]\.tools\)$/m);
    expect(stdout).toMatch(/^WRONG +ann +tools\/call +add +expected allow by big, got allow +\(policies\[0\]\.tools\)$/m);
    expect(stdout).toContain('9 cases, 2 wrong');
    expect(code).toBe(1);
  });

  it.each([
    [{ callers: CALLERS, cases: [] }, 'expected at least one case'],
    [{ callers: CALLERS, cases: [{ caller: 'eve', tool: 'add', expect: 'deny' }] }, 'cases[0].caller: expected one of ann, bob, got "eve"'],
    [{ callers: CALLERS, cases: [{ caller: 'ann', tool: 'add', expects: 'deny' }] }, 'got "expects"'],
    [{ callers: CALLERS, cases: [{ caller: 'ann', expect: 'deny' }] }, 'expected one of tool, prompt, resource, or else a method'],
    ['{"callers":{},"callers":{},"cases":[]}', 'expected JSON'],
  ])('ends with 2 where the table itself is wrong: %#', async (table, message) => {
    await file('bad.json', typeof table === 'string' ? table : JSON.stringify(table));
    const { code, stderr } = await withConfig('test', 'bad.json');
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe('matrix', () => {
  it('shows who may call which tool of a running upstream, and which tool a policy names for nothing', async () => {
    const calculator = await startCalculator();
    const { stdout, stderr } = await withConfig('matrix', '--callers', 'callers.json', '--upstream', calculator.url);
    await calculator.close();
    expect(stdout).toMatch(/^ +ann +bob$/m);
    expect(stdout).toMatch(/^add +allow +deny$/m);
    expect(stdout).toMatch(/^subtract +allow +deny$/m);
    expect(stdout).toMatch(/^multiply +deny +by arguments$/m);
    expect(stderr).toContain('policies[0].tools names the tool gone');
  });

  it('takes a saved list as well', async () => {
    await file('tools.json', JSON.stringify({ jsonrpc: '2.0', id: 1, result: { tools: [{ name: 'add' }, { name: 'divide' }] } }));
    expect((await withConfig('matrix', '--callers', 'callers.json', '--tools', 'tools.json')).stdout).toMatch(/^add +allow +deny\ndivide +deny +deny$/m);
    expect((await withConfig('matrix', '--tools', 'tools.json')).stderr).toContain('expected --callers FILE');
  });
});

describe('replay', () => {
  it('says what this policy would have decided on recorded calls, and never guesses what the log does not hold', async () => {
    const lines = new Lines();
    lines.start();
    const calculator = await startCalculator();
    const former = accessPolicy({ policies: [allow({ tools: ['add', 'multiply', 'divide'], resources: ['*'] })] });
    for (const control of [former, auditOnly(former)]) {
      const front = await startFront(calculator, { controls: [audit(), control], caller: header('x-claims') });
      for (const [who, name] of [['ann', 'add'], ['ann', 'add'], ['ann', 'subtract'], ['bob', 'multiply'], ['bob', 'divide'], ['eve', 'add']] as const) {
        await send(front, modern('tools/call', { name, arguments: { a: 1, b: 1 } }), [`X-Claims: {"sub":"${who}"}`]);
      }
      await send(front, modern('resources/read', { uri: 'calculator://constants' }), ['X-Claims: {"sub":"ann"}']);
      await send(front, modern('tools/list'), ['X-Claims: {"sub":"ann"}']);
      await send(front, legacy('tools/call', { name: 'two words' }), ['X-Claims: {"sub":"ann"}']);
      await front[Symbol.asyncDispose]();
    }
    await lines.find(({ caller, method }) => caller === 'ann' && method === 'tools/list');
    await calculator.close();
    const log = lines.text;
    lines.stop();
    await file('audit.log', `${log}\nnot json\n`);
    const { stdout, code } = await withConfig('replay', 'audit.log', '--callers', 'callers.json');
    expect(code).toBe(0);
    // Enforced, it was denied then; observed, it passed.
    expect(stdout).toMatch(/^deny → allow +1 × +ann +tools\/call +subtract +\(policies\[0\]\.tools\)$/m);
    expect(stdout).toMatch(/^allow → deny +2 × +bob +tools\/call +divide +\(no policy permits it\)$/m);
    expect(stdout).toMatch(/^undecidable +2 × +bob +tools\/call +multiply +\(big\)$/m);
    expect(stdout).toMatch(/^undecidable +2 × +eve +tools\/call +add +\(policies\[0\]\.tools\)$/m);
    expect(stdout).toMatch(/^allow → deny +2 × +ann +resources\/read +….*\(no policy permits it\)$/m);
    expect(stdout).toMatch(/^undecidable +1 × +ann +tools\/call +… +\(policies\[0\]\.tools\)$/m);
    expect(stdout).not.toMatch(/ann +tools\/call +add/);
    expect(stdout).toMatch(/^16 calls that a policy decides: 5 as recorded, 5 otherwise, 6 undecidable from the log; \d+ lines are no calls$/m);
  });
});

describe('show', () => {
  it('prints what is decided by, in Cedar: rules of one line, policies, and the schema', async () => {
    const { stdout } = await withConfig('show');
    expect(stdout).toContain('// policies[0].tools\npermit (');
    expect(stdout).toContain('principal in [Group::"analysts"]');
    expect(stdout).toContain('resource.name like "sub*"');
    expect(stdout).toContain('@id("big")');
    expect(stdout).toContain('// No policy permits these, so nobody may: prompts/get, resources/read');
    expect(stdout).toContain('entity Caller in [Group, Scope]');
  });
});

it.each([
  [['show', '--config', 'none.config.ts'], 'expected a file, found nothing'],
  [['show', '--config', 'plain.config.ts'], 'expected a config with accessPolicy(…) among its controls, found none'],
  [['show', '--config', 'faulty.config.ts'], 'unexpected token'],
  [['tset', 'x'], 'usage: npm run policy'],
  [['test'], 'usage: npm run policy'],
])('%j says what is wrong, without a stack, and ends with 2', async (args, message) => {
  await file('plain.config.ts', `import { defineProxy } from 'agentcore-mcp-proxy'; export default defineProxy({ controls: [] });`);
  await file('faulty.config.ts', config('"permit principal;"'));
  const { code, stderr } = await policy(...args);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
  expect(code).toBe(2);
});

it('a policy that is only observed is found, too', async () => {
  await file('observed.config.ts', config(`allow({ tools: ['*'] })`, (policy) => `auditOnly(${policy})`));
  expect((await policy('show', '--config', 'observed.config.ts')).stdout).toContain('// policies[0].tools');
});
