/** What is kept of a session holds nothing else of the answer that opened it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { startFront } from '../support/front.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { initialize } from './messages.ts';

const SESSIONS = 1_500;
const PADDING = 15_000;

test('a kept session id does not hold the headers that it came with', async () => {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc !== 'function') throw new TypeError('no garbage collection');
  const held = async (): Promise<number> => {
    for (let i = 0; i < 3; i++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return process.memoryUsage().heapUsed;
  };
  let opened = 0;
  await using upstream = await startUpstream((_, response) =>
    respondJson(
      response,
      {
        jsonrpc: '2.0',
        id: 1,
        result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'u', version: '1' } },
      },
      { headers: { 'Mcp-Session-Id': `a-session-of-some-length-${++opened}`, 'X-Padding': 'p'.repeat(PADDING) } },
    ),
  );
  await using front = await startFront(upstream);
  const { body, headers } = initialize();
  const open = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      const reply = await fetch(`http://127.0.0.1:${front.port}/mcp`, {
        method: 'POST',
        headers: [
          ['content-type', 'application/json'],
          ['accept', 'application/json, text/event-stream'],
          ...headers.map((line): [string, string] => [line.split(': ')[0] ?? '', line.split(': ')[1] ?? '']),
        ],
        body,
      });
      await reply.arrayBuffer();
    }
  };
  await open(100);
  const before = await held();
  await open(SESSIONS);
  // What the test's upstream noted of each request is a few KB; the headers would be 22 MB.
  expect((await held()) - before).toBeLessThan((SESSIONS * PADDING) / 2);
});
