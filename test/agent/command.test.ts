import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';
import { startFront } from '../support/front.ts';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';
import { nowhere } from './serve.ts';
import { start } from './terminal.ts';

let calculator: Awaited<ReturnType<typeof startCalculator>>;
beforeAll(async () => {
  calculator = await startCalculator();
});
afterAll(() => calculator.close());

/** Makes the import of any module that isn't the project's own or Node's fail. */
const NO_PACKAGES = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({ resolve(name, context, next) { if (!/^(\\.|node:|file:|data:|\\/)/.test(name)) throw new Error('loads ' + name); return next(name, context); } });
`)}`;

interface Ended {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

/** The command in its own process, as npm starts it. */
function command(args: readonly string[], options: { readonly node?: readonly string[] } = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const env = {
      ...SHARED_ENVIRONMENT,
      PATH: process.env['PATH'],
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/nonexistent',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    };
    execFile(
      process.execPath,
      [...(options.node ?? []), 'bin/agent.ts', ...args],
      { env, timeout: 300_000 },
      (error, output, errors) => resolve({ exitCode: error === null ? 0 : Number(error.code), output, errors }),
    );
  });
}

describe('the command', () => {
  test.each([
    ['help', ['--help'], 0],
    ['a wrong option', ['--frob'], 2],
    ['an invalid address', ['--url', 'http://mcp.example.com/mcp', '--list'], 2],
  ])('gives %s without loading any package', async (_what, args, exitCode) => {
    const ended = await command(args, { node: ['--import', NO_PACKAGES] });
    expect(ended.errors + ended.output).not.toContain('loads ');
    expect(ended.exitCode).toBe(exitCode);
  });

  test('would be caught if it loaded a package', async () => {
    const ended = await command(['--url', calculator.url, '--list'], { node: ['--import', NO_PACKAGES] });
    expect(ended.errors).toContain('loads @modelcontextprotocol/client');
  });

  test('ends by itself with the exit code, for success and failure', async () => {
    expect(await command(['--url', calculator.url, '--call', 'add', 'a=2', 'b=3', '--json'])).toMatchObject({
      exitCode: 0,
      errors: '',
      output: expect.stringMatching(/^\{"tool":"add","result":.*\}\n$/),
    });
    expect(await command(['--url', calculator.url, '--call', 'divide', 'a=2', 'b=0'])).toMatchObject({ exitCode: 1 });
    expect(await command(['--url', await nowhere(), '--list'])).toMatchObject({
      exitCode: 3,
      output: '',
      errors: expect.stringContaining('nothing answers'),
    });
  });

  test('reads calls from a pipe, and uses no colours there', async () => {
    const child = spawn(process.execPath, ['bin/agent.ts', '--url', calculator.url, '--no-model'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end('add a=2 b=3\nno_such_tool\n');
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [exitCode] = await once(child, 'close');
    expect([exitCode, output]).toEqual([0, '5\n{"result":5}\nTool no_such_tool not found (-32602)\n']);
  });
});

describe('docs/agent.md', () => {
  const page = readFileSync('docs/agent.md', 'utf8');

  test('names every option of --help, and no other', async () => {
    const { output } = await command(['--help']);
    const options = (text: string): string[] => [...new Set(text.match(/--[a-z][a-z-]+/g))].toSorted();
    expect(options(page)).toEqual(options(output));
  });

  test('shows a session by hand that really runs', async () => {
    const session = /^```\n( {2}proxy .*?MCP.*?> exit)\n```$/ms.exec(page)?.[1]?.split('\n') ?? [];
    expect(session.length).toBeGreaterThan(15);
    // Its own proxy, since it counts its calculations.
    const fresh = await startCalculator();
    await using front = await startFront(fresh);
    const terminal = start(['--url', front.proxy.url, '--no-model']);
    for (const line of session) {
      const [, prompt, typed] = /^(> | .*\? )(\w.*)$/.exec(line) ?? [];
      await terminal.until(prompt ?? line.replace('http://127.0.0.1:8000/mcp', front.proxy.url));
      if (typed !== undefined) terminal.type(`${typed}\n`);
    }
    expect(await terminal.ended).toBe(0);
    await fresh.close();
  });
});
