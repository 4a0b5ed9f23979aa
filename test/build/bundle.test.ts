import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProxy, type Built } from '../../bin/bundle.ts';
import { startCalculator } from '../../local/calculator.ts';
import { startProxy } from '../conformance/proxy-process.ts';

const run = promisify(execFile);

function ask(url: string, method: string, params: object = {}): Promise<Response> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
  });
}

describe('the built folder', () => {
  let folder: string;
  let elsewhere: string;
  let built: Built;
  let calculator: Awaited<ReturnType<typeof startCalculator>>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proxy-build-'));
    const out = join(folder, 'first', 'place');
    built = await buildProxy({ config: join(import.meta.dirname, '../../proxy.config.ts'), out });
    elsewhere = join(folder, 'moved');
    await cp(out, elsewhere, { recursive: true });
    await rm(join(folder, 'first'), { recursive: true });
    calculator = await startCalculator();
  });

  afterAll(async () => {
    await calculator.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('runs from any place it is moved to, with only Node, and ends with exit code 0', async () => {
    const proxy = await startProxy(join(elsewhere, 'main.mjs'), calculator.url);
    const reply = await ask(proxy.url, 'tools/call', { name: 'add', arguments: { a: 2, b: 3 } });
    expect(reply.status).toBe(200);
    expect(await reply.text()).toContain('"structuredContent":{"result":5}');
    await proxy.close();
  });

  it('contains no node_modules and no path of the machine that built it', async () => {
    const files = await readdir(elsewhere, { recursive: true });
    expect(files.toSorted()).toEqual([...built.files]);
    expect(files.some((file) => file.includes('node_modules'))).toBe(false);
    for (const file of files) expect(await readFile(join(elsewhere, file), 'utf8')).not.toContain(process.cwd());
  });

  it('loads little at start: neither the AWS SDK nor OAuth nor JWT code', async () => {
    expect(built.startBytes).toBeLessThan(270 * 1024);
    expect(built.startBytes).toBeLessThan(built.bytes / 3);
    const config = join(folder, 'nothing.config.ts');
    await writeFile(
      config,
      `import { defineProxy } from 'agentcore-mcp-proxy'; export default defineProxy({ controls: [] });`,
    );
    const nothing = await buildProxy({ config, out: join(folder, 'nothing') });
    // Every start pays for what is here: load on first use what only some configs need.
    expect(nothing.startBytes).toBeLessThan(256 * 1024);
    const rooms = new Set(nothing.startModules.map((path) => path.split('/').slice(0, 2).join('/')));
    for (const room of ['aggregate', 'controls', 'json-schema', 'tool-search'])
      expect(rooms).not.toContain(`proxy/${room}`);
    expect(nothing.startModules.filter((path) => path.includes('node_modules'))).toEqual([]);
  });

  it('reads all that it loads at the start from one file, and little else', async () => {
    const main = await readFile(join(elsewhere, 'main.mjs'), 'utf8');
    expect(main.length).toBeLessThan(1_000);
    const sizes = await Promise.all(
      [...main.matchAll(/"\.\/(chunk-[^"]+)"/g)].map(async ([, name = '']) => (await stat(join(elsewhere, name))).size),
    );
    const [first = 0, ...others] = sizes.toSorted((a, b) => b - a);
    expect(first).toBeGreaterThan(200 * 1024);
    expect(others.length).toBeLessThan(3);
    for (const size of others) expect(size).toBeLessThan(1_000);
  });

  it('loads nothing of fetch for an HTTP server', async () => {
    const { stderr } = await run(process.execPath, [
      '--import',
      'data:text/javascript,process.on("exit",()=>process._rawDebug(process.moduleLoadList.join()))',
      join(elsewhere, 'main.mjs'),
      '--describe',
    ]);
    expect(stderr).toContain('NativeModule _http_server');
    expect(stderr).not.toMatch(/undici|webstreams/);
  });

  it('lists tools under controls without cryptography, which the first token or schema loads', async () => {
    const config = join(folder, 'controls.config.ts');
    await writeFile(
      config,
      `import { defineProxy, fixed } from 'agentcore-mcp-proxy';
       import { accessPolicy, allow, audit, email, rateLimit, tokenization, validation } from 'agentcore-mcp-proxy/controls';
       export default defineProxy({ caller: fixed({ sub: 'ann' }), controls: [audit(), rateLimit({ limits: [{ most: 9, seconds: 60 }] }),
         accessPolicy({ policies: [allow({ tools: ['*'] })] }), tokenization({ tenant: 'acme', detectors: [email()] }), validation()] });`,
    );
    const out = join(folder, 'controls');
    const { startModules } = await buildProxy({ config, out });
    // In the one file of the start.
    expect(startModules).toContain('proxy/controls/access-policy/engine.ts');
    const loaded = join(folder, 'loaded.txt');
    const note = `data:text/javascript,${encodeURIComponent(`import { writeFileSync } from 'node:fs'; process.on('exit', () => writeFileSync(${JSON.stringify(loaded)}, process.moduleLoadList.join()));`)}`;
    const proxy = await startProxy(join(out, 'main.mjs'), calculator.url, {
      NODE_OPTIONS: `--import ${note}`,
      TOKENIZATION_KEYRING: 'env:KEYS',
      KEYS: '{}',
    });
    const reply = await ask(proxy.url, 'tools/list');
    expect(await reply.text()).toContain('"name":"add"');
    await proxy.close();
    const names = await readFile(loaded, 'utf8');
    expect(names).toContain('NativeModule _http_server');
    expect(names).not.toContain('NativeModule crypto');
  });

  it('starts with a config that waits for modules which it loads itself', async () => {
    await writeFile(
      join(folder, 'late.ts'),
      `import { Denied, defineControl } from 'agentcore-mcp-proxy';
       export const late = defineControl({ name: 'late', setup: () => async () => { throw new Denied('late'); } });`,
    );
    const config = join(folder, 'waiting.config.ts');
    await writeFile(
      config,
      `import { defineProxy } from 'agentcore-mcp-proxy'; import { email, redaction } from 'agentcore-mcp-proxy/controls';
       const { late } = await import('./late.ts');
       export default defineProxy({ controls: [late, redaction({ client: { detectors: [email()] } })] });`,
    );
    const out = join(folder, 'waiting');
    await buildProxy({ config, out });
    const { stdout } = await run(process.execPath, [join(out, 'main.mjs'), '--describe'], { env: {} });
    expect(JSON.parse(stdout)).toHaveProperty('controls.0.name', 'late');
  });

  it('describes itself as JSON without running the setup of any control', async () => {
    const config = join(folder, 'proxy.config.ts');
    await writeFile(
      config,
      `import { agentcoreJwt, defineControl, defineProxy } from 'agentcore-mcp-proxy';
       import { audit } from 'agentcore-mcp-proxy/controls';
       const loud = defineControl({ name: 'loud', bindings: { LOUD_KEY: 'what it shouts' }, setup: () => { throw new Error('setup ran'); } });
       export default defineProxy({ controls: [audit(), loud], caller: agentcoreJwt() });`,
    );
    const out = join(folder, 'described');
    await buildProxy({ config, out });
    const { stdout } = await run(process.execPath, [join(out, 'main.mjs'), '--describe'], { env: {} });
    const described: unknown = JSON.parse(stdout);
    expect(described).toMatchObject({
      upstreams: [{ name: 'default', bindings: 'UPSTREAM', reopen: false, prefix: '' }],
      controls: [
        { name: 'audit', replies: 'observes', perCaller: false, bindings: [] },
        { name: 'loud', replies: 'transforms', perCaller: false, bindings: ['LOUD_KEY'] },
      ],
      caller: { source: 'agentcore-jwt' },
    });
    expect(described).toHaveProperty(
      'bindings',
      expect.arrayContaining([expect.objectContaining({ name: 'LOUD_KEY', required: true, neededBy: 'control loud' })]),
    );
    expect(described).toHaveProperty(
      'headers',
      expect.arrayContaining([expect.objectContaining({ name: 'authorization', required: true })]),
    );
  });

  it('lists everything that is missing in one run, in words, and exits with 1', async () => {
    const failed = await run(process.execPath, [join(elsewhere, 'main.mjs')], {
      env: { PORT: 'eighty', UPSTREAM_AUTH: 'magic' },
    }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 1 });
    expect(failed).toHaveProperty('stderr', expect.stringMatching(/UPSTREAM_URL: expected .*, got nothing/));
    expect(failed).toHaveProperty('stderr', expect.stringMatching(/PORT: expected 0 to 65535, got "eighty"/));
  });

  it.each([
    [
      'has a fault',
      "import { defineProxy } from 'agentcore-mcp-proxy'; export default defineProxy({ controls: [], limits: { maxBody: 0 } });",
      /^a fault in the configuration:\n {2}- config\.limits\.maxBody: expected a whole number/,
    ],
    ['throws when it is loaded', "throw new Error('no such file');", /^Error: no such file$/],
  ])('is not written from a config that %s, and the previous build stays', async (_what, text, expected) => {
    const config = join(folder, 'broken.config.ts');
    await writeFile(config, text);
    const out = join(folder, 'kept');
    await cp(elsewhere, out, { recursive: true });
    await expect(buildProxy({ config, out })).rejects.toThrow(expected);
    expect((await readdir(out)).toSorted()).toEqual([...built.files]);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it.each([
    [['--outt', 'x'], /Unknown option '--outt'[\s\S]*usage: npm run build/],
    [['--config', 'nowhere.ts'], /--config: expected a file, found nothing at \S+nowhere\.ts\s*$/],
    [['elsewhere'], /Unexpected argument 'elsewhere'[\s\S]*usage: npm run build/],
  ])(
    'is not written by npm run build -- %j, which says what is wrong without a stack and exits with 2',
    async (args, expected) => {
      const failed = await run(process.execPath, ['bin/build.ts', ...args]).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 2, stderr: expect.stringMatching(expected) });
      expect(failed).toMatchObject({ stderr: expect.not.stringContaining('    at ') });
    },
  );

  it('is written by npm run build, which prints its size', async () => {
    const { stdout } = await run(process.execPath, [
      'bin/build.ts',
      '--config',
      'proxy.config.ts',
      '--out',
      join(folder, 'told'),
    ]);
    expect(stdout).toMatch(/told: \d+ files, \d+ KB in all, \d+ KB of them loaded at the start\n$/);
    expect((await readdir(join(folder, 'told'))).toSorted()).toEqual([...built.files]);
  });

  it('is written into an empty folder', async () => {
    const out = await mkdtemp(join(folder, 'empty-'));
    await buildProxy({ config: join(import.meta.dirname, '../../proxy.config.ts'), out });
    expect(await readdir(out)).toContain('main.mjs');
  });

  it('does not replace a folder that is something else', async () => {
    const precious = join(folder, 'precious');
    await cp(elsewhere, precious, { recursive: true });
    await rm(join(precious, 'main.mjs'));
    await expect(
      buildProxy({ config: join(import.meta.dirname, '../../proxy.config.ts'), out: precious }),
    ).rejects.toThrow(/expected .* to be free/);
  });
});
