/**
 * New sources: words of packages that hold lists from outside (schemas, translated messages, rules), read by
 * `fresh.py`. The archives are fetched by the registries' own clients and are never installed or run.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../../../../../bin/bundle.ts';
import type { Half, More } from '../corpus/index.ts';
import { hashOf, kept } from '../kept.ts';
import { sourceOf, SOURCE } from './data.ts';
import { formOf } from './gitleaks.ts';
import { reasonOf, runPython } from './python.ts';

const FOLDER = join(ROOT, '.cache/detectors/fresh');
const PIP = '../python/bin/python';
/** The first list, and those that were gathered after detectors had been made better with the ones before. */
const LISTS = { fresh: 'fresh.txt', newest: 'newest.txt', latest: 'latest.txt' } as const;

const WORDS = z.strictObject({
  sources: z.array(SOURCE),
  formats: z.array(z.strictObject({ id: z.string(), pattern: z.string(), entropy: z.number() })),
});

/** Rules for what is no secret, such as names of accounts, or what needs the name of a field. */
const PUBLIC =
  /client-id|public|publishable|site-key|-(?:id|url|host|cookie|project-api-key|mail-address-token)(?:\.\d+)?$/;

/**
 * The words of the sources that could be fetched; says which could not.
 * @param known rules for secrets that another list has, too
 */
export function freshWords(
  python: string,
  list: keyof typeof LISTS,
  half: Half,
  known: ReadonlySet<string>,
  progress: (text: string) => void,
): Pick<More, 'sources' | 'formats'> {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(import.meta.dirname, LISTS[list]);
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [registry = '', name = '', version = ''] = line.split(' ');
    const fault = fetched(registry, name, version);
    if (fault !== undefined) progress(`skipping the words of ${name} ${version} (${registry}): ${fault}`);
  }
  const { sources, formats } = WORDS.parse(JSON.parse(wordsRead(python, list, half, file)));
  return {
    sources: sources.map(sourceOf),
    formats: formats
      .filter(({ id }) => !PUBLIC.test(id) && !known.has(id.replace(/^\w+\.|\.\d+$/g, '')))
      .flatMap(({ id, pattern, entropy }) => formOf(id, pattern, entropy) ?? []),
  };
}

/** What `fresh.py` prints, kept for the next run: reading the archives takes a minute for each list. */
function wordsRead(python: string, list: keyof typeof LISTS, half: Half, file: string): string {
  const archives = createHash('sha256').update(readdirSync(FOLDER).sort().join('\n')).digest('hex').slice(0, 16);
  const made = hashOf(join(import.meta.dirname, 'fresh.py'), file);
  return kept(`words-${list}-${half}-${made}-${archives}.json`, () =>
    runPython(python, 'fresh.py', [half, file, FOLDER, list === 'fresh' ? 'some' : 'all']),
  );
}

/** Undefined if the archive is there; else why it is not. */
function fetched(registry: string, name: string, version: string): string | undefined {
  if (isThere(name, version)) return undefined;
  const commands: Readonly<Record<string, readonly string[]>> = {
    npm: ['npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', FOLDER, `${name}@${version}`],
    pypi: `${PIP} -m pip download --quiet --no-deps --python-version 3.14 --only-binary :all: --dest`
      .split(' ')
      .concat(FOLDER, `${name}==${version}`),
    crate: ['cargo', 'info', '--quiet', `${name}@${version}`],
  };
  const [program = '', ...args] = commands[registry] ?? [];
  const { error, status, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd: FOLDER });
  if (error !== undefined) return `${program}: ${error.message}`;
  if (status !== 0) return reasonOf(stderr) ?? `${program} ended with ${status}`;
  if (registry === 'crate') copyCrate(`${name}-${version}.crate`);
  return isThere(name, version) ? undefined : `expected ${program} to fetch ${name} ${version}, got nothing`;
}

function isThere(name: string, version: string): boolean {
  const begin = plain(`${name.replace(/^@/, '').replace('/', '-')}-${version}`);
  return readdirSync(FOLDER).some((file) => plain(file).startsWith(begin));
}

function plain(name: string): string {
  return name.replaceAll('_', '-').toLowerCase();
}

/** Cargo keeps what it downloads in its own cache. */
function copyCrate(file: string): void {
  const cache = join(process.env['CARGO_HOME'] ?? join(homedir(), '.cargo'), 'registry/cache');
  if (!existsSync(cache)) return;
  for (const registry of readdirSync(cache)) {
    const from = join(cache, registry, file);
    if (existsSync(from)) copyFileSync(from, join(FOLDER, file));
  }
}
