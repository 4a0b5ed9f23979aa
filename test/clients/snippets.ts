/**
 * Runs the snippets of docs/connect.md as a reader would: Python programs, and servers in the form of Claude's config.
 * `npm run clients` calls it.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { z } from 'zod';
import { ROOT } from '../../bin/bundle.ts';
import { CREDENTIALS, startGateway } from '../../examples/article/gateway.ts';
import { startCalculator } from '../../local/calculator.ts';
import { startFront } from '../support/front.ts';
import { pythonWith, Unavailable } from '../support/python.ts';

const PAGE = 'docs/connect.md';
const LOCAL = 'http://127.0.0.1:8000/mcp';
const RUN = 120_000;
const BRIDGES = fileURLToPath(new URL('bridge-requirements.txt', import.meta.url));

const SERVER = z.union([
  z.strictObject({ type: z.literal('http'), url: z.string() }),
  z.strictObject({ command: z.string(), args: z.array(z.string()), env: z.record(z.string(), z.string()).optional() }),
]);
const CONFIG = z.strictObject({ mcpServers: z.record(z.string(), SERVER) });

export interface Outcome {
  readonly name: string;
  /** What went wrong, or why it could not be run. */
  readonly fault?: string;
  readonly skipped?: string;
}

/** @param python an interpreter with the clients' packages; undefined if there is none */
export async function runSnippets(python: string | undefined, cache: string, install: number): Promise<Outcome[]> {
  const page = await readFile(join(ROOT, PAGE), 'utf8');
  const calculator = await startCalculator();
  await using front = await startFront(calculator, { controls: [] });
  const url = `http://127.0.0.1:${front.port}/mcp`;
  const outcomes: Outcome[] = [];
  const attempt = async (name: string, run: () => Promise<void>): Promise<void> => {
    try {
      await run();
      outcomes.push({ name });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      outcomes.push(error instanceof Unavailable ? { name, skipped: why } : { name, fault: why });
    }
  };
  try {
    for (const [, name = '', code = ''] of page.matchAll(/^```python\n(# (?:\w+\.py).*\n[^]*?)^```$/gm).map(named)) {
      await attempt(name, () => {
        if (python === undefined) throw new Unavailable('the clients of the Python ecosystem are not there');
        return runPython(python, code.replaceAll(LOCAL, url));
      });
    }
    for (const [, json = ''] of page.matchAll(/^```json\n([^]*?)^```$/gm)) {
      for (const [name, server] of Object.entries(CONFIG.parse(JSON.parse(json)).mcpServers)) {
        const what =
          'url' in server ? `${name}: ${server.type}` : `${name}: ${server.args.find((arg) => arg !== '-y')}`;
        await attempt(what, () => runServer(server, url, cache, install));
      }
    }
  } finally {
    await calculator.close();
  }
  return outcomes;
}

function named([, code = '']: RegExpExecArray): readonly [string, string, string] {
  return ['', /^# (\w+\.py)/.exec(code)?.[1] ?? '', code];
}

/** It must list the tools or call one, and say what came of it. */
async function runPython(python: string, code: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'connect-'));
  try {
    await writeFile(join(folder, 'client.py'), code);
    const { stdout } = await promisify(execFile)(python, ['-B', join(folder, 'client.py')], {
      timeout: RUN,
      env: { ...process.env, OPENAI_AGENTS_DISABLE_TRACING: '1', AWS_DEFAULT_REGION: 'eu-west-1' },
    });
    if (!/\b5\b/.test(stdout)) throw new Error(`expected the sum 5 in what it prints, got ${JSON.stringify(stdout)}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Calls the server as a host such as Claude does. */
async function runServer(server: z.infer<typeof SERVER>, url: string, cache: string, install: number): Promise<void> {
  if ('url' in server) {
    if (server.url !== LOCAL) throw new Error(`expected ${LOCAL}, got ${server.url}`);
    return callAdd(new StreamableHTTPClientTransport(new URL(url)));
  }
  if (server.command === 'npx') {
    const args = server.args.map((arg) => (arg === LOCAL ? url : arg));
    return callAdd(spawning('npx', args, {}));
  }
  // `uvx PACKAGE@VERSION` runs a package's program; this runs the same version from its own folder.
  const [program = '', ...args] = server.args;
  const [name = '', version = ''] = program.split('@');
  if (!(await readFile(BRIDGES, 'utf8')).includes(`\n${name}==${version}\n`))
    throw new Error(`expected ${name}==${version} in ${BRIDGES}: install it, and write what pip freeze prints`);
  const python = await pythonWith(BRIDGES, name, cache, install);
  const gateway = await startGateway();
  try {
    const onward = args.map((arg) => (arg === 'INVOCATION_URL' ? gateway.url : arg));
    await callAdd(spawning(join(dirname(python), name), onward, CREDENTIALS));
    if (gateway.accepted.length === 0) throw new Error('expected signed requests, got none');
  } finally {
    await gateway.close();
  }
}

function spawning(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Transport {
  const path = `${dirname(process.execPath)}:${process.env['PATH']}`;
  const { AWS_PROFILE: _, ...inherited } = process.env;
  const all = Object.fromEntries(Object.entries(inherited).flatMap(([key, value]) => (value ? [[key, value]] : [])));
  return new StdioClientTransport({ command, args: [...args], env: { ...all, ...env, PATH: path }, stderr: 'ignore' });
}

async function callAdd(transport: Transport): Promise<void> {
  const client = new Client({ name: 'snippets', version: '1.0.0' });
  try {
    await client.connect(transport, { timeout: RUN });
    const { structuredContent } = await client.callTool({ name: 'add', arguments: { a: 2, b: 3 } }, { timeout: RUN });
    if (JSON.stringify(structuredContent) !== '{"result":5}')
      throw new Error(`expected the sum 5, got ${JSON.stringify(structuredContent)}`);
  } finally {
    await client.close();
  }
}
