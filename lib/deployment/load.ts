/**
 * Reads a deployments file: a module that exports a list as default, or JSON: a list, or an object with `deployments` and
 * the `$schema` by which an editor knows its members.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isRecord } from '../rules/parse.ts';
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
  if (file.endsWith('.json')) return listIn(JSON.parse(await readFile(file, 'utf8')));
  const module: unknown = await import(pathToFileURL(file).href);
  return typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
}

function listIn(parsed: unknown): unknown {
  if (!isRecord(parsed) || !('deployments' in parsed)) return parsed;
  const other = Object.keys(parsed).find((key) => key !== 'deployments' && key !== '$schema');
  if (other !== undefined)
    throw new Error(`expected deployments and $schema, got ${JSON.stringify(other)} beside them`);
  return parsed['deployments'];
}

function firstLine({ name, message }: Error): string {
  return `${name}: ${message}`.split('\n', 1)[0] ?? name;
}
