/** Parts of a measurement, kept in files until what they measure changes: a run that was stopped continues where it was. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { ROOT } from '../../../../bin/bundle.ts';

const FOLDER = join(ROOT, '.cache/detectors/kept');

/** The text of the file with this name; makes it if there is none yet. */
export function kept(name: string, make: () => string, folder = FOLDER): string {
  const file = fileOf(name, folder);
  return existsSync(file) ? readFileSync(file, 'utf8') : written(file, make());
}

/** Renamed when it is whole: a run may be stopped here. */
function written(file: string, text: string): string {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
  return text;
}

function fileOf(name: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  return join(folder, name.replace(/[^\w.-]+/g, '-'));
}

/** Of all sources in these folders and files: what they do may change with any of them. */
export function hashOf(...paths: readonly string[]): string {
  const made = createHash('sha256');
  for (const path of paths) for (const file of filesIn(path)) made.update(`${file}\n`).update(readFileSync(file));
  return made.digest('hex').slice(0, 16);
}

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .toSorted()
    .filter((name) => !/\.test\.ts$|^__pycache__$/.test(name))
    .flatMap((name) => filesIn(join(path, name)));
}

/** Runs the parts of one measurement one after the other, and says how far it is. */
export class Parts {
  readonly #progress: (text: string) => void;
  readonly #total: number;
  readonly #folder: string;
  #done = 0;

  /** @param total how many parts there are */
  constructor(total: number, progress: (text: string) => void, folder = FOLDER) {
    this.#total = total;
    this.#progress = progress;
    this.#folder = folder;
  }

  /**
   * What `measure` returns, or returned in an earlier run.
   * @param key changes with what is measured; undefined: measure in any case, and keep nothing
   */
  async of<T>(name: string, key: string | undefined, schema: z.ZodType<T>, measure: () => T | Promise<T>): Promise<T> {
    const count = `${++this.#done} of ${this.#total}`;
    const file = key === undefined ? undefined : fileOf(`${name}-${key}.json`, this.#folder);
    if (file !== undefined && existsSync(file)) {
      const read = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
      if (read.success) {
        this.#progress(`${count}: ${name}, from an earlier run`);
        return read.data;
      }
    }
    this.#progress(`${count}: ${name}`);
    const measured = await measure();
    if (file !== undefined) written(file, JSON.stringify(measured));
    return measured;
  }
}
