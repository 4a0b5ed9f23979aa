import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';

const run = promisify(execFile);

const running: ChildProcess[] = [];

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

interface Started {
  readonly child: ChildProcess;
  /** Everything printed so far. */
  readonly output: () => string;
  /** Waits until something is printed. */
  readonly until: (pattern: RegExp) => Promise<RegExpExecArray>;
}

/** `npm start -- …`, without npm. */
function start(environment: Readonly<Record<string, string>>, ...args: string[]): Started {
  const child = spawn(process.execPath, ['bin/start.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...SHARED_ENVIRONMENT, PATH: process.env['PATH'], ...environment },
  });
  running.push(child);
  let printed = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      for (const listener of listeners) listener();
    });
  }
  return {
    child,
    output: () => printed,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const found = pattern.exec(printed);
          if (found === null) return;
          listeners.delete(check);
          resolve(found);
        };
        listeners.add(check);
        child.once('exit', () =>
          setImmediate(() => reject(new Error(`ended before printing ${pattern}:\n${printed}`))),
        );
        check();
      }),
  };
}

async function call(url: string, method: string, params: object = {}): Promise<unknown> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
  });
  return reply.json();
}

const IMPORT = "import { defineControl, defineProxy } from 'agentcore-mcp-proxy';";

describe('npm start', () => {
  it('shows the upstream, the proxy, the tools and a command to try, works, and ends with exit code 0 on Ctrl-C', async () => {
    const { child, output, until } = start({}, '--port', '0');
    const [, url = ''] = await until(/proxy +(http:\/\/127\.0\.0\.1:\d+\/mcp)/);
    await until(/tools +add, subtract, multiply, divide/);
    const [, tryIt = ''] = await until(/^ {2}npx (mcp-inspector --cli .* --tool-name add .*)$/m);
    await until(/Ctrl-C ends it/);
    expect(output().trimStart()).toMatch(/^agentcore-mcp-proxy/);
    expect(await call(url, 'tools/call', { name: 'add', arguments: { a: 2, b: 3 } })).toHaveProperty(
      'result.structuredContent.result',
      5,
    );
    await until(/"event":"call".*"name":"add".*"outcome":"ok"/);
    const [inspector = '', ...args] = tryIt.split(' ');
    const { stdout } = await run(join('node_modules/.bin', inspector), args, {
      env: { PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, HOME: tmpdir() },
    });
    expect(JSON.parse(stdout)).toHaveProperty('structuredContent.result', 5);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('serves a console for this machine, with its own key, unless an option forbids it', async () => {
    const { child, until } = start({}, '--port', '0', '--console-port', '0');
    const [, url = ''] = await until(/console +(http:\/\/127\.0\.0\.1:\d+\/#key=\S+)/);
    const { origin, hash } = new URL(url);
    const [, proxy = ''] = await until(/proxy +(http:\S+)/);
    await until(/Ctrl-C ends it/);
    await call(proxy, 'tools/call', { name: 'add', arguments: { a: 2, b: 3 } });
    const headers = { authorization: `Bearer ${hash.slice('#key='.length)}` };
    const calls = await fetch(`${origin}/api/calls`, { headers });
    expect(await calls.json()).toContainEqual(expect.objectContaining({ method: 'tools/call', name: 'add' }));
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
    const without = start({}, '--port', '0', '--no-console');
    await without.until(/console +off \(--no-console\)/);
    without.child.kill('SIGINT');
    await once(without.child, 'exit');
  });

  it('serves no console if others can reach the proxy, whatever the options say', async () => {
    const open = start({}, '--port', '0', '--host', '0.0.0.0');
    await open.until(/console +off: it runs only if the proxy listens on this machine alone, not on 0\.0\.0\.0/);
    open.child.kill('SIGINT');
    await once(open.child, 'exit');
    const forced = start({}, '--port', '0', '--host', '0.0.0.0', '--console-port', '0');
    expect(await once(forced.child, 'exit')).toEqual([2, null]);
    expect(forced.output()).toMatch(/--console-port: .* expected --host 127\.0\.0\.1, got 0\.0\.0\.0/);
  });

  it('names the option if the port of the console is in use or is none', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = start({}, '--port', '0', '--console-port', String((other.address() as AddressInfo).port));
    expect(await once(taken.child, 'exit')).toEqual([2, null]);
    other.close();
    expect(taken.output()).toMatch(/--console-port: port \d+ is in use/);
    const wrong = start({}, '--port', '0', '--console-port', '70000');
    expect(await once(wrong.child, 'exit')).toEqual([2, null]);
    expect(wrong.output()).toMatch(/--console-port: expected a port from 0 to 65535, got "70000"/);
  });

  it('reports a port that is in use, and names the option', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { child, output } = start({}, '--port', String((other.address() as AddressInfo).port));
    expect(await once(child, 'exit')).toEqual([1, null]);
    other.close();
    expect(output()).toMatch(/port \d+ is in use: .*--port N/);
    expect(output().trim().split('\n')).toHaveLength(1);
  });

  it('accepts a config from outside the repository, which imports the package by its name, and a caller', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'proxy-start-'));
    const file = join(folder, 'mine.config.ts');
    await writeFile(
      file,
      `import { defineControl, defineProxy, Denied } from 'agentcore-mcp-proxy';
       import { audit } from 'agentcore-mcp-proxy/controls';
       const gate = defineControl({ name: 'gate', replies: 'ignores', setup: () => ({
         otherwise: 'pass',
         'tools/call': (call, next) => { if (call.caller.subject !== 'ann') throw new Denied(); return next(call); },
       }) });
       export default defineProxy({ controls: [audit(), gate] });`,
    );
    try {
      for (const [sub, expected] of [
        ['ann', 'result.structuredContent.result'],
        ['bob', 'error.data.reason'],
      ] as const) {
        const { until } = start({}, '--port', '0', '--config', file, '--caller', JSON.stringify({ sub }));
        const [, url = ''] = await until(/proxy +(http:\S+)/);
        await until(/controls +1 audit .*\n +2 gate/);
        expect(await call(url, 'tools/call', { name: 'add', arguments: { a: 1, b: 1 } })).toHaveProperty(expected);
        await until(new RegExp(`"caller":"${sub}"`));
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('starts in front of an upstream that is down, and says so', async () => {
    const { until } = start({}, '--port', '0', '--upstream', 'http://127.0.0.1:9/mcp');
    await until(/tools +not available yet: the upstream can't be reached: ECONNREFUSED/);
    await until(/Once tools are available, calls pass without a new start\.[\s\S]*Ctrl-C ends it/);
  });

  it('says how to be a caller, if the config asks who calls', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'start-'));
    try {
      const file = join(folder, 'asks.config.ts');
      await writeFile(
        file,
        `import { defineProxy, header } from 'agentcore-mcp-proxy';
        export default defineProxy({ caller: header('X-Caller'), controls: [] });`,
      );
      const { until } = start({}, '--port', '0', '--config', file);
      await until(
        /not available yet: no caller: expected the header x-caller, got none\n[\s\S]*--caller '\{"sub":"me"\}'/,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('says in one line that an upstream answers something else than MCP', async () => {
    const website = createServer((_, response) =>
      response.writeHead(404, { 'content-type': 'text/html' }).end('<p>\n'),
    );
    await once(website.listen(0, '127.0.0.1'), 'listening');
    const { port } = website.address() as AddressInfo;
    const { until } = start({}, '--port', '0', '--upstream', `http://127.0.0.1:${port}/wrong`);
    await until(
      /tools +not available yet: the upstream answered HTTP 404 \(text\/html\), expected JSON: check the path of its URL\n/,
    );
    website.close();
  });

  it.concurrent.each([
    [['--upstream', 'ftp://example.com'], /--upstream: expected an https URL/],
    [['--upstream', 'localhost:9/mcp?token=secret'], /got localhost:…: begin it with https:\/\/ or http:\/\/\n/],
    [
      ['--upstream', 'crm=http://127.0.0.1:9/mcp'],
      /--upstream: expected URL, since the config has one upstream, got "crm=http:\/\/127.0.0.1:9\/mcp"/,
    ],
    [['--auth', 'magic'], /--auth: expected none, iam, .* or [a-z-]+, got "magic"/],
    [['--port', 'http'], /--port: expected 0 to 65535, got "http"/],
    [['--caller', '[1]'], /--caller: expected a JSON object/],
    [['--config', '/nowhere/at/all.ts'], /--config: expected a file, found nothing/],
    [['--upstreem', 'x'], /Unknown option '--upstreem'[\s\S]*usage: npm start/],
    [['somewhere'], /Unexpected argument 'somewhere'[\s\S]*usage: npm start/],
  ])('explains what is wrong with %j', async (args, expected) => {
    const { child, output } = start({}, ...args);
    expect(await once(child, 'exit')).toEqual([2, null]);
    expect(output()).toMatch(expected);
    expect(output()).not.toMatch(/^ {4}at /m);
  });

  it('exits with 1 if it cannot listen, or if a variable of the environment is wrong', async () => {
    const unlistened = start({}, '--host', '192.0.2.1');
    expect(await once(unlistened.child, 'exit')).toEqual([1, null]);
    expect(unlistened.output()).toMatch(/192\.0\.2\.1:8000: choose another address with --host H/);
    const unbound = start({ UPSTREAM_URL: 'ftp://example.com' });
    expect(await once(unbound.child, 'exit')).toEqual([1, null]);
    expect(unbound.output()).toMatch(/UPSTREAM_URL: expected an https URL/);
  });

  it('uses the upstream from the bindings if no option names one', async () => {
    const { until } = start({ UPSTREAM_URL: 'http://127.0.0.1:9/mcp' }, '--port', '0');
    await until(/upstream +http:\/\/127\.0\.0\.1:9\/mcp\n/);
  });

  it.concurrent.each([
    ['a syntax error', 'export default [', /mine\.config\.ts:1\n.*\n.*\n.*SyntaxError/],
    [
      'no default export',
      'export const x = 1;',
      /--config: expected .* to export defineProxy\(.*\) as default, got no default export/,
    ],
    [
      'a lock that does not exist yet',
      `import lock from './tools.lock.json' with { type: 'json' }; export default { controls: [], lock };`,
      /--config: expected the lock .*tools\.lock\.json, found none: write it with "npm run tools -- lock --config .*"/,
    ],
    ['no list of controls', 'export default {};', /config\.controls: expected a list of controls, got none/],
    [
      'a control whose setup throws',
      `${IMPORT} export default defineProxy({ controls: [defineControl({ name: 'a', setup: () => { throw new Error('no table'); } })] });`,
      /no table\n.*mine\.config\.ts:1/,
    ],
  ])('says what is wrong with a config that has %s, without its own stack', async (_what, text, expected) => {
    await withConfig(text, async (file) => {
      const { child, output } = start({}, '--port', '0', '--config', file);
      expect(await once(child, 'exit')).toEqual([1, null]);
      expect(output()).toMatch(expected);
      expect(output()).not.toMatch(/node:internal|\/bin\/|\/proxy\//);
    });
  });

  it('takes an address for each of several upstreams, and shows them all', async () => {
    const config = `${IMPORT} export default defineProxy({ controls: [], upstreams: { math: { prefix: true }, sums: { prefix: 'two' }, down: { prefix: true } } });`;
    const calculators = await Promise.all([startCalculator(), startCalculator()]);
    const [math = '', sums = ''] = calculators.map(({ url }) => url);
    const args = ['--upstream', `math=${math}`, '--upstream', 'down=http://127.0.0.1:9/mcp?a=b', '--auth', 'math=none'];
    await withConfig(config, async (file) => {
      const { until } = start({ UPSTREAM_SUMS_URL: sums }, '--port', '0', '--config', file, ...args);
      await until(new RegExp(`upstream {2}math {2}${math}\n +upstream {2}sums {2}${sums}\n +upstream {2}down {2}http`));
      const [, url = ''] = await until(/proxy +(http:\S+)/);
      await until(/tools +math___add, .*two___add/);
      expect(await call(url, 'tools/call', { name: 'two___add', arguments: { a: 2, b: 3 } })).toHaveProperty(
        'result.structuredContent.result',
        5,
      );
    });
    await Promise.all(calculators.map((calculator) => calculator.close()));
  });

  it.each([
    [
      ['--upstream', 'math=http://127.0.0.1:9/mcp'],
      '--upstream: expected an address for each upstream of the config, got none for crm: give --upstream crm=URL, or set UPSTREAM_CRM_URL',
    ],
    [
      [],
      'got none for math, crm: give --upstream math=URL --upstream crm=URL, or set UPSTREAM_MATH_URL, UPSTREAM_CRM_URL',
    ],
    [
      ['--upstream', 'http://me:secret@127.0.0.1:9/mcp?token=x'],
      '--upstream: expected NAME=URL, where NAME is math or crm, got "http://…@127.0.0.1:9/mcp?…"',
    ],
    [['--auth', 'maths=iam'], '--auth: expected NAME=WAY, where NAME is math or crm, got "maths=iam"'],
    [
      ['--upstream', 'math=http://127.0.0.1:9', '--upstream', 'math=http://127.0.0.1:9'],
      '--upstream: expected one URL for math, got two',
    ],
    [
      ['--upstream', 'math=ftp://127.0.0.1', '--upstream', 'crm=http://127.0.0.1:9/mcp', '--auth', 'crm=basic'],
      /--upstream math: expected an https URL[^]*--auth crm: expected none, iam, .* or [a-z-]+, got "basic"/,
    ],
  ])('exits with 2 if %j do not fit several upstreams', async (args, message) => {
    await withConfig(
      `${IMPORT} export default defineProxy({ controls: [], upstreams: { math: { prefix: true }, crm: { prefix: true } } });`,
      async (file) => {
        const { child, output } = start({}, '--port', '0', '--config', file, ...args);
        expect(await once(child, 'exit')).toEqual([2, null]);
        expect(output()).toMatch(message);
        expect(output()).not.toContain('secret');
      },
    );
  });

  it('gives a named upstream the address and the authentication from the options', async () => {
    await withConfig(
      `${IMPORT} export default defineProxy({ controls: [], upstreams: { crm: {} } });`,
      async (file) => {
        const { until } = start({}, '--port', '0', '--config', file, '--auth', 'none');
        await until(/tools +add, subtract/);
      },
    );
  });

  it('checks the names in a config before the options that use them', async () => {
    await withConfig(
      `${IMPORT} export default defineProxy({ controls: [], upstreams: { 'my math': { prefix: true }, crm: {} } });`,
      async (file) => {
        const { child, output } = start({}, '--port', '0', '--config', file);
        expect(await once(child, 'exit')).toEqual([1, null]);
        expect(output()).toMatch(/expected a name of lower-case letters, digits and hyphens, got "my math"/);
        expect(output()).toMatch(/config.upstreams.crm.prefix: expected true/);
      },
    );
  });

  it('names the upstreams whose tools are not listed', async () => {
    const calculator = await startCalculator();
    await withConfig(
      `${IMPORT} export default defineProxy({ controls: [], upstreams: { math: { prefix: true }, crm: { prefix: true } } });`,
      async (file) => {
        const addresses = ['--upstream', `math=${calculator.url}`, '--upstream', 'crm=http://127.0.0.1:9/mcp'];
        const { until } = start({}, '--port', '0', '--config', file, ...addresses);
        await until(/tools +math___add, .*\(none of crm: the warnings say why\)/);
      },
    );
    await calculator.close();
  });

  it('finds a config from the folder in which npm was called', async () => {
    await withConfig(`${IMPORT} export default defineProxy({ controls: [] });`, async (file) => {
      const { until } = start({ INIT_CWD: dirname(file) }, '--port', '0', '--config', `./${basename(file)}`);
      await until(/controls +none/);
    });
  });
});

async function withConfig(text: string, use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'proxy-start-'));
  const file = join(folder, 'mine.config.ts');
  try {
    await writeFile(file, text);
    await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
