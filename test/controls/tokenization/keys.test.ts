/** `npm run keys`, on a file and on a local stand-in for Secrets Manager. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseKeyring } from '../../../proxy/controls/shared/keyring.ts';
import { cli, type Printed } from '../../operator/cli.ts';
import { KEY, OTHER_KEY, tokensWith } from './keys.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ring-AbCdEf';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Ring {
  readonly current: string;
  readonly keys: Readonly<Record<string, string>>;
}

function ringOf(text: string): Ring {
  expect(parseKeyring(text)).not.toHaveProperty('error');
  return JSON.parse(text) as Ring;
}

/** Checks that no key, and no useful part of one, was printed. */
function expectSilent({ stdout, stderr }: Printed, keys: readonly string[]): void {
  for (const key of keys)
    for (let i = 0; i + 8 <= key.length; i += 4) expect(stdout + stderr).not.toContain(key.slice(i, i + 8));
}

describe('a file', () => {
  test('gets a new keyring once; rotate adds a key and keeps the others; show changes nothing; no command prints a key', async () => {
    const path = join(folder, 'ring.json');
    const where = `file:${path}`;
    expect(await cli('keys', ['show', where], {})).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no keyring'),
    });
    const made = await cli('keys', ['new', where], {});
    const first = ringOf(await readFile(path, 'utf8'));
    expect([made.code, first.current, Object.keys(first.keys), (await stat(path)).mode & 0o777]).toEqual([
      0,
      'k1',
      ['k1'],
      0o600,
    ]);
    expect(await cli('keys', ['new', where], {})).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('already'),
    });
    const turned = await cli('keys', ['rotate', where], {});
    const second = ringOf(await readFile(path, 'utf8'));
    expect([turned.code, second.current, Object.keys(second.keys), second.keys['k1']]).toEqual([
      0,
      'k2',
      ['k1', 'k2'],
      first.keys['k1'],
    ]);
    const shown = await cli('keys', ['show', where, '--json'], {});
    expect(shown.json()).toMatchObject({
      current: 'k2',
      keys: [
        { id: 'k1', current: false },
        { id: 'k2', current: true },
      ],
    });
    expect(ringOf(await readFile(path, 'utf8'))).toEqual(second);
    for (const printed of [made, turned, shown]) expectSilent(printed, Object.values(second.keys));
  });

  test('notes the key of tokens without a marker, which never changes, whatever the order of the ids', async () => {
    const path = join(folder, 'ring.json');
    await writeFile(path, JSON.stringify({ current: 'b', keys: { b: KEY } }));
    await cli('keys', ['rotate', `file:${path}`], {});
    const ring = JSON.parse(await readFile(path, 'utf8')) as Ring & { readonly shaped: string };
    expect(ring.shaped).toBe('b');
    // Somebody adds a key; JavaScript puts "2026" first, and tools sort ids.
    const others = Object.fromEntries(Object.entries(ring.keys).filter(([id]) => id !== 'b'));
    const more = { ...ring, current: '2026', keys: { a: `${KEY}a`, 2026: OTHER_KEY, ...ring.keys } };
    const phone = { type: 'phone', value: '202-555-0143', percent: false };
    const token = tokensWith(JSON.stringify({ current: 'b', keys: { b: KEY } })).token('acme', phone, 'shaped');
    expect(tokensWith(JSON.stringify(more)).token('acme', phone, 'shaped')).toBe(token);
    expect(tokensWith(JSON.stringify(more)).openShaped('acme', 'phone', token ?? '')).toBe(phone.value);
    expect(parseKeyring(JSON.stringify({ ...more, current: 'k2', keys: others }))).toEqual({
      error: expect.stringContaining('put that key back'),
    });
  });

  test('that contains no keyring is not changed, and its contents are not printed', async () => {
    const path = join(folder, 'ring.json');
    const text = `{"current":"k1","keys":{"k1":"${KEY}"},"keys":{"k1":"${KEY}"}}`;
    await writeFile(path, text);
    const printed = await cli('keys', ['rotate', `file:${path}`], {});
    expect(printed).toMatchObject({ code: 1, stderr: expect.stringContaining('not usable') });
    expectSilent(printed, [KEY]);
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  test('does not lose a key if several rotate at the same time', async () => {
    const path = join(folder, 'ring.json');
    await cli('keys', ['new', `file:${path}`], {});
    const results = await Promise.all([1, 2, 3].map(() => cli('keys', ['rotate', `file:${path}`], {})));
    const { keys } = ringOf(await readFile(path, 'utf8'));
    expect(Object.keys(keys).length).toBe(1 + results.filter(({ code }) => code === 0).length);
  });

  test.each([
    [[]],
    [['rotate']],
    [['turn', 'file:x']],
    [['show', 'env:RING']],
    [['show', KEY]],
    [['show', 'arn:aws:s3:::x']],
  ])('is not read if the options are wrong (%j): the command exits with 2', async (args) => {
    const printed = await cli('keys', args, {});
    expect(printed.code).toBe(2);
    if (args.includes(KEY)) expectSilent(printed, [KEY]);
  });
});

interface Secret extends AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
  readonly current: () => string | undefined;
  readonly labels: () => string[];
  /** Runs before the next change of labels. */
  meanwhile: (() => void) | undefined;
  put(text: string): void;
}

/** One secret as in AWS: values by version, and labels that move between versions. */
async function startSecrets(): Promise<Secret> {
  const versions = new Map<string, string>();
  const labels = new Map<string, string>();
  const self = { meanwhile: undefined as (() => void) | undefined };
  const put = (
    text: string,
    version: string = crypto.randomUUID(),
    stages: readonly string[] = ['AWSCURRENT'],
  ): void => {
    versions.set(version, text);
    for (const stage of stages) labels.set(stage, version);
  };
  const server = createServer((request, response) => {
    void request
      .setEncoding('utf8')
      .toArray()
      .then((parts: string[]) => {
        const body = JSON.parse(parts.join('')) as Readonly<Record<string, string>> & {
          readonly VersionStages?: string[];
        };
        const answer = (status: number, value: object): void =>
          void response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(value));
        const action = String(request.headers['x-amz-target']).split('.')[1];
        if (body['SecretId'] !== ARN) return answer(400, { __type: 'ResourceNotFoundException' });
        if (action === 'DescribeSecret') return answer(200, { ARN });
        if (action === 'GetSecretValue') {
          const version = labels.get('AWSCURRENT');
          return version === undefined
            ? answer(400, { __type: 'ResourceNotFoundException' })
            : answer(200, { ARN, VersionId: version, SecretString: versions.get(version) });
        }
        if (action === 'PutSecretValue') {
          put(body['SecretString'] ?? '', body['ClientRequestToken'], body.VersionStages);
          return answer(200, {});
        }
        self.meanwhile?.();
        self.meanwhile = undefined;
        const { VersionStage: stage = '', MoveToVersionId: to, RemoveFromVersionId: from } = body;
        if (labels.get(stage) !== from) return answer(400, { __type: 'InvalidParameterException' });
        if (to === undefined) labels.delete(stage);
        else labels.set(stage, to);
        answer(200, {});
      });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(self, {
    environment: {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'AKIDOPERATOR',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/nonexistent/config',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    },
    current: () => versions.get(labels.get('AWSCURRENT') ?? ''),
    labels: () => [...labels.keys()],
    put,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

describe('a secret in Secrets Manager', () => {
  test('as created by the stack, with one key as plain text, is rotated and keeps that key as the first', async () => {
    await using secrets = await startSecrets();
    secrets.put(JSON.stringify({ current: 'k1', keys: KEY }));
    const printed = await cli('keys', ['rotate', ARN], secrets.environment);
    expect(printed.stderr).toBe('');
    const ring = ringOf(secrets.current() ?? '');
    expect([ring.current, Object.keys(ring.keys), ring.keys['k1'], secrets.labels()]).toEqual([
      'k2',
      ['k1', 'k2'],
      KEY,
      ['AWSCURRENT'],
    ]);
    expectSilent(printed, Object.values(ring.keys));
  });

  test("that another command changes meanwhile keeps the other command's change", async () => {
    await using secrets = await startSecrets();
    secrets.put(JSON.stringify({ current: 'k1', keys: { k1: KEY } }));
    const theirs = JSON.stringify({ current: 'k2', keys: { k1: KEY, k2: OTHER_KEY } });
    secrets.meanwhile = () => secrets.put(theirs);
    expect(await cli('keys', ['rotate', ARN], secrets.environment)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the keyring was changed meanwhile'),
    });
    expect([secrets.current(), secrets.labels()]).toEqual([theirs, ['AWSCURRENT']]);
  });

  test('without a value gets a new keyring; a secret that does not exist is not created', async () => {
    await using secrets = await startSecrets();
    expect((await cli('keys', ['new', ARN], secrets.environment)).code).toBe(0);
    expect(ringOf(secrets.current() ?? '').current).toBe('k1');
    expect(await cli('keys', ['new', ARN.replace('ring', 'other')], secrets.environment)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no secret'),
    });
  });
});
