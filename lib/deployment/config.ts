/** The config of an entry. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * A path; undefined: the config in this package, which only audits.
 * @param folder the deployments file's
 */
export function configOf({ config }: { readonly config?: string }, folder: string): string | undefined {
  if (config !== undefined) return resolve(folder, config);
  const beside = join(folder, 'proxy.config.ts');
  return existsSync(beside) ? beside : undefined;
}
