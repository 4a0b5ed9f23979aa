/** What the form's server side accepts. */
import { describe, expect, it } from 'vitest';
import { TICKET } from '../../console/try/chosen-callers.ts';
import type { RunMessage } from '../../console/try/messages.ts';
import { startCalculator } from '../../local/calculator.ts';
import { accessPolicy, allow } from '../../proxy/controls/index.ts';
import { defineProxy, header } from '../../proxy/index.ts';
import { startWatched, type Watched } from './consoles.ts';

const policy = accessPolicy({ policies: [allow({ group: 'support', tools: ['add'] })] });
const CONFIG = defineProxy({ controls: [policy], caller: header('x-user') });

async function act(watched: Watched, path: string, body: unknown): Promise<Response> {
  return fetch(`${watched.origin}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${watched.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function run(watched: Watched, body: unknown): Promise<RunMessage[]> {
  const text = await (await act(watched, '/api/try', body)).text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunMessage);
}

describe('the form', () => {
  it('calls as a caller whom the config would read from a header, and nobody else can', async () => {
    const calculator = await startCalculator();
    try {
      await using watched = await startWatched(CONFIG, calculator.url);
      const add = { tool: 'add', arguments: { a: 1, b: 2 } };
      const got = await run(watched, { caller: { claims: { sub: 'ann', groups: ['support'] } }, ...add });
      expect(got.find(({ type }) => type === 'result')).toMatchObject({
        isError: false,
        text: expect.stringContaining('"result":3'),
      });
      const refused = await run(watched, { caller: { claims: { sub: 'ann', groups: [] } }, ...add });
      expect(refused.at(-1)).toMatchObject({ type: 'error', message: expect.stringContaining('Unknown tool: add') });
      // Without a chosen caller, it is a client like any other.
      expect((await run(watched, { caller: {}, ...add })).at(-1)).toMatchObject({ type: 'error' });
      const forged = await fetch(watched.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          [TICKET]: 'guessed',
        },
        body: '{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}',
      });
      expect(await forged.text()).toContain('unauthenticated-caller');
    } finally {
      await calculator.close();
    }
  });

  it.each([
    [{}, 400],
    [{ tool: 'add' }, 400],
    [{ tool: 'add', arguments: [] }, 400],
    [{ tool: 'add', arguments: {}, caller: { name: 'nobody' } }, 400],
    [{ tool: 'add', arguments: {}, caller: { claims: 'ann' } }, 400],
    [{ tool: 'add', arguments: {}, caller: 'ann' }, 400],
  ])('refuses %j', async (body, status) => {
    await using watched = await startWatched(CONFIG, 'http://127.0.0.1:9/mcp');
    expect((await act(watched, '/api/try', body)).status).toBe(status);
  });

  it('takes an answer only to a question that is open', async () => {
    await using watched = await startWatched(CONFIG, 'http://127.0.0.1:9/mcp');
    expect((await act(watched, '/api/answer', { id: 1, action: 'accept', content: {} })).status).toBe(404);
  });

  it('says what is wrong if the upstream is down', async () => {
    await using watched = await startWatched(CONFIG, 'http://127.0.0.1:9/mcp');
    const got = await run(watched, { caller: { claims: { sub: 'ann' } }, tool: 'add', arguments: {} });
    expect(got.at(-1)?.type).toBe('error');
  });
});
