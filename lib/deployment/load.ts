/** Reads a deployments file: a module that exports a list as default, or JSON. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Read, readDeployments } from './check.ts';

/** @param file an absolute path */
export async function loadDeployments(file: string): Promise<Read> {
  const failed = (fault: string): Read => ({ entries: [], refused: [], faults: [fault], warnings: [] });
  if (!existsSync(file))
    return failed(`deployments: expected a file that exports a list of deployments, found nothing at ${file}`);
  try {
    return readDeployments(await exported(file), dirname(file));
  } catch (error) {
    return failed(`deployments: ${file} can't be loaded: ${error instanceof Error ? firstLine(error) : String(error)}`);
  }
}

async function exported(file: string): Promise<unknown> {
  if (file.endsWith('.json')) return JSON.parse(await readFile(file, 'utf8'));
  const module: unknown = await import(pathToFileURL(file).href);
  return typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
}

function firstLine({ name, message }: Error): string {
  return `${name}: ${message}`.split('\n', 1)[0] ?? name;
}
