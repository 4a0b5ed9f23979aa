/** Bundles the proxy with esbuild: one entry, and a chunk for each part that is loaded on first use. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, type Metafile, type Plugin } from 'esbuild';
import { moduleFile, ROOT } from '../lib/root.ts';
import type { Described } from '../proxy/config/describe.ts';
import { wasmFile } from '../proxy/controls/access-policy/wasm-file.ts';
import { writePapers } from './shipped/papers.ts';

export { ROOT };

export interface Built {
  /** Names of the files in the folder. */
  readonly files: readonly string[];
  /** Of its code. */
  readonly bytes: number;
  /** Bytes of `main.mjs` and the chunks that it imports statically. */
  readonly startBytes: number;
  /** What controls find odd about their options. */
  readonly warnings: readonly string[];
}

/**
 * Writes the folder anew. It appears complete or not at all.
 * @param config the deployment's `proxy.config.ts`; may lie outside the repository
 * @param out the folder; one that exists and doesn't look like a former build is left alone (an error)
 * @param readable leaves names and lines as they are: for profiles and stack traces
 */
export async function buildProxy({
  config,
  out,
  readable = false,
}: {
  readonly config: string;
  readonly out: string;
  readonly readable?: boolean;
}): Promise<Built> {
  if (!existsSync(config)) throw new Error(`expected a config at ${config}, found nothing`);
  if (existsSync(out) && !existsSync(join(out, 'main.mjs')))
    throw new Error(`expected ${out} to be free, or a former build; it holds something else`);
  const parts = join(dirname(out), `.${basename(out)}.part`);
  await rm(parts, { recursive: true, force: true });
  await mkdir(parts, { recursive: true });
  try {
    const { metafile } = await bundle(config, parts, readable);
    await dropUnused(metafile, parts);
    const papers = await writePapers(metafile, config, parts);
    const warnings = await checkConfig(join(parts, 'main.mjs'));
    await rm(out, { recursive: true, force: true });
    await rename(parts, out);
    return { ...measure(metafile, papers), warnings };
  } finally {
    await rm(parts, { recursive: true, force: true });
  }
}

function bundle(config: string, outdir: string, readable: boolean): Promise<{ metafile: Metafile }> {
  return build({
    entryPoints: { main: moduleFile('proxy/main') },
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.wasm': 'file', '.cedar': 'text' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.18',
    minify: !readable,
    // The AWS SDK's ES modules: its CommonJS ones come out of a lazy chunk with nothing but a default export.
    mainFields: ['module', 'main'],
    legalComments: 'none',
    metafile: true,
    absWorkingDir: ROOT,
    logLevel: 'warning',
    plugins: [deployment(config), wasmBeside()],
  });
}

/**
 * Chunks, and their assets, of what the config doesn't use: esbuild writes them before it knows that nothing loads
 * them, and lists them as imported all the same. What is loaded is named in the text of what loads it, with a hash that
 * occurs nowhere else.
 */
async function dropUnused({ outputs }: Metafile, folder: string): Promise<void> {
  const unused = new Map(Object.keys(outputs).map((path) => [basename(path), path]));
  const use = async (name: string): Promise<void> => {
    unused.delete(name);
    if (!name.endsWith('.mjs')) return;
    const text = await readFile(join(folder, name), 'utf8');
    // What is found on the way is no more in the map when its turn comes.
    for (const other of unused.keys()) if (text.includes(other)) await use(other);
  };
  await use('main.mjs');
  for (const [name, path] of unused) {
    await rm(join(folder, name));
    delete outputs[path];
  }
}

/**
 * A config that can't work is found here rather than by the first start; what is bound is another matter. Returns its
 * warnings.
 */
async function checkConfig(main: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [main, '--describe']).catch((error: unknown) => {
    if (!(error instanceof Error && 'stderr' in error)) throw error;
    const [, faults] = /^agentcore-mcp-proxy: ([^]*?)\s*$/.exec(String(error.stderr)) ?? [];
    // What a config throws when it is loaded comes with a stack of the bundle, which tells nobody anything.
    throw new Error(faults ?? /^\w*Error.*/m.exec(String(error.stderr))?.[0] ?? String(error.stderr));
  });
  return (JSON.parse(stdout) as Described).warnings;
}

/**
 * Puts the deployment's config in place of the shipped one, and lets it import this package by name from wherever it
 * lies.
 */
function deployment(config: string): Plugin {
  return {
    name: 'deployment',
    setup(builder) {
      builder.onResolve({ filter: /^\.\.\/proxy\.config\.[jt]s$/ }, () => ({ path: config }));
      builder.onResolve({ filter: /^agentcore-mcp-proxy$/ }, () => ({ path: moduleFile('proxy/index') }));
      builder.onResolve({ filter: /^agentcore-mcp-proxy\/controls$/ }, () => ({
        path: moduleFile('proxy/controls/index'),
      }));
    },
  };
}

/** A package's wasm lies beside the chunk that loads it, wherever the folder is moved to. */
function wasmBeside(): Plugin {
  return {
    name: 'wasm-beside',
    setup(builder) {
      builder.onLoad({ filter: /[\\/]access-policy[\\/]wasm-file\.[jt]s$/ }, () => ({
        contents: `import file from ${JSON.stringify(fileURLToPath(wasmFile))};\nexport const wasmFile = new URL(file, import.meta.url);`,
        resolveDir: ROOT,
      }));
    },
  };
}

/** @param papers bytes of the files that aren't code */
function measure({ outputs }: Metafile, papers: ReadonlyMap<string, number>): Omit<Built, 'warnings'> {
  const names = new Map(Object.keys(outputs).map((path) => [path, basename(path)]));
  const entry = [...names].find(([, name]) => name === 'main.mjs')?.[0];
  const loaded = new Set<string>();
  const load = (path: string | undefined): void => {
    if (path === undefined || loaded.has(path)) return;
    loaded.add(path);
    for (const { path: imported, kind } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && outputs[imported] !== undefined) load(imported);
  };
  load(entry);
  const sum = (paths: Iterable<string>): number =>
    [...paths].reduce((total, path) => total + (outputs[path]?.bytes ?? 0), 0);
  return { files: [...names.values(), ...papers.keys()].toSorted(), bytes: sum(names.keys()), startBytes: sum(loaded) };
}
