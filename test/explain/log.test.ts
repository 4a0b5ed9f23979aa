/** `npm run explain -- --id ID --log FILE`, on what a proxy logged about calls that were really refused. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Explanation } from '../../bin/explain-call/explanation.ts';
import { fixed } from '../../proxy/callers/fixed.ts';
import { header } from '../../proxy/callers/header.ts';
import { configurationOf } from '../../proxy/configuration.ts';
import { accessPolicy } from '../../proxy/controls/access-policy/index.ts';
import { audit } from '../../proxy/controls/audit/index.ts';
import type { AuditOptions } from '../../proxy/controls/audit/index.ts';
import { allow } from '../../proxy/controls/index.ts';
import { rateLimit } from '../../proxy/controls/rate-limit/index.ts';
import { secrets } from '../../proxy/controls/secrets/index.ts';
import { validation } from '../../proxy/controls/validation/index.ts';
import { Lines } from '../dispatch/lines.ts';
import { command } from '../support/commands.ts';
import { type Front, startFront } from '../support/front.ts';
import { post } from '../support/raw.ts';
import { type Answer, startUpstream } from '../support/upstream.ts';
import { legacy, modern, send } from '../upstream/messages.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());
let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'explain-'))));
afterAll(() => rm(folder, { recursive: true }));

const TOOLS = ['add', 'wipe', 'hidden'].map((name) => ({
  name,
  inputSchema: { type: 'object', properties: { a: { type: 'number' } }, required: ['a'], additionalProperties: true },
}));
const answer: Answer = (request, response) => {
  const { id, method } = JSON.parse(request.text) as { id?: unknown; method: string };
  const modernOnly = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
  const result = method === 'tools/list' ? { tools: TOOLS, ...modernOnly } : { content: [], ...modernOnly };
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
};

async function front(options: AuditOptions = {}, sub = 'ann'): Promise<{ front: Front; end: () => Promise<void> }> {
  const server = await startUpstream(answer);
  const proxy = await startFront(server, {
    caller: fixed({ sub, groups: ['staff'] }),
    controls: [
      audit(options),
      rateLimit({ limits: [{ most: 2, seconds: 3600, tools: ['wipe'] }] }),
      accessPolicy({
        policies: [
          allow({ group: 'staff', tools: ['add', 'wipe'] }),
          '@id("no-big-sums") forbid (principal, action == Action::"tools/call", resource == Tool::"add") when { context.arguments has a && context.arguments.a == 99 };',
        ],
      }),
      secrets({ onFound: 'block' }),
      validation(),
    ],
  });
  return {
    front: proxy,
    end: async () => {
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function inFile(text: string | Buffer): Promise<string> {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.log`);
  await writeFile(file, text);
  return file;
}

async function explained(
  id: string,
  text: string | Buffer,
): Promise<{ code: number; said: Explanation; text: string }> {
  const file = await inFile(text);
  const json = await command('bin/explain-call.ts', ['--id', id, '--log', file, '--json']);
  const { stdout } = await command('bin/explain-call.ts', ['--id', id, '--log', file]);
  return { code: json.code, said: JSON.parse(json.stdout) as Explanation, text: stdout };
}

const KEY = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;

const refusals = [
  ['a limit that is used up', 'wipe', { a: 1 }, 3, 'throttled', 'rate-limit', '2 in 3600 s of the caller for wipe'],
  ['a policy that forbids', 'add', { a: 99 }, 1, 'unknown-name', 'access-policy', 'forbidden by policy no-big-sums'],
  ['a secret', 'add', { a: 1, note: KEY }, 1, 'invalid-arguments', 'secrets', 'found secret in arguments'],
  [
    'arguments of another type',
    'add',
    { a: 'x' },
    1,
    'invalid-arguments',
    'validation',
    "1 argument not as the tool's schema says: a",
  ],
] as const;

describe.each(['modern', 'legacy'] as const)('what a client of the %s era was refused', (era) => {
  test.each(refusals)('for %s is explained by its id', async (_, name, given, times, code, by, words) => {
    const { front: proxy, end } = await front();
    const message = (era === 'modern' ? modern : legacy)('tools/call', { name, arguments: given });
    let text = '';
    for (let i = 0; i < times; i++) ({ text } = await send(proxy, message));
    await vi.waitFor(() => expect(lines.all.filter(({ event }) => event === 'call')).toHaveLength(times));
    // A name that this caller may not use has no id for the client, as one that doesn't exist has none.
    const got = /"errorId":"([^"]+)"/.exec(text)?.[1];
    expect(got === undefined).toBe(code === 'unknown-name');
    const id = got ?? String(lines.all.findLast(({ event }) => event === 'call')?.['id']);
    const { settings } = proxy.proxy.slot.current;
    const start = JSON.stringify({ event: 'configuration', ...configurationOf(settings, {}) });
    const { code: exit, said, text: shown } = await explained(id, `${start}\n${lines.text}`);
    await end();
    expect(exit).toBe(1);
    expect(said).toMatchObject({
      id,
      verdict: 'refused',
      outcome: code,
      by,
      call: { method: 'tools/call', name, caller: 'ann', era },
    });
    const at = said.steps.findIndex(({ control }) => control === by);
    expect(said.steps.map(({ control }) => control)).toEqual([
      'audit',
      'rate-limit',
      'access-policy',
      'secrets',
      'validation',
    ]);
    expect(said.steps[at]?.words).toContain(words);
    expect(said.steps.map(({ state }) => state)).toEqual(
      said.steps.map((_step, i) => (i <= at ? 'ran' : 'not reached')),
    );
    expect(said.remedies).not.toEqual([]);
    expect(said.docs).toMatch(new RegExp(`#${code}$`));
    expect(shown).toContain('REFUSED');
    expect(shown).toContain(words);
    expect(shown).not.toContain(KEY);
  });
});

describe('the log', () => {
  /** The log of a call that a policy denied, and its id, which the client did not get. */
  async function hidden(options: AuditOptions = {}): Promise<{ id: string; text: string }> {
    const { front: proxy, end } = await front(options);
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const sent = modern('tools/call', { name: 'hidden', arguments: { a: 1 } });
    const { text } = await send(proxy, { ...sent, headers: [...sent.headers, `traceparent: ${trace}`] });
    expect(text).not.toContain('errorId');
    await vi.waitFor(() => expect(lines.text).toContain('unknown-name'));
    await end();
    return { id: '4bf92f3577b34da6a3ce929d0e0e4736', text: lines.text };
  }
  const each = (text: string, wrap: (line: string, i: number) => string): string =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map(wrap)
      .join('\n');

  test.each([
    ['as the process wrote it', (text: string) => text],
    ['gzip', (text: string) => gzipSync(text)],
    ['a log driver', (text: string) => each(text, (line) => JSON.stringify({ log: `${line}\n`, stream: 'stdout' }))],
    [
      'an export with @message',
      (text: string) => each(text, (line) => JSON.stringify({ '@timestamp': '2026', '@message': line })),
    ],
    [
      'messages in messages, gzip',
      (text: string) => gzipSync(each(text, (line) => JSON.stringify({ message: JSON.stringify({ log: line }) }))),
    ],
    ['an export to S3', (text: string) => each(text, (line) => `2026-12-01T10:00:00.000Z ${line}`)],
    [
      'filter-log-events',
      (text: string) =>
        JSON.stringify(
          {
            events: text
              .split('\n')
              .filter((line) => line !== '')
              .map((message) => ({ timestamp: 1, message })),
          },
          null,
          2,
        ),
    ],
    [
      'a query',
      (text: string) =>
        JSON.stringify({
          results: text
            .split('\n')
            .filter((line) => line !== '')
            .map((value) => [{ field: '@message', value }]),
        }),
    ],
  ])('may be %s', async (_, wrap) => {
    const { id, text } = await hidden();
    const { code, said } = await explained(id, wrap(text));
    expect([code, said.verdict, said.outcome, said.by, said.call.name]).toEqual([
      1,
      'refused',
      'unknown-name',
      'access-policy',
      'hidden',
    ]);
    expect(said.steps.find(({ control }) => control === 'access-policy')?.words).toContain('no policy permits it');
  });

  test('names what other calls use, if a name may be misspelt, and nothing if it exists', async () => {
    const { front: proxy, end } = await front();
    await send(proxy, modern('tools/call', { name: 'wipe', arguments: { a: 1 } }));
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const sent = modern('tools/call', { name: 'wpie', arguments: { a: 1 } });
    await send(proxy, { ...sent, headers: [...sent.headers, `traceparent: ${trace}`] });
    await vi.waitFor(() => expect(lines.text).toContain('unknown-name'));
    await end();
    const { said } = await explained('4bf92f3577b34da6a3ce929d0e0e4736', lines.text);
    expect(said.remedies[0]).toContain('the name, if it is misspelt: "wipe" may be meant');
  });

  test.each(['ocsf', 'cloudevents'] as const)('may be in the format %s', async (format) => {
    const { id, text } = await hidden({ format });
    const { code, said } = await explained(id, text);
    expect([code, said.outcome, said.by, said.call.method]).toEqual([1, 'unknown-name', 'access-policy', 'tools/call']);
  });

  test('in another form is not guessed about', async () => {
    const { id, text } = await hidden({ format: 'cef' });
    const { code, said } = await explained(id, text.slice(text.indexOf('CEF:')));
    expect([code, said.verdict, said.outcome, said.steps]).toEqual([2, 'undecided', 'unknown', []]);
    expect(said.summary).toContain('no form that is read here');
    expect(said.notes.join()).toContain(id);
  });

  test('without an audit record says which control refused', async () => {
    const server = await startUpstream(answer);
    const proxy = await startFront(server, { controls: [secrets({ onFound: 'block' })] });
    const { text } = await send(proxy, legacy('tools/call', { name: 'add', arguments: { note: KEY } }));
    const [, id = ''] = /"errorId":"([^"]+)"/.exec(text) ?? [];
    await vi.waitFor(() => expect(lines.text).toContain(id));
    const { said } = await explained(id, lines.text);
    await proxy[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    expect([said.outcome, said.by]).toEqual(['invalid-arguments', 'secrets']);
    expect(lines.text).not.toContain(KEY);
  });

  test.each(['json', 'ocsf', 'cloudevents'] as const)('says why no caller was found (%s)', async (format) => {
    const server = await startUpstream(answer);
    const proxy = await startFront(server, { controls: [audit({ format })], caller: header('x-caller') });
    const { text } = await send(proxy, legacy('tools/list'));
    const [, id = ''] = /"errorId":"([^"]+)"/.exec(text) ?? [];
    await vi.waitFor(() => expect(lines.text).toContain(id));
    const { said } = await explained(id, lines.text);
    await proxy[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    expect([said.outcome, said.steps]).toEqual(['unauthenticated-caller', []]);
    expect(said.summary).toContain('The proxy logged: no caller: expected the header x-caller, got none');
  });

  test('explains what was refused before it became a call, and an id that it does not have', async () => {
    const { front: proxy, end } = await front();
    const { text } = await post(proxy.port, '{"jsonrpc":', []);
    const [, id = ''] = /"errorId":"([^"]+)"/.exec(text) ?? [];
    await vi.waitFor(() => expect(lines.text).toContain(id));
    await end();
    const { said, code } = await explained(id, lines.text);
    expect([code, said.outcome, said.steps]).toEqual([1, 'parse-error', []]);
    const file = await inFile(lines.text);
    const none = await command('bin/explain-call.ts', ['--id', '0f8fad5b-d9cb-469f-a165-70867728950e', '--log', file]);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('found none')]);
  });
});
