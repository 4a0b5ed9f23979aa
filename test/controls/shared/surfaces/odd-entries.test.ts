/**
 * Entries of lists whose members are missing, null or of another type than in the protocol, through every control,
 * alone and together.
 */
import { describe, expect, test } from 'vitest';
import { fixed } from '../../../../proxy/callers/fixed.ts';
import { accessPolicy, allow, validation } from '../../../../proxy/controls/index.ts';
import type { DefinedControl } from '../../../../proxy/pipeline/control.ts';
import { usualOrder } from '../../../../proxy/pipeline/order.ts';
import { responseOf, way, withSessions } from '../../../dispatch/forms.ts';
import { startFront } from '../../../support/front.ts';
import type { JsonRpcReply } from '../../../support/raw.ts';
import { idOf, respondJson, startUpstream } from '../../../support/upstream.ts';
import { send } from '../../../upstream/messages.ts';
import { allSamples } from '../../samples.ts';
import { bindRing } from '../../tokenization/keys.ts';

const everything = allow({
  tools: ['*'],
  prompts: ['*'],
  resources: ['*'],
  methods: ['elicitation/create', 'sampling/createMessage', 'roots/list', 'tasks/list'],
});

const SAMPLES = (await allSamples()).map(([, { entries }]) => Object.entries(entries));
/** Each of them in each of its ways, and all of them together. */
const CONTROLS: readonly (readonly [name: string, controls: readonly DefinedControl[]])[] = [
  ...SAMPLES.flat().map(([name, control]) => [name, [control]] as const),
  ['all of them', usualOrder(SAMPLES.flatMap(([first]) => (first === undefined ? [] : [first[1]])))],
];

const ENTRIES = {
  'tools/list': {
    member: 'tools',
    entry: {
      name: 'odd',
      title: 't',
      description: 'd',
      inputSchema: { type: 'object' },
      outputSchema: { type: 'object' },
      annotations: {},
      icons: [],
      execution: {},
      _meta: {},
    },
  },
  'prompts/list': {
    member: 'prompts',
    entry: { name: 'odd', title: 't', description: 'd', arguments: [], icons: [], _meta: {} },
  },
  'resources/list': {
    member: 'resources',
    entry: {
      uri: 'x://odd',
      name: 'odd',
      title: 't',
      description: 'd',
      mimeType: 'text/plain',
      size: 1,
      annotations: {},
      icons: [],
      _meta: {},
    },
  },
  'resources/templates/list': {
    member: 'resourceTemplates',
    entry: {
      uriTemplate: 'x://{a}',
      name: 'odd',
      title: 't',
      description: 'd',
      mimeType: 'text/plain',
      annotations: {},
      icons: [],
      _meta: {},
    },
  },
  'skills/list': {
    member: 'skills',
    entry: {
      uri: 'skill://odd/SKILL.md',
      frontmatter: { name: 'odd', description: 'd' },
      resources: [{ uri: 'skill://odd/SKILL.md', digest: `sha256:${'0'.repeat(64)}`, size: 1 }],
      _meta: {},
    },
  },
} as const;
const ODD: readonly unknown[] = [undefined, null, true, false, 'x', 7, [], {}];

const lists: readonly (readonly [method: string, list: object])[] = Object.entries(ENTRIES).flatMap(
  ([method, { member, entry }]) =>
    [...Object.keys(entry).flatMap((key) => ODD.map((value) => ({ ...entry, [key]: value }))), ...ODD.slice(1)].map(
      (odd) => [method, { [member]: [odd] }] as const,
    ),
);

interface World extends AsyncDisposable {
  list: object;
  ran: number;
  ask(method: string, params?: Readonly<Record<string, unknown>>): Promise<JsonRpcReply>;
}

async function start(controls: readonly DefinedControl[], era: 'modern' | 'legacy'): Promise<World> {
  const form = way(era, 'json');
  const upstream = await startUpstream();
  const front = await startFront(upstream, { controls, caller: fixed({ sub: 'ann' }), environment: bindRing() });
  const self: World = {
    list: {},
    ran: 0,
    ask: async (method, params) => responseOf(await send(front, form.call(method, params))),
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
  upstream.answer = withSessions((request, response) => {
    const isList = /"method":"\w+(\/templates)?\/list"/.test(request.text);
    if (request.text.includes('"tools/call"')) self.ran++;
    // The list must not be cached, because the next one differs.
    const result = isList
      ? { ...self.list, ttlMs: 0 }
      : { content: [{ type: 'text', text: 'ran' }], structuredContent: {} };
    respondJson(
      response,
      `{"jsonrpc":"2.0","id":${idOf(request) ?? 'null'},"result":${JSON.stringify({ ...(era === 'modern' ? { resultType: 'complete' } : {}), ...result })}}`,
    );
  });
  return self;
}

const fault = ({ error }: JsonRpcReply): unknown => (error?.data?.['reason'] === 'internal' ? error : undefined);

describe.each(CONTROLS)('odd members of entries, with %s', (name, controls) => {
  test.each(['modern', 'legacy'] as const)('cause no internal error (%s)', async (era) => {
    await using world = await start(controls, era);
    for (const [method, list] of lists) {
      world.list = list;
      const shown = JSON.stringify(list);
      expect(fault(await world.ask(method)), shown).toBeUndefined();
      if (method !== 'tools/list') continue;
      world.ran = 0;
      const called = name === 'renaming' ? 'even' : 'odd';
      const reply = await world.ask('tools/call', { name: called, arguments: {} });
      expect(fault(reply), shown).toBeUndefined();
      // A call that ran gets its result, so that nobody repeats it.
      if (world.ran > 0) expect(reply, shown).toHaveProperty('result');
    }
  });
});

describe.each(['modern', 'legacy'] as const)('a tool whose schemas contain nothing (%s)', (era) => {
  test.each([
    ['without an inputSchema', undefined],
    ['whose inputSchema is null', null],
    ['whose inputSchema is true', true],
  ])('%s can be called as listed, with a policy and validation', async (_what, inputSchema) => {
    await using world = await start([accessPolicy({ policies: [everything] }), validation()], era);
    world.list = { tools: [{ name: 'odd', inputSchema }] };
    expect(await world.ask('tools/list')).toMatchObject({ result: { tools: [{ name: 'odd' }] } });
    expect(await world.ask('tools/call', { name: 'odd', arguments: { any: 1 } })).toMatchObject({
      result: { content: [{ text: 'ran' }] },
    });
    expect(await world.ask('tools/call', { name: 'other', arguments: {} })).toMatchObject({
      error: { code: -32602, message: 'Unknown tool: other' },
    });
  });

  test.each([null, true, undefined])('gets its results passed if its outputSchema is %j', async (outputSchema) => {
    await using world = await start([validation({ results: { checkOutputSchema: true } })], era);
    world.list = { tools: [{ name: 'odd', inputSchema: { type: 'object' }, outputSchema }] };
    expect(await world.ask('tools/call', { name: 'odd', arguments: {} })).toMatchObject({
      result: { content: [{ text: 'ran' }] },
    });
    expect(world.ran).toBe(1);
  });

  test.each([
    ['inputSchema', false],
    ['inputSchema', 'x'],
    ['inputSchema', []],
    ['inputSchema', { $ref: '#/nowhere' }],
    ['outputSchema', false],
    ['outputSchema', 'x'],
    ['outputSchema', []],
    ['outputSchema', { $ref: '#/nowhere' }],
  ])("is refused before it runs if its %s is %j, which can't be used for checks", async (member, schema) => {
    await using world = await start([validation({ results: { checkOutputSchema: true } })], era);
    world.list = { tools: [{ name: 'odd', inputSchema: { type: 'object' }, [member]: schema }] };
    const which = member === 'inputSchema' ? 'input' : 'output';
    expect(await world.ask('tools/call', { name: 'odd', arguments: {} })).toMatchObject({
      error: {
        code: -31403,
        message: expect.stringContaining(`the tool's ${which} schema can't be used for checks`) as unknown,
      },
    });
    expect(world.ran).toBe(0);
  });
});
