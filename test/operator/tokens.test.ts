/** `npm run tokens`: the same tokens as the control's, in each format. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KEY, OTHER_KEY, TENANT, tokenOf, tokensWith } from '../controls/tokenization/keys.ts';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';

let folder: string;
let where: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tokens-'));
  where = `file:${join(folder, 'ring.json')}`;
  await writeFile(join(folder, 'ring.json'), JSON.stringify({ current: 'k1', keys: { k1: KEY } }), { mode: 0o600 });
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (args: readonly string[], input: string | Buffer = ''): Promise<Ended> => started(args, '', input);

/** Reads the input from a file. */
async function runOn(input: string | Buffer, args: readonly string[]): Promise<Ended> {
  await writeFile(join(folder, 'rows'), input);
  return started(args, `< ${join(folder, 'rows')}`, '');
}

async function started(args: readonly string[], from: string, input: string | Buffer): Promise<Ended> {
  const child = spawn('sh', ['-c', `exec "$0" "$@" ${from}`, process.execPath, 'bin/tokens.ts', ...args], {
    env: SHARED_ENVIRONMENT,
  });
  // A command that refuses the input does not read it all.
  child.stdin.on('error', () => {}).end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    buffer(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[unknown]>,
  ]);
  return { code, stdout: stdout.toString(), stderr };
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
});

test.each(['through a pipe', 'from a file'])(
  'text that is not UTF-8 is refused before anything is written, %s',
  async (way) => {
    const table = 'id,lastName,email\n1,Müller,zoe@x.com\n';
    for (const [input, line, words] of [
      [Buffer.from(table, 'latin1'), 2, 'expected UTF-8, got other bytes'],
      [Buffer.from(`\ufeff${table}`, 'utf16le'), 1, 'UTF-16'],
      [Buffer.from(`\ufeff${table}`, 'utf16le').swap16(), 1, 'UTF-16'],
      [Buffer.from(table, 'utf16le'), 1, 'UTF-16'],
      [Buffer.concat([Buffer.from(table.repeat(20_000)), Buffer.from([0xc3])]), 40_001, 'expected UTF-8'],
    ] as const) {
      const args = [...options('encode'), '--csv', 'email'];
      const got = way === 'from a file' ? await runOn(input, args) : await run(args, input);
      expect(got, got.stderr).toMatchObject({ code: 1, stdout: '' });
      expect(got.stderr).toContain(words);
      expect(got.stderr).toContain(`line ${line}: `);
    }
  },
);

test('a file is read as a pipe is, and keeps its byte order mark', async () => {
  const read = await runOn(`\ufeffemail\n${MARA}\n`, [...options('encode'), '--csv', 'email']);
  expect(read.stdout).toBe(`\ufeffemail\n${tokenOf(MARA)}\n`);
});

test('a token with what stores put around it is a token, and data without it is the same data', async () => {
  const token = tokenOf(MARA);
  const url = tokensWith().token(TENANT, { type: 'email', value: MARA, percent: false }, 'url') ?? '';
  const rows = (one: string): string =>
    [`${one}   `, `mailto:${one}`, `<${one}>`, ` <MAILTO:${one}> `, `\t${one}`].join('\n');
  expect((await run(options('encode'), rows(MARA))).stdout).toBe(`${rows(token)}\n`);
  expect((await run(options('encode'), `${rows(token)}\n${url}`)).stdout).toBe(`${rows(token)}\n${url}\n`);
  const decoded = await run(options('decode'), `${rows(token)}\n${url}\nto ${token}, ${token}!\n`);
  expect(decoded.stdout).toBe(`${rows(MARA)}\n${MARA}\nto ${MARA}, ${MARA}!\n`);
  // Earlier versions made a token of such a token.
  const twice = tokenOf(`${token}   `);
  expect((await run(options('decode'), twice)).stdout).toBe(`${MARA}   \n`);
});

test('with --shaped, values become the tokens that a field with reverses has, and come back', async () => {
  const table = 'id,phone\n1,+46 70 174 06 05\n2, 202-555-0143 \n3,\n';
  const shape = (text: string): string => text.replace(/\d/g, '0');
  const args = (action: string): string[] => [...options(action, 'phone'), '--shaped', '--csv', 'phone'];
  const encoded = await run(args('encode'), table);
  expect([encoded.code, shape(encoded.stdout)]).toEqual([0, shape(table)]);
  const token = tokensWith().token(TENANT, { type: 'phone', value: '202-555-0143', percent: false }, 'shaped');
  expect(encoded.stdout).toContain(`\n2, ${token} \n`);
  expect((await run(args('decode'), encoded.stdout)).stdout).toBe(table);
  for (const input of [`phone\n${tokenOf(MARA)}\n`, 'phone\na@b.example\n'])
    expect(await run(args('encode'), input)).toMatchObject({ code: 1, stdout: 'phone\n' });
});

test('with the code of an earlier run, another keyring, tenant or type is refused instead of giving wrong values', async () => {
  const args = (...more: string[]): string[] => [...more, '--shaped'];
  const encoded = await run(args(...options('encode', 'phone')), '202-555-0143\n');
  const code = /--check ([0-9a-f]{12})\n/.exec(encoded.stderr)?.[1] ?? '';
  const other = join(folder, 'other.json');
  await writeFile(other, JSON.stringify({ current: 'k1', keys: { k1: OTHER_KEY } }), { mode: 0o600 });
  const right = [...args(...options('decode', 'phone')), '--check', code];
  expect(await run(right, encoded.stdout)).toMatchObject({ code: 0, stdout: '202-555-0143\n' });
  for (const [was, is] of [
    [where, `file:${other}`],
    ['acme', 'acne'],
    ['phone', 'telephone'],
  ]) {
    const wrong = await run(
      right.map((one) => (one === was ? (is ?? '') : one)),
      encoded.stdout,
    );
    expect(wrong, is).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('wrong values') });
  }
  expect((await run([...options('decode', 'phone'), '--check', code])).code).toBe(2);
});

test('an input is refused that has the column twice, the member never, or a token within other text', async () => {
  for (const [args, input, words] of [
    [['--csv', 'email'], `email,email\n${MARA},${MARA}\n`, 'expected one column email in the header, got several'],
    [['--jsonl', 'emial'], `{"email":"${MARA}"}\n{}\n`, 'expected emial in a row, got no row that has it'],
    [['--jsonl', 'to'], `{"to":"${MARA}","to":"${MARA}"}\n`, 'JSON with a duplicate key'],
    [['--jsonl', 'to'], `{"to":"\\ud800"}\n`, 'expected well-formed text'],
    [[], `${MARA}, ${tokenOf(ANN)}\n`, 'got a token within other text'],
  ] as const) {
    const { code, stderr } = await run([...options('encode'), ...args], input);
    expect([code, stderr]).toEqual([1, expect.stringContaining(words)]);
  }
  expect((await run([...options('encode'), '--jsonl', 'to'], '')).code).toBe(0);
});

test('a reader that closes the output early ends the command without a stack', async () => {
  const child = spawn(process.execPath, ['bin/tokens.ts', ...options('encode')], { env: SHARED_ENVIRONMENT });
  child.stdin.on('error', () => {}).end(`${MARA}\n`.repeat(50_000));
  child.stdout.once('data', () => child.stdout.destroy());
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[unknown]>]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
});

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
});
