/** Loads the modules of a config again, and finds the files that they are made of. */
import { registerHooks } from 'node:module';
import { join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ROOT } from '../../lib/root.ts';
import { isObject } from '../../proxy/json/lossless.ts';

const MARK = 'reload';
/** Loaded once: the classes of the proxy must be the same in every config. */
const OURS = ['proxy', 'lib', 'bin', 'console', 'local', 'testing', 'traffic'].map((name) => join(ROOT, name) + sep);

/** Files of the newest load, also those that are missing. */
let files = new Set<string>();
let loads = 0;

export interface Loaded {
  readonly module: unknown;
  readonly files: ReadonlySet<string>;
}

/** The module could not be loaded; its files are watched all the same. */
export class CantLoad extends Error {
  readonly files: ReadonlySet<string>;

  constructor(cause: unknown, tried: ReadonlySet<string>) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.files = tried;
  }
}

/** From now on, imports of a marked module are marked as well. */
export function followImports(): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      const mark = markOf(context.parentURL) ?? markOf(specifier);
      if (mark === undefined) return next(specifier, context);
      try {
        const resolved = next(specifier, context);
        const path = pathOf(resolved.url);
        if (path === undefined || !isTheirs(path)) return resolved;
        files.add(path);
        return { ...resolved, url: marked(resolved.url, mark) };
      } catch (error) {
        const missing = isObject(error) && typeof error['url'] === 'string' ? pathOf(error['url']) : undefined;
        if (missing !== undefined) files.add(missing);
        throw error;
      }
    },
  });
}

/** Throws {@link CantLoad}. */
export async function loadAgain(path: string): Promise<Loaded> {
  const own = new Set([path]);
  files = own;
  try {
    const module: unknown = await import(marked(pathToFileURL(path).href, String(++loads)));
    return { module, files: own };
  } catch (error) {
    throw new CantLoad(error, own);
  }
}

/** An error's text, without what marks a file that was loaded again: a terminal opens the file at its line. */
export function unmarked(text: string): string {
  return text.replaceAll(new RegExp(`(file://[^\\s?]+)\\?${MARK}=\\d+`, 'g'), '$1');
}

function markOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? (new URL(url).searchParams.get(MARK) ?? undefined) : undefined;
}

function marked(url: string, mark: string): string {
  const to = new URL(url);
  to.searchParams.set(MARK, mark);
  return to.href;
}

function pathOf(url: string): string | undefined {
  return url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : undefined;
}

function isTheirs(path: string): boolean {
  return !path.includes(`${sep}node_modules${sep}`) && !OURS.some((folder) => path.startsWith(folder));
}
