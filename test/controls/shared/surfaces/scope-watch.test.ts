/**
 * Tools and arguments in a config that the upstream doesn't have are reported once, when a client first lists the
 * tools.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { redaction } from '../../../../proxy/controls/redaction/index.ts';
import { secrets } from '../../../../proxy/controls/secrets/index.ts';
import { email } from '../../../../proxy/controls/shared/detectors/index.ts';
import { tokenization } from '../../../../proxy/controls/tokenization/index.ts';
import { validation } from '../../../../proxy/controls/validation/index.ts';
import type { DefinedControl } from '../../../../proxy/pipeline/control.ts';
import { way } from '../../../dispatch/forms.ts';
import { Lines } from '../../../dispatch/lines.ts';
import { bindRing, TENANT } from '../../tokenization/keys.ts';
import { startListed } from '../../validation/listing.ts';

const TOOLS = [
  {
    name: 'add_customer',
    inputSchema: { type: 'object', properties: { email: { type: 'string' }, address: { type: 'object' } } },
  },
  {
    name: 'get_customer',
    inputSchema: { type: 'object', properties: { id: { type: 'string' } } },
    outputSchema: { type: 'object', properties: { email: { type: 'string' } } },
  },
  { name: 'anything', inputSchema: { type: 'object' } },
  { name: 'either', inputSchema: { type: 'object', properties: { a: {} }, oneOf: [{ properties: { b: {} } }] } },
];
const NAME = 'the config names a tool that the upstream does not have: is it misspelt?';
const PATH = "the path in the config begins with a name that the tool's schemas do not have: is it misspelt?";
const SIMILAR = 'the path in the config has a name that no schema has, but a similar one: is it misspelt?';
const NOWHERE = 'the path in the config has a name that no schema has: is it misspelt?';
const FITTING = [
  { tool: 'add_customer', path: 'email' },
  { tool: '*_customer', path: 'address.street' },
  { tool: 'anything', path: 'whatever' },
  { tool: 'either', path: 'b' },
  { tool: 'add_customer', path: '**.email' },
  { tool: 'a_prompt', method: 'prompts/get', path: 'arguments.email' },
  { path: 'nowhere' },
];
const environment = bindRing();

describe.each([
  [
    'tokenization',
    'fields',
    (scopes: readonly { readonly path: string }[]) =>
      tokenization({ tenant: TENANT, fields: scopes.map((scope) => ({ ...scope, type: 'email' })) }),
  ],
  [
    'tokenization',
    'restore',
    (scopes: readonly { readonly path: string }[]) =>
      tokenization({ tenant: TENANT, detectors: [email()], restore: scopes }),
  ],
  [
    'redaction',
    'upstream.fields',
    (scopes: readonly { readonly path: string }[]) => redaction({ upstream: { fields: scopes } }),
  ],
  [
    'validation',
    'refuse',
    (scopes: readonly { readonly path: string }[]) =>
      validation({ checkInputSchema: false, refuse: scopes.map((scope) => ({ ...scope, what: ['sql'] as const })) }),
  ],
])('%s with %s', (event, list, control) => {
  const lines = new Lines();
  beforeEach(() => lines.start());
  afterEach(() => lines.stop());

  const warnings = (): unknown[] =>
    lines.all
      .filter((line) => line.event === event && line.level === 'warn')
      .map(({ message, where, tool, path }) => [message, where, tool, path]);

  /** Two clients list the tools. @param looks how often the proxy itself does */
  async function listed(control: DefinedControl, looks: number, tools: readonly object[] = TOOLS): Promise<void> {
    await using world = await startListed([control], tools, { environment });
    await world.ask(way('modern', 'json').call('tools/list'));
    await vi.waitFor(() => expect(world.looks()).toBe(looks));
    // The proxy's own request has been answered by then.
    for (let i = 0; i < 3; i++) await world.ask(way('modern', 'json').call('tools/list'));
    expect(world.looks()).toBe(looks);
  }

  test('reports tools and paths that the upstream does not have once', async () => {
    await listed(
      control([
        { tool: 'add_custmer', path: 'email' },
        { tool: 'add_customer', path: 'emial.address' },
        { tool: 'no*', path: 'x' },
        ...FITTING,
      ]),
      1,
    );
    expect(warnings()).toEqual([
      [NAME, `${list}[0]`, 'add_custmer', undefined],
      [PATH, `${list}[1]`, 'add_customer', 'emial.address'],
      [NAME, `${list}[2]`, 'no*', undefined],
    ]);
  });

  test('reports nothing if all of them exist', async () => {
    await listed(control(FITTING), 1);
    expect(warnings()).toEqual([]);
  });

  test('reports a name at any depth that no schema has, but a similar one', async () => {
    const scopes = [
      { path: '**.adress' },
      { tool: 'add_customer', path: 'address.emial' },
      { path: '**.address' },
      { path: '**.emails' },
      { path: '**.nowhere' },
    ];
    await listed(control(scopes), 1);
    expect(warnings()).toEqual([
      [SIMILAR, `${list}[0]`, undefined, '**.adress'],
      [SIMILAR, `${list}[1]`, 'add_customer', 'address.emial'],
    ]);
    expect(lines.all.filter((line) => line.event === event).map(({ similar }) => similar)).toEqual([
      'address',
      'email',
    ]);
  });

  test('reports a name at any depth that no schema has, if the schemas name all that there is', async () => {
    const text = { type: 'string' };
    const person = { type: 'object', properties: { email: text, tags: { type: 'array', items: text } } };
    const described = [{ name: 'get_person', inputSchema: person, outputSchema: person }];
    await listed(control([{ path: '**.lastName' }, { path: '**.email' }]), 1, described);
    expect(warnings()).toEqual([[NOWHERE, `${list}[0]`, undefined, '**.lastName']]);
  });

  test('does not ask for the tools if no tool is named', async () => {
    await listed(control([{ path: 'email' }]), 0);
    expect(warnings()).toEqual([]);
  });
});

describe('towards the client', () => {
  const lines = new Lines();
  beforeEach(() => lines.start());
  afterEach(() => lines.stop());

  test.each([
    [
      'tokenization',
      'fields',
      tokenization({
        tenant: TENANT,
        hideFrom: 'client',
        fields: [
          { tool: 'get_customer', path: 'id', type: 'id' },
          { tool: 'get_customer', path: 'email', type: 'email' },
          { tool: 'add_customer', path: 'x', type: 'id' },
        ],
      }),
    ],
    [
      'redaction',
      'client.fields',
      redaction({
        client: {
          fields: [
            { tool: 'get_customer', path: 'id' },
            { tool: 'get_customer', path: 'email' },
            { tool: 'add_customer', path: 'x' },
          ],
        },
      }),
    ],
    [
      'secrets',
      'keep',
      secrets({
        onFound: 'block',
        keep: [
          { tool: 'get_customer', path: 'none' },
          { tool: 'get_customer', path: 'id' },
          { tool: 'get_customer', path: 'email' },
        ],
      }),
    ],
  ])('%s compares its scopes with the results that the tools declare', async (event, list, control) => {
    await using world = await startListed([control], TOOLS, { environment });
    await world.ask(way('legacy', 'events').call('tools/list'));
    await vi.waitFor(() =>
      expect(lines.all.filter((line) => line.event === event).map(({ message, where }) => [message, where])).toEqual([
        [PATH, `${list}[0]`],
      ]),
    );
  });
});

test('asks again if the upstream did not answer', async () => {
  const lines = new Lines();
  lines.start();
  try {
    await using world = await startListed([redaction({ upstream: { fields: [{ tool: 'none', path: 'x' }] } })], TOOLS);
    const { answer } = world.upstream;
    world.upstream.answer = (received, response) =>
      received.text.includes('"id":"proxy-') ? void response.writeHead(500).end() : answer(received, response);
    await world.ask(way('modern', 'json').call('tools/list'));
    await vi.waitFor(() => expect(world.looks()).toBeGreaterThan(0));
    world.upstream.answer = answer;
    await vi.waitFor(async () => {
      await world.ask(way('modern', 'json').call('tools/list'));
      expect(lines.all.filter(({ event }) => event === 'redaction')).toHaveLength(1);
    });
  } finally {
    lines.stop();
  }
});
