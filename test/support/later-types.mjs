/**
 * The configs that tests write for a synth are type-checked together, once at the end of a run, instead of one by one:
 * most of a check is reading the same sources. A config of a test about the check itself ends with `CHECKED_NOW`.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export const CHECKED_NOW = '// The synth itself checks the types of this config.\n';

const ROOT = dirname(dirname(import.meta.dirname));
const FOLDER = 'later-types';
const OPTIONS = 'tsconfig.json';
/** What such a config finds from any folder. */
const KNOWN = /^(?:agentcore-mcp-proxy(?:\/controls)?|node:[a-z/]+)$/;

/** Keeps a copy of the config of a project of `lib/type-check.ts`; false if it has to be checked where it is. */
export function keepForLater(projectText, project, shared) {
  if (!basename(dirname(project)).startsWith('agentcore-mcp-proxy-types-')) return false;
  const { files: [config] = [], ...options } = JSON.parse(projectText);
  if (config === undefined || !config.endsWith('.ts') || !existsSync(config)) return false;
  const source = readFileSync(config, 'utf8');
  if (source.endsWith(CHECKED_NOW)) return false;
  const imported = [...source.matchAll(/\b(?:from|import)\s*\(?\s*['"`]([^'"`]*)['"`]/g)];
  if (!imported.every(([, specifier]) => KNOWN.test(specifier))) return false;
  const folder = join(shared, FOLDER, digest(JSON.stringify(options)));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, OPTIONS), JSON.stringify(options));
  writeFileSync(join(folder, `${digest(source)}.config.ts`), source);
  return true;
}

/** Checks what was kept. Returns the compiler's complaints, with the sources that they are about. */
export function complaintsOf(shared) {
  const place = join(shared, FOLDER);
  if (!existsSync(place)) return '';
  return readdirSync(place)
    .map((name) => complaintsIn(join(place, name)))
    .join('');
}

function complaintsIn(folder) {
  const project = join(folder, OPTIONS);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  writeFileSync(project, JSON.stringify({ files, ...JSON.parse(readFileSync(project, 'utf8')) }));
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [compiler, '-p', project, '--pretty', 'false'],
    { encoding: 'utf8', cwd: folder },
  );
  if (error !== undefined) throw error;
  if (status === 0) return '';
  const said = stdout + stderr;
  const sources = files
    .filter((name) => said.includes(name))
    .map((name) => `${name}:\n${readFileSync(join(folder, name), 'utf8')}\n`);
  return [said, ...sources].join('\n');
}

function digest(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
