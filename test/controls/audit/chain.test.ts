/** A chain that a proxy wrote, and what `npm run audit -- verify` makes of it after somebody changed it. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkByKeyring } from '../../../bin/audit/keys.ts';
import { verifyLines } from '../../../bin/audit/verify.ts';
import { ROOT } from '../../../bin/bundle.ts';
import { audit, type AuditFormat, type AuditOptions } from '../../../proxy/controls/audit.ts';
import { ways } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startFront } from '../../support/front.ts';
import { startUpstream } from '../../support/upstream.ts';
import { modern, send } from '../../upstream/messages.ts';

const KEYRING = JSON.stringify({ current: 'k2', keys: { k1: 'a'.repeat(43), k2: 'b'.repeat(43) } });
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
  await writeFile(join(folder, 'keyring.json'), KEYRING);
  await writeFile(join(folder, 'other.json'), KEYRING.replaceAll('b', 'c'));
  await writeFile(join(folder, 'private.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(join(folder, 'public.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
});
afterAll(() => rm(folder, { recursive: true }));

/** The lines of a proxy that served so many calls, and ended. */
async function written(format: AuditFormat, calls: number, chain: NonNullable<AuditOptions['chain']> | null = { keyring: 'KEYS', everyLines: 4 }): Promise<string[]> {
  const lines = new Lines();
  await using upstream = await startUpstream(ways[0]![1].result('{}'));
  lines.start();
  try {
    await using front = await startFront(upstream, { controls: [audit({ format, ...(chain === null ? {} : { chain }) })], environment: { KEYS: `file:${join(folder, 'keyring.json')}`, SIGNING_KEY: `file:${join(folder, 'private.pem')}` } });
    for (let i = 0; i < calls; i++) await send(front, modern('tools/list', {}, i));
  } finally {
    lines.stop();
  }
  return lines.text.split('\n').filter((line) => line !== '' && !line.includes('"level":"warn"'));
}

interface Ran {
  readonly code: number;
  readonly out: string;
}

/** The command itself. */
async function verify(lines: readonly string[], ...options: readonly string[]): Promise<Ran> {
  const file = join(folder, `${crypto.randomUUID()}.log`);
  await writeFile(file, lines.join('\n'));
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'bin/audit.ts'), 'verify', file, ...options], (error, stdout, stderr) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, out: stdout + stderr }));
  });
}

describe.each(['json', 'ocsf', 'cloudevents', 'cef'] as const)('a chain of %s lines', (format) => {
  let lines: string[];
  beforeAll(async () => {
    lines = await written(format, 12);
  });

  test('is whole as it was written, whatever stands between its lines', async () => {
    const check = await checkByKeyring(`file:${join(folder, 'keyring.json')}`);
    const { chains, others, stray } = verifyLines(lines.flatMap((line) => [line, '{"level":"info"}', 'other text']), check);
    expect(chains).toEqual([{ id: expect.any(String), lines: lines.length, heads: expect.any(Number), signedTo: lines.length - 1, ended: true, faults: [] }]);
    expect([others, stray]).toEqual([2 * lines.length, 0]);
    expect(chains[0]?.heads).toBeGreaterThanOrEqual(4);
  });

  test('is broken where any line was removed, changed, doubled, moved, or cut off', async () => {
    const check = await checkByKeyring(`file:${join(folder, 'keyring.json')}`);
    const broken = (changed: readonly string[]): boolean => {
      const { chains } = verifyLines(changed, check);
      return chains.some(({ faults, ended }) => faults.length > 0 || !ended) || chains.length === 0;
    };
    expect(broken(lines)).toBe(false);
    const at = fc.nat(lines.length - 1);
    fc.assert(fc.property(at, (i) => broken(lines.toSpliced(i, 1))));
    fc.assert(fc.property(at, (i) => broken(lines.slice(0, i))));
    fc.assert(fc.property(at, (i) => broken(lines.toSpliced(i, 0, lines[i] ?? ''))));
    fc.assert(fc.property(at, at, (i, j) => i === j || broken(lines.toSpliced(i, 1).toSpliced(j, 0, lines[i] ?? ''))));
    // The last line is the signed end: of its content what matters is in the signature.
    fc.assert(fc.property(fc.nat(lines.length - 2), fc.nat(), (i, n) => {
      const line = lines[i] ?? '';
      const k = n % line.length;
      return broken(lines.with(i, `${line.slice(0, k)}${line[k] === 'x' ? 'y' : 'x'}${line.slice(k + 1)}`));
    }));
  });

  test('is broken where somebody without the key wrote it anew', async () => {
    const check = await checkByKeyring(`file:${join(folder, 'other.json')}`);
    expect(verifyLines(lines, check).chains[0]?.faults).toContain('the signature of the head at line 0 is wrong');
  });
});

test('signatures by Ed25519 are checked with the public key alone', async () => {
  const lines = await written('json', 3, { signingKey: 'SIGNING_KEY' });
  expect(await verify(lines, '--public-key', join(folder, 'public.pem'))).toMatchObject({ code: 0, out: expect.stringContaining('whole') });
  const forged = lines.map((line) => line.replace('"outcome":"ok"', '"outcome":"refused"'));
  expect(await verify(forged, '--public-key', join(folder, 'public.pem'))).toMatchObject({ code: 1, out: expect.stringContaining('is not as it was written') });
});

test('the command says what is wrong, and where', async () => {
  const lines = await written('json', 4);
  const keyring = ['--keyring', `file:${join(folder, 'keyring.json')}`];
  expect(await verify(lines, ...keyring)).toMatchObject({ code: 0 });
  expect(await verify(lines.toSpliced(2, 1), ...keyring)).toMatchObject({ code: 1, out: expect.stringContaining('line 2 is missing') });
  expect(await verify(lines.slice(0, -1), ...keyring)).toMatchObject({ code: 1, out: expect.stringContaining('the chain has no end') });
  expect(await verify(lines.slice(0, -1), ...keyring, '--open')).toMatchObject({ code: 0 });
  expect(await verify(lines.toReversed(), ...keyring)).toMatchObject({ code: 1, out: expect.stringContaining('moved') });
  expect(await verify(lines.toReversed(), ...keyring, '--any-order')).toMatchObject({ code: 0 });
  expect(await verify(['{"event":"call"}'], ...keyring)).toMatchObject({ code: 1, out: expect.stringContaining('no line is in a chain') });
  for (const format of ['json', 'ocsf', 'cloudevents', 'cef'] as const) {
    const [added = ''] = (await written(format, 1, null)).slice(-1);
    expect(added).toMatch(/tools\/list/);
    expect(verifyLines([...lines, added], undefined)).toMatchObject({ stray: 1, others: 0 });
  }
  expect(await verify([...lines, '{"event":"call","outcome":"ok"}'], ...keyring)).toMatchObject({ code: 1, out: expect.stringContaining('1 audit lines are in no chain') });
  expect(await verify(lines)).toMatchObject({ code: 2, out: expect.stringContaining('expected one of --keyring, --public-key and --unsigned') });
  expect(await verify(lines, '--unsigned')).toMatchObject({ code: 0, out: expect.stringContaining('signatures not checked') });
});

test('two processes in one file are two chains, each whole', async () => {
  const [one, other] = [await written('json', 3), await written('json', 5)];
  const mixed = one.flatMap((line, i) => [line, other[i] ?? '']).concat(other.slice(one.length));
  const { chains } = verifyLines(mixed, await checkByKeyring(`file:${join(folder, 'keyring.json')}`));
  expect(chains.map(({ faults, ended }) => [faults, ended])).toEqual([[[], true], [[], true]]);
});
