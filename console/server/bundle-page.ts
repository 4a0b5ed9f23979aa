/** Bundles the page. Here, so that an installed package, which has it built, loads no bundler. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/** The page's files, by the name that a browser asks for. */
export async function bundlePage(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const { outputFiles } = await build({
    entryPoints: { console: join(folder, 'main.tsx') },
    outdir: folder,
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const files = new Map<string, Buffer>();
  for (const { path, contents } of outputFiles)
    files.set(path.endsWith('.js') ? 'console.js' : 'console.css', Buffer.from(contents));
  for (const name of ['index.html', 'icon.svg']) files.set(name, await readFile(join(folder, name)));
  return files;
}
