import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Check, Findings } from './judge.ts';

export type Revision = '2025-11-25' | '2026-07-28';
export const revisions: readonly Revision[] = ['2025-11-25', '2026-07-28'];

/** For a client and a proxy that start on a busy machine. */
const SCENARIO_TIMEOUT = '60000';
const suite = fileURLToPath(import.meta.resolve('@modelcontextprotocol/conformance/dist/index.js'));

/** Runs all server scenarios of one requirement set, or a single one, against a URL. */
export async function runServerScenarios(revision: Revision, url: string, only: string | undefined): Promise<Findings> {
  const which =
    only === undefined ? ['--requirements', revision] : ['--scenario', only, '--spec-version', revision, '--force'];
  const { results, said } = await invoke(['server', '--url', url, '--timeout', SCENARIO_TIMEOUT, ...which], {});
  if (results.length === 0)
    throw new Error(`the suite wrote no results for ${url}: expected checks.json in its output folder\n${said}`);
  // The folder is called `server-<scenario>-<time>`.
  return new Map(
    results.map(({ folder, checks }) => [
      `${revision} server ${folder.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '')}`,
      checks,
    ]),
  );
}

/** Runs one client scenario. A client that fails or hangs becomes a failed check, since the suite doesn't report it. */
export async function runClientScenario(
  revision: Revision,
  scenario: string,
  environment: Record<string, string>,
): Promise<readonly Check[]> {
  const command = `'${process.execPath}' '${fileURLToPath(new URL('client.ts', import.meta.url))}'`;
  const which = ['--scenario', scenario, '--spec-version', revision, '--force'];
  const { results, said } = await invoke(
    ['client', '--command', command, '--timeout', SCENARIO_TIMEOUT, ...which],
    environment,
  );
  const checks = results.flatMap((result) => result.checks);
  const broken = /CLIENT (TIMED OUT|EXITED WITH ERROR)/.test(said) || checks.length === 0;
  return [
    ...checks,
    {
      id: 'client-exit',
      name: 'ClientExit',
      status: broken ? 'FAILURE' : 'SUCCESS',
      ...(broken && { errorMessage: said.trim().slice(-2_000) }),
    },
  ];
}

/**
 * The scenarios of a requirement set for one role, scored or not. Read from the suite's own files (a list of names
 * under the role, and entries with a `leg` under `not_scored`), so that a new version of them is noticed.
 */
export async function scenariosOf(revision: Revision, role: 'server' | 'client'): Promise<string[]> {
  const yaml = await readFile(
    new URL(import.meta.resolve(`@modelcontextprotocol/conformance/requirements/${revision}.yaml`)),
    'utf8',
  );
  const scored = new RegExp(`^${role}:\\n((?:  - .+\\n)+)`, 'm').exec(yaml)?.[1] ?? '';
  const names = [
    ...scored.matchAll(/^ {2}- (\S+)$/gm),
    ...yaml.matchAll(new RegExp(`^  - scenario: (\\S+)\\n    leg: ${role}$`, 'gm')),
  ];
  if (scored === '')
    throw new Error(
      `expected "${role}:" with scenarios in the requirement set ${revision}, got none: has its form changed?`,
    );
  return names.map(([, name = '']) => name);
}

async function invoke(
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ results: { folder: string; checks: Check[] }[]; said: string }> {
  const output = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const said = await new Promise<string>((resolve) => {
      const options = { env: { ...process.env, ...environment }, maxBuffer: 64 << 20 };
      // A failing check is exit code 1, and so is a crash: only what was written counts.
      execFile(process.execPath, [suite, ...args, '--output-dir', output], options, (_error, stdout, stderr) =>
        resolve(`${stdout}\n${stderr}`),
      );
    });
    const files = (await readdir(output, { recursive: true }))
      .filter((file) => file.endsWith('checks.json'))
      .toSorted();
    const results = files.map(async (file) => ({
      folder: file.slice(0, -'/checks.json'.length),
      checks: parseChecks(await readFile(join(output, file), 'utf8')),
    }));
    return { results: await Promise.all(results), said };
  } finally {
    await rm(output, { recursive: true });
  }
}

function parseChecks(json: string): Check[] {
  const checks: unknown = JSON.parse(json);
  if (!Array.isArray(checks)) throw new Error(`expected a list of checks, got ${json.slice(0, 100)}`);
  return checks.map(({ id, name, status, errorMessage }: Check) => ({
    id,
    name,
    status,
    ...(errorMessage !== undefined && { errorMessage }),
  }));
}
