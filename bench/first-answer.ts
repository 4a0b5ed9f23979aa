/** Sends one request to a server that just started, over a plain socket, and compares the answer byte for byte. */
import { connect } from 'node:net';
import { ReplyReader } from './reply-reader.ts';
import { toolList } from './tool-list.ts';
import { CALLER, callHeaders, listBody } from './wire.ts';

/** The answer to `tools/list`: the upstream's own bytes. */
export const LIST = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, result: toolList('modern') }));
/** The same behind a policy, which makes a list private to its caller. */
export const OWN_LIST = Buffer.from(LIST.toString().replace('"cacheScope":"public"', '"cacheScope":"private"'));
/** The same for a clerk, from whom policies hide the tools that clerks may not call: `configs/names.cedar`. */
export const CLERKS_LIST = Buffer.from(
  JSON.stringify({ jsonrpc: '2.0', id: 1, result: clerksTools() }).replace(
    '"cacheScope":"public"',
    '"cacheScope":"private"',
  ),
);
/** The bare server's answer to any request. */
export const HELLO = Buffer.from('hello');

/** @throws Error if the answer differs. */
export function firstAnswer(port: number, expected: Buffer): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const reader = new ReplyReader(expected, (wrong) => {
    socket.destroy();
    if (wrong === undefined) resolve();
    else reject(new Error(`first answer: ${wrong}`));
  });
  socket.on('data', (bytes) => typeof bytes !== 'string' && reader.push(bytes, bytes.length));
  socket.on('error', reject).on('close', () => reject(new Error('connection closed before the first answer')));
  socket.write(request(port));
  return promise;
}

function clerksTools(): object {
  const { tools, ...rest } = toolList('modern');
  return { tools: tools.filter(({ name }) => /^(?:get|greet|search)_|^watch_order$/.test(name)), ...rest };
}

function request(port: number): string {
  const body = listBody();
  const headers = {
    Host: `127.0.0.1:${port}`,
    ...callHeaders('tools/list', 'modern'),
    ...CALLER,
    'Content-Length': body.length,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /mcp HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
