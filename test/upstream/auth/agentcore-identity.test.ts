/** A proxy whose upstream credentials come from AgentCore Identity: what one caller gets is never another's. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { agentcoreJwt } from '../../../proxy/callers/agentcore-jwt.ts';
import { header } from '../../../proxy/callers/header.ts';
import { none } from '../../../proxy/callers/none.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startFront } from '../../support/front.ts';
import { legacy, modern, send, type Sent } from '../messages.ts';
import { tokenOf } from './callers-tokens.ts';
import { as, bound, MANAGED, providerArn, rolePolicy, startWorld } from './identity-world.ts';

const lines = new Lines();
/** All that the proxy logged. */
const written = (): string => JSON.stringify(lines.all);
beforeEach(() => {
  lines.start();
});
afterEach(() => {
  lines.stop();
  vi.unstubAllEnvs();
});

const OBO = { FLOW: 'ON_BEHALF_OF_TOKEN_EXCHANGE' };
const RUNTIME = { WORKLOAD: 'runtime' };
/** Without a token that says who calls. */
const UNVERIFIED = { ...RUNTIME, UNVERIFIED_CALLERS: 'allowed' };
const PEOPLE = Array.from({ length: 50 }, (_, i) => `person-${i}`);
const reason = (text: string): unknown => JSON.parse(text).error?.data?.reason;

describe.each(['modern', 'legacy'] as const)('fifty people at once, %s', (era) => {
  const list = (id: number): Sent =>
    era === 'modern' ? modern('tools/list', {}, id) : legacy('tools/list', {}, { id });
  const toolCall = (name: string, id: number): Sent =>
    era === 'modern' ? modern('tools/call', { name }, id) : legacy('tools/call', { name }, { id });

  test.each([
    ['tokens that the proxy gets for their own ones', false],
    ['tokens that the platform hands over, another one with each request', true],
  ])('each see and call their own tools only, with %s', async (_, isRuntime) => {
    const workload = isRuntime ? MANAGED : 'own-proxy';
    await using w = await startWorld(rolePolicy('crm', 'oauth2', workload));
    await using front = await startFront(w.upstream, {
      environment: bound(w, { ...OBO, ...(isRuntime ? RUNTIME : {}) }),
      caller: agentcoreJwt(),
    });
    const tokens = await Promise.all(PEOPLE.map((person) => tokenOf(person)));
    const handed: string[] = [];
    const sent = (message: Sent, i: number): ReturnType<typeof send> => {
      const workloadToken = isRuntime ? w.identity.handOver(MANAGED, PEOPLE[i]) : undefined;
      if (workloadToken !== undefined) handed.push(workloadToken);
      return send(front, as(message, tokens[i], workloadToken));
    };
    const outcomes = await Promise.all(
      PEOPLE.flatMap((person, i) => [sent(list(i), i), sent(toolCall(`of-${person}`, 100 + i), i)]),
    );
    for (const [i, person] of PEOPLE.entries()) {
      const [listed, called] = [outcomes[2 * i]?.text ?? '', outcomes[2 * i + 1]?.text ?? ''];
      expect([listed.match(/of-person-\d+/g), listed.includes('"tools"')]).toEqual([[`of-${person}`], true]);
      expect(called).toContain(`${person} called of-${person}`);
    }
    expect(w.identity.refusals).toEqual([]);
    // One flight for each person, whoever waits for it.
    expect(w.identity.asked.filter(({ operation }) => operation === 'token')).toHaveLength(PEOPLE.length);
    const wire = w.upstream.received.flatMap(({ rawHeaders }) => rawHeaders).join('\n');
    for (const secret of [...tokens, ...handed]) {
      expect(wire).not.toContain(secret);
      expect(written()).not.toContain(secret.slice(-30));
    }
    expect(wire.toLowerCase()).not.toContain('workloadaccesstoken');
  });
});

test('a token of the proxy itself is got once for all callers, with a workload token of nobody', async () => {
  await using w = await startWorld();
  await using front = await startFront(w.upstream, { environment: bound(w, {}) });
  const replies = await Promise.all([1, 2, 3].map((id) => send(front, modern('tools/call', { name: 'x' }, id))));
  for (const { text } of replies) expect(text).toContain('own-proxy called x');
  expect(w.identity.asked.map(({ operation }) => operation)).toEqual(['GetWorkloadAccessToken', 'token']);
  expect(w.identity.asked[1]?.body).toMatchObject({ oauth2Flow: 'M2M', scopes: [] });
});

test('scopes, resource and audience are asked for', async () => {
  await using w = await startWorld();
  const more = { SCOPES: 'read write', RESOURCE: 'https://crm.example.com', AUDIENCE: 'crm' };
  await using front = await startFront(w.upstream, { environment: bound(w, more) });
  expect((await send(front, modern('tools/list'))).status).toBe(200);
  expect(w.identity.asked[1]?.body).toMatchObject({
    scopes: ['read', 'write'],
    resources: ['https://crm.example.com'],
    audiences: ['crm'],
  });
});

test('an API key is sent in the header that the upstream reads', async () => {
  await using w = await startWorld(rolePolicy('keys', 'apikey', 'own-proxy'), 'x-api-key');
  const more = { PROVIDER: providerArn('keys', 'apikey'), HEADER: 'X-Api-Key' };
  await using front = await startFront(w.upstream, { environment: bound(w, more) });
  expect((await send(front, modern('tools/call', { name: 'x' }))).text).toContain('keys called x');
  expect(w.upstream.received[0]?.header('x-api-key')).toBe('sk-1234567890abcdef');
  expect(written()).not.toContain('sk-1234567890abcdef');
});

test('a token that the upstream refuses is fetched again once', async () => {
  await using w = await startWorld();
  await using front = await startFront(w.upstream, { environment: bound(w, OBO), caller: agentcoreJwt() });
  const token = await tokenOf('alice');
  expect((await send(front, as(modern('tools/call', { name: 'x' }), token))).text).toContain('alice called x');
  w.identity.withdraw('alice');
  const fetched = (): number => w.identity.asked.filter(({ operation }) => operation === 'token').length;
  const before = fetched();
  const refused = await send(front, as(modern('tools/call', { name: 'x' }), token));
  expect([refused.status, reason(refused.text), fetched() - before]).toEqual([403, 'caller-refused', 1]);
});

describe('whose token it is', () => {
  test('people of two issuers with the same name are two', async () => {
    await using w = await startWorld();
    await using front = await startFront(w.upstream, { environment: bound(w, OBO), caller: agentcoreJwt() });
    const tokens = await Promise.all([tokenOf('alice'), tokenOf('alice', { iss: 'https://others.example.com' })]);
    const [ours, theirs] = await Promise.all(
      tokens.map((token) => send(front, as(modern('tools/call', { name: 'x' }), token))),
    );
    expect(ours?.text).toContain('"alice called x');
    expect(theirs?.text).toContain('"alice of https://others.example.com called x');
  });

  test('a name that a client gives itself opens nothing: the workload token counts', async () => {
    await using w = await startWorld(rolePolicy('crm', 'oauth2', MANAGED));
    await using front = await startFront(w.upstream, {
      environment: bound(w, { ...OBO, ...UNVERIFIED }),
      caller: header('x-who'),
    });
    const call = (who: string, person: string): ReturnType<typeof send> =>
      send(front, as(modern('tools/call', { name: 'x' }), undefined, w.identity.handOver(MANAGED, person)), [
        `X-Who: ${who}`,
      ]);
    expect((await call('bob', 'bob')).text).toContain('bob called x');
    expect((await call('bob', 'mallory')).text).toContain('mallory called x');
  });
});

describe('the workload token', () => {
  test('is not honoured where nobody declared that the platform sets it', async () => {
    await using w = await startWorld();
    await using front = await startFront(w.upstream, { environment: bound(w, OBO), caller: agentcoreJwt() });
    const stolen = w.identity.handOver('own-proxy', 'victim');
    const reply = await send(front, as(modern('tools/call', { name: 'x' }), await tokenOf('mallory'), stolen));
    expect(reply.text).toContain('mallory called x');
    const asked = JSON.stringify(w.identity.asked);
    expect(asked).not.toContain(stolen);
  });

  test('is demanded where it is declared, and a repeated one counts as none', async () => {
    await using w = await startWorld(rolePolicy('crm', 'oauth2', MANAGED));
    await using front = await startFront(w.upstream, {
      environment: bound(w, { ...OBO, ...UNVERIFIED }),
      caller: none(),
    });
    const [mine, theirs] = [w.identity.handOver(MANAGED, 'mallory'), w.identity.handOver(MANAGED, 'victim')];
    const refused = [
      await send(front, modern('tools/call', { name: 'x' })),
      await send(front, as(modern('tools/call', { name: 'x' }), undefined, mine), [`WorkloadAccessToken: ${theirs}`]),
    ];
    for (const { status, text } of refused) expect([status, reason(text)]).toEqual([403, 'unauthenticated-caller']);
    expect(w.identity.asked).toEqual([]);
    expect(w.upstream.received).toEqual([]);
  });

  test('that has expired is an authorization error, and the next one works', async () => {
    await using w = await startWorld(rolePolicy('crm', 'oauth2', MANAGED));
    await using front = await startFront(w.upstream, {
      environment: bound(w, { ...OBO, ...UNVERIFIED }),
      caller: none(),
    });
    const old = w.identity.handOver(MANAGED, 'alice', -1);
    const refused = await send(front, as(modern('tools/call', { name: 'x' }), undefined, old));
    expect([refused.status, reason(refused.text)]).toEqual([403, 'unauthenticated-caller']);
    expect(refused.text + written()).not.toContain(old);
    const fresh = w.identity.handOver(MANAGED, 'alice');
    expect((await send(front, as(modern('tools/call', { name: 'x' }), undefined, fresh))).text).toContain(
      'alice called x',
    );
  });

  test('one caller without it does not spoil the token of the proxy itself for the others', async () => {
    await using w = await startWorld(rolePolicy('crm', 'oauth2', MANAGED));
    await using front = await startFront(w.upstream, { environment: bound(w, RUNTIME), caller: none() });
    const refused = await send(front, modern('tools/call', { name: 'x' }));
    expect(reason(refused.text)).toBe('unauthenticated-caller');
    const handed = w.identity.handOver(MANAGED, undefined);
    const reply = await send(front, as(modern('tools/call', { name: 'x' }), undefined, handed));
    expect(reply.text).toContain(`${MANAGED} called x`);
  });
});

test('a role without the permission gets an error that says what it lacks, and the client does not', async () => {
  await using w = await startWorld({ Statement: [] });
  await using front = await startFront(w.upstream, { environment: bound(w, {}) });
  const refused = await send(front, modern('tools/list'));
  expect([refused.status, reason(refused.text)]).toEqual([502, 'upstream-auth']);
  expect(refused.text).not.toContain('crm');
  expect(written()).toContain('AccessDeniedException');
  expect(written()).toContain('allow the execution role this action on the credential provider');
});

test.each([none(), header('x-who')])(
  'a personal flow with a workload identity of one’s own needs verified tokens (%#)',
  async (caller) => {
    await using w = await startWorld();
    await expect(startFront(w.upstream, { environment: bound(w, OBO), caller })).rejects.toThrow(
      'expected config.caller to be agentcoreJwt() or jwks(…)',
    );
  },
);
