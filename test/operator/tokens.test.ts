/** `npm run tokens`: the same tokens as the control's, in each format. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KEY, tokenOf } from '../controls/tokenization/keys.ts';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';

let folder: string;
let where: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokens-'));
  where = `file:${join(folder, 'ring.json')}`;
  await writeFile(join(folder, 'ring.json'), JSON.stringify({ current: 'k1', keys: { k1: KEY } }), { mode: 0o600 });
});
afterAll(() => rm(folder, { recursive: true }));

async function run(args: readonly string[], input = ''): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['bin/tokens.ts', ...args], { env: SHARED_ENVIRONMENT });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[unknown]>,
  ]);
  return { code, stdout, stderr };
}

const MARA = 'mara@example.com';
const ANN = 'ann@example.com';
const OLD = 'Qtk_k1-giQyXaw2aJow-pjqzwG5li3L9FX7KGaqhVqULF6_7IvpOc@qtk.invalid';
const options = (action: string, type = 'email'): string[] => [action, where, '--tenant', 'acme', '--type', type];

test('lines become the tokens of the control, and come back; tokens of an earlier form become those of today', async () => {
  const encoded = await run(options('encode'), `${MARA}\n\n${ANN}\n${OLD}\n${tokenOf(ANN).toUpperCase()}\n`);
  expect(encoded).toMatchObject({
    code: 0,
    stdout: `${tokenOf(MARA)}\n\n${tokenOf(ANN)}\n${tokenOf(MARA)}\n${tokenOf(ANN)}\n`,
  });
  expect(encoded.stderr).not.toMatch(/mara|ann@|qtk_/i);
  const decoded = await run(options('decode'), `${encoded.stdout}in clear\n`);
  expect(decoded).toMatchObject({ code: 0, stdout: `${MARA}\n\n${ANN}\n${MARA}\n${ANN}\nin clear\n` });
  const name = await run(options('encode', 'name'), 'Mara Inventado');
  expect(name.stdout).toBe(`${tokenOf('Mara Inventado', 'name')}\n`);
});

test('only the named column of CSV changes, and the named member of JSON lines', async () => {
  const table = `id,"e ""mail""",note\n1,${MARA},"a, ""b""\n2nd line"\n2,"${ANN}",${MARA}\n3,,x\n`;
  const encoded = await run([...options('encode'), '--csv', 'e "mail"'], table);
  const own = table.replace(`1,${MARA}`, `1,${tokenOf(MARA)}`).replace(`"${ANN}"`, `"${tokenOf(ANN)}"`);
  expect(encoded).toMatchObject({ code: 0, stdout: own });
  expect((await run([...options('decode'), '--csv', 'e "mail"'], own)).stdout).toBe(table);
  const json = `{ "id": 12345678901234567890, "to" : "${MARA}", "cc": "${ANN}" }\n{"id":2}\n{"to":null}\n`;
  expect((await run([...options('encode'), '--jsonl', 'to'], json)).stdout).toBe(json.replace(MARA, tokenOf(MARA)));
});

test('a faulty row or a token that cannot be opened fails, without a value in the message', async () => {
  for (const [args, input] of [
    [options('decode'), `${tokenOf(MARA).slice(0, 40)}\n`],
    [options('encode'), `${tokenOf(MARA, 'email', 'other')}\n`],
    [options('encode', 'name'), `${'mara '.repeat(20_000)}\n`],
    [[...options('encode'), '--csv', 'nowhere'], `email\n${MARA}\n`],
    [[...options('encode'), '--csv', 'email'], `email\n"${MARA}\n`],
    [[...options('encode'), '--jsonl', 'to'], `{"to":"${MARA}"\n`],
    [[...options('encode'), '--jsonl', 'to'], `{"to":["${MARA}"]}\n`],
  ] as const) {
    const { code, stdout, stderr } = await run(args, input);
    if (stdout !== '') expect(stdout.trim(), 'no empty line among the rows').not.toBe('');
    expect([code, /mara/.test(stderr)], stderr).toEqual([1, false]);
    expect(stderr).toMatch(/expected|could not be opened/);
  }
}, 60_000);

test('a reader that closes the output early ends the command without a stack', async () => {
  const child = spawn(process.execPath, ['bin/tokens.ts', ...options('encode')], { env: SHARED_ENVIRONMENT });
  child.stdin.on('error', () => {}).end(`${MARA}\n`.repeat(50_000));
  child.stdout.once('data', () => child.stdout.destroy());
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[unknown]>]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
}, 60_000);

test('wrong options exit with 2', async () => {
  for (const args of [
    [],
    ['encode'],
    ['encode', where],
    ['encode', where, '--tenant', 'acme'],
    [...options('encode'), '--type', 'name'],
    [...options('encode'), '--csv', 'a', '--jsonl', 'b'],
    [...options('encode'), '--json'],
    ['encode', 'env:RING', '--tenant', 'acme', '--type', 'email'],
  ])
    expect((await run(args)).code, args.join(' ')).toBe(2);
}, 60_000);
