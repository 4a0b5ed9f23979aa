/** `npm run explain -- CALL`: a call in each of the forms in which people have one, through the controls of a config. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Explanation } from '../../bin/explain-call/explanation.ts';
import { fixed } from '../../proxy/callers/fixed.ts';
import { audit, paymentCard, redaction, validation } from '../../proxy/controls/index.ts';
import { command, inOwnProcess } from '../support/commands.ts';
import { type Answer, respondJson, startUpstream } from '../support/upstream.ts';
import { recorded } from '../traffic/recorded.ts';

const CONFIG = `
import { defineControl, defineProxy } from 'agentcore-mcp-proxy';
import { accessPolicy, allow, audit, deny, email, redaction, validation } from 'agentcore-mcp-proxy/controls';
const own = defineControl({ name: 'own', replies: 'ignores', setup: () => ({ otherwise: 'pass', 'prompts/get': () => { throw new Error('broken'); } }) });
export default defineProxy({
  controls: [
    audit(),
    own,
    accessPolicy({ policies: [allow({ group: 'staff', tools: ['add'] }), allow({ group: 'admins', tools: ['wipe'] }), allow({ group: 'staff', prompts: ['*'] }), allow({ group: 'staff', tools: ['drop'] }), deny({ group: 'staff', tools: ['drop'] })] }),
    redaction({ upstream: { detectors: [email()] }, client: { detectors: [email()] } }),
    validation(),
  ],
});`;
const TOOLS = ['add', 'wipe', 'drop'].map((name) => ({
  name,
  inputSchema: { type: 'object', properties: { a: { type: 'number' }, note: { type: 'string' } }, required: ['a'] },
}));
const STAFF = JSON.stringify({ sub: 'ann', groups: ['staff'] });
const call = (name: string, given: object): object => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: given },
});
const MODERN = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

let folder = '';
const inFolder = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'explain-'));
  await writeFile(inFolder('proxy.config.ts'), CONFIG);
  await writeFile(inFolder('tools.json'), JSON.stringify({ tools: TOOLS }));
  await writeFile(inFolder('callers.json'), JSON.stringify({ ann: JSON.parse(STAFF) as object }));
});
afterAll(() => rm(folder, { recursive: true }));

interface Explained {
  readonly code: number;
  readonly said: Explanation;
  readonly text: string;
}

const explained = (text: string | object, ...args: readonly string[]): Promise<Explained> =>
  explainedBy(command, text, ...args);
/** What it sends, and where code threw, depends on the process. */
const explainedAlone = (text: string | object, ...args: readonly string[]): Promise<Explained> =>
  explainedBy(inOwnProcess, text, ...args);

async function explainedBy(run: typeof command, text: string | object, ...args: readonly string[]): Promise<Explained> {
  const file = inFolder('call');
  await writeFile(file, typeof text === 'string' ? text : JSON.stringify(text));
  const { code, stdout, stderr } = await run('bin/explain-call.ts', [
    file,
    '--config',
    inFolder('proxy.config.ts'),
    '--json',
    ...args,
  ]);
  expect(stderr.replaceAll(/^\(node.*$/gm, '')).toBe('');
  return { code, said: JSON.parse(stdout) as Explanation, text: stdout };
}
const known = (): string[] => ['--tools', inFolder('tools.json'), '--caller', STAFF];

describe('a call', () => {
  test.each([
    ['a legacy request', call('add', { a: 1 }), 'legacy'],
    [
      'a modern request',
      { ...call('add', { a: 1 }), params: { name: 'add', arguments: { a: 1 }, _meta: MODERN } },
      'modern',
    ],
    [
      'a request with headers',
      { headers: { 'MCP-Protocol-Version': '2025-06-18' }, body: call('add', { a: 1 }) },
      'legacy',
    ],
    [
      'a curl command',
      `curl -s http://127.0.0.1:8000/mcp \\\n  -H 'Content-Type: application/json' -H "MCP-Protocol-Version: 2025-06-18" \\\n  --data-raw '${JSON.stringify(call('add', { a: 1 }))}'`,
      'legacy',
    ],
  ])('may be %s, and is allowed without being sent', async (_, given, era) => {
    const { code, said } = await explained(given, ...known());
    expect([code, said.verdict, said.call.era, said.call.caller]).toEqual([0, 'allowed', era, 'ann']);
    expect(said.steps.map(({ control, state }) => [control, state])).toEqual(
      ['audit', 'own', 'access-policy', 'redaction', 'validation'].map((control) => [control, 'ran']),
    );
    expect(said.steps[2]?.words).toContain('permitted by policy');
    expect(said.client).toBeUndefined();
  });

  test('that no policy permits names the permits that could cover it, and what its caller lacks', async () => {
    const { code, said } = await explained(call('wipe', { a: 1 }), ...known());
    expect([code, said.outcome, said.by]).toEqual([1, 'unknown-name', 'access-policy']);
    expect(said.remedies.join('\n')).toContain('this caller has the groups staff');
    expect(said.remedies.join('\n')).toMatch(/the permit policies\[1\]\.tools could cover it.*admins/);
    expect(said.remedies.join('\n')).not.toContain('policies[0]');
    expect(said.steps.map(({ state }) => state)).toEqual(['ran', 'ran', 'ran', 'not reached', 'not reached']);
    expect(said.client?.body).toBe('{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Unknown tool: wipe"}}');
  });

  test('that a policy forbids names that policy, and no permit: none could help', async () => {
    const { code, said } = await explained(call('drop', { a: 1 }), ...known());
    expect([code, said.outcome, said.by]).toEqual([1, 'unknown-name', 'access-policy']);
    expect(said.summary).toContain('forbidden by policy policies[4].tools');
    expect(said.remedies).toEqual([
      'narrow or remove what forbids it (policies[4].tools), or make a call that it does not forbid',
    ]);
  });

  test.each([
    ['a list that lacks the name', known, 'the name: no upstream lists a tool "ad": "add" may be meant'],
    [
      'no list, but a permit with a name like it',
      () => ['--caller', STAFF],
      'the name, if it is misspelt: "add" may be meant. Whether there is a tool "ad" is not known here',
    ],
  ] as const)('with a misspelt name says so, from %s', async (_from, options, expected) => {
    const { said } = await explained(call('ad', { a: 1 }), ...options());
    expect([said.outcome, said.by]).toEqual(['unknown-name', 'access-policy']);
    expect(said.summary).toContain('and so is a name that does not exist');
    expect(said.remedies[0]).toContain(expected);
    // The client learns nothing of it.
    expect(said.client?.body).toBe('{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Unknown tool: ad"}}');
  });

  test('with a name that exists is not called misspelt', async () => {
    const { said } = await explained(call('wipe', { a: 1 }), ...known());
    expect(said.remedies.join()).not.toContain('the name');
  });

  test('with a misspelt name asks the upstream what it lists, if it may be asked', async () => {
    await using upstream = await startUpstream((request, response) => {
      const { id, method } = JSON.parse(request.text || '{}') as { readonly id?: unknown; readonly method: string };
      const result =
        method === 'initialize'
          ? { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo: { name: 'u', version: '1' } }
          : { tools: [{ name: 'erase', inputSchema: { type: 'object' } }] };
      if (id === undefined) response.writeHead(202).end();
      else respondJson(response, JSON.stringify({ jsonrpc: '2.0', id, result }));
    });
    const { said } = await explainedAlone(call('eras', {}), '--caller', STAFF, '--upstream', upstream.url);
    expect(said.remedies[0]).toContain('no upstream lists a tool "eras": "erase" may be meant');
  });

  test('with arguments that do not fit says which, and without the lists says what it lacks', async () => {
    const refused = await explained(call('add', { a: 'one' }), ...known());
    expect([refused.code, refused.said.by, refused.said.outcome]).toEqual([1, 'validation', 'invalid-arguments']);
    expect(refused.said.summary).toContain('a: expected a number, got a string');
    const open = await explained(call('add', { a: 'one' }), '--caller', 'ann', '--callers', inFolder('callers.json'));
    expect([open.code, open.said.verdict, open.said.steps.at(-1)?.state]).toEqual([2, 'undecided', 'undecided']);
    expect(open.said.remedies.join()).toContain('--tools');
  });

  test('shows where a control changed it, and the values only if they are asked for', async () => {
    const given = call('add', { a: 1, note: 'ann@example.com' });
    const { said } = await explained(given, ...known());
    expect(said.steps[3]?.request).toEqual([{ at: 'params.arguments.note', to: expect.any(String) as unknown }]);
    const plain = (...more: string[]) =>
      inOwnProcess('bin/explain-call.ts', [
        inFolder('call'),
        '--config',
        inFolder('proxy.config.ts'),
        ...known(),
        ...more,
      ]);
    const without = await plain();
    expect(without.stdout).toContain('changed params.arguments.note in the call');
    expect(without.stdout).not.toContain('REDACTED');
    expect((await plain('--values')).stdout).toContain('changed params.arguments.note in the call: "REDACTED_EMAIL"');
  });

  test('at which a control fails says which, and where it threw', async () => {
    const { code, said } = await explainedAlone(
      { jsonrpc: '2.0', id: 1, method: 'prompts/get', params: { name: 'p' } },
      ...known(),
    );
    expect([code, said.outcome, said.by]).toEqual([1, 'internal', 'own']);
    expect(said.summary).toMatch(/The control is own\. It threw Error.*proxy\.config\.ts:\d+/);
  });

  test('that is refused before any control says so', async () => {
    const { code, said } = await explained(
      {
        headers: { 'Mcp-Name': 'wipe' },
        body: { ...call('add', { a: 1 }), params: { name: 'add', arguments: { a: 1 }, _meta: MODERN } },
      },
      ...known(),
    );
    expect([code, said.outcome, said.steps]).toEqual([1, 'header-mismatch', []]);
  });
});

const answer: Answer = (request, response) => {
  const { id, method } = JSON.parse(request.text) as { id: unknown; method: string };
  const result =
    method === 'tools/list' ? { tools: TOOLS } : { content: [{ type: 'text', text: 'write to bob@example.com' }] };
  respondJson(response, JSON.stringify({ jsonrpc: '2.0', id, result }));
};

test('with --upstream it is sent, and its reply is explained, too', async () => {
  await using upstream = await startUpstream(answer);
  const { code, said } = await explainedAlone(call('add', { a: 1 }), '--upstream', upstream.url, '--caller', STAFF);
  expect([code, said.verdict, said.client?.status]).toEqual([0, 'allowed', 200]);
  expect(said.client?.body).toContain('REDACTED_EMAIL');
  expect(said.steps[3]?.reply).toHaveLength(1);
  expect(upstream.received.map(({ text }) => (JSON.parse(text) as { method: string }).method)).toContain('tools/call');
});

test('a call of a record is explained with the answer that its upstream gave', async () => {
  await using upstream = await startUpstream(answer);
  const config = {
    caller: fixed(JSON.parse(STAFF) as Record<string, string>),
    controls: [audit(), redaction({ client: { detectors: [paymentCard()] } }), validation()],
  };
  const bindings = { UPSTREAM_URL: upstream.url };
  await using record = await recorded({ config, bindings, clear: true }, async (url) => {
    for (const name of ['add', 'wipe'])
      await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' },
        body: JSON.stringify(call(name, { a: 1 })),
      }).then((reply) => reply.text());
  });
  const number = String(record.record.calls[0]?.call);
  const { code, said } = await explained(record.text, '--call', number);
  expect([code, said.verdict, said.call.name, said.call.caller]).toEqual([0, 'allowed', 'add', 'ann']);
  expect(said.client?.body).toContain('REDACTED_EMAIL');
  const refused = await explained(record.text, '--call', String(record.record.calls[1]?.call));
  expect([refused.code, refused.said.by]).toEqual([1, 'access-policy']);
});

test('wrong options are named', async () => {
  await writeFile(inFolder('none'), 'no call');
  for (const [args, words] of [
    [[inFolder('none')], 'expected a JSON-RPC request'],
    [[inFolder('nowhere')], 'expected a file'],
    [[], 'expected either CALL, or --id'],
    [['--id', '0f8fad5b-d9cb-469f-a165-70867728950e'], '--log FILE'],
    [[inFolder('tools.json'), '--log', 'x'], 'expected either'],
  ] as const) {
    const { code, stderr } = await inOwnProcess('bin/explain-call.ts', args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(stderr).not.toContain('configuration');
  }
});
