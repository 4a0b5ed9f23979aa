import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { Invalid } from '../../proxy/base/errors.ts';
import { fixed } from '../../proxy/callers/fixed.ts';
import {
  accessPolicy,
  allow,
  audit,
  email,
  enrichment,
  rateLimit,
  redaction,
  secrets,
  tokenization,
  validation,
} from '../../proxy/controls/index.ts';
import { auditOnly } from '../../proxy/pipeline/audit-only.ts';
import { type DefinedControl, defineControl } from '../../proxy/pipeline/control.ts';
import { startListed } from '../controls/validation/listing.ts';
import { responseOf, way, ways } from '../dispatch/forms.ts';
import { startFront } from '../support/front.ts';
import type { JsonRpcReply } from '../support/raw.ts';
import { type Answer, respondJson } from '../support/upstream.ts';
import { send } from '../upstream/messages.ts';

const ORDER = { type: 'object', properties: { amount: { type: 'number', maximum: 1000 } } };
const PAY = {
  name: 'pay',
  inputSchema: {
    type: 'object',
    properties: {
      amount: { type: 'number', maximum: 1000 },
      nationalId: { type: 'string' },
      tenant: { type: 'string' },
      order: { $ref: '#/$defs/order' },
      headers: { type: 'object' },
    },
    $defs: { order: ORDER },
  },
};
/** Declares no arguments. */
const OPEN = { name: 'open', inputSchema: { type: 'object' } };
const TOOLS = [PAY, OPEN];
const PAYS_LITTLE =
  'permit (principal, action == Action::"tools/call", resource) when { context.arguments has amount && context.arguments.amount <= 1000 };';
const misspelt = (name: string): string =>
  `${name}: expected exactly this spelling, got another that the upstream may accept instead`;
const refused = (text: string): object => ({ result: { isError: true, content: [{ type: 'text', text }] } });

/** A team's own control that decides by an argument without declaring it. */
const own = defineControl({
  name: 'small-payments',
  replies: 'ignores',
  setup: () => ({
    otherwise: 'pass',
    'tools/call': (call, next) => {
      if (Number(call.params.arguments?.['amount']) > 1000) throw new Invalid('amount: expected at most 1000');
      return next(call);
    },
  }),
});
const KEYRING = JSON.stringify({ current: 'k1', keys: { k1: Buffer.alloc(32, 7).toString('base64') } });
vi.stubEnv('TEST_KEYRING', KEYRING);
const BOUND = { TOKENIZATION_KEYRING: 'env:TEST_KEYRING', AUDIT_KEYS: 'env:TEST_KEYRING' };

const READING_ARGUMENTS: readonly (readonly [string, DefinedControl])[] = [
  ['access-policy', accessPolicy({ policies: [PAYS_LITTLE] })],
  ['validation', validation()],
  [
    'validation that refuses content',
    validation({ checkInputSchema: false, refuse: [{ path: 'amount', what: ['sql'] }] }),
  ],
  ['redaction', redaction({ upstream: { fields: [{ tool: 'pay', path: 'nationalId' }] } })],
  ['tokenization', tokenization({ tenant: 't', fields: [{ tool: 'p*', path: 'nationalId', type: 'id' }] })],
  ['enrichment', enrichment({ tools: { pay: { arguments: { tenant: { value: 'acme' } } } } })],
  ['audit with fingerprints', audit({ fingerprints: { keyring: 'AUDIT_KEYS', arguments: ['amount'] } })],
  ["a team's control that reads them", own],
  [
    "a team's control that declares them",
    defineControl({
      name: 'declared',
      replies: 'ignores',
      arguments: [{ tool: 'pay', path: 'amount' }],
      setup: () => (call, next) => next(call),
    }),
  ],
];
const ann = { caller: fixed({ sub: 'ann' }), environment: BOUND };

describe.each(READING_ARGUMENTS)('if %s depends on arguments', (_which, control) => {
  test.each(ways)(
    'refuses a call with another spelling of a declared name, and forwards one with the right spelling (%s)',
    async (_name, each) => {
      await using world = await startListed([control], TOOLS, ann);
      expect(await world.call(each, 'pay', { amount: 1, Amount: 5000 })).toMatchObject(refused(misspelt('amount')));
      expect(await world.call(each, 'pay', { amount: 1, order: { '\u0041mount': 5000 } })).toMatchObject(
        refused(misspelt('order.amount')),
      );
      expect(world.passed).toEqual([]);
      expect(
        await world.call(each, 'pay', {
          amount: 1,
          order: { amount: 2 },
          headers: { Accept: 'a', accept: 'b' },
          other: 1,
          Other: 2,
        }),
      ).not.toHaveProperty('result.isError');
      expect(world.passed).toHaveLength(1);
    },
  );
});

const form = way('modern', 'json');

describe('argument names', () => {
  test.each<[string, readonly DefinedControl[]]>([
    ['no control', []],
    [
      'controls that read no arguments',
      [
        audit(),
        rateLimit({ limits: [{ most: 1e6, seconds: 60 }] }),
        accessPolicy({ policies: [allow({ tools: ['*'] })] }),
        redaction({ upstream: { detectors: [email()] } }),
        secrets({ onFound: 'block' }),
      ],
    ],
    ['a control that only watches', [auditOnly(validation())]],
    [
      "a team's control that reads no arguments",
      [
        defineControl({
          name: 'by-name',
          replies: 'ignores',
          setup: () => ({
            otherwise: 'pass',
            'tools/call': (call, next) =>
              next(call.params.name === 'pay' ? call.with({ ...call.params, name: 'pay' }) : call),
          }),
          arguments: [],
        }),
      ],
    ],
    [
      "a team's control that reads only the tool's name",
      [
        defineControl({
          name: 'by-name',
          replies: 'ignores',
          setup: () => ({
            otherwise: 'pass',
            'tools/call': (call, next) => (call.params.name === 'x' ? Promise.reject(new Invalid('x')) : next(call)),
          }),
        }),
      ],
    ],
    ['rules for other tools', [redaction({ upstream: { fields: [{ tool: 'other', path: 'amount' }] } })]],
  ])('are not checked under %s', async (_which, controls) => {
    await using world = await startListed(controls, TOOLS, ann);
    await world.call(form, 'pay', { amount: 1, Amount: 5000 });
    expect([world.passed.length, world.passed[0]?.text.includes('"Amount":5000')]).toEqual([1, true]);
    // A policy and a control in audit-only mode ask for the tools themselves.
    if (!controls.some(({ name }) => name === 'validation')) expect(world.looks()).toBe(controls.length > 1 ? 1 : 0);
  });

  test('are compared with the names in the config if the schema declares none or is not available', async () => {
    const controls = [redaction({ upstream: { fields: [{ path: 'customer.nationalId' }] } })];
    await using world = await startListed(controls, TOOLS, ann);
    const hidden = await startListed(controls, TOOLS, ann);
    hidden.upstream.answer = (received, response) =>
      received.text.includes('"tools/list"')
        ? respondJson(response, '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"}}', { status: 404 })
        : hidden.answer(received, response);
    for (const there of [world, hidden]) {
      expect(await there.call(form, 'open', { customer: { NationalID: '1' } })).toMatchObject(
        refused(misspelt('customer.nationalId')),
      );
      expect(await there.call(form, 'open', { customer: { name: 'a', Name: 'b' } })).toMatchObject(
        refused('customer: expected one name, got two that differ only in case: leave one out'),
      );
      expect(await there.call(form, 'open', { note: '{"customer":{"NATIONALID":"1"}}' })).toMatchObject(
        refused(misspelt('note.customer.nationalId')),
      );
      expect(await there.call(form, 'open', { rows: [{ id: 1, ID: 2 }] })).not.toHaveProperty('result.isError');
      expect(there.passed).toHaveLength(1);
    }
    await hidden[Symbol.asyncDispose]();
  });

  test('pass in any spelling if the config says that the tool distinguishes case', async () => {
    await using world = await startListed(
      [validation({ checkInputSchema: false, refuse: [{ path: 'x', what: ['sql'] }] })],
      TOOLS,
      { ...ann, upstreams: { default: { caseSensitiveTools: ['pa*'] } } },
    );
    expect(await world.call(form, 'pay', { amount: 1, Amount: 5000 })).not.toHaveProperty('result.isError');
    expect(await world.call(form, 'open', { X: 1 })).toMatchObject(refused(misspelt('x')));
  });

  test('are those of the called tool, whatever name the client uses for it', async () => {
    await using world = await startListed(
      [
        accessPolicy({
          policies: ['permit (principal, action, resource == Tool::"give") when { context.arguments.amount <= 1000 };'],
        }),
        enrichment({ tools: { pay: { name: 'give' } } }),
      ],
      TOOLS,
      ann,
    );
    expect(await world.call(form, 'give', { amount: 1, Amount: 5000 })).toMatchObject(refused(misspelt('amount')));
    expect(await world.call(form, 'give', { amount: 1 })).not.toHaveProperty('result.isError');
  });

  test('do not fail a call when the upstream has changed the schema since', async () => {
    await using world = await startListed([own], [PAY], ann);
    await world.call(form, 'pay', { amount: 1 });
    world.tools = [
      { name: 'pay', inputSchema: { type: 'object', properties: { Amount: { type: 'number' }, amount: {} } } },
    ];
    expect(await world.call(form, 'pay', { Amount: 1 })).not.toHaveProperty('result.isError');
  });

  test('are also checked in a notification, because the upstream receives it as well', async () => {
    await using world = await startListed([own], TOOLS, ann);
    const { headers } = form.call('tools/call', { name: 'pay' });
    const body =
      '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"pay","arguments":{"Amount":5000},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}';
    await send(world.front, { body, headers });
    expect(world.passed).toEqual([]);
  });

  test('of prompts and completions are compared with the names in the config', async () => {
    await using world = await startListed(
      [redaction({ upstream: { fields: [{ tool: 'greet', path: 'nationalId' }] } })],
      TOOLS,
      ann,
    );
    const ref = { type: 'ref/prompt', name: 'greet' };
    const code = async (method: string, params: Readonly<Record<string, unknown>>): Promise<JsonRpcReply> =>
      responseOf(await world.ask(form.call(method, params)));
    const error = { error: { code: -32602, message: misspelt('nationalId') } };
    expect(await code('prompts/get', { name: 'greet', arguments: { NationalID: '1' } })).toMatchObject(error);
    expect(await code('completion/complete', { ref, argument: { name: 'NATIONALID', value: '1' } })).toMatchObject(
      error,
    );
    expect(
      await code('completion/complete', {
        ref,
        argument: { name: 'other', value: '1' },
        context: { arguments: { NationalID: '1' } },
      }),
    ).toMatchObject(error);
    expect(world.passed).toEqual([]);
    expect(await code('completion/complete', { ref, argument: { name: 'nationalId', value: '1' } })).not.toHaveProperty(
      'error',
    );
    expect(await code('prompts/get', { name: 'other', arguments: { NationalID: '1' } })).not.toHaveProperty('error');
  });

  test.each([
    ['redaction', redaction({ upstream: { fields: [{ path: '**.nationalId' }] } })],
    ['tokenization', tokenization({ tenant: 't', fields: [{ path: 'nationalId', type: 'id' }] })],
  ])("that %s hides are also checked in clients' answers", async (_which, control) => {
    await using world = await startListed([control], TOOLS, ann);
    const answered = (content: object): Readonly<Record<string, unknown>> => ({
      name: 'pay',
      arguments: { amount: 1 },
      requestState: 'x',
      inputResponses: { q: { action: 'accept', content } },
    });
    const ask = async (content: object): Promise<JsonRpcReply> =>
      responseOf(await world.ask(form.call('tools/call', answered(content))));
    for (const content of [
      { NationalId: '1' },
      { nationalId: '1', NATIONALID: '1' },
      { note: '{"National\\u0049D":"1"}' },
    ]) {
      expect(await ask(content)).toMatchObject({
        result: {
          isError: true,
          content: [{ text: expect.stringContaining('nationalId: expected exactly this spelling') as string }],
        },
      });
    }
    const { headers } = way('legacy', 'json').call('tools/call', { name: 'pay' });
    const answer = JSON.stringify({
      jsonrpc: '2.0',
      id: 7,
      result: { action: 'accept', content: { NationalId: '1' } },
    });
    expect((await send(world.front, { body: answer, headers })).text).toContain('-32602');
    expect(world.passed).toEqual([]);
    expect(await ask({ nationalId: '1', other: 2 })).not.toHaveProperty('result.isError');
    expect(world.passed).toHaveLength(1);
  });

  test('are all parameters if the method is unknown', async () => {
    const own =
      'permit (principal, action == Action::"bank.example/pay", resource) when { context.arguments.order.amount <= 1000 };';
    await using world = await startListed(
      [accessPolicy({ policies: [own] }), redaction({ upstream: { fields: [{ path: 'card.number' }] } })],
      TOOLS,
      ann,
    );
    const ask = async (params: Readonly<Record<string, unknown>>): Promise<JsonRpcReply> =>
      responseOf(await world.ask(form.call('bank.example/pay', params)));
    expect(await ask({ order: { amount: 1, Amount: 5000 } })).toMatchObject({
      error: { code: -32602, message: misspelt('order.amount') },
    });
    expect(await ask({ order: { amount: 1 }, card: { Number: '1' } })).toMatchObject({
      error: { code: -32602, message: misspelt('card.number') },
    });
    expect(world.passed).toEqual([]);
    await ask({ order: { amount: 1 }, card: { number: '1' }, rows: { Other: 1, other: 2 } });
    expect(world.passed).toHaveLength(1);
  });

  test('may be declared by a control, and a wrong declaration is refused when the control is made', () => {
    const made =
      (scopes: unknown): (() => DefinedControl) =>
      () =>
        defineControl({ name: 'a', arguments: scopes as never, setup: () => (call, next) => next(call) });
    expect(made([{ tool: 'pay', path: 'amount' }, { path: '**.id' }, {}])).not.toThrow();
    expect(made('amount')).toThrow(
      "arguments: expected a list such as [{ tool: 'pay', path: 'amount' }], got a string",
    );
    expect(made([{ path: 'a..b' }])).toThrow(
      'arguments[0].path: expected a path such as amount or order.lines[*].price, got "a..b"',
    );
    expect(made([{ tol: 'pay' }])).toThrow('arguments[0]: expected tool and path, got "tol"');
    expect(made([{ tool: '' }])).toThrow("arguments[0].tool: expected a tool's name");
  });

  test('with a wrong caseSensitiveTools in the config are reported at the start', async () => {
    await expect(
      startFront({ url: 'http://127.0.0.1:1/mcp' }, { upstreams: { default: { caseSensitiveTools: 'pay' as never } } }),
    ).rejects.toThrow('config.upstreams.default.caseSensitiveTools: expected a list of names of tools, got a string');
  });
});

const HAS_GO = spawnSync('go', ['version']).status === 0;
if (!HAS_GO) process.stdout.write('Go is not installed: what it reads is not tested\n');

describe.skipIf(!HAS_GO)("an upstream that reads with Go's encoding/json", () => {
  test('does only what the controls allowed', { timeout: 300_000 }, async () => {
    const binary = join(await mkdtemp(join(tmpdir(), 'go-')), 'reader');
    await promisify(execFile)('go', ['build', '-o', binary, join(import.meta.dirname, 'lenient-reader.go')], {
      env: { ...process.env, GOFLAGS: '', GOTOOLCHAIN: 'local' },
    });
    const reader = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] });
    const read = createInterface(reader.stdout)[Symbol.asyncIterator]();
    const properties = {
      amount: { type: 'number', maximum: 1000 },
      task: { type: 'string' },
      nationalId: { type: 'string' },
      order: ORDER,
    };
    const answer: Answer = async (received, response) => {
      const { params } = JSON.parse(received.text) as { readonly params: { readonly arguments: object } };
      reader.stdin.write(`${JSON.stringify(params.arguments)}\n`);
      return form.result({ content: [{ type: 'text', text: String((await read.next()).value) }] })(received, response);
    };
    const given = [
      { amount: 1, Amount: 5000 },
      { amount: 1, order: { AMOUNT: 5000 } },
      { amount: 1, 'ta\u017fk': 'x' },
      { amount: 1, 'tas\u212a': 'x' },
      { amount: 1, NationalID: '078-05-1120' },
    ];
    const carriedOut = ['paid 5000 and 0', 'paid 1 and 5000', 'for "x"', 'for "x"', 'by "078-05-1120"'];
    for (const controls of [
      [],
      [accessPolicy({ policies: [PAYS_LITTLE] })],
      [validation()],
      [redaction({ upstream: { fields: [{ tool: 'pay', path: 'nationalId' }] } })],
      [own],
    ]) {
      await using world = await startListed(
        controls,
        [{ name: 'pay', inputSchema: { type: 'object', properties } }],
        ann,
      );
      world.answer = answer;
      const pay = async (args: object): Promise<string> => JSON.stringify(await world.call(form, 'pay', args));
      expect(await pay({ amount: 7 })).toContain('paid 7 and 0');
      for (const [i, args] of given.entries()) {
        const result = await pay(args);
        expect(result.includes('"isError":true'), result).toBe(controls.length > 0);
        // Without a control, the upstream acts on the other spelling.
        if (controls.length === 0)
          expect(JSON.parse(result)).toMatchObject({
            result: { content: [{ text: expect.stringContaining(carriedOut[i] ?? '') as string }] },
          });
      }
    }
    reader.kill();
  });
});
