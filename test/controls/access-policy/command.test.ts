/** `npm run policy`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCalculator } from '../../../local/calculator.ts';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { header } from '../../../proxy/callers/header.ts';
import { accessPolicy, allow, audit } from '../../../proxy/controls/index.ts';
import { isOfOtherEra } from '../../../proxy/dispatch/era-methods.ts';
import { auditOnly } from '../../../proxy/pipeline/audit-only.ts';
import { startTestProxy } from '../../../testing/index.ts';
import { Lines } from '../../dispatch/lines.ts';
import { command, inOwnProcess, type Ran } from '../../support/commands.ts';
import { startFront } from '../../support/front.ts';
import { legacy, modern, send } from '../../upstream/messages.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'policy-command-'));
  await file(
    'proxy.config.ts',
    config(
      `allow({ group: 'analysts', tools: ['add', 'sub*', 'gone'] }), \`@id("big") permit (principal in Group::"boss", action == Action::"tools/call", resource == Tool::"multiply") when { context.arguments.a < 100 };\``,
    ),
  );
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

const policy = (...args: string[]): Promise<Ran> => command('bin/policy.ts', args, { INIT_CWD: folder });

const withConfig = (...args: string[]): Promise<Ran> => policy(...args, '--config', 'proxy.config.ts');

describe('policy test', () => {
  const cases = [
    { caller: 'ann', tool: 'add', expect: 'allow', policy: 'policies[0].tools' },
    { caller: 'ann', tool: 'multiply', arguments: { a: 1 }, expect: 'deny' },
    { caller: 'bob', tool: 'multiply', arguments: { a: 99 }, expect: 'allow', policy: 'big' },
    { caller: 'bob', tool: 'multiply', arguments: { a: 100 }, expect: 'deny' },
    { caller: 'bob', tool: 'multiply', expect: 'undecidable', why: 'no arguments are given' },
    { caller: 'bob', method: 'elicitation/create', expect: 'deny' },
    { caller: 'bob', resource: 'file:///x', expect: 'deny' },
  ];

  it('runs a table, prints which policy decided, and exits with 0 if all cases are as expected', async () => {
    await file('table.json', JSON.stringify({ callers: CALLERS, cases }));
    const { code, stdout } = await withConfig('test', 'table.json');
    expect(stdout).toMatch(/^ok +bob +tools\/call +multiply +allow +\(big\)$/m);
    expect(stdout).toMatch(/^ok +bob +elicitation\/create +deny +\(no policy permits it\)$/m);
    expect(stdout).toMatch(/^7 cases, all as expected$/m);
    expect(code).toBe(0);
  });

  it('exits with 1 if a decision differs or another policy made it', async () => {
    await file(
      'wrong.json',
      JSON.stringify({
        callers: CALLERS,
        cases: [
          ...cases,
          { caller: 'ann', tool: 'add', expect: 'deny' },
          { caller: 'ann', tool: 'add', expect: 'allow', policy: 'big' },
        ],
      }),
    );
    const { code, stdout } = await withConfig('test', 'wrong.json');
    expect(stdout).toMatch(/^WRONG +ann +tools\/call +add +expected deny, got allow +\(policies\[0\]\.tools\)$/m);
    expect(stdout).toMatch(
      /^WRONG +ann +tools\/call +add +expected allow by big, got allow +\(policies\[0\]\.tools\)$/m,
    );
    expect(stdout).toContain('9 cases, 2 wrong');
    expect(code).toBe(1);
  });

  it("reports all errors in a table's cases at once, and exits with 2", async () => {
    const wrong: readonly (readonly [entry: object, message: string])[] = [
      [{ caller: 'eve', tool: 'add', expect: 'deny' }, 'caller: expected one of ann, bob, got "eve"'],
      [{ caller: 'ann', tool: 'add', expects: 'deny' }, 'got "expects"'],
      [{ caller: 'ann', expect: 'deny' }, 'expected one of tool, prompt, resource, or else a method'],
      [
        { caller: 'ann', tool: 'add', prompt: 'p', expect: 'deny' },
        'expected one of tool, prompt, resource, got several',
      ],
      [
        { caller: 'ann', tool: 'add', method: 'tools/cal', expect: 'deny' },
        'method: expected one that MCP has, or that a policy names, got "tools/cal"',
      ],
      [{ caller: 'ann', method: 'constructor', expect: 'deny' }, 'method: expected one that MCP has'],
      [{ caller: 'ann', method: 'tools/call', expect: 'deny' }, 'tools/call: expected "tool", got only the method'],
      [
        { caller: 'ann', method: 'resources/subscribe', expect: 'deny' },
        'resources/subscribe: expected "resource", got only the method',
      ],
      [
        { caller: 'ann', method: 'completion/complete', tool: 'add', expect: 'deny' },
        'completion/complete: expected "prompt" or "resource", got "tool"',
      ],
      [
        { caller: 'ann', method: 'initialize', tool: 'add', expect: 'allow' },
        'initialize: expected only the method, got "tool"',
      ],
      [{ caller: 'ann', method: ['x'], tool: 'add', expect: 'deny' }, 'method: expected a text, got ["x"]'],
      [{ caller: 'ann', tool: 'add', policy: 3, expect: 'deny' }, 'policy: expected a text, got 3'],
      [
        { caller: 'ann', tool: 'add', field: 'email', expect: 'deny' },
        'field: expected with the method detokenize only',
      ],
      [
        { caller: 'ann', tool: 'add', method: 'detokenize', to: 'upstram', expect: 'deny' },
        'to: expected client or upstream, got "upstram"',
      ],
      [
        { caller: 'ann', resource: 'x:y', arguments: {}, expect: 'deny' },
        'arguments: resources/read is decided without any',
      ],
    ];
    await file('bad.json', JSON.stringify({ callers: CALLERS, cases: wrong.map(([entry]) => entry) }));
    const { code, stderr } = await withConfig('test', 'bad.json');
    for (const [i, [, message]] of wrong.entries())
      expect(stderr.split('\n').find((line) => line.includes(`bad.json: cases[${i}]`))).toContain(message);
    expect(code).toBe(2);
  });

  it.each([
    [{ callers: CALLERS, cases: [] }, 'expected at least one case'],
    [
      { callers: CALLERS, case: [], cases: [{ caller: 'ann', tool: 'add', expect: 'deny' }] },
      'expected callers and cases, got "case"',
    ],
    ['{"callers":{},"callers":{},"cases":[]}', 'expected JSON: the same key twice'],
    ['# Title', 'expected JSON, an object or a list; got a file that begins with something else'],
  ])('exits with 2 if the table itself is invalid: %#', async (table, message) => {
    await file('bad.json', typeof table === 'string' ? table : JSON.stringify(table));
    const { code, stderr } = await withConfig('test', 'bad.json');
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe('policy test and the proxy', () => {
  const POLICY =
    "allow({ group: 'analysts', tools: ['add'], prompts: ['p'], resources: ['customer://*', 'file:///open/*'], methods: ['elicitation/create', 'x/own'] }), 'permit (principal in Group::\"boss\", action, resource in Upstream::\"UPSTREAM\");'";
  const ref = { ref: { type: 'ref/prompt', name: 'p' }, argument: { name: 'a', value: 'b' } };
  const uriRef = { ref: { type: 'ref/resource', uri: 'customer://C-1' }, argument: { name: 'a', value: 'b' } };
  const cases: readonly (readonly [about: object, message: { readonly method: string; readonly params: object }])[] = [
    [{ tool: 'add' }, { method: 'tools/call', params: { name: 'add', arguments: {} } }],
    [{ tool: 'other' }, { method: 'tools/call', params: { name: 'other', arguments: {} } }],
    [{ prompt: 'p' }, { method: 'prompts/get', params: { name: 'p' } }],
    ...[
      'customer://C-1',
      'customer://../x',
      'file:///open/../closed/s',
      'file:///open/%2e%2e/s',
      'file:///open/a',
      'file:///clos\ted/s',
    ].flatMap((uri) =>
      (['resources/read', 'resources/subscribe', 'resources/unsubscribe'] as const).map(
        (method) =>
          [
            { resource: uri, method },
            { method, params: { uri } },
          ] as const,
      ),
    ),
    [
      { prompt: 'p', method: 'completion/complete' },
      { method: 'completion/complete', params: ref },
    ],
    [
      { prompt: 'q', method: 'completion/complete' },
      { method: 'completion/complete', params: { ...ref, ref: { type: 'ref/prompt', name: 'q' } } },
    ],
    [
      { resource: 'customer://C-1', method: 'completion/complete' },
      { method: 'completion/complete', params: uriRef },
    ],
    ...[
      'tools/list',
      'prompts/list',
      'resources/list',
      'resources/templates/list',
      'logging/setLevel',
      'server/discover',
      'subscriptions/listen',
      'x/own',
      'tasks/list',
    ].map(
      (method) =>
        [
          { method },
          {
            method,
            params:
              method === 'logging/setLevel'
                ? { level: 'info' }
                : method === 'subscriptions/listen'
                  ? { notifications: {} }
                  : {},
          },
        ] as const,
    ),
    [
      { method: 'initialize' },
      {
        method: 'initialize',
        params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
      },
    ],
  ];

  const LISTS: Readonly<Record<string, object>> = {
    'tools/list': { tools: ['add', 'other'].map((name) => ({ name, inputSchema: { type: 'object' } })) },
    'prompts/list': { prompts: [{ name: 'p' }, { name: 'q' }] },
    'resources/list': { resources: [] },
    'resources/templates/list': { resourceTemplates: [] },
  };

  it.each(['ann', 'bob'] as const)('decide the same for everything that %s asks for', async (who) => {
    await file('alike.config.ts', config(POLICY.replace('UPSTREAM', 'default')));
    const control = accessPolicy({
      policies: [
        allow({
          group: 'analysts',
          tools: ['add'],
          prompts: ['p'],
          resources: ['customer://*', 'file:///open/*'],
          methods: ['elicitation/create', 'x/own'],
        }),
        'permit (principal in Group::"boss", action, resource in Upstream::"default");',
      ],
    });
    const decided: boolean[] = [];
    for (const [, message] of cases) {
      await using proxy = await startTestProxy(
        { controls: [control], caller: fixed(CALLERS[who]) },
        { answer: ({ method }) => (typeof method === 'string' ? LISTS[method] : undefined) ?? {} },
      );
      const { response } = await proxy.request(message.method, message.params, {
        era: isOfOtherEra(message.method, 'modern') ? 'legacy' : 'modern',
      });
      decided.push(!('error' in response));
    }
    const table = {
      callers: CALLERS,
      cases: cases.map(([about], i) => ({
        caller: who,
        ...about,
        ...('tool' in about ? { arguments: {} } : {}),
        expect: decided[i] === true ? 'allow' : 'deny',
      })),
    };
    await file('alike.json', JSON.stringify(table));
    const { stdout, stderr, code } = await policy('test', 'alike.json', '--config', 'alike.config.ts');
    expect(stderr).not.toContain('cases[');
    expect(stdout.split('\n').filter((line) => line.startsWith('WRONG'))).toEqual([]);
    expect(new Set(decided)).toEqual(new Set([true, false]));
    expect(code).toBe(0);
  });

  it('decide lists by their entries, tasks by their calls, and know the upstream by its name in the config', async () => {
    await file(
      'crm.config.ts',
      config(POLICY.replace('UPSTREAM', 'crm')).replace('controls:', 'upstreams: { crm: {} }, controls:'),
    );
    const table = {
      callers: CALLERS,
      cases: [
        { caller: 'ann', tool: 'add', method: 'tools/list', expect: 'allow' },
        { caller: 'ann', tool: 'other', method: 'tools/list', expect: 'deny' },
        { caller: 'ann', tool: 'other', method: 'tasks/get', expect: 'deny' },
        { caller: 'ann', method: 'GET', expect: 'allow' },
        { caller: 'ann', method: 'elicitation/create', expect: 'allow' },
        { caller: 'ann', resource: 'customer://C-1', method: 'subscriptions/listen', expect: 'allow' },
        { caller: 'bob', tool: 'anything', expect: 'allow' },
      ],
    };
    await file('crm.json', JSON.stringify(table));
    expect(await policy('test', 'crm.json', '--config', 'crm.config.ts')).toMatchObject({ code: 0 });
    expect(
      (
        await policy(
          'matrix',
          '--callers',
          'crm.json',
          '--tools',
          await file('crm-tools.json', '[{"name":"anything"}]'),
          '--config',
          'crm.config.ts',
        )
      ).stdout,
    ).toMatch(/^anything +deny +allow$/m);
  });
});

describe('policy matrix', () => {
  it('shows who may call which tool of a running upstream, and reports a tool that a policy names but the upstream does not have', async () => {
    const calculator = await startCalculator();
    const { stdout, stderr } = await withConfig('matrix', '--callers', 'callers.json', '--upstream', calculator.url);
    await calculator.close();
    expect(stdout).toMatch(/^ +ann +bob$/m);
    expect(stdout).toMatch(/^add +allow +deny$/m);
    expect(stdout).toMatch(/^subtract +allow +deny$/m);
    expect(stdout).toMatch(/^multiply +deny +by arguments$/m);
    expect(stderr).toContain('policies[0].tools names the tool gone');
  });

  it('reads the tools that the test agent printed', async () => {
    const calculator = await startCalculator();
    const listed = await inOwnProcess('bin/agent.ts', ['--url', calculator.url, '--list', '--json']);
    await calculator.close();
    await file('listed.json', listed.stdout);
    expect((await withConfig('matrix', '--callers', 'callers.json', '--tools', 'listed.json')).stdout).toMatch(
      /^add +allow +deny$/m,
    );
  });

  it('reads a saved list of tools', async () => {
    await file(
      'tools.json',
      JSON.stringify({ jsonrpc: '2.0', id: 1, result: { tools: [{ name: 'add' }, { name: 'divide' }] } }),
    );
    expect((await withConfig('matrix', '--callers', 'callers.json', '--tools', 'tools.json')).stdout).toMatch(
      /^add +allow +deny\ndivide +deny +deny$/m,
    );
    expect((await withConfig('matrix', '--tools', 'tools.json')).stderr).toMatch(/^matrix: expected --callers FILE/);
  });
});

describe('policy replay', () => {
  it('prints what this policy would have decided on recorded calls, and never guesses what the log does not contain', async () => {
    const lines = new Lines();
    lines.start();
    const calculator = await startCalculator();
    const former = accessPolicy({ policies: [allow({ tools: ['add', 'multiply', 'divide'], resources: ['*'] })] });
    for (const control of [former, auditOnly(former)]) {
      const front = await startFront(calculator, { controls: [audit(), control], caller: header('x-claims') });
      for (const [who, name] of [
        ['ann', 'add'],
        ['ann', 'add'],
        ['ann', 'subtract'],
        ['bob', 'multiply'],
        ['bob', 'divide'],
        ['eve', 'add'],
      ] as const) {
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
    // When enforced, it was denied; in audit-only mode, it passed.
    expect(stdout).toMatch(/^deny → allow +1 × +ann +tools\/call +subtract +\(policies\[0\]\.tools\)$/m);
    expect(stdout).toMatch(/^allow → deny +2 × +bob +tools\/call +divide +\(no policy permits it\)$/m);
    expect(stdout).toMatch(/^undecidable +2 × +bob +tools\/call +multiply +\(big\)$/m);
    expect(stdout).toMatch(/^undecidable +2 × +eve +tools\/call +add +\(policies\[0\]\.tools\)$/m);
    expect(stdout).toMatch(/^allow → deny +2 × +ann +resources\/read +….*\(no policy permits it\)$/m);
    expect(stdout).toMatch(/^undecidable +1 × +ann +tools\/call +… +\(policies\[0\]\.tools\)$/m);
    expect(stdout).not.toMatch(/ann +tools\/call +add/);
    expect(stdout).toMatch(
      /^16 calls that a policy decides: 5 as recorded, 5 otherwise, 6 undecidable from the log; \d+ lines are not calls$/m,
    );
    expect(stdout).toContain(
      "\nonly the log's subject is known of eve: give their claims with --callers FILE to decide more",
    );
  });
});

describe('policy replay of callers that the log does not name', () => {
  const line = (caller: string | undefined, name: string, decision = 'pass'): string =>
    JSON.stringify({
      event: 'call',
      caller,
      method: 'tools/call',
      name,
      upstream: 'default',
      outcome: 'ok',
      decisions: [{ control: 'access-policy', decision }],
    });
  const replayed = async (policies: string, lines: readonly string[], callers?: object): Promise<Ran> => {
    await file('unnamed.config.ts', config(policies));
    await file('unnamed.log', lines.join('\n'));
    return policy(
      'replay',
      'unnamed.log',
      '--config',
      'unnamed.config.ts',
      ...(callers === undefined ? [] : ['--callers', await file('unnamed.json', JSON.stringify(callers))]),
    );
  };
  const PRINT = 'k1.AbCdEfGhIjKlMnOp';

  it('does not guess the claims of a caller without a subject, or the caller behind a fingerprint', async () => {
    expect((await replayed("allow({ group: 'analysts', tools: ['add'] })", [line(undefined, 'add')])).stdout).toMatch(
      /^undecidable +1 × +\(unnamed\) +tools\/call +add/m,
    );
    expect((await replayed("allow({ tools: ['add'] })", [line(undefined, 'add')])).stdout).toContain(
      '1 calls that a policy decides: 1 as recorded',
    );
    for (const forbids of [
      "deny({ caller: 'contractor-7', tools: ['search'] })",
      `'forbid (principal == Caller::"contractor-7", action, resource);'`,
      `'forbid (principal, action, resource) when { principal == Caller::"contractor-7" };'`,
    ]) {
      const { stdout } = await replayed(`allow({ tools: ['search'] }), ${forbids}`, [
        line(PRINT, 'search', 'unknown-name'),
      ]);
      expect(stdout).toMatch(/^undecidable +1 × +k1\.AbCdEfGhIjKlMnOp +tools\/call +search/m);
    }
    expect(
      (
        await replayed(
          `allow({ tools: ['search'] }), 'forbid (principal == Caller::"contractor-7", action == Action::"prompts/get", resource);'`,
          [line(PRINT, 'search')],
        )
      ).stdout,
    ).toContain('1 as recorded');
  });

  it('does not match a recorded caller with one from --callers without a subject, or with several of the same subject', async () => {
    const { stdout, stderr } = await replayed(
      "allow({ group: 'analysts', tools: ['add'] })",
      [line('ann', 'add'), line('one', 'add')],
      { ann: { groups: ['analysts'] }, a: { sub: 'one', groups: ['analysts'] }, b: { sub: 'one' } },
    );
    expect(stdout).toContain('2 undecidable from the log');
    expect(stderr).toContain('callers.ann: no recorded call can match');
    expect(stderr).toContain('several have the subject one');
  });

  it.each([
    [
      '{"class_uid":6003,"metadata":{"product":{"name":"agentcore-mcp-proxy"}}}\n',
      "expected lines that audit() wrote with format 'json', found no call in it (1 other lines",
    ],
    ['', "expected lines that audit() wrote with format 'json', found no call in it"],
  ])('exits with 2 if the file contains no call: %j', async (text, message) => {
    const { code, stderr } = await replayed("allow({ tools: ['add'] })", [text]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

describe('with several upstreams', () => {
  const OF_CRM = '`permit (principal, action, resource in Upstream::"crm");`';
  const several = `import { defineProxy } from 'agentcore-mcp-proxy';
import { accessPolicy } from 'agentcore-mcp-proxy/controls';
export default defineProxy({ upstreams: { math: { prefix: true }, crm: { prefix: 'sales' }, wiki: { prefix: false }, notes: { prefix: false } }, controls: [accessPolicy({ policies: [${OF_CRM}] })] });`;
  beforeAll(() => file('several.config.ts', several));

  it("a name's prefix says which upstream decides", async () => {
    const cases = [
      { caller: 'ann', tool: 'sales___find', expect: 'allow' },
      { caller: 'ann', prompt: 'sales___greet', expect: 'allow' },
      { caller: 'ann', resource: 'crm+file:///a', expect: 'allow' },
      { caller: 'ann', tool: 'math___find', expect: 'deny' },
      { caller: 'ann', tool: 'find', expect: 'deny', why: 'it may be of wiki or notes: neither is permitted' },
      { caller: 'ann', resource: 'file:///a', expect: 'undecidable', why: 'only the lists tell whose it is' },
      { caller: 'ann', resource: 'file:///a', upstream: 'crm', expect: 'allow' },
      { caller: 'ann', resource: 'file:///a', upstream: 'math', expect: 'deny' },
    ];
    await file('several.json', JSON.stringify({ callers: CALLERS, cases }));
    const { code, stdout } = await policy('test', 'several.json', '--config', 'several.config.ts');
    expect(stdout).toContain('8 cases, all as expected');
    expect(code).toBe(0);
  });

  it('the table of callers and tools asks the upstream of each tool', async () => {
    const tools = ['math___add', 'sales___find', 'find'].map((name) => ({ name, inputSchema: { type: 'object' } }));
    await file('several-tools.json', JSON.stringify({ tools }));
    const args = ['--tools', 'several-tools.json', '--callers', 'callers.json', '--config', 'several.config.ts'];
    const { stdout } = await policy('matrix', ...args);
    expect(stdout.split('\n').map((line) => line.trim().split(/ +/))).toEqual([
      ['ann', 'bob'],
      ['math___add', 'deny', 'deny'],
      ['sales___find', 'allow', 'allow'],
      ['find', 'deny', 'deny'],
      [''],
    ]);
  });

  it('a case can only name an upstream of the config', async () => {
    const cases = [{ caller: 'ann', tool: 'find', upstream: 'crn', expect: 'deny' }];
    await file('several.json', JSON.stringify({ callers: CALLERS, cases }));
    const { code, stderr } = await policy('test', 'several.json', '--config', 'several.config.ts');
    expect(stderr).toContain('several.json: cases[0].upstream: expected one of math, crm, wiki, notes, got "crn"');
    expect(code).toBe(2);
  });
});

describe('policy show', () => {
  it('prints what decides, in Cedar: one-line rules, policies, and the schema', async () => {
    const { stdout } = await withConfig('show');
    expect(stdout).toContain('// policies[0].tools\npermit (');
    expect(stdout).toContain('principal in [Group::"analysts"]');
    expect(stdout).toContain('resource.name like "sub*"');
    expect(stdout).toContain('@id("big")');
    expect(stdout).toContain('// No policy permits these, so all are denied: prompts/get, resources/read');
    expect(stdout).toContain('entity Caller in [Group, Scope]');
  });
});

it.each([
  [['show', '--config', 'none.config.ts'], 'expected a file, found nothing'],
  [['show', '--config', 'plain.config.ts'], 'expected a config with accessPolicy(…) among its controls, found none'],
  [['show', '--config', 'faulty.config.ts'], 'unexpected token'],
  [['tset', 'x'], 'usage: npm run policy'],
  [['test'], 'usage: npm run policy'],
])('the command with %j prints the error without a stack trace, and exits with 2', async (args, message) => {
  await file(
    'plain.config.ts',
    `import { defineProxy } from 'agentcore-mcp-proxy'; export default defineProxy({ controls: [] });`,
  );
  await file('faulty.config.ts', config('"permit principal;"'));
  const { code, stderr } = await policy(...args);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
  expect(code).toBe(2);
});

it('the command finds a policy in audit-only mode, too', async () => {
  await file(
    'observed.config.ts',
    config(`allow({ tools: ['*'] })`, (policy) => `auditOnly(${policy})`),
  );
  expect((await policy('show', '--config', 'observed.config.ts')).stdout).toContain('// policies[0].tools');
});
