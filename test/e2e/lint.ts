/**
 * Runs cfn-lint, if Python is installed: a second check of the templates, from AWS's CloudFormation team. It is
 * installed in its own folder.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { has, runCommand } from './container/run-command.ts';

const FOLDER = join(import.meta.dirname, '../../.cache/cfn-lint');
const VERSION = '1.58.0';

/** @returns what was checked, or why it wasn't; throws if a template has errors */
export async function lint(templates: readonly string[], region: string): Promise<string> {
  const installed = await install();
  if (installed !== undefined) return `skipped: ${installed}`;
  // E: only errors. A property that cfn-lint doesn't know yet, but CDK's specification has, is not the template's
  // fault.
  await runCommand(join(FOLDER, 'bin/cfn-lint'), [
    '--regions',
    region,
    '--ignore-checks',
    'W',
    'I',
    '--',
    ...templates,
  ]);
  return `${templates.length} templates without an error`;
}

/** @returns why it can't be installed */
async function install(): Promise<string | undefined> {
  if (existsSync(join(FOLDER, `installed-${VERSION}`))) return undefined;
  const python = (await has('python3')) ? 'python3' : undefined;
  if (python === undefined) return 'no python3 here';
  rmSync(FOLDER, { recursive: true, force: true });
  try {
    await runCommand(python, ['-m', 'venv', FOLDER]);
    await runCommand(join(FOLDER, 'bin/pip'), [
      'install',
      '--quiet',
      '--disable-pip-version-check',
      `cfn-lint==${VERSION}`,
    ]);
    await runCommand('touch', [join(FOLDER, `installed-${VERSION}`)]);
    return undefined;
  } catch (error) {
    rmSync(FOLDER, { recursive: true, force: true });
    return `can't be installed (${(error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200)})`;
  }
}
