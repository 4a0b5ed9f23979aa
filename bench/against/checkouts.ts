/** The two checkouts that `--against` compares. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { configFile, root } from '../build.ts';
import { failed, skipped, type Finding } from '../finding.ts';
import { programs, type Programs, type Way } from '../subjects.ts';

export interface Checkouts {
  readonly new: Programs;
  readonly old: Programs;
  readonly quick: boolean;
  /** Their commits, as text. */
  readonly named: string;
  /** Whether both have the same text of a config. If not, more than the proxy differs. */
  readonly sameConfig: (name: string) => boolean;
}

/**
 * @param folder the old checkout, with its own build and its own configs
 * @throws Error if it is not a checkout
 */
export function checkouts(folder: string, way: Way, quick: boolean): Checkouts {
  for (const part of ['bin/build.ts', 'bench/configs', 'node_modules']) {
    if (!existsSync(join(folder, part)))
      throw new Error(
        `got --against ${folder}, expected a checkout of this project with its node_modules: it has no ${part}`,
      );
  }
  return {
    new: programs(way, { checkout: root, into: 'new' }),
    old: programs(way, { checkout: folder, into: 'old' }),
    quick,
    named: `new ${commit(root)}, old ${commit(folder)}`,
    sameConfig: (name) => text(root, name) === text(folder, name),
  };
}

/** Measures one config in both checkouts. A failure gets its own line, and the run continues. */
export async function comparing(
  row: string,
  what: string,
  config: string,
  both: Checkouts,
  measure: () => Promise<Finding[]>,
): Promise<Finding[]> {
  if (!both.old.has(config)) return [skipped(row, what, `the old checkout has no ${configFile(config)}`)];
  try {
    const findings = await measure();
    const note = both.sameConfig(config) ? '' : `; ${configFile(config)} differs`;
    return findings.map((finding) => ({ ...finding, detail: `${finding.detail ?? ''}${note}` }));
  } catch (error) {
    return [failed(row, what, error)];
  }
}

/** The text of a config and of the policies beside it. */
function text(checkout: string, name: string): string {
  const file = join(checkout, configFile(name));
  const config = readFileSync(file, 'utf8');
  const beside = [...config.matchAll(/ from '(\.\/[^']+)'/g)].map(([, path = '']) => join(dirname(file), path));
  return [config, ...beside.map((path) => (existsSync(path) ? readFileSync(path, 'utf8') : ''))].join('\n');
}

function commit(checkout: string): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      cwd: checkout,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'without a commit';
  }
}
