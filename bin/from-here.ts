import { resolve } from 'node:path';

/**
 * A path as a person meant it: from the folder in which they typed the command, which npm tells, and not from npm's.
 */
export function fromHere(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? '', path);
}

/** The same of a place that may be a file, such as that of a keyring: `file:PATH`. */
export function placeFromHere(where: string): string {
  return where.startsWith('file:') && where !== 'file:' ? `file:${fromHere(where.slice('file:'.length))}` : where;
}
