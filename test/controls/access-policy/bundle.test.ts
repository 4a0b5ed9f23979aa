/**
 * A policy in the built folder: Cedar's wasm is beside its chunk, wherever the folder is; without a policy there is no
 * wasm.
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProxy, type Built, ROOT } from '../../../bin/bundle.ts';
import { startCalculator } from '../../../local/calculator.ts';
import { startProxy } from '../../conformance/proxy-process.ts';
import { modern } from '../../upstream/messages.ts';

const run = promisify(execFile);

const CONFIG = `import { defineProxy, header } from 'agentcore-mcp-proxy';
import { accessPolicy, allow } from 'agentcore-mcp-proxy/controls';
import rules from './rules.cedar';
export default defineProxy({ controls: [accessPolicy({ policies: [allow({ group: 'a', tools: ['sub*'] }), rules] })], caller: header('x-claims') });`;
const RULES =
  '// Small numbers for everybody.\n@id("small") permit (principal, action == Action::"tools/call", resource == Tool::"add") when { context.arguments.a < 10 };';

let folder: string;
let built: Built;
let moved: string;

async function written(name: string, config: string, rules = RULES): Promise<string> {
  await writeFile(join(folder, 'rules.cedar'), rules);
  await writeFile(join(folder, name), config);
  return join(folder, name);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxy-policy-'));
  const out = join(folder, 'built');
  built = await buildProxy({ config: await written('proxy.config.ts', CONFIG), out });
  moved = join(folder, 'elsewhere', 'moved');
  await cp(out, moved, { recursive: true });
  await rm(out, { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the built folder of a config with a policy in Cedar', () => {
  it('decides with Node alone after it was moved; its policies came from a .cedar file', async () => {
    const calculator = await startCalculator();
    const proxy = await startProxy(join(moved, 'main.mjs'), calculator.url);
    const call = async (name: string, args: object, claims: object): Promise<string> => {
      const { body, headers } = modern('tools/call', { name, arguments: args });
      const lines = Object.fromEntries(headers.map((line) => line.split(': ', 2) as [string, string]));
      const reply = await fetch(proxy.url, {
        method: 'POST',
        body,
        headers: {
          ...lines,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'x-claims': JSON.stringify(claims),
        },
      });
      return reply.text();
    };
    expect(await call('add', { a: 2, b: 3 }, { sub: 'x' })).toContain('"structuredContent":{"result":5}');
    expect(await call('add', { a: 20, b: 3 }, { sub: 'x' })).toContain('Unknown tool: add');
    expect(await call('subtract', { a: 2, b: 3 }, { groups: ['a'] })).toContain('"structuredContent":{"result":-1}');
    expect(await call('subtract', { a: 2, b: 3 }, { groups: [] })).toContain('Unknown tool: subtract');
    await proxy.close();
    await calculator.close();
  });

  it('contains one wasm file, does not load it at the start, and contains no path of the machine that built it', async () => {
    const files = await readdir(moved);
    expect(files.filter((file) => file.endsWith('.wasm'))).toHaveLength(1);
    expect(files.toSorted()).toEqual([...built.files]);
    // With what decides, which each start with a policy needs; Cedar is another 4 MB.
    expect(built.startBytes).toBeLessThan(315 * 1024);
    for (const file of files) expect(await readFile(join(moved, file), 'latin1')).not.toContain(ROOT);
  });

  it('is not built if a policy has a fault; a policy that can never match gives a warning', async () => {
    const bad = await written('bad.config.ts', CONFIG, 'permit (principal, action == Action::"tools/list", resource);');
    await expect(buildProxy({ config: bad, out: join(folder, 'bad') })).rejects.toThrow(
      'access-policy: policies[1]#1: expected a method that policies decide, got tools/list, which is decided as tools/call: name that',
    );
    const odd = await written('odd.config.ts', CONFIG, 'permit (principal, action == Action::"tool/call", resource);');
    const { warnings } = await buildProxy({ config: odd, out: join(folder, 'odd') });
    expect(warnings).toEqual([expect.stringContaining('expected a method of MCP, got tool/call')]);
    const { stdout } = await run(process.execPath, [join(folder, 'odd', 'main.mjs'), '--describe'], { env: {} });
    expect(JSON.parse(stdout)).toMatchObject({
      warnings,
      controls: [{ name: 'access-policy', perCaller: true, replies: 'transforms' }],
    });
  });
});

it('the built folder of a config without a policy contains nothing of Cedar', async () => {
  const { files, bytes } = await buildProxy({ config: join(ROOT, 'proxy.config.ts'), out: join(folder, 'plain') });
  expect(files.filter((file) => /wasm|cedar/.test(file))).toEqual([]);
  // Cedar's module alone has 4 MB.
  expect(bytes).toBeLessThan(2 * 1024 ** 2);
});
