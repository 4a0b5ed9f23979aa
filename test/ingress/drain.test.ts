import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startFront } from '../support/front.ts';
import { connect, request, USUAL } from '../support/raw.ts';
import { startUpstream } from '../support/upstream.ts';

const run = promisify(execFile);
const BODY = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'x', arguments: { a: 'x'.repeat(6_000_000) } },
});
const JSON_TYPE = { 'Content-Type': 'application/json' };

/** Requests of clients that send the whole body before they read. Each is refused before its body has arrived. */
const REFUSED: readonly (readonly [what: string, path: string, headers: Record<string, string>, status: number])[] = [
  ['a body that is too large', '/mcp', JSON_TYPE, 413],
  ['another type', '/mcp', { 'Content-Type': 'text/plain' }, 415],
  ['a page of another origin', '/mcp', { ...JSON_TYPE, Origin: 'https://evil.example' }, 403],
  ['another path', '/other', JSON_TYPE, 404],
];

const FETCH = `
const [url, headers] = process.argv.slice(1);
const seen = [];
for (let i = 0; i < 20; i++) {
  const text = 'x'.repeat(5_000_000 + 700_000 * i);
  // Also in chunks, without a known length.
  const body = i % 3 === 0 ? { body: new Blob([text]).stream(), duplex: 'half' } : { body: text };
  seen.push(await fetch(url, { method: 'POST', headers: JSON.parse(headers), ...body }).then(async (r) => r.status + ' ' + (await r.json()).jsonrpc, (error) => error.cause?.code ?? String(error)));
}
console.log(JSON.stringify(seen));
`;

const PYTHON = `
import http.client, sys
for i in range(3):
    c = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]), timeout=20)
    c.request('POST', '/mcp', b'x' * 6000000, {'Content-Type': 'application/json'})
    r = c.getresponse()
    print(r.status, len(r.read()) > 0)
`;

async function has(program: string): Promise<boolean> {
  return run(program, ['--version']).then(
    () => true,
    () => false,
  );
}

describe('a refusal that is sent before the body has arrived', () => {
  it.each(REFUSED)("reaches Node's fetch, every time: %s", async (_, path, headers, status) => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    // In its own process: in this one, client and proxy would wait for each other.
    const { stdout } = await run(process.execPath, [
      '-e',
      FETCH,
      `http://127.0.0.1:${front.port}${path}`,
      JSON.stringify(headers),
    ]);
    expect(JSON.parse(stdout)).toEqual(Array.from({ length: 20 }, () => `${status} 2.0`));
    expect(upstream.received).toHaveLength(0);
  });

  it('reaches a client in Python', async (test) => {
    if (!(await has('python3'))) return test.skip('there is no python3 here');
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    const { stdout } = await run('python3', ['-c', PYTHON, String(front.port)]);
    expect(stdout).toBe('413 True\n'.repeat(3));
  });

  it('reaches curl, whether or not it waits for 100 Continue', async (test) => {
    if (!(await has('curl'))) return test.skip('there is no curl here');
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    for (const expectation of ['Expect: 100-continue', 'Expect:']) {
      const child = run('curl', [
        '-sS',
        '-w',
        ' %{http_code}',
        '-H',
        expectation,
        '-H',
        'Content-Type: application/json',
        '--data-binary',
        '@-',
        `http://127.0.0.1:${front.port}/mcp`,
      ]);
      child.child.stdin?.end(BODY);
      expect((await child).stdout).toMatch(/"reason":"payload-too-large",[^{}]*\}\}\} 413$/);
    }
  });

  it('is sent before the body arrives, and what follows on the connection is not processed', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    await using connection = await connect(front.port);
    connection.send(request('POST', '/mcp', [...USUAL, 'Content-Length: 5000000'], 'x'));
    const reply = await connection.reply();
    expect([reply.status, reply.header('connection'), reply.complete]).toEqual([413, 'close', true]);
    connection.send('x'.repeat(4_999_999));
    connection.send(request('POST', '/mcp', USUAL, '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'));
    await connection.closed;
    expect(upstream.received).toHaveLength(0);
  });

  it('is the last thing that a client gets that never stops sending', async () => {
    await using upstream = await startUpstream();
    await using front = await startFront(upstream);
    await using connection = await connect(front.port);
    connection.send(request('POST', '/mcp', [...USUAL, 'Transfer-Encoding: chunked'], ''));
    const megabyte = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x10_0000, 0x78), Buffer.from('\r\n')]);
    let sent = 0;
    while (!connection.isClosed && !connection.socket.destroyed && sent < 1_000) {
      const took = connection.socket.write(megabyte);
      sent++;
      if (!took)
        await Promise.race([new Promise((resolve) => connection.socket.once('drain', resolve)), connection.closed]);
    }
    expect(sent).toBeLessThan(200);
    expect(upstream.received).toHaveLength(0);
  });
});
