/** Chains whose keys a key in KMS vouches for, and what `npm run audit -- verify` says with its public key. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { checkByPublicKey } from '../../../bin/audit/keys.ts';
import { type Report, Verifier } from '../../../bin/audit/verify.ts';
import { Chain, signedText, vouchedText } from '../../../proxy/controls/audit/chain.ts';
import type { AuditEvent, Voucher } from '../../../proxy/controls/audit/event.ts';
import { audit, type AuditFormat } from '../../../proxy/controls/audit/index.ts';
import type { Signer } from '../../../proxy/controls/audit/signer.ts';
import { KMS_ALGORITHMS, type SigningAlgorithm } from '../../../proxy/credentials/signing-algorithms.ts';
import { ways } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startFront } from '../../support/front.ts';
import { type KeySpec, type SigningServices, startSigningServices } from '../../support/signing-services.ts';
import { startUpstream } from '../../support/upstream.ts';
import { modern, send } from '../../upstream/messages.ts';

let kms: SigningServices;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-kms-'));
  kms = await startSigningServices();
  for (const [name, value] of Object.entries(kms.environment)) vi.stubEnv(name, value);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await kms[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** As the construct gives the role what this control needs on a bound ARN. */
const maySign = (arn: string, kmsAlgorithm?: SigningAlgorithm) => {
  const { actions, conditions } = audit({
    chain: { kmsKey: 'AUDIT_KEY', ...(kmsAlgorithm === undefined ? {} : { kmsAlgorithm }) },
  }).bindings['AUDIT_KEY'] ?? { actions: [] };
  return { Effect: 'Allow', Action: actions, Resource: arn, Condition: { StringEquals: conditions } };
};

async function written(arn: string, kmsAlgorithm?: SigningAlgorithm, format: AuditFormat = 'json'): Promise<string[]> {
  const lines = new Lines();
  await using upstream = await startUpstream(ways[0]![1].result('{}'));
  lines.start();
  try {
    const chain = { kmsKey: 'AUDIT_KEY', everyLines: 2, ...(kmsAlgorithm === undefined ? {} : { kmsAlgorithm }) };
    await using front = await startFront(upstream, {
      controls: [audit({ format, chain })],
      environment: { AUDIT_KEY: arn },
    });
    for (let i = 0; i < 5; i++) await send(front, modern('tools/list', {}, i));
  } finally {
    lines.stop();
  }
  return lines.text.split('\n').filter((line) => line !== '' && !line.includes('"level":"warn"'));
}

async function report(lines: readonly string[], publicKey: KeyObject): Promise<Report> {
  const file = join(folder, 'public.pem');
  await writeFile(file, publicKey.export({ type: 'spki', format: 'pem' }));
  const verifier = new Verifier(checkByPublicKey(file));
  for (const line of lines) verifier.take(Buffer.from(line));
  return verifier.report();
}

test.each<[KeySpec, SigningAlgorithm | undefined, AuditFormat]>([
  ['ECC_NIST_P256', undefined, 'json'],
  ['ECC_NIST_P384', 'ES384', 'ocsf'],
  ['RSA_2048', 'RS256', 'cloudevents'],
  ['RSA_2048', 'PS512', 'cef'],
  ['ECC_NIST_EDWARDS25519', 'EdDSA', 'json'],
])('a key of %s vouches (%s), and its public key verifies the chain in %s', async (spec, algorithm, format) => {
  const { arn, publicKey } = kms.createKey(spec);
  kms.role = [maySign(arn, algorithm)];
  const lines = await written(arn, algorithm, format);
  const [chain] = (await report(lines, publicKey)).chains;
  expect(chain).toMatchObject({ faults: [], ended: true, unsigned: 0 });
  expect(chain?.heads).toBeGreaterThan(2);
  // One request for a chain, however many heads it has.
  expect(kms.asked).toEqual([`kms Sign ${arn} ${KMS_ALGORITHMS[algorithm ?? 'ES256']}`]);
  const [other] = (await report(lines, kms.createKey(spec).publicKey)).chains;
  expect(other?.faults).toContainEqual(expect.stringContaining('the signature of the head at line 0 is wrong'));
  const changed = lines.map((line, i) => (i === 1 ? line.replace('tools/list', 'tools/lost') : line));
  expect((await report(changed, publicKey)).chains[0]?.faults).toContain('line 1 was changed');
});

test('each process has its own key, and a key that KMS did not vouch for signs nothing', async () => {
  const { arn, publicKey } = kms.createKey('ECC_NIST_P256');
  kms.role = [maySign(arn)];
  const [one, two] = [await written(arn), await written(arn)];
  const voucherOf = (line = ''): Voucher => (JSON.parse(line) as { chain: { by: Voucher } }).chain.by;
  expect(voucherOf(one[0]).pub).not.toBe(voucherOf(two[0]).pub);

  const mine = generateKeyPairSync('ed25519');
  const pub = mine.publicKey.export({ format: 'jwk' }).x ?? '';
  const id = (JSON.parse(one[0] ?? '') as { chain: { id: string } }).chain.id;
  const byMe = sign('sha256', Buffer.from(vouchedText(id, pub)), {
    key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    dsaEncoding: 'ieee-p1363',
  }).toString('base64url');
  const forgeries: readonly Voucher[] = [
    { ...voucherOf(one[0]), pub },
    { alg: 'ES256', pub, proof: byMe },
    { alg: 'EdDSA', pub, proof: sign(null, Buffer.from(vouchedText(id, pub)), mine.privateKey).toString('base64url') },
    voucherOf(two[0]),
  ];
  for (const by of forgeries) {
    const head = (one[0] ?? '').replace(/"by":\{[^}]*\}/, `"by":${JSON.stringify(by)}`);
    const sig = sign(
      null,
      Buffer.from(signedText(head)),
      createPrivateKey(mine.privateKey.export({ type: 'pkcs8', format: 'pem' })),
    );
    const forged = head.replace(/"sig":"[^"]*"/, `"sig":"${sig.toString('base64url')}"`);
    const [chain] = (await report([forged], publicKey)).chains;
    expect(chain?.faults.join()).toMatch(/line 0 is wrong|line 0 is signed with a key that isn't known/);
    expect(chain?.signedTo).toBe(-1);
  }
  const bare = (one[0] ?? '').replace(/"by":\{[^}]*\},/, '');
  expect((await report([bare], publicKey)).chains[0]?.signedTo).toBe(-1);
});

/** A chain as the proxy writes it, with keys for which the key in KMS vouches: one head for each. */
function chainBy(kmsKey: KeyObject, keys: readonly KeyObject[], caller: string): string[] {
  const id = '11111111-1111-4111-8111-111111111111';
  let current = keys[0];
  const signer: Signer = {
    alg: 'ed25519',
    key: undefined,
    get by(): Voucher {
      const pub = createPublicKey(current ?? kmsKey).export({ format: 'jwk' }).x ?? '';
      const proof = sign('sha256', Buffer.from(vouchedText(id, pub)), { key: kmsKey, dsaEncoding: 'ieee-p1363' });
      return { alg: 'ES256', pub, proof: proof.toString('base64url') };
    },
    sign: (text) => sign(null, Buffer.from(text), current ?? kmsKey).toString('base64url'),
  };
  const chain = new Chain(signer, (event) => JSON.stringify(event), { lines: 100, seconds: 60 }, id);
  const lines: string[] = [];
  for (const [i, key] of keys.entries()) {
    current = key;
    lines.push(chain.head(i > 0 && i === keys.length - 1));
    if (i < keys.length - 1) lines.push(chain.add({ ...CALLED, caller }));
  }
  return lines;
}

const CALLED: AuditEvent = { event: 'call', time: '2026-12-01T00:00:00.000Z', name: 'pay' };

test('two keys in one chain are a fault, though the key in KMS vouches for both', async () => {
  const kmsKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [own, later] = [generateKeyPairSync('ed25519').privateKey, generateKeyPairSync('ed25519').privateKey];
  const [whole] = (await report(chainBy(kmsKey.privateKey, [own, own], 'mallory'), kmsKey.publicKey)).chains;
  expect(whole).toMatchObject({ faults: [], ended: true, pub: createPublicKey(own).export({ format: 'jwk' }).x });
  const [mixed] = (await report(chainBy(kmsKey.privateKey, [own, later], 'bob'), kmsKey.publicKey)).chains;
  expect(mixed?.faults).toEqual([
    'the head at line 2 is signed with another key than the first: a second writer, or forged',
  ]);
});

test('a chain that was written again with KMS has another key', async () => {
  const kmsKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [own, later] = [generateKeyPairSync('ed25519').privateKey, generateKeyPairSync('ed25519').privateKey];
  const reports = [
    await report(chainBy(kmsKey.privateKey, [own, own], 'mallory'), kmsKey.publicKey),
    await report(chainBy(kmsKey.privateKey, [later, later], 'bob'), kmsKey.publicKey),
  ].map(({ chains: [chain] }) => chain);
  expect(reports.map((chain) => chain?.faults)).toEqual([[], []]);
  expect(reports[0]?.pub).not.toBe(reports[1]?.pub);
});

test('a proxy whose role may not sign does not start, and says what to allow', async () => {
  const { arn } = kms.createKey('ECC_NIST_P256');
  await expect(written(arn)).rejects.toThrow(
    /AccessDeniedException\): allow the execution role kms:Sign on it with ECDSA_SHA_256/,
  );
  kms.role = [maySign(arn, 'RS256')];
  await expect(written(arn, 'RS256')).rejects.toThrow('expected a key for SIGN_VERIFY that signs RS256');
  await expect(written('alias/audit')).rejects.toThrow('AUDIT_KEY: expected the ARN of a KMS key by its id');
});

test('the role gets kms:Sign on the bound key alone, with the configured algorithm alone', () => {
  expect(audit({ chain: { kmsKey: 'AUDIT_KEY' } }).bindings).toEqual({
    AUDIT_KEY: {
      for: 'the ARN of the KMS key that vouches for the key of each audit chain',
      actions: ['kms:Sign'],
      conditions: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256' },
    },
  });
  expect(maySign('arn', 'EdDSA').Condition.StringEquals).toEqual({ 'kms:SigningAlgorithm': 'ED25519_SHA_512' });
});
