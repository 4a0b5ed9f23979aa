/** A client certificate towards the upstream, through the whole proxy and real TLS. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Lines } from '../dispatch/lines.ts';
import { type Certificate, createAuthority } from '../support/certificate.ts';
import { freePort } from '../support/free-port.ts';
import { startFront } from '../support/front.ts';
import { startCertifiedUpstream } from './certified-upstream.ts';
import { eras, modern, send } from './messages.ts';

const authority = createAuthority();
const trusted = tls.getCACertificates('default');
beforeAll(() => tls.setDefaultCACertificates([...trusted, authority.cert]));
afterAll(() => tls.setDefaultCACertificates(trusted));

let folder = '';
const lines = new Lines();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-certificate-'));
  lines.start();
});
afterEach(async () => {
  lines.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Stores a certificate, and returns the binding for it. */
async function store({ cert, key }: Certificate, name = 'client.pem'): Promise<string> {
  await writeFile(join(folder, name), `${cert}${key}`);
  return `file:${join(folder, name)}`;
}

const bound = (binding: string) => ({ environment: { UPSTREAM_CLIENT_CERTIFICATE: binding } });
const call = modern('tools/call', { name: 'x', arguments: {} });
const whyOf = async (code: string): Promise<unknown> => (await lines.find((line) => line['code'] === code))['why'];

describe.each(['JSON', 'an event stream'])('an upstream that answers with %s', (kind) => {
  test.each(eras)('and demands a certificate gets it, %s', async (_, message) => {
    await using upstream = await startCertifiedUpstream(authority);
    upstream.streams = kind !== 'JSON';
    await using front = await startFront(upstream, bound(await store(authority.issue(undefined, { name: 'proxy' }))));
    for (let i = 0; i < 3; i++) {
      const reply = await send(front, message('tools/list'));
      expect([reply.status, reply.text]).toEqual([200, expect.stringContaining('"peer":"proxy"')]);
    }
    expect(new Set(upstream.seen.map(({ connection }) => connection)).size).toBe(1);
  });
});

test('the certificate may be JSON with its chain, and in an environment variable', async () => {
  await using upstream = await startCertifiedUpstream(authority);
  const { cert, key } = authority.issue(undefined, { name: 'proxy' });
  process.env['THE_CERTIFICATE'] = JSON.stringify({
    certificate: cert,
    privateKey: key,
    certificateChain: authority.cert,
  });
  await using front = await startFront(upstream, bound('env:THE_CERTIFICATE'));
  expect((await send(front, call)).text).toContain('"peer":"proxy"');
  delete process.env['THE_CERTIFICATE'];
});

test('an upstream that demands one gets none unless one is bound, and the log says what to bind', async () => {
  await using upstream = await startCertifiedUpstream(authority);
  await using front = await startFront(upstream);
  const reply = await send(front, call);
  expect(reply.json().error?.data).toMatchObject({ reason: 'upstream-auth' });
  expect(reply.text).not.toContain('127.0.0.1');
  expect(await whyOf('upstream-auth')).toMatch(
    /wants a client certificate \(TLS alert: certificate required\), got none: bind UPSTREAM_CLIENT_CERTIFICATE$/,
  );
});

test('an upstream that hangs up on a certificate of another authority is said to perhaps not accept it', async () => {
  await using upstream = await startCertifiedUpstream(authority);
  await using front = await startFront(
    upstream,
    bound(await store(createAuthority('other').issue(undefined, { name: 'proxy' }))),
  );
  expect((await send(front, modern('tools/list'))).json().error?.data).toMatchObject({
    reason: 'upstream-unreachable',
  });
  expect(await whyOf('upstream-unreachable')).toMatch(
    /it may not accept the client certificate \(SHA-256 [0-9a-f]{16}…, valid until .*Z\): check that it trusts/,
  );
  expect(upstream.seen).toEqual([]);
});

test('a server on OpenSSL that refuses a certificate says why, and the log says what was shown', async (context) => {
  if (!(await has('openssl'))) return context.skip('there is no openssl here');
  const served = authority.issue();
  await store(served, 'server.pem');
  await writeFile(join(folder, 'authority.pem'), authority.cert);
  const port = await freePort();
  const server = spawn(
    'openssl',
    ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', 'server.pem', '-CAfile', 'authority.pem']
      .concat(['-Verify', '1', '-verify_return_error', '-www', '-quiet'])
      .map((part) => (part.endsWith('.pem') ? join(folder, part) : part)),
    { stdio: 'ignore' },
  );
  try {
    await accepting(port);
    const url = `https://127.0.0.1:${port}/mcp`;
    await using front = await startFront({ url }, bound(await store(createAuthority('other').issue())));
    // A call that may not be repeated: the alert says that it was not carried out.
    const { error } = (await send(front, call)).json();
    expect([error?.data, error?.message]).toMatchObject([
      { reason: 'upstream-auth' },
      expect.not.stringMatching(/carried out/),
    ]);
    expect(await whyOf('upstream-auth')).toMatch(
      /the upstream refused the client certificate \(TLS alert: unknown ca\), got SHA-256 [0-9a-f]{16}…, valid until .*Z: expected one that it accepts/,
    );
  } finally {
    server.kill();
  }
});

test.each([
  [
    'has expired',
    { from: -2e9, to: -1e9 },
    /expired at \d{4}-.*Z, expected one that is valid now: store a renewed one/,
  ],
  [
    'is not valid yet',
    { from: 1e9, to: 2e9 },
    /is valid from \d{4}-.*Z, expected one that is valid now: check this machine/,
  ],
])('a certificate that %s is not shown', async (_, times, words) => {
  await using upstream = await startCertifiedUpstream(authority);
  await using front = await startFront(
    upstream,
    bound(await store(authority.issue(undefined, { name: 'proxy', ...times }))),
  );
  expect((await send(front, call)).json().error?.data).toMatchObject({ reason: 'upstream-auth' });
  expect(await whyOf('upstream-auth')).toMatch(words);
  expect(upstream.seen).toEqual([]);
});

describe('a certificate that was replaced', () => {
  test.each([401, 'hang up'] as const)('is read again when the upstream refuses the old one with %s', async (how) => {
    await using upstream = await startCertifiedUpstream(authority);
    const binding = await store(authority.issue(undefined, { name: 'old' }));
    await using front = await startFront(upstream, bound(binding));
    await send(front, modern('tools/list'));
    await store(authority.issue(undefined, { name: 'new' }));
    upstream.refused.set('old', how);
    // An accepted one that is hung up on for the first time is no reason for doubt.
    if (how === 'hang up') expect((await send(front, modern('tools/list'))).status).toBe(502);
    expect((await send(front, modern('tools/list'))).text).toContain('"peer":"new"');
    expect(upstream.seen.map(({ name }) => name)).toEqual(how === 401 ? ['old', 'old', 'new'] : ['old', 'new']);
    expect(upstream.seen.every(({ resumed }) => !resumed)).toBe(true);
  });

  test('does not repeat a call on which the upstream hung up, and carries the next one', async () => {
    await using upstream = await startCertifiedUpstream(authority);
    await using front = await startFront(upstream, bound(await store(authority.issue(undefined, { name: 'old' }))));
    await send(front, modern('tools/list'));
    upstream.refused.set('old', 'hang up');
    await send(front, modern('tools/list'));
    await store(authority.issue(undefined, { name: 'new' }));
    expect((await send(front, call)).json().error?.message).toContain('whether the call was carried out is not known');
    expect(upstream.seen.map(({ method }) => method)).toEqual(['tools/list']);
    expect((await send(front, call)).text).toContain('"peer":"new"');
  });

  test('is shown from a new connection, and a stream on an old one goes on to its end', async () => {
    await using upstream = await startCertifiedUpstream(authority);
    let finish = (): void => {};
    upstream.answer = (_, response, { name, method }) => {
      if (method !== 'tools/call')
        return void response
          .writeHead(name === 'old' ? 401 : 200, { 'content-type': 'application/json' })
          .end('{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}');
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': begun\n\n');
      finish = () =>
        void response.end(`data: {"jsonrpc":"2.0","id":1,"result":{"content":[],"_meta":{"peer":"${name}"}}}\n\n`);
    };
    await using front = await startFront(upstream, bound(await store(authority.issue(undefined, { name: 'old' }))));
    const streamed = send(front, call);
    await expect.poll(() => upstream.seen.length).toBe(1);
    await store(authority.issue(undefined, { name: 'new' }));
    expect((await send(front, modern('tools/list'))).status).toBe(200);
    finish();
    expect((await streamed).text).toContain('"peer":"old"');
    expect(upstream.seen.map(({ name }) => name)).toEqual(['old', 'old', 'new']);
  });
});

test('of several upstreams at one address, each shows its own certificate or none, and they share no connection', async () => {
  await using upstream = await startCertifiedUpstream(authority, false);
  const environment = {
    UPSTREAM_FIRST_URL: upstream.url,
    UPSTREAM_FIRST_CLIENT_CERTIFICATE: await store(authority.issue(undefined, { name: 'first' }), 'first.pem'),
    UPSTREAM_SECOND_URL: upstream.url,
    UPSTREAM_SECOND_CLIENT_CERTIFICATE: await store(authority.issue(undefined, { name: 'second' }), 'second.pem'),
    UPSTREAM_BARE_URL: upstream.url,
  };
  await using front = await startFront(upstream, {
    upstreams: { first: { prefix: true }, second: { prefix: true }, bare: { prefix: true } },
    environment,
  });
  for (let round = 0; round < 3; round++)
    for (const [prefix, peer] of [
      ['first', '"peer":"first"'],
      ['second', '"peer":"second"'],
      ['bare', '"_meta":{}'],
    ])
      expect((await send(front, modern('tools/call', { name: `${prefix}___x`, arguments: {} }))).text).toContain(peer);
  const byName = Map.groupBy(upstream.seen, ({ name }) => name);
  expect(new Set(byName.keys())).toEqual(new Set(['first', 'second', undefined]));
  const connections = [...byName.values()].map((seen) => new Set(seen.map(({ connection }) => connection)));
  expect(new Set(connections.flatMap((one) => [...one])).size).toBe(
    connections.reduce((sum, { size }) => sum + size, 0),
  );
});

test.each(eras)('no part of the private key is in a reply or a log line, %s', async (_, message) => {
  await using upstream = await startCertifiedUpstream(authority);
  const { cert, key } = createAuthority('other').issue();
  const texts: string[] = [];
  for (const text of [
    `${cert}${key}`,
    `${authority.issue().cert}${key}`,
    key,
    `${key}${key}${cert}`,
    `{"certificate":${JSON.stringify(cert)},"key":${JSON.stringify(key)}`,
  ]) {
    await writeFile(join(folder, 'client.pem'), text);
    await using front = await startFront(upstream, bound(`file:${join(folder, 'client.pem')}`));
    const reply = await send(front, message('tools/list'));
    expect(reply.json().error?.data).toMatchObject({ reason: expect.stringMatching(/^upstream-/) });
    texts.push(reply.raw, reply.text);
  }
  const parts = key.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
  expect(parts.length).toBeGreaterThan(1);
  for (const part of parts) expect(`${texts.join('')}${lines.text}`).not.toContain(part.slice(0, 20));
});

test.each([
  [
    { UPSTREAM_CLIENT_CERTIFICATE: 'cognito:eu-west-1_AbCdEfGhI/1h57kf5cpq17m0eml12EXAMPLE' },
    'got a Cognito client, which has no certificate',
  ],
  [
    { UPSTREAM_CLIENT_CERTIFICATE: '-----BEGIN CERTIFICATE-----' },
    'UPSTREAM_CLIENT_CERTIFICATE: got another text, expected arn:',
  ],
  [
    { UPSTREAM_URL: 'http://127.0.0.1:1/mcp', UPSTREAM_CLIENT_CERTIFICATE: 'env:A' },
    'expected an upstream with https, which alone asks for a certificate, got http',
  ],
])('the binding %j is refused', async (environment, words) => {
  await expect(startFront({ url: 'https://127.0.0.1:1/mcp' }, { environment })).rejects.toThrow(words);
});

function has(command: string): Promise<boolean> {
  return new Promise((resolve) => execFile(command, ['version'], (error) => resolve(error === null)));
}

async function accepting(port: number): Promise<void> {
  await expect
    .poll(
      () =>
        new Promise((resolve) => {
          const socket = net.connect(port, '127.0.0.1', () => resolve(socket.destroy() !== undefined));
          socket.on('error', () => resolve(false));
        }),
    )
    .toBe(true);
}
