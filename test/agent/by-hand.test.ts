import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';
import { Denied, Throttled } from '../../proxy/base/errors.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { type Front, startFront } from '../support/front.ts';
import { startLegacyServer } from './legacy-server.ts';
import { withoutAccount } from './no-account.ts';
import { nowhere } from './serve.ts';
import { run, start } from './terminal.ts';

withoutAccount();

let calculator: Awaited<ReturnType<typeof startCalculator>>;
let front: Front;
beforeAll(async () => {
  calculator = await startCalculator();
  front = await startFront(calculator);
});
afterAll(async () => {
  await front[Symbol.asyncDispose]();
  await calculator.close();
});
const at = (...args: string[]): string[] => ['--url', front.proxy.url, ...args];

describe('--list', () => {
  test('shows names, the first sentence of each description, and arguments with optional ones marked', async () => {
    const { exitCode, output } = await run(at('--list'));
    expect(exitCode).toBe(0);
    expect(output).toContain('add  a=number  b=number\n    Adds two numbers: a + b.\n');
    expect(output).toContain('countdown  steps?=integer  intervalMs?=integer\n');
  });

  test('with --json prints the tools unchanged, on one line', async () => {
    const { output } = await run(at('--list', '--json'));
    expect(output.trimEnd()).not.toContain('\n');
    expect(JSON.parse(output)).toMatchObject({
      url: front.proxy.url,
      protocolVersion: '2026-07-28',
      server: { name: 'calculator' },
    });
    expect(JSON.parse(output).tools[0]).toMatchObject({
      name: 'add',
      outputSchema: { required: ['result'] },
      annotations: { readOnlyHint: true },
    });
  });
});

describe('--call', () => {
  test.each([
    ['JSON', ['{"a":2,"b":3}']],
    ['pairs', ['a=2', 'b=3']],
  ])('accepts arguments as %s, and prints text and structured content', async (_form, args) => {
    expect(await run(at('--call', 'add', ...args))).toEqual({ exitCode: 0, output: '5\n{"result":5}\n', errors: '' });
  });

  test('with --json prints the result unchanged', async () => {
    const { output } = await run(at('--call', 'add', 'a=2', 'b=3', '--json'));
    expect(JSON.parse(output)).toMatchObject({
      tool: 'add',
      result: { content: [{ type: 'text', text: '5' }], structuredContent: { result: 5 } },
    });
  });

  test("exits with 1 if the tool reports an error, and prints the tool's message", async () => {
    expect(await run(at('--call', 'divide', 'a=1', 'b=0'))).toEqual({
      exitCode: 1,
      output: 'cannot divide by 0: expected b to be any other number\n',
      errors: 'the tool reports an error:\n',
    });
  });

  test('exits with 1 if the call is refused, and prints the JSON-RPC code', async () => {
    expect(await run(at('--call', 'no_such_tool'))).toEqual({
      exitCode: 1,
      output: '',
      errors: 'Tool no_such_tool not found (-32602)\n',
    });
    const { exitCode, output } = await run(at('--call', 'no_such_tool', '--json'));
    expect([exitCode, JSON.parse(output)]).toEqual([
      1,
      { command: 'agent', ok: false, exitCode: 1, error: 'Tool no_such_tool not found', code: -32602 },
    ]);
  });

  test('shows progress on standard error, so that only the result is piped on', async () => {
    const { output, errors } = await run(at('--call', 'countdown', 'steps=2', 'intervalMs=5'));
    expect(output).toBe('Counted down from 2 to lift-off.\n');
    expect(errors).toBe('  1 of 2  1 to go\n  2 of 2  lift-off\n');
  });

  test('says what to do if a tool asks a question and there is no terminal', async () => {
    const { exitCode, errors } = await run(at('--call', 'confirm_reset'));
    expect(exitCode).toBe(1);
    expect(errors).toMatch(/there is no terminal to ask in: call it in a terminal, without --json \(-32021\)/);
  });

  test("asks a tool's question at a terminal", async () => {
    const terminal = start(at('--call', 'confirm_reset'));
    terminal.type('y\n');
    // Text typed before the question is not its answer.
    await expect.poll(() => terminal.errors()).toMatch(/confirm \(y\/n\) \? /);
    expect(terminal.output()).toBe('');
    terminal.type('n\n');
    expect(await terminal.ended).toBe(0);
    expect(terminal.output()).toMatch(/^Nothing was reset\.\n/);
  });
});

describe("a control's refusal", () => {
  const refuse = (error: () => Error) =>
    defineControl({
      name: 'refuse',
      replies: 'ignores',
      setup: () => async (call, next) => {
        if (call.is('tools/call')) throw error();
        return next(call);
      },
    });

  test('is shown in its own words, and exits with 1', async () => {
    await using denying = await startFront(calculator, { controls: [refuse(() => new Denied('not on a Sunday'))] });
    const { exitCode, errors } = await run(['--url', denying.proxy.url, '--call', 'add', 'a=1', 'b=2']);
    expect([exitCode, errors]).toEqual([1, expect.stringMatching(/not on a Sunday.* \(-31403\)\n$/)]);
  });

  test('with its own HTTP status, as for throttling, keeps its words, too', async () => {
    await using throttling = await startFront(calculator, {
      controls: [refuse(() => new Throttled(3_600_000, 'one call an hour'))],
    });
    const { exitCode, errors } = await run(['--url', throttling.proxy.url, '--call', 'add', 'a=1', 'b=2']);
    expect([exitCode, errors]).toEqual([
      1,
      expect.stringMatching(/one call an hour: try again in 3600 s \(-31429\)\n$/),
    ]);
  });
});

describe('a missing endpoint', () => {
  test('is reported as such, with what to do, and exits with 3', async () => {
    const url = await nowhere();
    const { exitCode, errors } = await run(['--url', url, '--list']);
    expect([exitCode, errors]).toEqual([
      3,
      `nothing answers at ${url} (ECONNREFUSED): start a proxy with "npm start", or name a deployment, or give --url\n`,
    ]);
  });

  test('is reported as JSON to a program', async () => {
    const { exitCode, output, errors } = await run(['--url', await nowhere(), '--list', '--json']);
    expect([exitCode, errors, JSON.parse(output)]).toEqual([
      3,
      '',
      { command: 'agent', ok: false, exitCode: 3, error: expect.stringContaining('nothing answers') },
    ]);
  });

  test('is distinguished from one that answers with something else', async () => {
    const { exitCode, errors } = await run(['--url', front.proxy.url.replace('/mcp', '/other'), '--list']);
    expect([exitCode, errors]).toEqual([
      3,
      expect.stringMatching(
        /answered HTTP 404 \(expected the path \/mcp, got another\), expected an MCP endpoint: check the URL/,
      ),
    ]);
  });

  test("behind a running proxy is reported in the proxy's words", async () => {
    await using lonely = await startFront({ url: await nowhere() });
    const { exitCode, errors } = await run(['--url', lonely.proxy.url, '--list']);
    expect([exitCode, errors]).toEqual([1, expect.stringMatching(/upstream.* \(-32603\)\n$/)]);
  });
});

describe('the prompt loop', () => {
  test('greets, completes names, calls, lists, and ends with exit', async () => {
    const terminal = start(at('--no-model'));
    await terminal.until(/proxy {2}http:\S+ {2}\(calculator 1\.0\.0, MCP 2026-07-28\)\n {2}tools {2}add, subtract/);
    await terminal.until(/> /);
    terminal.type('mult\t');
    await terminal.until(/multiply /);
    terminal.type('a=6 b=7\n');
    await terminal.until(/\n42\n\{"result":42\}\n/);
    terminal.type('list\n');
    await terminal.until(/lookup_customer {2}id=string/);
    terminal.type('help\n');
    await terminal.until(/TOOL \{"key":value\}/);
    terminal.type('exit\n');
    expect(await terminal.ended).toBe(0);
  });

  test('continues after a faulty line, a refusal and a failing tool', async () => {
    const { exitCode, output } = await run(
      at('--no-model'),
      'add a\nadd {"a":\nno_such_tool\ndivide a=1 b=0\nadd {"a":2,"b":3}\n',
    );
    expect(exitCode).toBe(0);
    const lines = output.trimEnd().split('\n');
    expect(lines).toEqual([
      'expected key=value or a JSON object, got "a"',
      expect.stringMatching(/^expected a JSON object such as \{"a":2\}, got \{"a": /),
      'Tool no_such_tool not found (-32602)',
      'the tool reports an error:',
      'cannot divide by 0: expected b to be any other number',
      '5',
      '{"result":5}',
    ]);
  });

  test('stops a call on Ctrl-C, and ends on the next one', async () => {
    const terminal = start(at('--no-model'));
    await terminal.until(/> /);
    terminal.type('countdown steps=100 intervalMs=200\n');
    await terminal.until(/1 of 100/);
    terminal.type('\u0003');
    await terminal.until(/stopped\n/);
    await terminal.until(/> /);
    terminal.type('\u0003');
    expect(await terminal.ended).toBe(0);
    expect(terminal.output()).not.toContain('50 of 100');
  });

  test("asks a tool's question again until the answer fits", async () => {
    const terminal = start(at('--no-model'));
    await terminal.until(/> /);
    terminal.type('confirm_reset\n');
    await terminal.until(
      /a tool asks: Forget all \d+ calculations\?\n.*no tool needs your password.*\n {2}Reset: Really forget every calculation\?\n {2}confirm \(y\/n\) \? /s,
    );
    terminal.type('perhaps\n');
    await terminal.until(/expected y or n\n {2}confirm \(y\/n\) \? /);
    terminal.type('y\n');
    await terminal.until(/Every calculation was forgotten\./);
    terminal.type('confirm_reset\n');
    await terminal.until(/confirm \(y\/n\) \? /);
    terminal.type('-\n');
    await terminal.until(/Nothing was reset\./);
    terminal.type('exit\n');
    await terminal.ended;
  });
});

describe('in the legacy era', () => {
  test('everything works the same, including questions', async () => {
    await using elder = await startLegacyServer();
    await using proxy = await startFront(elder);
    const terminal = start(['--url', proxy.proxy.url, '--no-model']);
    await terminal.until(/\(elder 0\.9\.0, MCP 2025-11-25\)/);
    await terminal.until(/> /);
    terminal.type('colour\n');
    await terminal.until(/Which colour\?.* {2}colour \(red, green\) \? /s);
    terminal.type('blue\n');
    await terminal.until(/expected one of red, green/);
    terminal.type('green\n');
    await terminal.until(/1 to 9\n {2}shade \(integer; Enter leaves it out\) \? /);
    terminal.type('\n');
    await terminal.until(/\{"action":"accept","content":\{"colour":"green"\}\}/);
    terminal.type(undefined);
    expect(await terminal.ended).toBe(0);
  });

  test('a session that ended during a pause is opened again, and the call succeeds', async () => {
    await using elder = await startLegacyServer();
    const terminal = start(['--url', elder.url, '--no-model']);
    await terminal.until(/> /);
    expect(elder.opened).toBe(1);
    elder.forget();
    terminal.type('add a=20 b=22\n');
    await terminal.until(/\n42\n/);
    expect(elder.opened).toBe(2);
    terminal.type(undefined);
    expect(await terminal.ended).toBe(0);
  });
});
