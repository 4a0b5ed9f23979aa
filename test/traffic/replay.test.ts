/** Traffic is recorded through a real proxy before a real server, and replayed through other controls. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { startCalculator } from '../../local/calculator.ts';
import {
  accessPolicy,
  allow,
  audit,
  email,
  paymentCard,
  phone,
  rateLimit,
  redaction,
  tokenization,
} from '../../proxy/controls/index.ts';
import { auditOnly, defineControl, defineProxy, Denied, fixed } from '../../proxy/index.ts';
import type { Decided } from '../../traffic/format.ts';
import { differences } from '../../traffic/replay/compare.ts';
import { post } from '../console/consoles.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { recorded } from './recorded.ts';

const BASE = defineProxy({ controls: [audit(), redaction({ client: { detectors: [paymentCard(), phone()] } })] });

const noAdding = defineControl({
  name: 'no-adding',
  replies: 'ignores',
  setup: () => ({
    otherwise: 'pass',
    'tools/call': (call, next) => {
      if (call.name === 'add') throw new Denied('no adding');
      return next(call);
    },
  }),
});

const add = (url: string): Promise<unknown> =>
  post(url, 'tools/call', { name: 'add', arguments: { a: 2, b: 3 } }).then((got) => got.text());
const lookUp = (url: string): Promise<string> =>
  post(url, 'tools/call', { name: 'lookup_customer', arguments: { id: 'C-1001' } }).then((got) => got.text());

/** A client of 2025-11-25, with a session, a question, progress, and a result. */
async function legacy(url: string): Promise<void> {
  const client = new Client({ name: 'old', version: '1' }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { confirm: true } }));
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  await client.listTools();
  const reset = await client.callTool({ name: 'confirm_reset', arguments: {} });
  expect(JSON.stringify(reset)).toContain('forgotten');
  await client.callTool({ name: 'countdown', arguments: { steps: 2, intervalMs: 1 } });
  await client.callTool({ name: 'lookup_customer', arguments: { id: 'C-1001' } });
  await client.close();
}

async function beforeCalculator<T>(use: (bindings: { readonly UPSTREAM_URL: string }) => Promise<T>): Promise<T> {
  const calculator = await startCalculator();
  try {
    return await use({ UPSTREAM_URL: calculator.url });
  } finally {
    await calculator.close();
  }
}

describe('a record', () => {
  it('is readable by its owner only, says its format, and holds no value of a call', async () => {
    await beforeCalculator(async (bindings) => {
      await using made = await recorded({ config: BASE, bindings }, async (url) => {
        expect(await lookUp(url)).toContain('Mara Inventado');
        await legacy(url);
      });
      expect(made.mode).toBe(0o600);
      expect(made.record.head).toMatchObject({ format: 1, values: 'redacted', controls: ['audit', 'redaction'] });
      // Of a card, the digits that name its issuer stay.
      for (const value of ['Mara', 'Inventado', '4111 1111 1111 1111', '1984-02-29', '078-05-1120', 'mara.'])
        expect(made.text).not.toContain(value);
      // What there is to call, and what was decided, is kept.
      expect(made.text).toContain('lookup_customer');
      expect(made.text).toContain('Finds a customer by id');
      expect(made.record.calls.map(({ era }) => era)).toEqual(expect.arrayContaining(['legacy', 'modern']));
      expect(made.record.calls.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['request', 'response']));
      // What is replayed can be read as before: no event and no version is another.
      expect([...made.record.expected.values()].map(({ outcome }) => outcome)).not.toContain('inspection-failed');
      const versions = made.record.calls.flatMap(({ sent }) => sent.version ?? []);
      expect(new Set(versions)).toEqual(new Set(['2025-11-25']));
    });
  });

  it('holds values only if that is asked for, and never a credential or the id of a session', async () => {
    await using upstream = await startUpstream((request, response) => {
      const { id } = JSON.parse(request.text) as { readonly id: number };
      response.setHeader('mcp-session-id', 'session-of-the-upstream');
      respondJson(
        response,
        JSON.stringify({ jsonrpc: '2.0', id, result: { content: [], serverInfo: {}, capabilities: {} } }),
      );
    });
    const bindings = { UPSTREAM_URL: upstream.url, UPSTREAM_AUTH: 'bearer', UPSTREAM_SECRET: 'env:RECORD_TEST_SECRET' };
    process.env['RECORD_TEST_SECRET'] = 'sesame-open-the-upstream';
    let session = '';
    try {
      await using made = await recorded({ config: BASE, bindings, clear: true }, async (url) => {
        const headers = {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          authorization: 'Bearer of-the-client',
        };
        const opened = await fetch(url, {
          method: 'POST',
          headers,
          body: JSON.stringify({
            jsonrpc: '2.0',
            id: 1,
            method: 'initialize',
            params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } },
          }),
        });
        await opened.text();
        session = opened.headers.get('mcp-session-id') ?? '';
        const called = await fetch(url, {
          method: 'POST',
          headers: { ...headers, 'mcp-session-id': session },
          body: JSON.stringify({
            jsonrpc: '2.0',
            id: 2,
            method: 'tools/call',
            params: { name: 'pay', arguments: { to: 'Zoe' } },
          }),
        });
        await called.text();
      });
      expect(upstream.received.some((got) => got.header('authorization')?.includes('sesame') === true)).toBe(true);
      expect(made.text).toContain('"Zoe');
      expect(session).not.toBe('');
      for (const secret of ['sesame', 'of-the-client', 'session-of-the-upstream', session])
        expect(made.text).not.toContain(secret);
      expect((await made.replay(BASE)).verdict.otherwise).toEqual([]);
    } finally {
      delete process.env['RECORD_TEST_SECRET'];
    }
  });

  it('keeps the members that are named, and claims that name groups but not people', async () => {
    await beforeCalculator(async (bindings) => {
      const config = { ...BASE, caller: fixed({ sub: 'ann@example.org', groups: ['support'], name: 'Ann Example' }) };
      await using made = await recorded({ config, bindings, keeps: ['arguments.id'] }, async (url) => {
        await lookUp(url);
      });
      expect(made.text).toContain(String.raw`\"arguments\":{\"id\":\"C-1001\"}`);
      expect(made.record.calls[0]?.claims['groups']).toEqual(['support']);
      expect(made.text).not.toContain('ann@example');
      expect(made.text).not.toContain('Ann Example');
    });
  });

  it('takes no more than its bound, and overwrites no file', async () => {
    await beforeCalculator(async (bindings) => {
      await using made = await recorded({ config: BASE, bindings, most: 4_000, closed: false }, async (url) => {
        for (let i = 0; i < 20; i++) await add(url);
      });
      expect(made.text.length).toBeLessThanOrEqual(4_000);
      expect(made.record.calls.length).toBeGreaterThan(0);
      const { Writer } = await import('../../traffic/record/writer.ts');
      expect(() => new Writer(made.file)).toThrow(/doesn't exist yet/);
    });
  });
});

describe('a replay', () => {
  it.each([false, true])(
    'with the same config differs in nothing, with both eras, streams and questions (clear: %s)',
    async (clear) => {
      await beforeCalculator(async (bindings) => {
        await using made = await recorded({ config: BASE, bindings, clear }, async (url) => {
          await Promise.all([add(url), add(url), lookUp(url)]);
          await legacy(url);
        });
        const { verdict, played } = await made.replay(BASE);
        expect(verdict).toMatchObject({ otherwise: [], unknown: [], undecided: [], warnings: [], against: 'replay' });
        // It was played, and not skipped.
        expect(played.every(({ decided }) => decided !== undefined)).toBe(true);
        expect(
          played.some(({ decided }) => decided?.controls.some(({ reply = [] }) => reply.length >= 3) ?? false),
        ).toBe(true);
      });
    },
  );

  it('says by control what would be refused otherwise, and changed otherwise', async () => {
    await beforeCalculator(async (bindings) => {
      await using made = await recorded({ config: BASE, bindings }, async (url) => {
        await add(url);
        await lookUp(url);
      });
      const other = defineProxy({
        controls: [audit(), noAdding, redaction({ client: { detectors: [paymentCard(), email()] } })],
      });
      const { otherwise, undecided } = (await made.replay(other)).verdict;
      expect(undecided).toEqual([]);
      expect(otherwise.map(({ name, difference: { control, what, now } }) => [name, control, what, now])).toEqual([
        ['add', 'no-adding', 'decision', 'denied'],
        ['lookup_customer', 'redaction', 'reply', expect.stringMatching(/changed/)],
      ]);
      const places = otherwise[1]?.difference.changes?.map(({ at }) => at);
      expect(places).toEqual(
        expect.arrayContaining(['result.structuredContent.phone', 'result.structuredContent.email']),
      );
    });
  });

  it('does not call as many changes at other places the same', () => {
    const decided = (...places: readonly string[]): Decided => ({
      outcome: 'ok',
      controls: [{ control: 'redaction', decision: 'pass', reply: places.map((at) => ({ at, to: 'REDACTED' })) }],
    });
    const counts = (then: Decided, now: Decided) => differences(then, now, true).map(({ was, now }) => [was, now]);
    expect(counts(decided('a', 'b'), decided('a', 'c'))).toEqual([['2 changed', '2 changed otherwise']]);
    expect(counts(decided('a'), decided('a', 'c'))).toEqual([['1 changed', '2 changed']]);
    expect(counts(decided('a'), decided())).toEqual([['1 changed', 'unchanged']]);
  });

  it('shows what would be refused by a control that only watches', async () => {
    await beforeCalculator(async (bindings) => {
      await using made = await recorded({ config: BASE, bindings }, async (url) => void (await add(url)));
      const { otherwise } = (await made.replay(defineProxy({ controls: [...BASE.controls, auditOnly(noAdding)] })))
        .verdict;
      expect(otherwise).toMatchObject([{ difference: { control: 'no-adding', what: 'would', now: 'deny: denied' } }]);
    });
  });

  it('names a request to an upstream that the record does not know', async () => {
    await beforeCalculator(async (bindings) => {
      const closed = defineProxy({ controls: [audit(), noAdding] });
      await using made = await recorded({ config: closed, bindings }, async (url) => void (await add(url)));
      const { verdict } = await made.replay(BASE);
      expect(verdict.unknown).toEqual([{ call: 1, request: 'default: tools/call' }]);
      expect(verdict.otherwise).toMatchObject([{ difference: { control: 'no-adding', was: 'denied' } }]);
    });
  });

  it('decides by the callers of the record, and by lists that it has', async () => {
    await beforeCalculator(async (bindings) => {
      const caller = fixed({ sub: 'ann', groups: ['support'] });
      const policy = (...tools: string[]) =>
        defineProxy({ caller, controls: [audit(), accessPolicy({ policies: [allow({ group: 'support', tools })] })] });
      await using made = await recorded({ config: policy('add', 'lookup_*'), bindings }, async (url) => {
        await (await post(url, 'tools/list', {})).text();
        await add(url);
      });
      expect((await made.replay(policy('add', 'lookup_*'))).verdict.otherwise).toEqual([]);
      const { otherwise } = (await made.replay(policy('lookup_*'))).verdict;
      expect(otherwise.map(({ method, difference: { control, what, now } }) => [method, control, what, now])).toEqual([
        ['tools/list', 'access-policy', 'reply', expect.any(String)],
        ['tools/call', 'access-policy', 'decision', 'unknown-name'],
      ]);
    });
  });
});

describe('what differs from one run to the next', () => {
  it('rate limits count in the time of the record', async () => {
    await beforeCalculator(async (bindings) => {
      const limited = (most: number) =>
        defineProxy({ controls: [audit(), rateLimit({ limits: [{ most, seconds: 3_600, of: 'upstream' }] })] });
      await using made = await recorded({ config: limited(3), bindings }, async (url) => {
        for (let i = 0; i < 5; i++) await add(url);
      });
      expect(made.record.calls.filter(({ decided }) => decided.outcome === 'throttled')).toHaveLength(2);
      expect((await made.replay(limited(3))).verdict.otherwise).toEqual([]);
      const { otherwise } = (await made.replay(limited(4))).verdict;
      expect(otherwise.map(({ call, difference: { was, now } }) => [call, was, now])).toEqual([
        [4, 'throttled', 'pass'],
      ]);
    });
  });

  it('concurrent calls overlap as they did', async () => {
    const held: (() => void)[] = [];
    await using upstream = await startUpstream((request, response) => {
      const { id } = JSON.parse(request.text) as { readonly id: number };
      const answer = (): void => respondJson(response, JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } }));
      if (request.text.includes('"wait"')) held.push(answer);
      else answer();
    });
    const config = defineProxy({ controls: [rateLimit({ concurrency: { perUpstream: 1 } })] });
    await using made = await recorded({ config, bindings: { UPSTREAM_URL: upstream.url } }, async (url) => {
      const waiting = post(url, 'tools/call', { name: 'wait' });
      await expect.poll(() => held.length).toBe(1);
      await (await post(url, 'tools/call', { name: 'add' })).text();
      held[0]?.();
      await (await waiting).text();
      await (await post(url, 'tools/call', { name: 'add' })).text();
    });
    expect(made.record.calls.map(({ decided }) => decided.outcome)).toEqual(['ok', 'throttled', 'ok']);
    const { verdict, played } = await made.replay(config);
    expect(verdict.otherwise).toEqual([]);
    expect(played.map(({ decided }) => decided?.outcome)).toEqual(['ok', 'throttled', 'ok']);
  });

  it('tokens are those of the replay, also in what clients bring back', async () => {
    await beforeCalculator(async (bindings) => {
      process.env['RECORD_KEYRING'] = JSON.stringify({ current: 'k1', keys: { k1: 'x'.repeat(43) } });
      const config = defineProxy({
        controls: [
          audit(),
          tokenization({
            hideFrom: 'client',
            tenant: 'acme',
            keyring: 'RECORD_KEYRING_AT',
            detectors: [email()],
            fields: [{ tool: 'lookup_customer', path: 'id', type: 'customer' }],
            restore: [{ tool: 'lookup_customer', path: 'id' }],
          }),
        ],
      });
      try {
        await using made = await recorded(
          { config, bindings: { ...bindings, RECORD_KEYRING_AT: 'env:RECORD_KEYRING' } },
          async (url) => {
            const first = JSON.parse(await lookUp(url)) as { result: { structuredContent: { id: string } } };
            const { id } = first.result.structuredContent;
            expect(id).toMatch(/^Qtk_/);
            const again = await (await post(url, 'tools/call', { name: 'lookup_customer', arguments: { id } })).text();
            expect(again).toContain(id);
          },
        );
        const { verdict, played } = await made.replay(config);
        expect(verdict).toMatchObject({ otherwise: [], undecided: [] });
        // The second call's token was opened: the upstream would get what was hidden.
        const restored = played.findLast(({ recorded: { method } }) => method === 'tools/call');
        expect(restored?.decided).toMatchObject({ outcome: 'ok' });
        expect(restored?.decided?.controls[1]?.request?.[0]?.at).toBe('params.arguments.id');
      } finally {
        delete process.env['RECORD_KEYRING'];
      }
    });
  });

  it('what a control leaves to chance is not taken for a difference', async () => {
    await beforeCalculator(async (bindings) => {
      const chance = (label: string) =>
        defineProxy({
          controls: [
            defineControl({
              name: 'request-id',
              replies: 'ignores',
              setup: () => ({
                otherwise: 'pass',
                'tools/call': (call, next) =>
                  next(call.with({ ...call.params, _meta: { ...call.params._meta, id: `${label}-${Math.random()}` } })),
              }),
            }),
          ],
        });
      await using made = await recorded({ config: chance('a'), bindings }, async (url) => void (await add(url)));
      const { verdict } = await made.replay(chance('a'));
      expect(verdict.otherwise).toEqual([]);
      expect(verdict.undecided).toMatchObject([{ why: expect.stringContaining('request-id') as string }]);
    });
  });
});

it('what a redacted record has no values of is named before anybody relies on it', async () => {
  await beforeCalculator(async (bindings) => {
    await using made = await recorded({ config: BASE, bindings }, async (url) => void (await add(url)));
    const capped = defineProxy({
      caller: fixed({ sub: 'ann' }),
      controls: [
        audit(),
        accessPolicy({
          policies: [
            'permit (principal, action, resource); forbid (principal, action == Action::"tools/call", resource == Tool::"add") when { context.arguments has a && context.arguments.a > 1000 };',
          ],
        }),
      ],
    });
    const { warnings } = (await made.replay(capped)).verdict;
    expect(warnings).toMatchObject([
      expect.stringMatching(/access-policy decides by arguments .* a\b.*--record-keep a/),
    ]);
  });
});
