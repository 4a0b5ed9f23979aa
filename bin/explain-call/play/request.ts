/** Sends one request to a proxy that listens nowhere, over a pair of streams in memory: all of its checks see real bytes. */
import { request as httpRequest, type Server } from 'node:http';
import { duplexPair } from 'node:stream';
import { META_VERSION } from '../../../proxy/call/message.ts';
import { isObject } from '../../../proxy/json/lossless.ts';
import { objectIn } from '../object-in.ts';
import type { GivenRequest } from './given.ts';

export interface Answered {
  readonly status: number;
  readonly body: string;
}

/** Headers that belong to the connection, or to a session of another process. */
const LEFT_OUT = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'mcp-session-id',
  'origin',
]);

export function send(server: Server, { headers, body }: GivenRequest): Promise<Answered> {
  const [client, inside] = duplexPair();
  // A client that reads all has no time limit.
  server.emit('connection', Object.assign(inside, { setTimeout: () => inside, setNoDelay: () => inside }));
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        method: 'POST',
        path: '/mcp',
        // Streams of a pair are no sockets, but all that Node needs of one.
        createConnection: () => client,
        headers: { Host: 'localhost', ...Object.fromEntries(complete(headers, body)) },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          client.destroy();
          resolve({ status: response.statusCode ?? 0, body: text });
        });
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** With the headers that every client sends, unless the person gave them. */
function complete(given: GivenRequest['headers'], body: string): (readonly [string, string])[] {
  const kept = given.filter(([name]) => !LEFT_OUT.has(name.toLowerCase()));
  const has = (name: string): boolean => kept.some(([one]) => one.toLowerCase() === name);
  const message = objectIn(body);
  const params = isObject(message?.['params']) ? message['params'] : {};
  const meta = isObject(params['_meta']) ? params['_meta'] : {};
  const version = meta[META_VERSION];
  const { method } = message ?? {};
  const name = params['name'] ?? params['uri'];
  const mirrors: [string, unknown][] =
    typeof version === 'string'
      ? [
          ['MCP-Protocol-Version', version],
          ['Mcp-Method', method],
          [
            'Mcp-Name',
            typeof name === 'string' && typeof method === 'string' && NAMED.has(method) ? mirrored(name) : undefined,
          ],
        ]
      : method === 'initialize'
        ? []
        : [['MCP-Protocol-Version', '2025-11-25']];
  // Only what a client without any headers would have sent: one that differs is a finding.
  const added = mirrors.flatMap(([header, value]) =>
    typeof value === 'string' && !has(header.toLowerCase()) ? [[header, value] as const] : [],
  );
  return [
    ...(has('content-type') ? [] : [['Content-Type', 'application/json'] as const]),
    ...(has('accept') ? [] : [['Accept', 'application/json, text/event-stream'] as const]),
    ...added,
    ...kept,
  ];
}

const NAMED = new Set(['tools/call', 'prompts/get', 'resources/read']);

/** As headers mirror a value (MCP 2026-07-28, value encoding). */
function mirrored(value: string): string {
  return /^[\x21-\x7e]+$/.test(value) ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}
