/** The code in README.md and docs/controls.md compiles unchanged, and does what the page says. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { complianceCheck } from '../../examples/controls/compliance-check.ts';
import { startCalculator } from '../../local/calculator.ts';
import { fixed } from '../../proxy/callers/fixed.ts';
import { header } from '../../proxy/callers/header.ts';
import type { ProxyConfig } from '../../proxy/config/config.ts';
import { auditOnly } from '../../proxy/pipeline/audit-only.ts';
import { Lines } from '../dispatch/lines.ts';
import { startWorld } from '../dispatch/session.ts';
import { type Front, startFront } from '../support/front.ts';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';
import { initialize, legacy, modern, send } from '../upstream/messages.ts';
import { type Block, readBlocks, type Written, writeBlocks } from './blocks.ts';

const run = promisify(execFile);
const eras = ['modern', 'legacy'] as const;
type Era = (typeof eras)[number];

let blocks: readonly Block[];
let written: Written;
let calculator: Awaited<ReturnType<typeof startCalculator>>;
const tried = new Set<string>();
const lines = new Lines();

beforeAll(async () => {
  lines.start();
  blocks = await readBlocks();
  [written, calculator] = await Promise.all([writeBlocks(blocks), startCalculator()]);
});
afterAll(async () => {
  lines.stop();
  await Promise.all([written[Symbol.asyncDispose](), calculator.close()]);
});

/** The exports of a page's file. */
async function load(file: string): Promise<{ readonly default: ProxyConfig } & Readonly<Record<string, unknown>>> {
  tried.add(file);
  return import(join(written.folder, file)) as Promise<{ default: ProxyConfig }>;
}

interface Asked extends AsyncDisposable {
  readonly front: Front;
  /** Returns the message of the reply to a request with an id, and the form in which it came. */
  ask(method: string, params?: Readonly<Record<string, unknown>>): Promise<Answer>;
}

interface Answer {
  readonly type: string | undefined;
  readonly text: string;
  readonly message: Readonly<Record<string, unknown>>;
}

/** The page's config in front of the calculator, and a client of one era. */
async function inFront(
  config: ProxyConfig,
  era: Era,
  environment: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const front = await startFront(calculator, { ...config, environment });
  const session = era === 'modern' ? undefined : (await send(front, initialize())).header('mcp-session-id');
  return {
    front,
    async ask(method, params = {}) {
      const reply = await send(front, era === 'modern' ? modern(method, params) : legacy(method, params, { session }));
      const type = reply.header('content-type');
      const data =
        type === 'text/event-stream'
          ? [...reply.text.matchAll(/^data: (.+)$/gm)].map(([, json = '']) => json)
          : [reply.text];
      const messages = data.map((json) => JSON.parse(json) as Readonly<Record<string, unknown>>);
      return { type, text: reply.text, message: messages.find((message) => 'id' in message) ?? {} };
    },
    [Symbol.asyncDispose]: () => front[Symbol.asyncDispose](),
  };
}

const call = (name: string, args: object = {}): readonly [string, Readonly<Record<string, unknown>>] => [
  'tools/call',
  { name, arguments: args },
];
const ADD = call('add', { a: 2, b: 3 });
const LOOK_UP = call('lookup_customer', { id: 'C-1001' });
const READ = ['resources/read', { uri: 'customer://C-1001' }] as const;
const FIVE = { result: { structuredContent: { result: 5 } } };

describe.each(eras)('in the %s era', (era) => {
  it("the README's config permits tools that read, and denies those that don't", async () => {
    await using client = await inFront((await load('proxy.config.ts')).default, era);
    expect((await client.ask(...ADD)).message).toMatchObject(FIVE);
    expect((await client.ask(...call('ad', { a: 2, b: 3 }))).message).toMatchObject({
      error: { code: -31403, message: 'the upstream lists no tool of this name' },
    });
    expect((await client.ask(...call('confirm_reset'))).message).toMatchObject({
      error: { code: -31403, message: 'only tools that read' },
    });
    expect((await client.ask(...call('no_such_tool'))).message).toMatchObject({ error: { code: -31403 } });
    expect((await client.ask('tools/list')).message).toHaveProperty('result.tools');
  });

  it('the first control makes one tool unknown, and does not change the others', async () => {
    await using client = await inFront((await load('no-reset.config.ts')).default, era);
    expect((await client.ask(...ADD)).message).toMatchObject(FIVE);
    expect((await client.ask(...call('confirm_reset'))).message).toMatchObject({
      error: { code: -32602, message: 'Unknown tool: confirm_reset' },
    });
  });

  it.each([
    [{ sub: 'ann', groups: ['sales', 'support'] }, true],
    [{ sub: 'bob', groups: ['sales'] }, false],
    [{ sub: 'eve', groups: 'support' }, false],
    [{ sub: 'nil' }, false],
  ])('the control by group, with claims %j, permits customers: %s', async (claims, permitted) => {
    await using client = await inFront({ ...(await load('by-group.config.ts')).default, caller: fixed(claims) }, era);
    expect((await client.ask(...ADD)).message).toMatchObject(FIVE);
    expect((await client.ask('resources/read', { uri: 'calculator://constants' })).message).toHaveProperty(
      'result.contents',
    );
    const [looked, read] = [await client.ask(...LOOK_UP), await client.ask(...READ)];
    if (permitted) {
      expect(looked.message).toHaveProperty('result.structuredContent.name', 'Mara Inventado');
      expect(read.text).toContain('Mara Inventado');
    } else {
      expect(looked.message).toMatchObject({ error: { code: -32602, message: 'Unknown tool: lookup_customer' } });
      expect(read.message).toMatchObject({ error: { code: -32602, message: 'Unknown resource: customer://C-1001' } });
    }
  });

  it('the control by group only observes with auditOnly', async () => {
    const { controls } = (await load('by-group.config.ts')).default;
    await using client = await inFront({ controls: controls.map(auditOnly), caller: fixed({ sub: 'bob' }) }, era);
    lines.start();
    expect((await client.ask(...LOOK_UP)).message).toHaveProperty('result.structuredContent.name', 'Mara Inventado');
    expect(await lines.find(({ name }) => name === 'lookup_customer')).toHaveProperty(
      'decisions',
      expect.arrayContaining([{ control: 'customers-for-support', wouldDeny: 'unknown-name' }]),
    );
  });

  it('the control that changes a call shortens a countdown, and says how to correct one that is too long', async () => {
    await using client = await inFront((await load('countdown.config.ts')).default, era);
    // With the requested value, it would take ten minutes.
    expect((await client.ask(...call('countdown', { steps: 10, intervalMs: 60_000 }))).text).toContain(
      'Counted down from 10',
    );
    expect((await client.ask(...call('countdown', { steps: 11 }))).message).toMatchObject({
      result: { isError: true, content: [{ text: 'steps: expected at most 10' }] },
    });
    expect((await client.ask(...ADD)).message).toMatchObject(FIVE);
  });

  it('the control that declares the argument it checks refuses large values, and other spellings', async () => {
    await using client = await inFront((await load('small-sums.config.ts')).default, era);
    const refused = (text: string): object => ({ result: { isError: true, content: [{ type: 'text', text }] } });
    expect((await client.ask(...call('add', { a: 1_001, b: 3 }))).message).toMatchObject(
      refused('a: expected at most 1000'),
    );
    expect((await client.ask(...call('add', { a: 2, A: 1_001, b: 3 }))).message).toMatchObject(
      refused('a: expected exactly this spelling, got another that the upstream may accept instead'),
    );
    expect((await client.ask(...ADD)).message).toMatchObject(FIVE);
  });

  it('the control that redacts removes a value from fields and text, as JSON and in a stream, and refuses it elsewhere', async () => {
    await using client = await inFront((await load('redact.config.ts')).default, era);
    const { type, text, message } = await client.ask(...LOOK_UP);
    expect(type).toBe(era === 'modern' ? 'application/json' : 'text/event-stream');
    expect(message).toMatchObject({
      result: {
        structuredContent: { name: 'Mara Inventado', nationalId: '[redacted]' },
        content: [{ text: expect.stringContaining('has the national id [redacted].') }],
      },
    });
    expect(text).not.toContain('078-05-1120');
    expect((await client.ask(...READ)).message).toMatchObject({
      error: { code: -31403, message: 'a national id where none was expected' },
    });
    expect((await client.ask(...ADD)).message).toMatchObject(FIVE);
  });

  it('the control that asks a service permits what is approved, and denies what is not approved, is late or cannot be checked', async () => {
    const config = { controls: [complianceCheck()] };
    const questions: unknown[] = [];
    let answer = (response: ServerResponse): void => void response.writeHead(204).end();
    const service = createServer((request, response) => {
      void request
        .setEncoding('utf8')
        .toArray()
        .then((parts: string[]) => {
          questions.push(JSON.parse(parts.join('')));
          answer(response);
        });
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
    const { port } = service.address() as AddressInfo;
    await using client = await inFront({ ...config, caller: fixed({ sub: 'ann' }) }, era, {
      COMPLIANCE_URL: `http://127.0.0.1:${port}/approve`,
    });
    const denied = { error: { code: -31403, message: 'not approved' } };
    expect((await client.ask(...ADD)).message).toMatchObject(FIVE);
    expect(questions).toEqual([{ caller: 'ann', tool: 'add', arguments: { a: 2, b: 3 } }]);
    answer = (response) => void response.writeHead(200).end('{"approved":true}');
    expect((await client.ask(...ADD)).message).toMatchObject(denied);
    answer = () => {};
    expect((await client.ask(...ADD)).message).toMatchObject(denied);
    service.closeAllConnections();
    service.close();
    expect((await client.ask(...ADD)).message).toMatchObject(denied);
    expect((await client.ask('tools/list')).message).toHaveProperty('result.tools');
  });

  it('the control that empties log messages does not change the rest of a reply', async () => {
    await using client = await inFront((await load('logs.config.ts')).default, era);
    const meta = era === 'modern' ? {} : { _meta: { progressToken: 7 } };
    if (era === 'legacy') await client.ask('logging/setLevel', { level: 'debug' });
    const { text } = await client.ask('tools/call', {
      name: 'countdown',
      arguments: { steps: 2, intervalMs: 1 },
      ...meta,
    });
    expect(text).not.toContain('counted 2 steps');
    expect(text).toContain('Counted down from 2');
    if (era === 'legacy') expect(text).toContain('"data":"[removed]"');
    if (era === 'legacy') expect(text).toContain('lift-off');
  });

  it('the control that caches answers a repeated read itself, for the same caller', async () => {
    const { default: config } = await load('cache.config.ts');
    const { port, ...front } = await startFront(calculator, { ...config, caller: header('X-Caller') });
    const session =
      era === 'modern'
        ? {}
        : { session: (await send({ port }, initialize(), ['X-Caller: ann'])).header('mcp-session-id') };
    /** Who answered, and whether the reply has the customer. */
    const ask = async (caller: string, uri: string): Promise<readonly unknown[]> => {
      lines.start();
      const [method, params] = ['resources/read', { uri }];
      const sent = era === 'modern' ? modern(method, params) : legacy(method, params, session);
      const { text } = await send({ port }, sent, [`X-Caller: ${caller}`]);
      const { answeredBy } = await lines.find(({ event }) => event === 'call');
      return [answeredBy, text.includes('Mara Inventado')];
    };
    const [CUSTOMER, CONSTANTS] = ['customer://C-1001', 'calculator://constants'];
    expect(await ask('ann', CUSTOMER)).toEqual([undefined, true]);
    expect(await ask('ann', CUSTOMER)).toEqual(['cache', true]);
    expect(await ask('ann', CONSTANTS)).toEqual([undefined, false]);
    // An error is not kept.
    for (let i = 0; i < 2; i++) expect(await ask('ann', 'customer://none')).toEqual([undefined, false]);
    expect((await ask('bob', CUSTOMER))[0]).toBeUndefined();
    await front[Symbol.asyncDispose]();
  });

  it('the control that hides tools of admins shows each caller its own list, also when the list is kept', async () => {
    const { default: config } = await load('lists.config.ts');
    await using front = await startFront(calculator, config);
    const as = (groups: readonly string[]): readonly string[] => [
      `X-Caller: ${JSON.stringify({ sub: 'ann', groups })}`,
    ];
    const listed = async (groups: readonly string[]): Promise<boolean> => {
      const session =
        era === 'modern' ? undefined : (await send(front, initialize(), as(groups))).header('mcp-session-id');
      const sent = era === 'modern' ? modern('tools/list') : legacy('tools/list', {}, { session });
      const { text } = await send(front, sent, as(groups));
      expect(text).toContain('"add"');
      return text.includes('"divide"');
    };
    for (let i = 0; i < 2; i++) {
      expect(await listed(['admins'])).toBe(true);
      expect(await listed(['clerks'])).toBe(false);
    }
  });

  it('the control that counts outcomes counts them once a reply has ended', async () => {
    const { default: config, outcomes } = await load('outcomes.config.ts');
    if (!(outcomes instanceof Map)) throw new Error('expected a map of outcomes');
    await using client = await inFront(config, era);
    outcomes.clear();
    expect((await client.ask(...ADD)).message).toMatchObject(FIVE);
    await client.ask(...call('divide', { a: 1, b: 0 }));
    await expect.poll(() => Object.fromEntries(outcomes)).toEqual({ ok: 1, 'tool-error': 1 });
  });
});

it('the control that empties log messages also changes those on the GET stream', async () => {
  await using world = await startWorld((await load('logs.config.ts')).default.controls);
  await using stream = await world.get(await world.session());
  stream.out?.write(
    'data: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"secret"}}\n\n',
  );
  stream.out?.write('data: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n');
  const text = await stream.until('list_changed');
  expect(text).toContain('"data":"[removed]"');
  expect(text).not.toContain('secret');
});

it("the control that counts outcomes records a client's answer, and during which tool", async () => {
  await using world = await startWorld((await load('outcomes.config.ts')).default.controls);
  const session = await world.session();
  await using stream = await world.call(session);
  stream.out?.write('data: {"jsonrpc":"2.0","id":"q1","method":"elicitation/create","params":{"message":"Sure?"}}\n\n');
  await stream.until('Sure?');
  lines.start();
  await send(world.front, {
    body: '{"jsonrpc":"2.0","id":"q1","result":{"action":"decline"}}',
    headers: [`Mcp-Session-Id: ${session}`],
  });
  expect(await lines.find(({ kind }) => kind === 'response')).toHaveProperty(
    'decisions',
    expect.arrayContaining([{ answers: 'elicitation/create', tool: 'x' }]),
  );
});

it('the control by group lets no caller in without the token that its config requires', async () => {
  const front = await startFront(calculator, (await load('by-group.config.ts')).default);
  expect((await send(front, modern(...ADD))).json()).toMatchObject({
    error: { code: -31403, data: { reason: 'unauthenticated-caller' } },
  });
  await front[Symbol.asyncDispose]();
});

it('the control that asks a service does not start without its binding', async () => {
  const config = { controls: [complianceCheck()] };
  await expect(startFront(calculator, config)).rejects.toThrow(
    'COMPLIANCE_URL: expected a value for control compliance-check (the service that approves tool calls: 204 approves), got nothing',
  );
});

it.concurrent('the blocks compile with the settings of the project', async () => {
  const { stdout } = await run(process.execPath, [
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    '-p',
    written.folder,
  ]).catch((error: unknown) => error as { stdout: string });
  expect(stdout).toBe('');
});

it.concurrent('the tests that the page shows pass', async () => {
  const files = ['test/controls/no-reset.test.ts', 'test/controls/by-group.test.ts'];
  const { stdout } = await run(
    process.execPath,
    [
      join(ROOT, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--testTimeout',
      '180000',
      '--root',
      written.folder,
      ...files,
    ],
    { env: { ...SHARED_ENVIRONMENT, PATH: process.env['PATH'], NO_COLOR: '1' } },
  );
  expect(stdout).toMatch(/Tests +5 passed/);
  for (const file of files) tried.add(file);
});

it('every block has a test', () => {
  expect(blocks.map(({ file }) => file).toSorted()).toEqual([...tried].toSorted());
});

it('no complete example is longer than 30 lines', () => {
  for (const { file, text } of blocks) expect(text.split('\n').length - 1, file).toBeLessThan(30);
});
