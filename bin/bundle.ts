/** Bundles the proxy with esbuild: one entry, and a chunk for each part that is loaded on first use. */
import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BuildOptions, context, type Metafile, type Plugin } from 'esbuild';
import { moduleFile, ROOT } from '../lib/root.ts';
import type { Described } from '../proxy/config/describe.ts';
import { wasmFile } from '../proxy/controls/access-policy/wasm-file.ts';
import { httpWithoutFetch } from './http-without-fetch.ts';
import { writePapers } from './shipped/papers.ts';
import { loadedAtStart, modulesIn, type Parts, partsOf, startChunk } from './start-chunk.ts';

export { ROOT };

export interface Built {
  /** Names of the files in the folder. */
  readonly files: readonly string[];
  /** Bytes of code. */
  readonly bytes: number;
  /** Bytes of `main.mjs` and the chunks that it imports statically. */
  readonly startBytes: number;
  /** The modules that those files are made of, relative to this package. */
  readonly startModules: readonly string[];
  /** What controls warn about in their options. */
  readonly warnings: readonly string[];
}

/**
 * Builds the proxy into a folder, which appears complete or not at all.
 * @param config the deployment's `proxy.config.ts`; may be outside the repository
 * @param out the folder. An existing one that doesn't look like an earlier build is not touched (an error)
 * @param readable keeps names and lines: for profiles and stack traces
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
  if (existsSync(out) && !existsSync(join(out, 'main.mjs')) && !(await isEmptyFolder(out)))
    throw new Error(`expected ${out} to be free, an empty folder or an earlier build, got other files`);
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

async function isEmptyFolder(path: string): Promise<boolean> {
  return (await readdir(path).catch(() => [path])).length === 0;
}

async function bundle(config: string, outdir: string, readable: boolean): Promise<{ metafile: Metafile }> {
  const root = realpathSync(ROOT);
  const ours = join(root, 'proxy');
  let parts: Parts | undefined;
  const options = {
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
    // Use the AWS SDK's ES modules: its CommonJS modules in a lazy chunk only have a default export.
    mainFields: ['module', 'main'],
    legalComments: 'none',
    metafile: true,
    absWorkingDir: root,
    logLevel: 'warning',
    write: false,
    plugins: [deployment(config), wasmBeside(), httpWithoutFetch(ours), startChunk(() => parts, root)],
    // Those imports only say who needs the start.
    logOverride: { 'ignored-bare-import': 'silent' },
  } satisfies BuildOptions;
  // Built twice, since only the first build shows what a start loads. The second one parses no file again.
  const bundler = await context(options);
  try {
    const first = await bundler.rebuild();
    const files = new Map(first.outputFiles.map((file) => [basename(file.path), file]));
    const used = await usedOf([...files.keys()], (name) => files.get(name)?.text ?? '');
    parts = partsOf(first.metafile, root, ours, used);
    const { metafile, outputFiles } = await bundler.rebuild();
    for (const { path, contents } of outputFiles) await writeFile(path, contents);
    return { metafile };
  } finally {
    await bundler.dispose();
  }
}

/**
 * Deletes chunks, and their assets, that the config doesn't use: esbuild writes them before it knows that nothing loads
 * them, and still lists them as imported. A used chunk is named in the text of the code that loads it, with a unique
 * hash.
 */
async function dropUnused({ outputs }: Metafile, folder: string): Promise<void> {
  const names = Object.keys(outputs).map((path) => basename(path));
  const used = await usedOf(names, (name) => readFile(join(folder, name), 'utf8'));
  for (const path of Object.keys(outputs)) {
    if (used.has(basename(path))) continue;
    await rm(join(folder, basename(path)));
    delete outputs[path];
  }
}

/** The names of the files that the entry may load. */
async function usedOf(
  names: readonly string[],
  textOf: (name: string) => string | Promise<string>,
): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  const unused = new Set(names);
  const use = async (name: string): Promise<void> => {
    used.add(name);
    unused.delete(name);
    if (!name.endsWith('.mjs')) return;
    const text = await textOf(name);
    // The recursion removes the files it finds from the set.
    for (const other of unused) if (text.includes(other)) await use(other);
  };
  await use('main.mjs');
  return used;
}

/**
 * Finds a config that can't work now rather than at the first start; bindings are not checked. Returns its warnings.
 */
async function checkConfig(main: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [main, '--describe']).catch((error: unknown) => {
    if (!(error instanceof Error && 'stderr' in error)) throw error;
    const [, faults] = /^agentcore-mcp-proxy: ([^]*?)\s*$/.exec(String(error.stderr)) ?? [];
    // An error from the config has a stack in the bundle, which is of no use.
    throw new Error(faults ?? /^\w*Error.*/m.exec(String(error.stderr))?.[0] ?? String(error.stderr));
  });
  return (JSON.parse(stdout) as Described).warnings;
}

/** Replaces the shipped config by the deployment's, which may import this package by name from any folder. */
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

/** Puts a package's wasm next to the chunk that loads it, so that the folder can be moved. */
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

/** @param papers sizes of the files that aren't code */
function measure({ outputs }: Metafile, papers: ReadonlyMap<string, number>): Omit<Built, 'warnings'> {
  const names = new Map(Object.keys(outputs).map((path) => [path, basename(path)]));
  const sum = (paths: Iterable<string>): number =>
    [...paths].reduce((total, path) => total + (outputs[path]?.bytes ?? 0), 0);
  const start = loadedAtStart(outputs);
  return {
    files: [...names.values(), ...papers.keys()].toSorted(),
    bytes: sum(names.keys()),
    startBytes: sum(start),
    startModules: modulesIn(outputs, start).toSorted(),
  };
}
