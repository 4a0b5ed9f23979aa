/** Chains that a proxy wrote, and what `npm run audit -- verify` reports after somebody changed them. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkByKeyring } from '../../../bin/audit/keys.ts';
import { eachLine } from '../../../bin/audit/lines.ts';
import { readLine } from '../../../bin/audit/links.ts';
import { type CheckHead, type Report, Verifier } from '../../../bin/audit/verify.ts';
import { hashOf } from '../../../proxy/controls/audit/chain.ts';
import type { Link } from '../../../proxy/controls/audit/event.ts';
import { audit, type AuditFormat, type AuditOptions } from '../../../proxy/controls/audit/index.ts';
import { tokenization } from '../../../proxy/controls/tokenization/index.ts';
import { ways } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { command } from '../../support/commands.ts';
import { startFront } from '../../support/front.ts';
import { startUpstream } from '../../support/upstream.ts';
import { modern, send } from '../../upstream/messages.ts';
import { emails, TENANT } from '../tokenization/keys.ts';

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

/** The lines of a proxy that served this many calls and then ended. */
async function written(
  format: AuditFormat,
  calls: number,
  chain: NonNullable<AuditOptions['chain']> | null = { keyring: 'KEYS', everyLines: 4 },
): Promise<string[]> {
  const lines = new Lines();
  await using upstream = await startUpstream(ways[0]![1].result('{}'));
  lines.start();
  try {
    await using front = await startFront(upstream, {
      controls: [audit({ format, ...(chain === null ? {} : { chain }) })],
      environment: { KEYS: `file:${join(folder, 'keyring.json')}`, SIGNING_KEY: `file:${join(folder, 'private.pem')}` },
    });
    for (let i = 0; i < calls; i++) await send(front, modern('tools/list', {}, i));
  } finally {
    lines.stop();
  }
  return lines.text.split('\n').filter((line) => line !== '' && !line.includes('"level":"warn"'));
}

test('of a keyring that several controls share, it is said once where it is', async () => {
  const lines = new Lines();
  await using upstream = await startUpstream(ways[0]![1].result('{}'));
  lines.start();
  try {
    await using front = await startFront(upstream, {
      controls: [
        audit({ fingerprints: { keyring: 'KEYS', caller: true }, chain: { keyring: 'KEYS' } }),
        tokenization({ name: 'one', keyring: 'KEYS', tenant: TENANT, detectors: [emails] }),
        tokenization({ name: 'two', keyring: 'OTHER', tenant: TENANT, detectors: [emails] }),
        tokenization({ name: 'three', keyring: 'KEYS', tenant: TENANT, detectors: [emails] }),
      ],
      environment: { KEYS: `file:${join(folder, 'keyring.json')}`, OTHER: `file:${join(folder, 'keyring.json')}` },
    });
    await send(front, modern('tools/list', {}, 1));
  } finally {
    lines.stop();
  }
  expect(lines.text.match(/\bKEYS: the keyring comes from a file/g)).toHaveLength(1);
  expect(lines.text.match(/\bOTHER: the keyring comes from a file/g)).toHaveLength(1);
});

function verifyLines(lines: readonly string[], check: CheckHead | undefined, anyOrder = false): Report {
  const verifier = new Verifier(check, anyOrder);
  for (const line of lines) verifier.take(Buffer.from(line));
  return verifier.report();
}

/** Lines that somebody without the key adds: sequence numbers and hashes are not secret. */
function forgedAfter(lines: readonly string[], count: number, at = (i: number): number => Date.now() + i): string[] {
  const { id, seq } = chainOf(lines.at(-1) ?? '');
  let last = lines.at(-1) ?? '';
  return Array.from({ length: count }, (_, i) => {
    const chain = { id, seq: seq + 1 + i, prev: hashOf(last), at: at(i) };
    return (last = JSON.stringify({
      event: 'call',
      time: new Date().toISOString(),
      caller: 'bob',
      method: 'tools/call',
      name: 'delete_everything',
      outcome: 'ok',
      chain,
    }));
  });
}

function chainOf(line: string): Link {
  const read = readLine(line);
  if (typeof read === 'string') throw new Error('expected a line of a chain');
  return read.link;
}

interface Ran {
  readonly code: number;
  readonly out: string;
}

/** Runs the command. */
async function verify(lines: readonly string[], ...options: readonly string[]): Promise<Ran> {
  const file = join(folder, `${crypto.randomUUID()}.log`);
  await writeFile(file, lines.join('\n'));
  return run('verify', file, ...options);
}

async function run(...args: readonly string[]): Promise<Ran> {
  const { code, stdout, stderr } = await command('bin/audit.ts', args, { INIT_CWD: folder });
  return { code, out: stdout + stderr };
}

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

describe.each(['json', 'ocsf', 'cloudevents', 'cef'] as const)('a chain of %s lines', (format) => {
  let lines: string[];
  beforeAll(async () => {
    lines = await written(format, 8);
  });

  test('is whole as written, with other text between its lines', async () => {
    const check = await checkByKeyring(`file:${join(folder, 'keyring.json')}`);
    const { chains, others, stray } = verifyLines(
      lines.flatMap((line) => [line, '{"level":"info"}', 'other text']),
      check,
    );
    expect(chains).toEqual([
      {
        id: expect.any(String),
        lines: lines.length,
        heads: expect.any(Number),
        from: expect.stringMatching(TIME),
        to: expect.stringMatching(TIME),
        signedTo: lines.length - 1,
        unsigned: 0,
        ended: true,
        repeated: 0,
        faults: [],
      },
    ]);
    expect([others, stray]).toEqual([2 * lines.length, 0]);
    expect(chains[0]?.heads).toBeGreaterThanOrEqual(4);
  });

  test('is broken if any line was removed, changed, repeated, moved or cut off', async () => {
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
    for (const [i, line] of lines.entries()) {
      // Every character of each head, including the last line, whose hash no other line contains.
      const every = i % 4 === 0 || i === lines.length - 1 ? 1 : 7;
      for (let k = 0; k < line.length; k += every)
        for (const other of [line[k] === 'x' ? 'y' : 'x', '"'])
          if (other !== line[k] && !broken(lines.with(i, `${line.slice(0, k)}${other}${line.slice(k + 1)}`)))
            expect.fail(`line ${i}, character ${k}: ${other}`);
    }
  });

  test('is broken if the line of a head contains anything but that head', async () => {
    const check = await checkByKeyring(`file:${join(folder, 'keyring.json')}`);
    const call = lines[1] ?? '';
    const chained = (line: string): string => JSON.stringify(chainOf(line));
    for (const i of [0, lines.length - 1]) {
      const head = lines[i] ?? '';
      const forged = call.replace(chained(call), chained(head));
      expect(chainOf(forged)).toEqual(chainOf(head));
      for (const line of [
        forged,
        `${head} `,
        head.replace('{', '{"event":"call",'),
        head.replace(/"sig":"/, '"sig":"AAAA","sig":"'),
      ]) {
        expect(
          verifyLines(lines.with(i, line), check).chains.flatMap(({ faults, ended }) => [
            ...faults,
            ...(ended ? [] : ['no end']),
          ]),
        ).not.toEqual([]);
      }
    }
  });

  test('is broken if it was signed with another key', async () => {
    const check = await checkByKeyring(`file:${join(folder, 'other.json')}`);
    expect(verifyLines(lines, check).chains[0]?.faults).toContainEqual(
      expect.stringContaining('the signature of the head at line 0 is wrong'),
    );
  });
});

test('verifies Ed25519 signatures with only the public key', async () => {
  const lines = await written('json', 3, { signingKey: 'SIGNING_KEY' });
  expect(await verify(lines, '--public-key', join(folder, 'public.pem'))).toMatchObject({
    code: 0,
    out: expect.stringContaining('whole'),
  });
  const forged = lines.map((line) => line.replace('"outcome":"ok"', '"outcome":"refused"'));
  expect(await verify(forged, '--public-key', join(folder, 'public.pem'))).toMatchObject({
    code: 1,
    out: expect.stringContaining('was changed'),
  });
});

test('the command reports what is wrong, and where', async () => {
  const lines = await written('json', 4);
  const keyring = ['--keyring', `file:${join(folder, 'keyring.json')}`];
  expect(await verify(lines, ...keyring)).toMatchObject({ code: 0 });
  expect(await verify(lines.toSpliced(2, 1), ...keyring)).toMatchObject({
    code: 1,
    out: expect.stringContaining('line 2 is missing'),
  });
  expect(await verify(lines.slice(0, -1), ...keyring)).toMatchObject({
    code: 1,
    out: expect.stringContaining('the chain has no end'),
  });
  expect(await verify(lines.slice(0, -1), ...keyring, '--open')).toMatchObject({ code: 0 });
  expect(await verify(lines.toReversed(), ...keyring)).toMatchObject({
    code: 1,
    out: expect.stringContaining('moved'),
  });
  expect(await verify(lines.toReversed(), ...keyring, '--any-order')).toMatchObject({ code: 0 });
  expect(await verify(['{"event":"call"}'], ...keyring)).toMatchObject({
    code: 1,
    out: expect.stringContaining('no line is in a chain'),
  });
  for (const format of ['json', 'ocsf', 'cloudevents', 'cef'] as const) {
    const [added = ''] = (await written(format, 1, null)).slice(-1);
    expect(added).toMatch(/tools\/list/);
    expect(verifyLines([...lines, added], undefined)).toMatchObject({ stray: 1, others: 0 });
  }
  expect(await verify([...lines, '{"event":"call","outcome":"ok"}'], ...keyring)).toMatchObject({
    code: 1,
    out: expect.stringContaining('1 audit lines are in no chain'),
  });
  expect(await verify(lines)).toMatchObject({
    code: 2,
    out: expect.stringContaining('expected one of --keyring, --public-key and --unsigned'),
  });
  expect(await verify(lines, '--unsigned')).toMatchObject({
    code: 0,
    out: expect.stringContaining('signatures not checked'),
  });
});

test('reports lines after the last signature, and treats more of them than the proxy leaves unsigned as a fault', async () => {
  const keyring = ['--keyring', `file:${join(folder, 'keyring.json')}`];
  const lines = await written('json', 6, { keyring: 'KEYS', everyLines: 4, everySeconds: 10 });
  const cut = lines.slice(
    0,
    lines.findLastIndex((line) => line.includes('"event":"head"') && !line.includes('"end"')) + 1,
  );
  expect(await verify([...cut, ...forgedAfter(cut, 4)], ...keyring, '--open')).toMatchObject({
    code: 0,
    out: expect.stringContaining('4 lines after the last signature are covered by none'),
  });
  expect(await verify([...cut, ...forgedAfter(cut, 5)], ...keyring, '--open')).toMatchObject({
    code: 1,
    out: expect.stringContaining('would have signed again after 4 lines or 10 s'),
  });
  const slow = (i: number): number => Date.now() + i * 10_000;
  expect(await verify([...cut, ...forgedAfter(cut, 2, slow)], ...keyring, '--open')).toMatchObject({ code: 0 });
  expect(await verify([...cut, ...forgedAfter(cut, 3, slow)], ...keyring, '--open')).toMatchObject({
    code: 1,
    out: expect.stringContaining('would have signed again'),
  });
  // Nothing may follow the end, and an invented head has no valid signature.
  expect(await verify([...lines, ...forgedAfter(lines, 1)], ...keyring, '--open')).toMatchObject({
    code: 1,
    out: expect.stringContaining('comes after the end'),
  });
  const claimed = { ...chainOf(cut.at(-1) ?? ''), every: { lines: 1e6, seconds: 1e6 } };
  const head = JSON.stringify({ event: 'head', time: new Date().toISOString(), chain: claimed });
  expect(
    await verify([...cut.slice(0, -1), head, ...forgedAfter([...cut.slice(0, -1), head], 9)], ...keyring, '--open'),
  ).toMatchObject({ code: 1, out: expect.stringContaining('is wrong') });
});

test('a proxy signs before more lines follow a head than the head announces, however many calls end at once', async () => {
  const lines = new Lines();
  await using upstream = await startUpstream(ways[0]![1].result('{}'));
  lines.start();
  try {
    await using front = await startFront(upstream, {
      controls: [audit({ chain: { keyring: 'KEYS', everyLines: 3 } })],
      environment: { KEYS: `file:${join(folder, 'keyring.json')}` },
    });
    await Promise.all(Array.from({ length: 20 }, (_, i) => send(front, modern('tools/list', {}, i))));
  } finally {
    lines.stop();
  }
  const runs = lines.all
    .flatMap(({ event }) => (event === 'head' ? ['|'] : event === 'call' ? ['.'] : []))
    .join('')
    .split('|');
  expect(runs.map((run) => run.length)).toEqual([0, 3, 3, 3, 3, 3, 3, 2, 0]);
});

test('detects heads of another chain, replayed heads and moved heads', async () => {
  const check = await checkByKeyring(`file:${join(folder, 'keyring.json')}`);
  const [one, other] = [await written('json', 6), await written('json', 6)];
  const faults = (lines: readonly string[], anyOrder = false): number =>
    verifyLines(lines, check, anyOrder).chains.reduce((sum, chain) => sum + chain.faults.length, 0);
  const heads = (lines: readonly string[]): number[] =>
    lines.flatMap((line, i) => (line.includes('"event":"head"') ? [i] : []));
  expect(faults([...one, ...other])).toBe(0);
  for (const i of heads(one)) {
    expect(faults(one.with(i, other[i] ?? ''))).toBeGreaterThan(0);
    expect(faults(one.with(i, other[i] ?? ''), true)).toBeGreaterThan(0);
    expect(faults([...one, one[i] ?? ''])).toBeGreaterThan(0);
  }
  // A forged line with a valid place in the chain, between the last line but one and the end.
  const last = one.at(-1) ?? '';
  for (const anyOrder of [false, true])
    expect(faults([...one.slice(0, -1), ...forgedAfter(one.slice(0, -1), 1), last], anyOrder)).toBeGreaterThan(0);
});

test('with --any-order accepts a repeated line, and rejects another line in its place', async () => {
  const check = await checkByKeyring(`file:${join(folder, 'keyring.json')}`);
  const lines = await written('json', 8);
  fc.assert(
    fc.property(fc.shuffledSubarray([...lines, ...lines, ...lines], { minLength: 3 * lines.length }), (delivered) => {
      const [chain] = verifyLines(delivered, check, true).chains;
      expect(chain).toMatchObject({ lines: lines.length, repeated: 2 * lines.length, ended: true, faults: [] });
    }),
  );
  fc.assert(
    fc.property(fc.nat(lines.length - 1), fc.boolean(), (i, first) => {
      const forged = (lines[i] ?? '').replace('tools/list', 'tools/call').replace('"head"', '"call"');
      expect(verifyLines(first ? [forged, ...lines] : [...lines, forged], check, true).chains[0]?.faults).not.toEqual(
        [],
      );
    }),
  );
  expect(
    await verify([...lines, ...lines], '--keyring', `file:${join(folder, 'keyring.json')}`, '--any-order'),
  ).toMatchObject({ code: 0, out: expect.stringContaining('lines are repeated unchanged') });
});

test('reads a file line by line, whatever it contains', async () => {
  const lines = await written('json', 3);
  const file = join(folder, 'hostile.log');
  const junk = [
    '{'.repeat(100_000),
    '['.repeat(100_000),
    ' cs6='.repeat(100_000),
    `CEF:0|${' cs6='.repeat(100_000)}\\`,
    'x'.repeat(3_000_000),
    '',
    '\u0000',
    '{"chain":{"id":"x","seq":1e400}}',
  ];
  await writeFile(
    file,
    Buffer.concat([
      Buffer.from(
        lines
          .flatMap((line, i) => [line, junk[i] ?? 'x'])
          .concat(junk)
          .join('\r\n'),
      ),
      Buffer.from([10, 0xff, 0xfe, 10]),
    ]),
  );
  const keyring = ['--keyring', `file:${join(folder, 'keyring.json')}`];
  expect(await run('verify', file, ...keyring)).toMatchObject({ code: 0 });
  // Too long for an audit line, but nothing shows that it is not one.
  await writeFile(file, `${lines.join('\n')}\n{"event":"call","name":"${'x'.repeat(5_000_000)}"}`);
  expect(await run('verify', file, ...keyring)).toMatchObject({
    code: 1,
    out: expect.stringContaining('1 lines are longer than 4 MiB'),
  });
  const taken: (number | undefined)[] = [];
  await writeFile(file, `a\r\n\n${'b'.repeat(700_000)}\n${'c'.repeat(5_000_000)}\nd`);
  await eachLine(file, (line) => taken.push(line?.length));
  expect(taken).toEqual([1, 0, 700_000, undefined, 1]);
});

test("exits with 2 and a message if a file can't be read, which is not a broken chain", async () => {
  for (const args of [
    ['verify', 'none.log', '--unsigned'],
    ['verify', '.', '--unsigned'],
    ['verify', 'none.log', '--keyring', 'file:none.json'],
    ['verify', 'none.log', '--public-key', 'none.pem'],
    ['verify', '--unsigned'],
    ['verify', 'x', '--unsgned'],
  ]) {
    const { code, out } = await run(...args);
    expect(code).toBe(2);
    expect(out).toMatch(/^audit: /);
    expect(out).not.toContain('    at ');
  }
  expect(await run('--help')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^usage: npm run audit[^]*exit codes: 0 /),
  });
});

test('resolves paths from the folder in which the command was typed', async () => {
  await writeFile(join(folder, 'here.log'), (await written('json', 1)).join('\n'));
  expect(await run('verify', 'here.log', '--keyring', 'file:keyring.json')).toMatchObject({ code: 0 });
});

test('finds two whole chains in one file of two processes', async () => {
  const [one, other] = [await written('json', 3), await written('json', 5)];
  const mixed = one.flatMap((line, i) => [line, other[i] ?? '']).concat(other.slice(one.length));
  const { chains } = verifyLines(mixed, await checkByKeyring(`file:${join(folder, 'keyring.json')}`));
  expect(chains.map(({ faults, ended }) => [faults, ended])).toEqual([
    [[], true],
    [[], true],
  ]);
});
