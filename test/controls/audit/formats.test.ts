/** Every kind of event in every format, checked against the format's own rules, through the whole proxy. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Denied } from '../../../proxy/base/errors.ts';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { cef } from '../../../proxy/controls/audit/cef.ts';
import type { AuditEvent } from '../../../proxy/controls/audit/event.ts';
import { formatOf } from '../../../proxy/controls/audit/format.ts';
import { audit, type AuditFormat } from '../../../proxy/controls/audit/index.ts';
import { control, TOOL, ways, withSessions } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startFront } from '../../support/front.ts';
import { post } from '../../support/raw.ts';
import { startUpstream } from '../../support/upstream.ts';
import { send } from '../../upstream/messages.ts';
import { cloudEventFaults, ocsfFaults, parseCef } from './formats.ts';

const KEYRING = JSON.stringify({ current: 'k1', keys: { k1: 'a'.repeat(43) } });
const lines = new Lines();
beforeEach(() => {
  process.env['TEST_AUDIT_KEYS'] = KEYRING;
  lines.start();
});
afterEach(() => {
  lines.stop();
  delete process.env['TEST_AUDIT_KEYS'];
});

const caller = fixed({ sub: 'alice@example.com', iss: 'https://issuer.example' });
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const EMAIL = 'mara@example.com';

/**
 * The lines that a proxy writes for a call, a refused call, a read, a notification, and a request that did not become a
 * call.
 */
async function written(format: AuditFormat, way: (typeof ways)[number][1]): Promise<string[]> {
  const refusing = control(
    'refusing',
    (call, next) =>
      call.name === 'forbidden'
        ? Promise.reject(new Denied())
        : (call.note({ control: 'refusing', found: 1, text: 'a=b|c\\d' }), next(call)),
    'ignores',
  );
  await using upstream = await startUpstream(withSessions(way.result('{"content":[]}')));
  const options = {
    format,
    fingerprints: { keyring: 'KEYS', caller: true, arguments: ['email', 'no.such'] },
    chain: { keyring: 'KEYS' },
    onSinkFailure: 'deny' as const,
  };
  {
    await using front = await startFront(upstream, {
      controls: [audit(options), refusing],
      caller,
      environment: { KEYS: 'env:TEST_AUDIT_KEYS' },
    });
    const { body, headers } = way.call('tools/call', { ...TOOL, arguments: { email: EMAIL } });
    await send(front, { body, headers }, [
      `traceparent: 00-${TRACE}-00f067aa0ba902b7-01`,
      'X-Amzn-Bedrock-AgentCore-Runtime-Session-Id: session-of-the-platform-0123456789',
    ]);
    await send(front, way.call('tools/call', { name: 'forbidden', arguments: {} }));
    await send(front, way.call('resources/read', { uri: 'file:///x' }));
    await post(front.port, '{"no":"message"}', []);
    await post(front.port, '{', []);
  }
  // All lines are written when the proxy has ended.
  return linesOf(lines);
}

function linesOf({ text }: Lines): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.includes('"level":"warn"'));
}

describe.each(ways)('%s', (_name, way) => {
  test('JSON: a call has the same id when it is forwarded and when it ends, and fingerprints instead of values', async () => {
    const events = (await written('json', way)).map((line) => JSON.parse(line) as Record<string, unknown>);
    const [decision, call] = ['decision', 'call'].map((event) =>
      events.find((other) => other['event'] === event && other['name'] === 'x'),
    );
    expect(call).toMatchObject({
      outcome: 'ok',
      status: 200,
      id: decision?.['id'],
      caller: expect.stringMatching(/^k1\.[\w-]{16}$/),
      fingerprints: { email: expect.stringMatching(/^k1\.[\w-]{16}$/) },
    });
    expect(decision).not.toHaveProperty('outcome');
    expect(decision?.['decisions']).toContainEqual({ control: 'refusing', found: 1, text: 'a=b|c\\d' });
    expect(events.find(({ name }) => name === 'forbidden')).toMatchObject({
      event: 'call',
      outcome: 'refused',
      code: 'denied',
    });
    expect(events.filter(({ event }) => event === 'refused').map(({ code }) => code)).toEqual([
      'invalid-request',
      'parse-error',
    ]);
    expect(events.at(-1)).toMatchObject({ event: 'head', chain: { end: true } });
    expect(JSON.stringify(events)).not.toMatch(/alice|mara/);
  });

  test('OCSF: every line is an event that matches the schema', async () => {
    const events = (await written('ocsf', way)).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.flatMap(ocsfFaults)).toEqual([]);
    expect(new Set(events.map((event) => event['class_uid']))).toEqual(new Set([6003, 6002]));
    const read = events.find((event) => event['activity_id'] === 2 && event['status_id'] === 1);
    expect(read).toMatchObject({
      activity_name: 'Read',
      api: { operation: 'resources/read', service: { name: 'default' } },
    });
    expect(events.find(({ trace }) => trace !== undefined)).toMatchObject({
      trace: { uid: TRACE },
      metadata: { profiles: ['trace'] },
    });
    expect(JSON.stringify(events)).not.toMatch(/alice|mara/);
  });

  test('CloudEvents: every line is an event, and no two have the same id', async () => {
    const events = (await written('cloudevents', way)).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.flatMap(cloudEventFaults)).toEqual([]);
    expect(new Set(events.map(({ source, id }) => `${String(source)} ${String(id)}`)).size).toBe(events.length);
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set([
        'agentcore-mcp-proxy.head',
        'agentcore-mcp-proxy.decision',
        'agentcore-mcp-proxy.call',
        'agentcore-mcp-proxy.refused',
      ]),
    );
  });

  test('CEF: every line has a header of seven fields, and pairs from the dictionary', async () => {
    const events = (await written('cef', way)).map(parseCef);
    const call = events.find(({ header, extension }) => header[4] === 'call' && extension['cs1'] === 'x');
    expect(call?.extension).toMatchObject({
      act: 'tools/call',
      outcome: 'ok',
      cs1Label: 'name',
      cn2: '200',
      cs3: TRACE,
    });
    expect(JSON.parse(call?.extension['cs2'] ?? '')).toContainEqual({
      control: 'refusing',
      found: 1,
      text: 'a=b|c\\d',
    });
  });
});

test('the checkers of the formats reject invalid lines', async () => {
  const good = (await written('ocsf', ways[0]![1]))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .find((event) => event['class_uid'] === 6003)!;
  const { time: _, ...timeless } = good;
  for (const bad of [
    timeless,
    { ...good, severity_id: 7 },
    { ...good, activity_id: 1 },
    { ...good, own: 1 },
    { ...good, actor: {} },
    { ...good, time: '2026' },
  ])
    expect(ocsfFaults(bad)).not.toEqual([]);
  for (const bad of [{ specversion: '1.0' }, { specversion: '1.0', id: 'a', source: '', type: 't' }])
    expect(cloudEventFaults(bad)).not.toEqual([]);
  for (const bad of ['CEF:0|a|b', 'CEF:0|a|b|c|d|e|11|', 'CEF:0|a|b|c|d|e|1|x=y', 'CEF:0|a|b|c|d|e|1|act=a=b'])
    expect(() => parseCef(bad)).toThrow();
});

test('CEF: characters that would end a field or a line are escaped, and can be read back', () => {
  const nasty = 'a|b\\c=d\ne\rf cs1=x';
  const { header, extension } = parseCef(
    cef({ event: 'call', time: '2026-01-01T00:00:00.000Z', method: 'tools/call', caller: nasty, name: 'n' }),
  );
  expect(extension['suid']).toBe(nasty);
  expect(extension['cs1']).toBe('n');
  expect(header).toHaveLength(7);
});

describe('a line', () => {
  /** Each moves a cursor, ends a line for some reader, reverses text, or hides it. Used in the caller and in a fact. */
  const ODD = [
    '\u001b[2J\u001b]0;x\u0007',
    '\u009b2J',
    '\u0000',
    '\b',
    '\t',
    '\u007f',
    '\u0085',
    '\u2028',
    '\u2029',
    '\u202e\u2066',
    '\u200b\u200f\u061c',
    '\ufeff',
    '\u00ad',
    '\u{e0041}',
    '\ud800',
    '\udc00x',
  ];
  const event = (text: string): AuditEvent => ({
    event: 'call',
    time: '2026-01-01T00:00:00.000Z',
    method: 'tools/call',
    caller: `a${text}b`,
    name: 'n',
    decisions: [{ control: 'own', note: `c${text}d` }],
  });
  const PRINTED = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]*$/u;

  test.each(['json', 'ocsf', 'cloudevents', 'cef'] as const)(
    'in %s contains only printable characters, and JSON in it keeps the original text',
    async (format) => {
      const write = await formatOf(format);
      for (const text of ODD) {
        const line = write(event(text));
        expect(line, JSON.stringify(text)).toMatch(PRINTED);
        if (format === 'cef') {
          const { extension } = parseCef(line);
          expect(JSON.parse(extension['cs2'] ?? '')).toEqual([{ control: 'own', note: `c${text}d` }]);
          expect(extension['suid']).toMatch(/^a.*\\u[0-9a-f]{4}.*b$/);
        } else expect(JSON.stringify(JSON.parse(line))).toContain(JSON.stringify(`c${text}d`).slice(1, -1));
      }
      expect(write(event('é 😀 日本'))).toContain('é 😀 日本');
    },
  );
});

describe('in the whole proxy', () => {
  test.each(['json', 'ocsf', 'cloudevents', 'cef'] as const)(
    'a caller whose name moves cursors and ends lines gets one line in %s',
    async (format) => {
      const odd = 'eve\u001b[2J\u0085CEF:0|x\u2028\u202e\u007f';
      await using upstream = await startUpstream();
      await using front = await startFront(upstream, { controls: [audit({ format })], caller: fixed({ sub: odd }) });
      const [, way] = ways[0] ?? [];
      await send(front, way!.call('tools/call', TOOL));
      await front[Symbol.asyncDispose]();
      const written = lines.text.split('\n').filter((line) => line.includes('eve'));
      expect(written).toHaveLength(1);
      expect(written[0]).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u);
    },
  );
});

test.each(['cef', 'ocsf'] as const)('%s: the decision about a call that a control answers says so', async (format) => {
  await using upstream = await startUpstream();
  const answers = control('cache', (call) => call.answer({ content: [] }), 'ignores');
  const [, way] = ways[0]!;
  {
    await using front = await startFront(upstream, { controls: [audit({ format, onSinkFailure: 'deny' }), answers] });
    await send(front, way.call('tools/call', TOOL));
  }
  const written = lines.text.split('\n').filter((line) => line.includes('tools/call'));
  expect(written).toHaveLength(2);
  if (format === 'cef') expect(written[0]).toContain('|decision|MCP tools/call answered|');
  else
    expect(JSON.parse(written[0] ?? '')).toMatchObject({
      status_detail: 'answered',
      unmapped: { answeredBy: 'cache' },
    });
});
