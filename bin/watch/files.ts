/** Tells when the content of one of some files has changed. */
import { createHash } from 'node:crypto';
import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { dirname } from 'node:path';

/** Editors write a file in several steps. */
const SETTLE_MS = 80;

export class Files {
  readonly #onChange: () => void;
  /** Folders are watched: many editors replace a file by another one. */
  readonly #folders = new Map<string, FSWatcher>();
  #digests = new Map<string, string>();
  #settling: NodeJS.Timeout | undefined;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Watches these, and no longer any others. Content is compared with what it is now. */
  watch(files: ReadonlySet<string>): void {
    this.#digests = new Map(Array.from(files, (path) => [path, digestOf(path)]));
    const folders = new Set(Array.from(files, (path) => dirname(path)));
    for (const [folder, watcher] of this.#folders)
      if (!folders.has(folder)) {
        watcher.close();
        this.#folders.delete(folder);
      }
    for (const folder of folders) if (!this.#folders.has(folder)) this.#add(folder);
  }

  close(): void {
    clearTimeout(this.#settling);
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  #add(folder: string): void {
    try {
      const watcher = watch(folder, () => this.#touched());
      watcher.on('error', () => {
        watcher.close();
        this.#folders.delete(folder);
      });
      this.#folders.set(folder, watcher);
    } catch {
      // A missing folder: the import that named it fails, and says so.
    }
  }

  #touched(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      if (Array.from(this.#digests).some(([path, digest]) => digestOf(path) !== digest)) this.#onChange();
    }, SETTLE_MS);
  }
}

/** Of a missing file: empty. */
function digestOf(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return '';
  }
}
