import { resolve } from 'node:path';

/** A path as a person meant it: from the folder in which they typed the command, which npm tells, and not from npm's. */
export function fromHere(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? '', path);
}
