/** The page's files, bundled once, when a browser first asks. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

const FOLDER = join(import.meta.dirname, '../page');

let bundled: Promise<ReadonlyMap<string, PageFile>> | undefined;

/** By path. */
export function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  bundled ??= bundle().catch((error: unknown) => {
    // A page that is being edited can be loaded again.
    bundled = undefined;
    throw error;
  });
  return bundled;
}

async function bundle(): Promise<ReadonlyMap<string, PageFile>> {
  const { outputFiles } = await build({
    entryPoints: { console: join(FOLDER, 'main.tsx') },
    outdir: FOLDER,
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
  const files = new Map<string, PageFile>();
  for (const { path, contents } of outputFiles) {
    const isScript = path.endsWith('.js');
    files.set(isScript ? '/console.js' : '/console.css', {
      type: isScript ? 'text/javascript; charset=utf-8' : 'text/css; charset=utf-8',
      body: Buffer.from(contents),
    });
  }
  files.set('/', { type: 'text/html; charset=utf-8', body: await readFile(join(FOLDER, 'index.html')) });
  files.set('/icon.svg', { type: 'image/svg+xml', body: await readFile(join(FOLDER, 'icon.svg')) });
  return files;
}
