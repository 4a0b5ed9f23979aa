/**
 * `npm run clients [-- --cache FOLDER]`: clients of the Python ecosystem behind a rate limit. Each has three calls in
 * flight when a fourth is refused: the three must finish, the refusal must be readable, and the session must continue.
 * Skipped with a line if there is no Python for it.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { ROOT } from '../../bin/bundle.ts';
import { fixed } from '../../proxy/callers/fixed.ts';
import { rateLimit } from '../../proxy/controls/index.ts';
import { startFront } from '../support/front.ts';
import { pythonWith, Unavailable } from '../support/python.ts';
import { startWaiting } from './upstream.ts';

const CLIENTS = ['mcp_1', 'strands_agents', 'openai_agents', 'langchain_mcp'];
const INSTALL = 120_000;
const PLAY = 50_000;
const DONE = 'wait: done';
const READABLE = /too many calls: try again in \d+ s/;

const { values: options } = parseArgs({
  options: { cache: { type: 'string', default: join(ROOT, '.cache/clients') } },
});
try {
  const python = await pythonWith(
    fileURLToPath(new URL('requirements.txt', import.meta.url)),
    'the clients',
    options.cache,
    INSTALL,
  );
  const faults = await Promise.all(CLIENTS.map((client) => faultOf(client, python)));
  for (const [i, client] of CLIENTS.entries())
    console.log(`${faults[i] === undefined ? 'ok' : '✗ '} ${client}${faults[i] === undefined ? '' : `: ${faults[i]}`}`);
  process.exitCode = faults.every((fault) => fault === undefined) ? 0 : 1;
} catch (error) {
  if (!(error instanceof Unavailable)) throw error;
  console.log(`clients: skipped: ${error.message}`);
}

/** The fault in what a client saw; undefined if there is none. */
async function faultOf(client: string, python: string): Promise<string | undefined> {
  const upstream = await startWaiting();
  await using front = await startFront(upstream, {
    caller: fixed({ sub: client }),
    controls: [rateLimit({ limits: [{ most: 3, seconds: 3_600, tools: ['wait'] }] })],
  });
  try {
    const driver = fileURLToPath(new URL(`drivers/${client}.py`, import.meta.url));
    const { stdout } = await promisify(execFile)(python, ['-B', driver, `http://127.0.0.1:${front.port}/mcp`], {
      timeout: PLAY,
      env: { ...process.env, OPENAI_AGENTS_DISABLE_TRACING: '1' },
    });
    const { told, waited, after }: { told: string; waited: string[]; after: string } = JSON.parse(stdout);
    if (!READABLE.test(told))
      return `expected the fourth call to be told ${String(READABLE)}, got ${JSON.stringify(told)}`;
    if (waited.join() !== [DONE, DONE, DONE].join())
      return `expected the three calls to finish, got ${JSON.stringify(waited)}`;
    if (after !== 'release: done') return `expected the session to go on, got ${JSON.stringify(after)}`;
    if (upstream.sessions !== 1) return `expected one session, got ${upstream.sessions}`;
    return undefined;
  } catch (error) {
    const said =
      error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').slice(-8).join('\n') : '';
    return `${error instanceof Error ? error.message.split('\n')[0] : String(error)}\n${said}`;
  } finally {
    await upstream.close();
  }
}
