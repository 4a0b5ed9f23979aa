import { describe, expect, it } from 'vitest';
import { Guards } from '../../proxy/ingress/guards.ts';
import { startFront } from '../support/front.ts';
import { exchange, post, request, USUAL } from '../support/raw.ts';
import { startUpstream } from '../support/upstream.ts';
import { LIST, PING } from './messages.ts';

type Environment = Readonly<Record<string, string>>;

/** Returns the status of a call with these headers, and the message of a refusal. */
async function call(
  environment: Environment,
  headers: readonly string[],
): Promise<[status: number, message: string | undefined]> {
  await using upstream = await startUpstream();
  await using front = await startFront(upstream, { environment });
  const reply = await post(front.port, LIST, headers);
  expect(upstream.received).toHaveLength(reply.status === 200 ? 1 : 0);
  if (reply.status !== 200) expect(reply.json()).toMatchObject({ jsonrpc: '2.0', error: { code: -31403 } });
  return [reply.status, reply.json().error?.message];
}

const LOOPBACK = { HOST: '127.0.0.1' };
const IMAGE = { HOST: '0.0.0.0' };
const BOUND = { HOST: '0.0.0.0', ALLOWED_HOSTS: 'mcp.example.com, other.example:8443 [2001:db8::1]' };
const BOTH = { HOST: '127.0.0.1', ALLOWED_HOSTS: 'mcp.example.com' };

describe('the Host header', () => {
  it.each([
    [LOOPBACK, 'localhost'],
    [LOOPBACK, 'LOCALHOST:8000'],
    [LOOPBACK, '127.0.0.1:65535'],
    [LOOPBACK, '[::1]:8000'],
    [BOUND, 'mcp.example.com'],
    [BOUND, 'MCP.example.com:443'],
    [BOUND, 'other.example:8443'],
    [BOUND, '[2001:db8::1]:80'],
    [BOTH, 'mcp.example.com'],
    [BOTH, 'localhost'],
    [IMAGE, 'anything.example'],
    [{ HOST: '' }, 'anything.example'],
  ])('with %o may be %s', async (environment, host) => {
    expect(await call(environment, [`Host: ${host}`])).toEqual([200, undefined]);
  });

  it.each([
    [LOOPBACK, 'evil.example'],
    [LOOPBACK, 'localhost.evil.example'],
    [LOOPBACK, '127.0.0.1.evil.example:80'],
    [LOOPBACK, 'localhost:80:80'],
    [LOOPBACK, 'localhost@evil.example'],
    [LOOPBACK, ''],
    [BOUND, 'localhost'],
    [BOUND, 'evil.example'],
    [BOUND, 'mcp.example.com.evil.example'],
    [BOUND, 'xmcp.example.com'],
    [BOUND, 'other.example'],
    [BOUND, 'other.example:443'],
    [BOTH, 'evil.example'],
  ])('with %o must not be %s: 403', async (environment, host) => {
    const [status, message] = await call(environment, [`Host: ${host}`]);
    expect(status).toBe(403);
    expect(message).toBe(`the Host header names no host that is allowed here; got ${JSON.stringify(host)}`);
  });

  it('must not be repeated if it is checked', async () => {
    expect((await call(LOOPBACK, ['Host: localhost', 'Host: evil.example']))[0]).toBe(403);
    expect((await call(LOOPBACK, ['Host: evil.example', 'Host: localhost']))[0]).toBe(403);
  });

  it('must be present (RFC 9112): 400 in JSON, even if hosts are not checked', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { environment: { HOST: '0.0.0.0' } });
    const without = (body: string): string =>
      `POST /mcp HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const reply = await exchange(front.port, without(LIST));
    expect(reply.status).toBe(400);
    expect(reply.json()).toMatchObject({ id: 1, error: { message: 'expected a Host header, got none' } });
    expect((await exchange(front.port, without(PING))).status).toBe(200);
  });

  it('is checked for GET and DELETE, too', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    for (const method of ['GET', 'DELETE']) {
      expect((await exchange(front.port, request(method, '/mcp', ['Host: evil.example'], undefined))).status).toBe(403);
    }
    expect(upstream.received).toHaveLength(0);
  });
});

describe('the Origin header', () => {
  it.each([
    [LOOPBACK, 'http://localhost:3000'],
    [LOOPBACK, 'https://127.0.0.1'],
    [LOOPBACK, 'http://[::1]:8000'],
    [BOUND, 'https://mcp.example.com'],
    [BOUND, 'https://OTHER.example:8443'],
    [BOTH, 'https://mcp.example.com'],
  ])('with %o may be %s', async (environment, origin) => {
    const host = environment === BOUND ? 'mcp.example.com' : 'localhost';
    expect(await call(environment, [`Host: ${host}`, `Origin: ${origin}`])).toEqual([200, undefined]);
  });

  it.each([
    [LOOPBACK, 'https://evil.example'],
    [LOOPBACK, 'null'],
    [LOOPBACK, 'http://localhost.evil.example'],
    [LOOPBACK, 'file://localhost'],
    [LOOPBACK, 'http://localhost/path'],
    [LOOPBACK, 'evil http://localhost'],
    [LOOPBACK, 'http://evil.example localhost'],
    [LOOPBACK, ''],
    [BOUND, 'http://localhost'],
    [BOUND, 'https://evil.example'],
    [IMAGE, 'http://localhost'],
    [IMAGE, 'https://evil.example'],
  ])('with %o must not be %s: 403', async (environment, origin) => {
    const [status, message] = await call(environment, ['Host: mcp.example.com', `Origin: ${origin}`]);
    expect(status).toBe(403);
    expect(message).toContain(`got ${JSON.stringify(origin)}`);
  });

  it('must not be repeated', async () => {
    expect((await call(LOOPBACK, ['Origin: http://localhost', 'Origin: https://evil.example']))[0]).toBe(403);
  });

  it('is checked for any method, before a byte of the body is read', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream, { environment: IMAGE });
    for (const method of ['GET', 'DELETE', 'OPTIONS']) {
      const reply = await exchange(front.port, request(method, '/mcp', ['Origin: https://evil.example'], undefined));
      expect([reply.status, reply.header('access-control-allow-origin')]).toEqual([403, undefined]);
    }
    expect(
      (
        await exchange(
          front.port,
          request('POST', '/mcp', [...USUAL, 'Origin: https://evil.example', 'Content-Length: 100'], ''),
        )
      ).status,
    ).toBe(403);
    expect((await post(front.port, PING, ['Origin: https://evil.example'])).status).toBe(403);
  });
});

describe('a refused host', () => {
  it('is quoted to the client up to its hundredth character', async () => {
    const long = `${'x'.repeat(99)}yz`;
    expect((await call(LOOPBACK, [`Host: ${long}`]))[1]).toContain(`got ${JSON.stringify(long.slice(0, 100))}`);
    expect((await call(LOOPBACK, [`Origin: ${long}`]))[1]).toContain(`got ${JSON.stringify(long.slice(0, 100))}`);
  });

  it.each([
    ['127.0.0.1', [], 'expected to name one of localhost, 127.0.0.1, [::1] (ALLOWED_HOSTS)'],
    ['127.0.0.1', ['MCP.example'], 'expected to name one of localhost, 127.0.0.1, [::1], mcp.example (ALLOWED_HOSTS)'],
    ['0.0.0.0', ['a.example', 'b.example:1'], 'expected to name one of a.example, b.example:1 (ALLOWED_HOSTS)'],
  ])('is logged with what is allowed on %s with %j, and not with what came', (listenHost, allowedHosts, expected) => {
    const guards = new Guards({ listenHost, allowedHosts });
    for (let i = 0; i < 2; i++)
      expect(() => guards.checkHost('evil.example')).toThrow(
        expect.objectContaining({ message: `the Host header is ${expected}` }),
      );
    expect(() => guards.checkOrigin('https://evil.example')).toThrow(
      expect.objectContaining({ message: `the Origin header is ${expected}` }),
    );
  });

  it('is logged with how to allow one, if none is', () => {
    expect(() => new Guards({ listenHost: '0.0.0.0', allowedHosts: [] }).checkOrigin('https://evil.example')).toThrow(
      expect.objectContaining({
        message: 'the Origin header is expected to be absent (bind ALLOWED_HOSTS to allow some)',
      }),
    );
  });
});
