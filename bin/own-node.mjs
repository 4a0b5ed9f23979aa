// Chooses the Node that a command runs on if npm installed one that the Node project didn't package. Plain JavaScript,
// so that an old Node can read it.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The lowest version that all commands need, since it strips types. */
export const LEAST = [22, 18];

/** @param {string} version such as `22.18.0` */
export function isEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
}

/** Whether a program is from one of the packages with Node for a Mac: they are a third party's, and get fixes late. */
export function isPackagedForMac(/** @type {string} */ program) {
  return /[\\/]node_modules[\\/]node-(?:bin-)?darwin-[^\\/]+[\\/]/.test(program);
}

/**
 * The person's own Node: the first new enough one on the PATH outside of every node_modules.
 * @param {string} path
 * @returns {string | undefined}
 */
export function ownNode(path) {
  for (const folder of path.split(delimiter)) {
    const program = join(folder, 'node');
    if (folder === '' || /[\\/]node_modules(?:[\\/]|$)/.test(folder) || !isExecutable(program)) continue;
    const { stdout, status } = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 10_000 });
    if (status === 0 && isEnough(stdout.trim())) return program;
  }
  return undefined;
}

function isExecutable(/** @type {string} */ program) {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
