/** Checks the CDK command line: it must be exactly the version in the lock file. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { isObject } from '../../../proxy/json/lossless.ts';
import { PROJECT } from '../../project.ts';
import { failed, ok, type Result, warning } from '../finding.ts';

/** Published by accident from a build of April 2025; it can't read what current libraries write. */
const ACCIDENT = '3.0.0';

/**
 * @param root the project
 * @param path the PATH, which may contain another `cdk` that somebody calls by hand
 */
export function cdk(root = PROJECT, path = process.env['PATH'] ?? ''): Result {
  const pinned = textAt(join(root, 'package.json'), 'devDependencies', 'aws-cdk');
  const installed = textAt(join(root, 'node_modules/aws-cdk/package.json'), 'version');
  if (installed === undefined) return failed('not installed', 'run "npm ci" (without --omit=dev)');
  if (installed !== pinned)
    return failed(
      `${installed}, expected ${pinned ?? 'the one in package.json'}${accident(installed)}`,
      'run "npm ci", which installs what the lock file says',
    );
  const other = otherOn(path, root);
  if (other === undefined || other === pinned) return ok(installed);
  return warning(
    `${installed} here, and ${other} on the PATH${accident(other)}`,
    'call it as "npm run cdk -- …" or "npx cdk …" in this folder, not as "cdk"',
  );
}

function accident(version: string): string {
  return version === ACCIDENT
    ? ` (published by accident from a build of April 2025; it can't read today's cloud assembly)`
    : '';
}

/** The version of the `cdk` that a shell would find; undefined if there is none, or it is this project's. */
function otherOn(path: string, root: string): string | undefined {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, 'cdk');
    if (folder === '' || !existsSync(file)) continue;
    const real = realpathSync(file);
    return real.startsWith(realpathSync(root))
      ? undefined
      : textAt(join(dirname(dirname(real)), 'package.json'), 'version');
  }
  return undefined;
}

/** A string in a JSON file; undefined if the file or member is missing or no string. */
function textAt(file: string, ...keys: readonly string[]): string | undefined {
  if (!existsSync(file)) return undefined;
  let value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  for (const key of keys) value = isObject(value) ? value[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}
