/** The maximum wait of `GET /ping` while the worst messages are processed, beyond what V8 can't interrupt. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '../child.ts';
import type { Finding } from '../finding.ts';
import { median, spread } from '../stats.ts';
import { before, type Programs } from '../subjects.ts';

const MIB = 2 ** 20;
/** Milliseconds between two pings. */
const PAUSE = 2;

const items = (size: number, write: (i: number) => string): string => {
  const list: string[] = [];
  for (let length = 0, i = 0; length < size; i++) {
    const item = write(i);
    list.push(item);
    length += item.length + 1;
  }
  return list.join();
};
const text = (content: string): string => `{"content":[{"type":"text","text":${JSON.stringify(content)}}]}`;
const structured = (data: string): string => `{"content":[],"structuredContent":${data}}`;
const address = (i: number): string => `person${i}@mail${i % 97}.example.com`;

/** The worst known replies, each of some mebibytes. */
const REPLIES: Readonly<Record<string, (size: number) => string>> = {
  'distinct addresses in one text': (size) => text(items(size, address)),
  'distinct addresses in a list': (size) => structured(`{"list":[${items(size, (i) => `"${address(i)}"`)}]}`),
  'tiny strings': (size) => structured(`{"list":[${items(size, () => '"a"')}]}`),
  'keys under a hidden field': (size) => structured(`{"hidden":{${items(size, (i) => `"key ${i}":${i}`)}}}`),
  'a hidden value that the text nearly repeats': (size) =>
    `{"structuredContent":{"hidden":"ab${'a'.repeat(size / 5)}"},"content":[{"type":"text","text":"${'a '.repeat((size * 2) / 5)}"}]}`,
  'percent-encoding that is no UTF-8': (size) => text('%ff'.repeat(size / 3)),
  'digits like telephone numbers in one text': (size) =>
    text(
      items(
        size,
        (i) =>
          `+1 (212) 555-${String(i % 10_000).padStart(4, '0')} or 4111 1111 1111 ${String(i % 10_000).padStart(4, '0')}`,
      ),
    ),
};

/** The worst known arguments. */
const ARGUMENTS: Readonly<Record<string, (size: number) => string>> = {
  'addresses in a list': (size) => `{"list":[${items(size, (i) => `"${address(i)}"`)}]}`,
  'tiny strings': (size) => `{"list":[${items(size, () => '"a"')}]}`,
  'keys that are addresses': (size) => `{"by":{${items(size, (i) => `"person${i}@example.com":${i}`)}}}`,
  'JSON in a text': (size) =>
    `{"json":${JSON.stringify(`{"list":[${items((size * 4) / 5, (i) => `"${address(i)}"`)}]}`)}}`,
};

export async function waiting(programs: Programs, quick: boolean): Promise<Finding[]> {
  if (programs.selfCheck) return [];
  const size = 2 * MIB;
  let result = '';
  const upstream = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const body = Buffer.from(`{"jsonrpc":"2.0","id":1,"result":${result}}`);
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const proxy = await serve({ ...programs.proxy('looking'), env: before((upstream.address() as AddressInfo).port) });
  const findings: Finding[] = [];
  try {
    const measure = async (what: string, json: string, args: string): Promise<void> => {
      const waits: number[] = [];
      const native: number[] = [];
      // The first call loads what is heavy.
      for (let round = 0; round < (quick ? 4 : 8); round++) {
        const begun = performance.now();
        JSON.parse(json);
        if (round > 0) native.push(performance.now() - begun);
        const longest = await longestPing(proxy.port, args);
        if (round > 0) waits.push(longest);
      }
      const beyond = spread(waits.map((wait) => wait - median(native)));
      findings.push({
        row: 'waiting',
        what: `longest /ping beyond JSON.parse, ${size / MIB} MiB of ${what}`,
        value: beyond.median,
        unit: 'ms',
        min: beyond.min,
        max: beyond.max,
        detail: `JSON.parse ${median(native).toFixed(1)} ms`,
        bound: { atMost: 50 },
      });
    };
    for (const [what, make] of Object.entries(REPLIES)) {
      result = make(size);
      await measure(what, result, '{}');
    }
    result = '{"content":[]}';
    for (const [what, make] of Object.entries(ARGUMENTS)) {
      const args = make(size);
      await measure(`${what}, as arguments`, args, args);
    }
  } finally {
    await proxy.stop();
    upstream.close();
    upstream.closeAllConnections();
  }
  return findings;
}

/** The longest ping during one call. */
async function longestPing(port: number, args: string): Promise<number> {
  const url = `http://127.0.0.1:${port}`;
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': '2026-07-28',
    'Mcp-Method': 'tools/call',
    'Mcp-Name': 'x',
  };
  const params = {
    name: 'x',
    arguments: 'ARGUMENTS',
    _meta: {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    },
  };
  let done = false;
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }).replace(
    '"ARGUMENTS"',
    () => args,
  );
  const call = fetch(`${url}/mcp`, { method: 'POST', headers, body })
    .then(async (response) => {
      const answer = await response.text();
      if (response.status !== 200 || answer.includes('"error":{'))
        throw new Error(`expected a result, got HTTP ${response.status}: ${answer.slice(0, 200)}`);
    })
    .finally(() => (done = true));
  let longest = 0;
  while (!done) {
    const begun = performance.now();
    await (await fetch(`${url}/ping`)).arrayBuffer();
    longest = Math.max(longest, performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  await call;
  return longest;
}
