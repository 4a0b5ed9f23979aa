/**
 * Makes esbuild put all that every start loads into one chunk.
 *
 * esbuild makes a chunk for each set of parts that load the same code. The start was 35 files, and reading, compiling and
 * linking them took Node as long as running them. So each part that is loaded later also imports the whole start, which
 * is loaded by then: all code of the start then has the same set of parts.
 *
 * esbuild also counts parts that only code unused by the config loads. What they share with the start would be in its
 * chunk, so such a part is left empty.
 */
import { basename, join, relative, resolve } from 'node:path';
import type { Metafile, Plugin } from 'esbuild';

/** Absolute paths of modules. */
export interface Parts {
  /** Those that are loaded at the start, without the entry. */
  readonly start: ReadonlySet<string>;
  /** The entry, and the first module of each part that is loaded later. */
  readonly entries: ReadonlySet<string>;
  /** The first module of each part that no code of the bundle loads. */
  readonly unused: ReadonlySet<string>;
}

/**
 * @param metafile of a build without the plugin, with paths relative to `root`
 * @param ours the folder whose modules count. A deployment's own don't: its config may wait, at its top level, for a part
 * that it loads, which must not wait for the config
 * @param used names of the files that the entry may load
 */
export function partsOf({ outputs }: Metafile, root: string, ours: string, used: ReadonlySet<string>): Parts {
  const within = (paths: readonly string[]): string[] =>
    paths.map((path) => resolve(root, path)).filter((path) => path.startsWith(`${ours}/`));
  const start = modulesIn(outputs, loadedAtStart(outputs));
  const entries = Object.entries(outputs).flatMap(([path, { entryPoint }]) =>
    entryPoint === undefined ? [] : [{ path, entryPoint }],
  );
  const main = entries.find(({ path }) => isMain(path))?.entryPoint;
  return {
    // The entry waits for the proxy at its top level, so nothing may wait for the entry.
    start: new Set(within(start.filter((path) => path !== main))),
    entries: new Set(within(entries.map(({ entryPoint }) => entryPoint))),
    unused: new Set(within(entries.flatMap(({ path, entryPoint }) => (used.has(basename(path)) ? [] : [entryPoint])))),
  };
}

/** Paths of the outputs that are read before any later part: `main.mjs` and what it imports. */
export function loadedAtStart(outputs: Metafile['outputs']): ReadonlySet<string> {
  const loaded = new Set<string>();
  const load = (path: string | undefined): void => {
    if (path === undefined || loaded.has(path)) return;
    loaded.add(path);
    for (const { path: imported, kind } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && outputs[imported] !== undefined) load(imported);
  };
  load(Object.keys(outputs).find(isMain));
  return loaded;
}

/** The modules with code in these outputs. */
export function modulesIn(outputs: Metafile['outputs'], paths: Iterable<string>): string[] {
  return [...paths].flatMap((path) =>
    Object.entries(outputs[path]?.inputs ?? {}).flatMap(([input, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [input] : [],
    ),
  );
}

const isMain = (path: string): boolean => basename(path) === 'main.mjs';

const START = 'all-of-the-start';
const BEGINS = 'begins-with-the-start';
const UNUSED = 'unused';

/**
 * @param parts of this build; undefined in the first one, in which the plugin does nothing
 * @param root what paths in the bundle are relative to
 */
export function startChunk(parts: () => Parts | undefined, root: string): Plugin {
  return {
    name: 'start-chunk',
    setup(builder) {
      builder.onResolve({ filter: new RegExp(`^${START}$`) }, () => ({ path: START, namespace: START }));
      // The entry exports nothing.
      builder.onResolve({ filter: /./, namespace: BEGINS }, ({ path }) => ({ path, sideEffects: true }));
      // Asked for each import that matches, of thousands: packages' own rarely have an ending.
      builder.onResolve({ filter: /\.[jt]s$/ }, ({ path, kind, resolveDir }) => {
        const known = parts();
        if (known === undefined || (kind !== 'entry-point' && kind !== 'dynamic-import')) return undefined;
        const module = resolve(resolveDir, path);
        if (kind === 'dynamic-import' && known.unused.has(module))
          return { path: relative(root, module), namespace: UNUSED };
        return known.entries.has(module) ? { path: relative(root, module), namespace: BEGINS } : undefined;
      });
      builder.onLoad({ filter: /./, namespace: START }, () => ({
        contents: [...(parts()?.start ?? [])].map((path) => `import ${JSON.stringify(path)};`).join('\n'),
        resolveDir: root,
      }));
      builder.onLoad({ filter: /./, namespace: UNUSED }, () => ({ contents: '' }));
      // The start comes first, so that modules run in the order in which the entry needs them.
      builder.onLoad({ filter: /./, namespace: BEGINS }, ({ path }) => ({
        contents: `import '${START}';\nexport * from ${JSON.stringify(join(root, path))};`,
        resolveDir: root,
      }));
    },
  };
}
