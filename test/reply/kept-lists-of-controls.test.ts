/**
 * Each built-in control, with and without another one that keeps every list from being kept: clients get the same bytes,
 * and the audit record says the same.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { header } from '../../proxy/callers/header.ts';
import { audit } from '../../proxy/controls/audit/index.ts';
import { defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';
import { allSamples } from '../controls/samples.ts';
import { bindRing } from '../controls/tokenization/keys.ts';
import { type Way, ways, withSessions } from '../dispatch/forms.ts';
import { type Line, Lines } from '../dispatch/lines.ts';
import { withoutErrorId } from '../support/error-data.ts';
import { startFront } from '../support/front.ts';
import type { RawReply } from '../support/raw.ts';
import { type Answer, startUpstream } from '../support/upstream.ts';
import { legacy, modern, send } from '../upstream/messages.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

const MEMBERS = {
  'tools/list': 'tools',
  'prompts/list': 'prompts',
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
  'skills/list': 'skills',
} as const;
type Method = keyof typeof MEMBERS;
const METHODS = Object.keys(MEMBERS) as Method[];

/** Entries that controls hide, rename, withhold, redact or leave alone. */
const DESCRIPTIONS = [
  'plain',
  'write to jo@example.com',
  'hid\u200bden \u{e0041}',
  'caf\\u00e9 \\u200b',
  'AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
];
const NAMES = ['odd', 'known', 'x', 'y', 'file:///etc/a'];
function entries(seed: number): string {
  return NAMES.slice(0, 1 + (seed % NAMES.length))
    .map(
      (name, i) =>
        `{"name":"${name}", "uri":"${name}","uriTemplate":"${name}","description":"${DESCRIPTIONS[(seed * 3 + i) % DESCRIPTIONS.length]}","inputSchema":{"type":"object","properties":{"method":{"minimum":1.0}}}}`,
    )
    .join(', ');
}

/** The list depends on the cursor, the same for both proxies. */
const answering =
  (way: Way): Answer =>
  (request, response) => {
    const { method, params } = JSON.parse(request.text) as { method: Method; params?: { cursor?: string } };
    const seed = Number(params?.cursor ?? 0);
    const more = seed % 2 === 0 ? '' : `,"nextCursor":"${seed + 1}","_meta":{"a": 1e2},"cacheScope":"public"`;
    const result = seed === 5 ? '{"none":1}' : `{"${MEMBERS[method]}":[${entries(seed)}]${more}}`;
    const text = `{"jsonrpc":"2.0","id":ID,${seed === 6 ? '"error":{"code":-32002,"message":"m"}' : `"result":${result}`}}`;
    return way.messages(text)(request, response);
  };

/** Declares nothing, so that nothing is kept. */
const looker = defineControl({
  name: 'looker',
  arguments: [],
  setup: () => async (call, next) => (await next(call)).mapMessages((message) => message),
});

/** Calls of each method. Each page is asked for several times, by different callers. */
const EACH = 20;
const CURSORS = [undefined, '1', '2', '5', '6', undefined, '1', '3', '2', '4'];

function call(to: { readonly port: number }, { era }: Way, i: number): Promise<RawReply> {
  const method = METHODS[Math.floor(i / EACH)] ?? 'tools/list';
  const cursor = CURSORS[Math.floor(i / 2) % CURSORS.length];
  const params = cursor === undefined ? {} : { cursor };
  const sent =
    era === 'modern' ? modern(method, params, i) : legacy(method, params, { id: i, session: 'platform-session' });
  const caller = { sub: `s${i % 3}`, groups: [`g${i % 2}`], org: 'acme' };
  return send(to, sent, [`X-Caller: ${JSON.stringify(caller)}`]);
}

const seenIn = ({ status, text, rawHeaders }: RawReply) => [
  status,
  withoutErrorId(text),
  rawHeaders.filter((_, i) => rawHeaders[i - (i % 2)]?.toLowerCase() !== 'date'),
];

/** What a line says, without times and the other control. */
function saidIn({ decisions, ...line }: Line): unknown {
  const facts = (decisions ?? []) as readonly Line[];
  return JSON.parse(
    JSON.stringify(
      { ...line, decisions: facts.filter(({ control }) => control !== looker.name) },
      (key, value: unknown) => (key === 'ms' || key === 'time' || key === 'id' ? undefined : value),
    ),
  );
}

async function seen(way: Way, controls: readonly DefinedControl[]): Promise<unknown> {
  await using upstream = await startUpstream(withSessions(answering(way)));
  await using front = await startFront(upstream, {
    caller: header('x-caller'),
    controls: [audit(), ...controls],
    environment: { ...bindRing(), KEYRING: 'env:TEST_KEYRING', VARIABLE: 'x' },
  });
  const times = EACH * METHODS.length;
  const replies: unknown[] = [];
  for (let i = 0; i < times; i++) replies.push(seenIn(await call(front, way, i)));
  const recorded = (): readonly Line[] => lines.all.filter(({ event }) => event === 'call');
  await vi.waitFor(() => expect(recorded()).toHaveLength(times));
  const said = lines.all.filter(({ event }) => event === 'call' || event === 'tool-lock' || event === 'enrichment');
  lines.start();
  return { replies, said: said.map(saidIn) };
}

const samples = (await allSamples())
  .filter(([name]) => name !== 'audit')
  .flatMap(([name, { linear, hostile, entries: reading }]) =>
    Object.entries({ ...linear, ...hostile, ...reading }).map(
      ([title, control]) => [`${name}, ${title}`, control] as const,
    ),
  );

describe.each(ways)('%s:', (_name, way) => {
  test.each(samples)('%s', async (_title, control) => {
    const [kept, not] = [await seen(way, [control]), await seen(way, [control, looker])];
    expect(kept).toEqual(not);
  });
});
