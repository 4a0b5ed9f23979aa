/**
 * `npm run clients [-- --cache FOLDER]`: clients of the Python ecosystem behind a rate limit. Each has three calls in
 * flight when a fourth is refused: the three must finish, the refusal must be readable, and the session must continue.
 * Then the snippets of docs/connect.md. What can't be had, such as a Python, is skipped with a line.
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
import { type Outcome, runSnippets } from './snippets.ts';
import { startWaiting } from './upstream.ts';

const CLIENTS = ['mcp_1', 'strands_agents', 'openai_agents', 'langchain_mcp'];
const INSTALL = 400_000;
const PLAY = 50_000;
const DONE = 'wait: done';
const READABLE = /too many calls: try again in \d+ s/;

const { values: options } = parseArgs({
  options: { cache: { type: 'string', default: join(ROOT, '.cache/clients') } },
});
const python = await pythonWith(
  fileURLToPath(new URL('requirements.txt', import.meta.url)),
  'the clients',
  options.cache,
  INSTALL,
).catch((error: unknown) => {
  if (!(error instanceof Unavailable)) throw error;
  console.log(`clients: skipped: ${error.message}`);
  return undefined;
});
const played: Outcome[] =
  python === undefined
    ? []
    : await Promise.all(
        CLIENTS.map(async (name) => {
          const fault = await faultOf(name, python);
          return fault === undefined ? { name } : { name, fault };
        }),
      );
const outcomes = [...played, ...(await runSnippets(python, options.cache, INSTALL))];
for (const { name, fault, skipped } of outcomes) {
  if (skipped !== undefined) console.log(`--  ${name}: skipped: ${skipped}`);
  else console.log(fault === undefined ? `ok  ${name}` : `✗   ${name}: ${fault}`);
}
process.exitCode = outcomes.every(({ fault }) => fault === undefined) ? 0 : 1;

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
