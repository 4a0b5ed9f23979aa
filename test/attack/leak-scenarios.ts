/**
 * Marked values on every surface of a call, and a process of the proxy whose log lines are read. No line may contain a
 * mark.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fc from 'fast-check';
import { exchange, post, request } from '../support/raw.ts';
import { type Answer, idOf } from '../support/upstream.ts';

/** The marks that no line may contain, wherever they were put. */
export const MARKER = /mark[0-9a-f]{10}/i;
const marker = fc.stringMatching(/^[0-9a-f]{10}$/).map((hex) => `mark${hex}`);

export interface Running extends AsyncDisposable {
  readonly port: number;
  /** Ends it cleanly and returns its whole output. */
  end(): Promise<string>;
}

export async function runProxy(main: string, upstream: string): Promise<Running> {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, UPSTREAM_URL: upstream, HOST: '127.0.0.1', PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const port = new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const listening = /"event":"listening".*"port":(\d+)/.exec(out);
      if (listening?.[1] !== undefined) resolve(Number(listening[1]));
    });
    child.on('exit', (code) => reject(new Error(`the proxy ended with ${code}: ${out}`)));
  });
  const end = async (): Promise<string> => {
    if (child.exitCode === null) {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    }
    return out;
  };
  return { port: await port, end, [Symbol.asyncDispose]: async () => void (await end()) };
}

const trigger = fc.constantFrom('nothing', 'break-before', 'deny-before', 'invalid-before', 'break-after');
export const sent = fc.record({
  era: fc.constantFrom('modern', 'legacy'),
  method: fc.oneof(
    fc.constantFrom(
      'tools/call',
      'prompts/get',
      'resources/read',
      'completion/complete',
      'logging/setLevel',
      'tasks/get',
    ),
    marker,
    marker.map((m) => `acme/${m}`),
  ),
  kind: fc.constantFrom('request', 'request', 'notification', 'response', 'error', 'no JSON', 'twice', 'GET', 'DELETE'),
  answer: fc.nat(9),
  trigger,
  marker,
});

export type Sent = typeof sent extends fc.Arbitrary<infer T> ? T : never;

function bodyOf({ era, method, kind, marker, trigger }: Sent): string {
  const meta =
    era === 'modern'
      ? {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: marker, version: marker },
        }
      : { progressToken: marker };
  const params = {
    name: `the tool of ${marker}`,
    uri: `https://example.com/${marker}?q=${marker}`,
    taskId: marker,
    level: marker,
    ref: { name: marker },
    argument: { value: marker },
    arguments: { [marker]: { deep: [marker, trigger] } },
    _meta: meta,
  };
  const jsonrpc = '2.0';
  switch (kind) {
    case 'request':
      return JSON.stringify({ jsonrpc, id: marker, method, params });
    case 'notification':
      return JSON.stringify({ jsonrpc, method: `notifications/${marker}`, params });
    case 'response':
      return JSON.stringify({ jsonrpc, id: marker, result: { content: { name: marker }, trigger } });
    case 'error':
      return JSON.stringify({ jsonrpc, id: marker, error: { code: 1, message: marker, data: { trigger, marker } } });
    case 'twice':
      return `{"jsonrpc":"2.0","id":1,"method":"tools/call","${marker}":1,"${marker}":2}`;
    default:
      return `{"${marker}`;
  }
}

const answers: readonly ((
  id: string,
  marker: string,
  trigger: string,
) => { status?: number; type?: string; headers?: Record<string, string>; body: string; cut?: boolean })[] = [
  (id, marker, trigger) => ({
    body: `{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"${marker} ${trigger}"}],"isError":true}}`,
  }),
  (id, marker, trigger) => ({
    body: `{"jsonrpc":"2.0","id":${id},"error":{"code":-32000,"message":"${marker}","data":{"${marker}":"${trigger}"}}}`,
  }),
  (id, marker, trigger) => ({
    type: 'text/event-stream',
    body: `: ${marker}\n\nid: ${marker}\nevent: message\ndata: {"jsonrpc":"2.0","method":"notifications/${marker}","params":{"message":"${marker} ${trigger}"}}\n\nevent: ${marker}\ndata: ${marker}\n\ndata: {"jsonrpc":"2.0","id":"${marker}","method":"elicitation/create","params":{"message":"${marker}"}}\n\ndata: {"jsonrpc":"2.0","id":${id},"result":{"a":"${marker}"}}\n\n`,
  }),
  (_id, marker) => ({ body: `{"${marker}` }),
  (_id, marker) => ({ body: `{"${marker}":1,"${marker}":2}` }),
  (_id, marker) => ({ status: 500, type: 'text/plain', body: marker }),
  (_id, marker) => ({ status: 302, headers: { Location: `http://127.0.0.1/${marker}` }, body: marker }),
  (_id, marker) => ({
    status: 401,
    headers: { 'WWW-Authenticate': `Bearer realm="${marker}"`, 'X-Amzn-ErrorType': marker },
    body: marker,
  }),
  (_id, marker) => ({
    status: 404,
    headers: { 'Set-Cookie': `c=${marker}`, 'X-Any': marker },
    body: `{"error":{"code":-32000,"message":"session ${marker}"}}`,
  }),
  (_id, marker) => ({ body: `{"${marker}":`, cut: true }),
];

/** An upstream that answers with the current result of `now`. */
export function answering(now: () => Sent | undefined): Answer {
  return (received, response) => {
    const { marker: mark = '', trigger: how = '', answer: index = 0 } = now() ?? {};
    const {
      status = 200,
      type = 'application/json',
      headers = {},
      body,
      cut = false,
    } = (answers[index] ?? answers[0])?.(idOf(received) ?? '1', mark, how) ?? { body: '' };
    response.writeHead(status, {
      'Content-Type': type,
      ...headers,
      ...(cut ? { 'Content-Length': body.length + 9 } : {}),
    });
    if (cut) response.write(body, () => response.destroy());
    else response.end(body);
  };
}

/** Sends it. A reply that is cut has no end to wait for. */
export async function sendMarked(port: number, scenario: Sent): Promise<void> {
  const { marker: mark, kind, era } = scenario;
  const headers = [
    `Authorization: Bearer ${mark}`,
    `Cookie: c=${mark}`,
    `X-Api-Key: ${mark}`,
    `User-Agent: ${mark}`,
    `traceparent: ${mark}`,
    `tracestate: k=${mark}`,
    `Mcp-Session-Id: ${mark}`,
    `Last-Event-ID: ${mark}`,
    `Mcp-Param-${mark}: ${mark}`,
    ...(era === 'modern' ? ['MCP-Protocol-Version: 2026-07-28'] : []),
  ];
  const bare = kind === 'GET' || kind === 'DELETE';
  await (
    bare ? exchange(port, request(kind, `/mcp?${mark}`, headers, undefined)) : post(port, bodyOf(scenario), headers)
  ).catch(() => undefined);
}

/** The lines with a mark in them, or that are not a JSON object. */
export function leaksIn(out: string): string[] {
  return out.split('\n').filter((line) => line !== '' && (MARKER.test(line) || typeof JSON.parse(line) !== 'object'));
}
