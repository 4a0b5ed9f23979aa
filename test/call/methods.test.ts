/**
 * What each place that treats methods differently does with each method of the protocol, extensions included. A method
 * that is new in the protocol package needs a row here, and so a decision at every place.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as core from '@modelcontextprotocol/core';
import { expect, it } from 'vitest';
import { KINDS } from '../../proxy/aggregate/listed.ts';
import { Call } from '../../proxy/call/call.ts';
import { NOBODY } from '../../proxy/call/caller.ts';
import { Exchange } from '../../proxy/call/exchange.ts';
import { NO_HEADERS } from '../../proxy/call/inbound.ts';
import { readMessage } from '../../proxy/call/message.ts';
import { isClientMethod, METHODS } from '../../proxy/call/methods.ts';
import { nameMember } from '../../proxy/call/name-member.ts';
import { nameOf } from '../../proxy/call/names.ts';
import { checkShape } from '../../proxy/call/params.ts';
import { listOf } from '../../proxy/controls/access-policy/lists.ts';
import { DECIDED, FREE, SHARED } from '../../proxy/controls/access-policy/methods.ts';
import { FREE as UNCHARGED, Plan } from '../../proxy/controls/rate-limit/plan.ts';
import { callShape } from '../../proxy/controls/shared/surfaces/call-shape.ts';
import { resultShape } from '../../proxy/controls/shared/surfaces/reply-shape.ts';
import { isOfOtherEra } from '../../proxy/dispatch/era-methods.ts';
import { isIdempotent } from '../../proxy/upstream/methods.ts';

interface Row {
  /** The member of its parameters that is the call's name. */
  readonly named?: 'name' | 'uri' | 'taskId';
  /** Without it, the call is refused before any control. */
  readonly required?: readonly string[];
  /** The only era that has it. */
  readonly only?: 'legacy' | 'modern';
  /** Not sent a second time if a connection breaks. */
  readonly once?: true;
  /** What an access policy decides it as; undefined: it always passes. */
  readonly decided?: string;
  /** The member of its result whose entries an access policy filters. */
  readonly filtered?: string;
  /** What detectors report of its result as the place. */
  readonly surface?: string;
  /** Of several upstreams, it is one list. Other calls go to the upstream of their name, or to those that know them. */
  readonly merged?: true;
  /** A rate limit doesn't count it. */
  readonly free?: true;
}

const TASK = { named: 'taskId', decided: 'tools/call' } as const;
const READ = { named: 'uri', required: ['uri'], decided: 'resources/read' } as const;

/** Requests of a client. */
const CLIENTS: Readonly<Record<string, Row>> = {
  'completion/complete': {
    required: ['ref', 'argument'],
    decided: 'prompts/get, resources/read',
    surface: 'completion',
  },
  initialize: {
    required: ['protocolVersion', 'capabilities', 'clientInfo'],
    only: 'legacy',
    surface: 'instructions',
    free: true,
  },
  'logging/setLevel': { required: ['level'], only: 'legacy' },
  ping: { only: 'legacy' },
  'prompts/get': { named: 'name', required: ['name'], decided: 'prompts/get', surface: 'prompt' },
  'prompts/list': { decided: 'prompts/get', filtered: 'prompts', surface: 'descriptions', merged: true },
  'resources/directory/read': { ...READ, filtered: 'resources', surface: 'descriptions' },
  'resources/list': { decided: 'resources/read', filtered: 'resources', surface: 'descriptions', merged: true },
  'resources/read': { ...READ, surface: 'resource' },
  'resources/subscribe': { ...READ, only: 'legacy' },
  'resources/templates/list': {
    decided: 'resources/read',
    filtered: 'resourceTemplates',
    surface: 'descriptions',
    merged: true,
  },
  'resources/unsubscribe': { ...READ, only: 'legacy', free: true },
  'server/discover': { only: 'modern', surface: 'instructions', free: true },
  'skills/get': { ...READ, surface: 'descriptions' },
  'skills/list': { decided: 'resources/read', filtered: 'skills', surface: 'descriptions', merged: true },
  'subscriptions/listen': { only: 'modern', decided: 'resources/read' },
  'tasks/cancel': { ...TASK, once: true, surface: 'result', free: true },
  'tasks/get': { ...TASK, surface: 'result' },
  'tasks/list': { only: 'legacy', decided: 'tasks/list' },
  'tasks/result': { ...TASK, only: 'legacy' },
  'tasks/update': { ...TASK, once: true, surface: 'result' },
  'tools/call': { named: 'name', required: ['name'], once: true, decided: 'tools/call' },
  'tools/list': { decided: 'tools/call', filtered: 'tools', surface: 'descriptions', merged: true },
};

/** Requests of an upstream, and what an access policy decides them as. */
const UPSTREAMS = ['elicitation/create', 'roots/list', 'sampling/createMessage'];

/** SEP-2663, in its own package. */
const ELSEWHERE = ['tasks/update'];

/** Strings that are methods in a module of the protocol package: of its schemas, and of its constants. */
function methodsIn(module: object): string[] {
  return Object.entries(module).flatMap(([name, exported]: [string, unknown]) => {
    if (typeof exported === 'string') return name.endsWith('_METHOD') ? [exported] : [];
    const { method }: { readonly method?: unknown } = shapeOf(exported);
    const { values } = (method ?? {}) as { readonly values?: unknown };
    return values instanceof Set ? [...values].filter((value) => typeof value === 'string') : [];
  });
}

function shapeOf(exported: unknown): object {
  const { shape } = (typeof exported === 'object' && exported !== null ? exported : {}) as { readonly shape?: unknown };
  return typeof shape === 'object' && shape !== null ? shape : {};
}

async function packageMethods(): Promise<Set<string>> {
  const manifest = fileURLToPath(new URL('../package.json', import.meta.resolve('@modelcontextprotocol/core')));
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly exports: object };
  const extensions = Object.keys(exports).filter((path) => path.startsWith('./ext/'));
  expect(extensions).not.toEqual([]);
  const modules = await Promise.all(
    extensions.map(
      async (path) =>
        (await import(/* @vite-ignore */ import.meta.resolve(`@modelcontextprotocol/core/${path.slice(2)}`))) as object,
    ),
  );
  return new Set([core, ...modules].flatMap(methodsIn));
}

const isRequest = (method: string): boolean => !method.startsWith('notifications/');
const exchange = new Exchange(NOBODY, 'modern', NO_HEADERS, 0);
const view = { name: 'x', tools: () => Promise.resolve([]), tool: () => Promise.resolve(undefined) };
const callOf = (method: string, params: object = {}): Call =>
  new Call('request', method, readMessage(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })), view, exchange);

/** The required parameters: those without which `checkShape` refuses. */
function requiredOf(method: string, candidates: readonly string[]): string[] {
  const types = { name: 'x', uri: 'x', protocolVersion: 'x', level: 'x' };
  const given = Object.fromEntries(candidates.map((key) => [key, key in types ? 'x' : {}]));
  return candidates.filter((key) => {
    const { [key]: _, ...others } = given;
    try {
      checkShape(method, others);
      return false;
    } catch {
      return true;
    }
  });
}

const PARAMETERS = ['name', 'uri', 'ref', 'argument', 'protocolVersion', 'capabilities', 'clientInfo', 'level'];
const plan = new Plan({ limits: [{ most: 1, seconds: 1 }] });

/** What the code does with a method. */
function rowOf(method: string): Row {
  const call = callOf(method);
  const eras = (['legacy', 'modern'] as const).filter((era) => !isOfOtherEra(method, era));
  const required = requiredOf(method, PARAMETERS);
  const decided = Object.hasOwn(DECIDED, method) ? method : SHARED[method];
  if (decided === undefined) expect(FREE.has(method), method).toBe(true);
  const row: { -readonly [K in keyof Row]: Row[K] | undefined } = {
    named: nameMember(method),
    required: required.length === 0 ? undefined : required,
    only: eras.length === 1 ? eras[0] : undefined,
    once: isIdempotent(call) ? undefined : true,
    decided,
    filtered: listOf(method)?.member,
    surface: resultShape(call, {}).surface,
    merged: Object.values(KINDS).some((kind) => kind.method === method) ? true : undefined,
    free: plan.chargeOf(call) === UNCHARGED ? true : undefined,
  };
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}

it("every request of the protocol package, extensions included, is one of a client's or of an upstream's", async () => {
  const known = [...Object.keys(CLIENTS), ...UPSTREAMS];
  expect([...(await packageMethods()), ...ELSEWHERE].filter(isRequest).toSorted()).toEqual(known.toSorted());
  expect(METHODS.filter(isRequest).toSorted()).toEqual(known.toSorted());
});

it('every notification that a client sends, by the protocol package, is known', async () => {
  const { ClientNotificationSchema } = core;
  const sent = ClientNotificationSchema.options.flatMap((option) => [...option.shape.method.values]);
  expect(METHODS.filter((method) => !isRequest(method)).toSorted()).toEqual(sent.toSorted());
});

it.each(Object.keys(CLIENTS))(
  '%s is treated as its row says, at every place that treats methods differently',
  (method) => {
    expect(rowOf(method)).toEqual(CLIENTS[method]);
  },
);

it.each(Object.keys(CLIENTS).filter((method) => CLIENTS[method]?.named === 'uri'))(
  '%s is visited by its URI, and logged by its scheme',
  (method) => {
    expect(callShape(callOf(method)).members?.['uri']).toEqual({ surface: 'uri' });
    expect(nameOf(callOf(method, { uri: 'file:///ann' }))).toBe('file:…');
  },
);

it.each(UPSTREAMS)('%s is decided as itself, and no client sends it', (method) => {
  expect([Object.hasOwn(DECIDED, method), isClientMethod(method), isIdempotent(callOf(method))]).toEqual([
    true,
    false,
    false,
  ]);
});
