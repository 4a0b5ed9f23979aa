/** A config that needs nothing from outside: callers come from the record, keys are made up, nothing is bound to a real place. */
import { generateKeyPairSync } from 'node:crypto';
import { NOBODY } from '../../proxy/call/caller.ts';
import { fixed } from '../../proxy/callers/fixed.ts';
import { prefixOf } from '../../proxy/config/bindings.ts';
import { type ProxyConfig, settingsOf } from '../../proxy/config/config.ts';

export interface Apart {
  readonly config: ProxyConfig;
  readonly environment: Readonly<Record<string, string>>;
}

/** The same in each replay, so that equal data has equal tokens. It protects nothing: what it hides is in the record. */
const KEYRING = JSON.stringify({ current: 'r1', keys: { r1: 'replay'.repeat(9) } });
const ARNS: Readonly<Record<string, string>> = {
  table: 'arn:aws:dynamodb:eu-west-1:111122223333:table/replay',
  keyring: 'env:REPLAY_KEYRING',
  secret: 'env:REPLAY_SECRET',
};

export function apart(config: ProxyConfig): Apart {
  const { upstreams, controls, caller } = settingsOf(config, []);
  const environment: Record<string, string> = { HOST: '127.0.0.1', PORT: '0' };
  for (const { name } of upstreams) {
    environment[`${prefixOf(name)}_URL`] = `http://127.0.0.1:9/${name}`;
    environment[`${prefixOf(name)}_AUTH`] = 'none';
  }
  process.env['REPLAY_KEYRING'] = KEYRING;
  process.env['REPLAY_SECRET'] = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
  for (const { bindings, builtIn } of controls)
    for (const [name, need] of Object.entries(bindings))
      // A team's own control knows what its values look like.
      environment[name] = (builtIn === undefined ? process.env[name] : undefined) ?? ARNS[need.kind ?? ''] ?? 'replay';
  // The record has callers, also where the config names none (`--caller`).
  const { authorization: _, ...rest } = caller.kind === 'none' ? fixed({}) : caller;
  return { config: { ...config, caller: { ...rest, bindings: {}, prepare: () => () => NOBODY } }, environment };
}
