import { resolve } from 'node:path';

/** Resolves a path from the folder in which the command was typed (npm passes it on), not from npm's. */
export function fromHere(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? '', path);
}

/** The same for a location that may be a file, such as a keyring's: `file:PATH`. */
export function placeFromHere(where: string): string {
  return where.startsWith('file:') && where !== 'file:' ? `file:${fromHere(where.slice('file:'.length))}` : where;
}
