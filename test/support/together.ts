/**
 * Test files that run one after the other in the same worker. Starting a worker and loading the modules takes longer
 * than the tests of most files. `left-over.ts` fails a file that leaves something behind for the next.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** Files directly or somewhere in these folders. */
const FOLDERS = [
  'aggregate',
  'argument-names',
  'base',
  'call',
  'callers',
  'config',
  'controls/access-policy',
  'controls/shared',
  'credentials',
  'dispatch',
  'ingress',
  'json',
  'json-schema',
  'network',
  'pipeline',
  'reply',
  'telemetry',
  'tool-search',
  'upstream',
];

/** They start processes, whose end belongs to that of their worker, replace modules, or measure memory. */
const ALONE = /\bchild_process\b|\bvi\.(?:mock|doMock)\b|\/support\/commands\.ts|memoryUsage|\/docs\/page\.ts/;

/** Their paths from the repository's root. */
export const TOGETHER: readonly string[] = globSync(
  FOLDERS.map((folder) => `test/${folder}/**/*.test.ts`),
  { cwd: ROOT },
)
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !ALONE.test(readFileSync(join(ROOT, file), 'utf8')))
  .sort();
