/** What `npm run keys` does to a keyring, wherever it is stored. */
import { createHash, randomBytes } from 'node:crypto';
import { type Keyring, type KeyringSource, keyringSource, parseKeyring } from '../../proxy/controls/shared/keyring.ts';
import { placeFromHere } from '../from-here.ts';
import { EXIT, Failure } from './failure.ts';
import { openKeyring, type Stored } from './keyring-store.ts';
import type { Output } from './terminal.ts';

export async function keys(action: 'show' | 'rotate' | 'new', given: string, output: Output): Promise<number> {
  const where = placeFromHere(given);
  const source = sourceAt(where);
  const store = openKeyring(source);
  const stored = await store.read();
  if (action === 'new') {
    if (stored !== undefined)
      throw new Failure(
        `there is something at ${where} already: if it is a keyring, use it or rotate it; otherwise choose another place. Nothing was changed`,
      );
    await store.write(textOf({ current: 'k1', keys: new Map([['k1', newKey()]]), shaped: 'k1' }), undefined);
  } else {
    if (stored === undefined)
      throw new Failure(`there is no keyring at ${where}: make one with "npm run keys -- new ${where}"`);
    const ring = ringOf(stored, where);
    if (action === 'rotate') await store.write(textOf(rotated(ring)), stored);
  }
  const now = await store.read();
  if (now === undefined) throw new Failure(`there is no keyring at ${where} any more`);
  const ring = ringOf(now, where);
  show(ring, output);
  if (action === 'new' && source.kind === 'file')
    output.line(`\nAnyone with ${source.path} can open every token: keep it out of version control.`);
  if (action === 'rotate')
    output.line(
      '\nRunning proxies make tokens with the old key until they restart or see a token made with the new one. Every proxy opens tokens of both keys.',
    );
  return EXIT.ok;
}

/** The keyring that is stored there. */
export async function ringAt(given: string): Promise<Keyring> {
  const where = placeFromHere(given);
  const stored = await openKeyring(sourceAt(where)).read();
  if (stored === undefined)
    throw new Failure(`there is no keyring at ${where}: make one with "npm run keys -- new ${where}"`);
  return ringOf(stored, where);
}

function sourceAt(where: string): Exclude<KeyringSource, { readonly kind: 'env' }> {
  const source = keyringSource(where, () => {});
  if ('error' in source || source.kind === 'env')
    throw new Failure(
      'expected where the keyring is: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME or file:PATH, got another text',
      EXIT.usage,
    );
  return source;
}

function ringOf({ text }: Stored, where: string): Keyring {
  const ring = parseKeyring(text);
  if ('error' in ring) throw new Failure(`the keyring at ${where} is not usable: ${ring.error}`);
  return ring;
}

/** Adds a key and makes it current. The key for tokens without a marker stays. */
function rotated({ keys: before, shaped }: Keyring): Keyring {
  let number = before.size + 1;
  while (before.has(`k${number}`)) number++;
  const id = `k${number}`;
  return { current: id, keys: new Map([...before, [id, newKey()]]), shaped };
}

/** 256 bits from the kernel, as 43 characters. */
function newKey(): string {
  return randomBytes(32).toString('base64url');
}

function textOf({ current, keys: all, shaped }: Keyring): string {
  return JSON.stringify({ current, keys: Object.fromEntries(all), shaped });
}

function show({ current, keys: all }: Keyring, output: Output): void {
  const rows = [...all].map(([id, key]) => ({
    id,
    current: id === current,
    fingerprint: createHash('sha256').update(key).digest('hex').slice(0, 12),
  }));
  for (const { id, current: isCurrent, fingerprint } of rows)
    output.line(`${id.padEnd(8)}  ${fingerprint}${isCurrent ? '  current' : ''}`);
  output.result({ current, keys: rows });
}
