/** The control around a policy: what it declares, what it logs, and what happens while its policies are not there. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callerOf } from '../../../proxy/call/caller.ts';
import { accessPolicy, allow, deny } from '../../../proxy/controls/access-policy/index.ts';
import type { PolicySource } from '../../../proxy/controls/access-policy/policies.ts';
import type { DefinedControl, SetupContext } from '../../../proxy/pipeline/control.ts';
import type { Control } from '../../../proxy/pipeline/next.ts';
import { callControl } from '../../../testing/call-control.ts';
import { replyOf, toolCall } from '../../dispatch/fake.ts';
import { Lines } from '../../dispatch/lines.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

const OPEN = allow({ tools: ['open'] });
const made = (...policies: PolicySource[]) => accessPolicy({ policies });
const calling = (name: string) => ({ method: 'tools/call', params: { name } });
const logged = () => lines.all.filter(({ event }) => event === 'access-policy');

describe('the control', () => {
  it('declares what it does', () => {
    const policy = made(OPEN);
    expect(policy).toMatchObject({
      name: 'access-policy',
      perCaller: true,
      arguments: [],
      builtIn: {
        stage: 'permit',
        does: 'decides who may use what; hides the rest from lists',
        changesResources: false,
        scopes: [],
      },
      maps: made(OPEN, deny({ tools: ['b'] })).maps,
    });
    expect([policy.replies, Object.isFrozen(policy)]).toEqual(['transforms', true]);
  });

  it('names the scopes that its rules and policies require', () => {
    const policy = made(
      allow({ tools: ['a'], requiresScopes: ['one', 'two'] }),
      '@requiresScopes("three") permit (principal, action, resource == Tool::"b");',
      OPEN,
    );
    expect(policy.builtIn?.scopes).toEqual(['one', 'two', 'three']);
  });

  it('reads the arguments that its policies look at, which are known once they are read', async () => {
    const looks = 'permit (principal, action, resource == Tool::"t") when { context.arguments.amount < 5 };';
    const { arguments: reached } = made(OPEN, looks);
    if (typeof reached !== 'function') throw new Error('expected a function');
    expect(await reached()).toEqual(expect.arrayContaining([expect.objectContaining({ tool: 't' })]));
    const { arguments: none } = made('permit (principal, action, resource == Tool::"t");');
    expect(none).toEqual([]);
  });

  it('checks its policies against the schema, and the upstreams that they name', async () => {
    const { check } = made('permit (principal, action, resource in Upstream::"b");');
    expect(await check()).toEqual({ faults: [], warnings: [] });
    expect((await check({ upstreams: ['a'] })).warnings).toEqual([expect.stringContaining('"b"')]);
    expect((await made('permit (').check()).faults).toEqual([expect.stringContaining('policies[0]')]);
  });

  it('decides for other controls', async () => {
    const { decide } = made(allow({ tools: ['t'], detokenize: ['$.a'] }));
    const asker = { caller: callerOf({}), upstream: { name: 'default' } };
    expect(await decide(asker, 'tools/call', { type: 'Tool', name: 't' })).toMatchObject({ verdict: 'allow' });
    expect(await decide(asker, 'tools/call', { type: 'Tool', name: 'u' })).toMatchObject({ verdict: 'deny' });
  });
});

describe('a call', () => {
  it('goes on if a policy permits it, and is refused otherwise', async () => {
    expect((await callControl(made(OPEN), calling('open'))).forwarded?.method).toBe('tools/call');
    expect((await callControl(made(OPEN), calling('closed'))).refused).toBe('unknown-name');
  });

  it('whose arguments decide waits for them', async () => {
    const policy = made('permit (principal, action, resource == Tool::"t") when { context.arguments.a == 1 };');
    const outcomes = [1, 2].map((a) =>
      callControl(policy, { method: 'tools/call', params: { name: 't', arguments: { a } } }),
    );
    expect((await Promise.all(outcomes)).map(({ refused }) => refused)).toEqual([undefined, 'unknown-name']);
  });

  it('for news of resources goes on with those that it may read', async () => {
    const notifications = { resourceSubscriptions: ['file:///open', 'file:///closed'] };
    const policy = made(allow({ resources: ['file:///open'] }));
    const listening = await callControl(policy, { method: 'subscriptions/listen', params: { notifications } });
    expect(listening.forwarded?.params).toEqual({ notifications: { resourceSubscriptions: ['file:///open'] } });
  });

  it('has what it may use in its list, and a notification has nothing', async () => {
    const result = { tools: [{ name: 'open' }, { name: 'closed' }] };
    expect((await callControl(made(OPEN), { method: 'tools/list' }, { result })).result).toMatchObject({
      tools: [{ name: 'open' }],
    });
    const notified = await callControl(made(OPEN), { method: 'notifications/cancelled', params: { requestId: 1 } });
    expect([notified.forwarded?.method, notified.fault]).toEqual(['notifications/cancelled', undefined]);
  });

  it('is answered like one of an unknown name if there is none, but not in an audit', async () => {
    for (const auditOnly of [undefined, false, true]) {
      const control = await setUp(made(OPEN), auditOnly === undefined ? {} : { auditOnly });
      const call = toolCall({}, 'open');
      await control(call, async () => replyOf());
      expect(call.exchange.channels.knownNamesOnly).toBe(auditOnly !== true);
    }
  });
});

describe('policies', () => {
  it('are loaded ahead of time, where there is time for that', async () => {
    const loads: (() => Promise<unknown>)[] = [];
    await setUp(made(OPEN), { onWarmUp: (load) => void loads.push(load) });
    expect(loads).toHaveLength(1);
    await expect(loads[0]?.()).resolves.toMatchObject({ engine: expect.anything() as unknown });
  });

  it('that permit a method to nobody are logged', async () => {
    await callControl(made(OPEN), calling('open'));
    expect(logged()[0]).toMatchObject({
      level: 'info',
      message: 'no policy permits these methods to any caller, so they are always denied',
      denied: expect.arrayContaining(['prompts/get', 'resources/read']) as unknown,
    });
    lines.start();
    await callControl(made('permit (principal, action, resource);'), calling('open'));
    expect(logged()).toEqual([]);
  });

  it('that name a tool which is not listed are logged', async () => {
    const result = { tools: [{ name: 'other' }] };
    await callControl(made(OPEN), { method: 'tools/list' }, { result });
    expect(logged().filter(({ level }) => level === 'warn')).toMatchObject([
      {
        message: 'a policy names a tool that the upstream does not list: is it misspelt?',
        policy: 'policies[0].tools',
        name: 'open',
      },
    ]);
  });

  it('with faults refuse every call, and the log says them once', async () => {
    const control = await setUp(made('permit ('));
    for (let n = 0; n < 2; n++) expect(await goesOn(control, 'a')).toBe(false);
    expect(logged()).toMatchObject([
      {
        level: 'error',
        message: 'the policies cannot be used, so every call is refused',
        faults: [expect.stringContaining('policies[0]')],
        error: expect.anything() as unknown,
      },
    ]);
  });

  it('that could not be loaded are loaded by the next call', async () => {
    const policy = made(OPEN);
    const broken = vi.spyOn(policy.handle, 'engine').mockRejectedValueOnce(new Error('EMFILE'));
    const control = await setUp(policy);
    expect(await goesOn(control, 'open')).toBe(false);
    expect(broken).toHaveBeenCalledOnce();
    expect(logged()).toMatchObject([
      {
        level: 'error',
        message: 'the policies could not be loaded, so the call is refused: the next call tries again',
      },
    ]);
    expect(logged()[0]).not.toHaveProperty('faults');
    expect(await goesOn(control, 'open')).toBe(true);
  });
});

/** The control as a function, set up outside a proxy. */
async function setUp(policy: DefinedControl, context: Partial<SetupContext> = {}): Promise<Control> {
  const control = await policy.setup({ bindings: {}, ...context });
  if (typeof control !== 'function') throw new Error('expected one function for all methods');
  return control;
}

/** Whether a call of this tool goes on. */
async function goesOn(control: Control, name: string): Promise<boolean> {
  let sent = false;
  try {
    await control(toolCall({}, name), async () => ((sent = true), replyOf()));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  return sent;
}
