/** Writes a project where nothing is in its way. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InitError } from './init-error.ts';

/** What a new repository may have already. */
const HARMLESS = ['.git', '.DS_Store', '.idea', '.vscode', 'LICENSE', '.gitattributes'];

/** Throws an `InitError` if the folder has other files. */
export function writeProject(folder: string, files: ReadonlyMap<string, string>): void {
  const there = existsSync(folder) ? readdirSync(folder).filter((name) => !HARMLESS.includes(name)) : [];
  if (there.length > 0)
    throw new InitError([
      `expected an empty or a new folder, got ${folder} with ${there.slice(0, 3).join(', ')}${there.length > 3 ? ` and ${there.length - 3} more` : ''}: name another, as in "init my-proxy"`,
    ]);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { flag: 'wx' });
  }
}
