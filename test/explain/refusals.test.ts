/** What `npm run explain` says about a refusal that the client's own error explains better, or about which the log has only its code. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ADVICE } from '../../bin/explain-call/advice.ts';
import type { Explanation } from '../../bin/explain-call/explanation.ts';
import { explainLines } from '../../bin/explain-call/log/explain-log.ts';
import { findIn } from '../../bin/explain-call/log/find.ts';
import { remediesOf } from '../../bin/explain-call/reasons.ts';
import type { ErrorCode } from '../../proxy/base/errors.ts';
import { fixed } from '../../proxy/callers/fixed.ts';
import {
  accessPolicy,
  allow,
  audit,
  email,
  enrichment,
  paymentCard,
  redaction,
  tokenization,
  validation,
} from '../../proxy/controls/index.ts';
import { bindRing } from '../controls/tokenization/keys.ts';
import { Lines } from '../dispatch/lines.ts';
import { startFront } from '../support/front.ts';
import { type Answer, respondJson, startUpstream } from '../support/upstream.ts';
import { legacy, send } from '../upstream/messages.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());
let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'explain-'))));
afterAll(() => rm(folder, { recursive: true }));

const TOOLS = ['orders', 'stock', 'pin', 'pay', 'note', 'scoped'].map((name) => ({
  name,
  inputSchema: {
    type: 'object',
    properties: {
      a: { type: 'number' },
      text: { type: 'string' },
      code: { type: 'integer', maximum: 99 },
      region: { type: 'string' },
      org: { type: 'string' },
    },
  },
}));
const answer: Answer = (request, response) => {
  const { id, method } = JSON.parse(request.text) as { id?: unknown; method: string };
  respondJson(response, { jsonrpc: '2.0', id, result: method === 'tools/list' ? { tools: TOOLS } : { content: [] } });
};

/** Calls a tool that is refused, and explains it by its id. */
async function refused(name: string, given: object): Promise<Explanation> {
  await using server = await startUpstream(answer);
  await using proxy = await startFront(server, {
    caller: fixed({ sub: 'ann', groups: ['staff'] }),
    environment: bindRing(),
    controls: [
      audit(),
      accessPolicy({
        policies: [
          allow({ group: 'staff', tools: ['orders', 'stock', 'pin', 'pay', 'note'] }),
          allow({ group: 'staff', tools: ['scoped'], requiresScopes: ['crm.write'] }),
        ],
      }),
      enrichment({
        tools: { orders: { arguments: { region: { value: 'eu' } } }, stock: { arguments: { org: { claim: 'org' } } } },
      }),
      tokenization({ tenant: 'acme', fields: [{ tool: 'pin', path: 'code', type: 'pin' }], detectors: [email()] }),
      redaction({ upstream: { detectors: [paymentCard()] } }),
      validation(),
    ],
  });
  const { text } = await send(proxy, legacy('tools/call', { name, arguments: given }));
  const [, id = ''] = /"errorId":"([^"]+)"/.exec(text) ?? [];
  await vi.waitFor(() => expect(lines.all.filter(({ event }) => event === 'call')).toHaveLength(1));
  const file = join(folder, 'log');
  await writeFile(file, lines.text);
  const found = await findIn(file, id);
  const [call] = found.calls;
  if (call === undefined) throw new Error('expected a call in the log, found none');
  return explainLines(call, found);
}

const CARD = 4111111111111111;

test.each([
  [
    'an argument that the config sets',
    'orders',
    { region: 'us' },
    'enrichment',
    'an argument that the config sets',
    'leave out',
  ],
  [
    'a claim that the caller lacks',
    'stock',
    { a: 1 },
    'enrichment',
    'a claim that the caller does not have',
    'a caller with the claim',
  ],
  [
    'a value for which no token fits',
    'pin',
    { code: 5 },
    'tokenization',
    'accepts no token for a value',
    "widen the tool's schema",
  ],
  ['an argument of another type', 'note', { a: 'x' }, 'validation', 'not as the tool', 'correct a as the tool'],
  ['a scope that the token lacks', 'scoped', { a: 1 }, 'access-policy', 'with more scopes', 'a token with all scopes'],
] as const)('a refusal for %s says why, and what to change', async (_, name, given, by, why, remedy) => {
  const said = await refused(name, given);
  expect([said.verdict, said.by]).toEqual(['refused', by]);
  expect(said.summary).toContain(why);
  expect(said.remedies[0]).toContain(remedy);
  // None asks for what is already given: this log.
  expect(said.remedies.join()).not.toMatch(/the log|--id|its message says/);
});

test('an argument that a control replaced before validation is not called an error of the client alone', async () => {
  const replaced = await refused('pay', { a: CARD });
  expect(replaced.by).toBe('validation');
  expect(replaced.remedies).toEqual([
    expect.stringContaining('correct a'),
    expect.stringContaining('redaction replaced a value before validation read the call'),
  ]);
});

test('an argument that no control replaced is not blamed on one', async () => {
  expect((await refused('note', { a: 'x' })).remedies).toHaveLength(1);
});

test('only warnings about the same tool are shown with it', async () => {
  const about = (tool: string): string =>
    JSON.stringify({ time: 'then', level: 'warn', message: `no token fits in ${tool}`, event: 'tokenization', tool });
  const decisions = [{ control: 'tokenization', decision: 'invalid-arguments' }];
  const ended = {
    event: 'call',
    id: 'of-this-call',
    method: 'tools/call',
    name: 'pin',
    code: 'invalid-arguments',
    decisions,
  };
  const file = join(folder, 'warnings');
  await writeFile(file, [about('pin'), about('note'), JSON.stringify(ended)].join('\n'));
  const found = await findIn(file, 'of-this-call');
  const notes = found.calls.flatMap((call) => explainLines(call, found).notes);
  expect(notes).toContain('a warning about the same: then no token fits in pin');
  expect(notes.join()).not.toContain('note');
});

test('a control that failed is not looked for in a log without what it threw', async () => {
  const ended = {
    event: 'call',
    id: 'of-this-call',
    method: 'tools/call',
    name: 'pin',
    code: 'internal',
    decisions: [],
  };
  const file = join(folder, 'without');
  await writeFile(file, JSON.stringify(ended));
  const found = await findIn(file, 'of-this-call');
  expect(found.calls.flatMap((call) => explainLines(call, found).notes)).toContainEqual(
    expect.stringContaining('no line "internal error" with the id'),
  );
});

test.each(Object.keys(ADVICE) as ErrorCode[])('%s: what to change asks for no log and no explanation', (code) => {
  for (const by of [undefined, { control: 'own', decision: code, facts: [] }])
    expect(remediesOf(code, by).join()).not.toMatch(/\bin the log\b|the log has|npm run explain|under the id/);
});
