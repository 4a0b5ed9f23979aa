/** The Inspector's command line, a client from outside this project: the same output with and without the proxy. */
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';
import { audit } from '../../proxy/controls/audit/index.ts';
import { startFront } from '../support/front.ts';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';
import { identity } from '../upstream/controls.ts';
import { type Everything, startEverything } from '../upstream/everything.ts';

const launcher = fileURLToPath(import.meta.resolve('@modelcontextprotocol/inspector/clients/launcher/build/index.js'));

interface Output {
  readonly code: number | string;
  readonly stdout: string;
}

function inspect(url: string, args: readonly string[]): Promise<Output> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [launcher, '--cli', url, '--transport', 'http', ...args],
      { env: { ...SHARED_ENVIRONMENT, PATH: process.env['PATH'], HOME: tmpdir() }, maxBuffer: 1 << 24 },
      (error, stdout) =>
        resolve({
          code: error?.code ?? 0,
          stdout: stdout.replaceAll(url, '<url>').replaceAll(/\d{1,2}:\d\d:\d\d [AP]M/g, '<clock>'),
        }),
    );
  });
}

let everything: Everything;
let calculator: Awaited<ReturnType<typeof startCalculator>>;
beforeAll(async () => {
  [everything, calculator] = await Promise.all([startEverything(), startCalculator()]);
});
afterAll(() => Promise.all([everything[Symbol.asyncDispose](), calculator.close()]));

const runs = [
  ['everything', ['--method', 'tools/list'], '"get-sum"'],
  [
    'everything',
    ['--method', 'tools/call', '--tool-name', 'get-sum', '--tool-arg', 'a=2', '--tool-arg', 'b=3'],
    'is 5',
  ],
  ['everything', ['--method', 'prompts/list'], 'args-prompt'],
  [
    'calculator',
    ['--method', 'tools/call', '--tool-name', 'multiply', '--tool-arg', 'a=17', '--tool-arg', 'b=23'],
    '391',
  ],
] as const;

test.each(runs)('%s: %j prints the same through the proxy', async (name, args, contains) => {
  const upstream = name === 'everything' ? everything : calculator;
  await using front = await startFront(upstream, { controls: [audit(), identity()] });
  const [direct, proxied] = await Promise.all([inspect(upstream.url, args), inspect(front.proxy.url, args)]);
  expect(direct.stdout).toContain(contains);
  expect(direct.code).toBe(0);
  expect(proxied).toEqual(direct);
});
