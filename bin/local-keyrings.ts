/** Keyrings that nobody bound, for `npm start`: random, in memory, gone with the process. */
import { randomBytes } from 'node:crypto';
import type { ProxyConfig } from '../proxy/config/config.ts';
import { MADE_LOCALLY } from '../proxy/controls/shared/keyring.ts';

/**
 * Makes one for each binding of a keyring that the process's variables lack, and binds it there: what this process starts
 * reads the same.
 * @returns a line for a person; undefined if none was made
 */
export function bindLocalKeyrings(config: ProxyConfig, variables: NodeJS.ProcessEnv): string | undefined {
  const lacking = config.controls.flatMap(({ bindings }) =>
    Object.entries(bindings).flatMap(([name, { kind }]) => (kind === 'keyring' && !variables[name] ? [name] : [])),
  );
  for (const name of lacking) {
    const key = randomBytes(32).toString('base64url');
    variables[`${MADE_LOCALLY}${name}`] = JSON.stringify({ current: 'k1', keys: { k1: key } });
    variables[name] = `env:${MADE_LOCALLY}${name}`;
  }
  if (lacking.length === 0) return undefined;
  return `made for this start, since ${lacking.join(' and ')} ${lacking.length === 1 ? 'is' : 'are'} unbound: no later start reads its tokens`;
}
