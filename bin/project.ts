/**
 * The folder with what a team edits: `proxy.config.ts`, `deployments.ts`, `cdk.json`. This repository itself; or, if this
 * package is installed, the project in which a command was typed.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { IS_PUBLISHED, moduleFile, ROOT } from '../lib/root.ts';

/** Scripts of npm run in the folder of their package.json. */
export const PROJECT = IS_PUBLISHED ? process.cwd() : ROOT;

/** The project's config; for a project without one, that of this package, which only audits. */
export function defaultConfig(): string {
  const own = join(PROJECT, 'proxy.config.ts');
  return existsSync(own) ? own : moduleFile('proxy.config');
}
