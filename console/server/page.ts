/** The page's files: built when this package was packed; else bundled once, when a browser first asks. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

const FOLDER = join(import.meta.dirname, '../page');

const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'console.js': 'text/javascript; charset=utf-8',
  'console.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
};

let loaded: Promise<ReadonlyMap<string, PageFile>> | undefined;

/** By path. */
export function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  loaded ??= load().catch((error: unknown) => {
    // A page that is being edited can be loaded again.
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function load(): Promise<ReadonlyMap<string, PageFile>> {
  const files = existsSync(join(FOLDER, 'console.js')) ? await built() : await bundled();
  return new Map(
    Array.from(files, ([name, body]) => [
      name === 'index.html' ? '/' : `/${name}`,
      { type: TYPES[name] ?? 'application/octet-stream', body },
    ]),
  );
}

async function built(): Promise<ReadonlyMap<string, Buffer>> {
  return new Map(
    await Promise.all(Object.keys(TYPES).map(async (name) => [name, await readFile(join(FOLDER, name))] as const)),
  );
}

async function bundled(): Promise<ReadonlyMap<string, Buffer>> {
  return (await import('./bundle-page.ts')).bundlePage(FOLDER);
}
