/** A policy applied to one call: what goes on, what is refused, and what of the reply is shown. Without a proxy. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../proxy/base/errors.ts';
import { Call } from '../../../proxy/call/call.ts';
import { callerOf } from '../../../proxy/call/caller.ts';
import { Exchange } from '../../../proxy/call/exchange.ts';
import { NO_HEADERS } from '../../../proxy/call/inbound.ts';
import { readMessage } from '../../../proxy/call/message.ts';
import { Access } from '../../../proxy/controls/access-policy/access.ts';
import { accessPolicy, allow } from '../../../proxy/controls/access-policy/index.ts';
import { loadEngine } from '../../../proxy/controls/access-policy/load.ts';
import type { PolicySource } from '../../../proxy/controls/access-policy/policies.ts';
import { type Called, callControl, type CallOptions } from '../../../testing/call-control.ts';
import { callOf, replyOf } from '../../dispatch/fake.ts';
import { Lines } from '../../dispatch/lines.ts';
import { MODEL } from './asking.ts';

const OPEN = allow({ tools: ['open'], prompts: ['open'], resources: ['file:///open/*', 'skill://open/*'] });
const PAY =
  '@id("pays") permit (principal, action == Action::"tools/call", resource == Tool::"pay") when { context.arguments.amount <= 100 };';
const ASKS =
  'permit (principal, action == Action::"prompts/get", resource == Prompt::"some") when { context.arguments.a == "b" };';

const apply = (
  method: string,
  params: object = {},
  options: CallOptions = {},
  more: readonly PolicySource[] = [],
): Promise<Called> =>
  callControl(accessPolicy({ policies: [OPEN, ...more] }), { method, params }, { era: 'legacy', ...options });

const VIEW = { name: 'default', tools: () => Promise.resolve([]), tool: () => Promise.resolve(undefined) };
const named = (name: string) => ({ name, arguments: {} });
const at = (uri: string) => ({ uri });
const ref = (type: string, of: object) => ({ ref: { type, ...of }, argument: { name: 'a', value: '' } });

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

describe('a call', () => {
  it.each([
    ['tools/call', named('open'), named('closed')],
    ['prompts/get', named('open'), named('closed')],
    ['resources/read', at('file:///open/a'), at('file:///closed/a')],
    ['resources/subscribe', at('file:///open/a'), at('file:///closed/a')],
    ['resources/unsubscribe', at('file:///open/a'), at('file:///closed/a')],
    ['resources/directory/read', at('file:///open/a'), at('file:///closed/a')],
    ['skills/get', at('skill://open/SKILL.md'), at('skill://closed/SKILL.md')],
    ['completion/complete', ref('ref/prompt', { name: 'open' }), ref('ref/prompt', { name: 'closed' })],
    ['completion/complete', ref('ref/resource', at('file:///open/{x}')), ref('ref/resource', at('file:///closed/{x}'))],
  ])('%s goes on for what is permitted, and only for that', async (method, permitted, denied) => {
    expect((await apply(method, permitted)).forwarded?.params).toEqual(permitted);
    const refused = await apply(method, denied);
    expect([refused.forwarded, refused.refused]).toEqual([undefined, 'unknown-name']);
    const inModernEra = await apply(method, denied, { era: 'modern' });
    expect(inModernEra.forwarded).toBeUndefined();
  });

  it.each([
    'tools/list',
    'prompts/list',
    'resources/list',
    'resources/templates/list',
    'skills/list',
    'ping',
    'initialize',
  ])('%s needs no permission', async (method) => {
    const result = { tools: [], prompts: [], resources: [], resourceTemplates: [], skills: [] };
    expect((await apply(method, {}, { result })).forwarded?.method).toBe(method);
  });

  it.each([
    ['tasks/list', 'denied'],
    ['acme/get', 'method-not-found'],
    ['tasks/get', 'unknown-name'],
    ['tasks/result', 'unknown-name'],
    ['tasks/cancel', 'unknown-name'],
  ])('%s is refused as %s unless a rule names it', async (method, code) => {
    const refused = await apply(method, { taskId: 't' });
    expect([refused.forwarded, refused.refused]).toEqual([undefined, code]);
    if (method === 'tasks/list' || method === 'acme/get') {
      const rule = allow({ methods: [method] });
      expect((await apply(method, {}, {}, [rule])).forwarded?.method).toBe(method);
    }
  });

  it('whose arguments decide goes on with some of them, and the policy that permits it is noted', async () => {
    const paying = await apply('tools/call', { name: 'pay', arguments: { amount: 100 } }, {}, [PAY]);
    expect(paying.forwarded).toBeDefined();
    expect(paying.facts).toContainEqual({ control: 'access-policy', policy: 'pays' });
    for (const args of [{ amount: 101 }, { amount: 'x' }, {}]) {
      const refused = await apply('tools/call', { name: 'pay', arguments: args }, {}, [PAY]);
      expect([refused.forwarded, refused.refused]).toEqual([undefined, 'unknown-name']);
      expect(refused.facts).not.toContainEqual(expect.objectContaining({ policy: expect.anything() as unknown }));
    }
    // No argument is known here: the prompt may be used with some.
    expect(
      (await apply('completion/complete', ref('ref/prompt', { name: 'some' }), {}, [ASKS])).forwarded,
    ).toBeDefined();
    expect((await apply('prompts/get', { name: 'some' }, {}, [ASKS])).refused).toBe('unknown-name');
  });

  it('that two policies permit has both noted', async () => {
    const twice = ['a', 'b'].map((id) => `@id("${id}") permit (principal, action, resource == Tool::"both");`);
    const { facts } = await apply('tools/call', named('both'), {}, twice);
    expect(facts).toContainEqual({ control: 'access-policy', policy: 'a, b' });
  });

  it('that lacks only scopes is refused with them, and what it would use is listed', async () => {
    const more = [allow({ tools: ['scoped'], requiresScopes: ['write'] })];
    const refused = await apply('tools/call', named('scoped'), { claims: { sub: 'ann' } }, more);
    expect([refused.refused, (refused.error as { data?: unknown }).data]).toEqual([
      'insufficient-scope',
      expect.objectContaining({ requiredScopes: ['write'] }),
    ]);
    const result = { tools: [named('scoped'), named('closed')] };
    const listed = await apply('tools/list', {}, { claims: { sub: 'ann' }, result }, more);
    expect(listed.result).toMatchObject({ tools: [{ name: 'scoped' }] });
  });
});

describe('capabilities that may not be used', () => {
  const declared = { elicitation: {}, roots: {}, sampling: {}, other: {} };
  const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

  it('are taken out of what a client declares when it begins, or with each modern call', async () => {
    const rule = [allow({ methods: ['roots/list'] })];
    const begun = await apply('initialize', { capabilities: declared }, {}, rule);
    expect(begun.forwarded?.params).toEqual({ capabilities: { roots: {}, other: {} } });
    for (const [method, params] of [
      ['tools/call', named('open')],
      ['prompts/list', {}],
      ['subscriptions/listen', {}],
      ['completion/complete', ref('ref/prompt', { name: 'open' })],
    ] as const) {
      const _meta = { [CAPABILITIES]: declared };
      const modern = await apply(method, { ...params, _meta }, { era: 'modern', result: { prompts: [] } }, rule);
      expect(modern.forwarded?.params).toEqual({ ...params, _meta: { [CAPABILITIES]: { roots: {}, other: {} } } });
      if (method === 'subscriptions/listen') continue;
      const legacy = await apply(method, { ...params, _meta }, { era: 'legacy', result: { prompts: [] } }, rule);
      expect(legacy.forwarded?.params).toEqual({ ...params, _meta });
    }
  });

  it('leave a subscription with the resources that may be read', async () => {
    const notifications = { resourceSubscriptions: ['file:///open/a', 'file:///closed/a'] };
    const listening = await apply('subscriptions/listen', { notifications }, { era: 'modern' });
    expect(listening.forwarded?.params).toEqual({ notifications: { resourceSubscriptions: ['file:///open/a'] } });
  });
});

describe('a reply', () => {
  it.each([
    ['tools/list', 'tools', 'name', 'open', 'closed'],
    ['prompts/list', 'prompts', 'name', 'open', 'closed'],
    ['resources/list', 'resources', 'uri', 'file:///open/a', 'file:///closed/a'],
    ['resources/templates/list', 'resourceTemplates', 'uriTemplate', 'file:///open/{x}', 'file:///closed/{x}'],
  ])('to %s has what may be used', async (method, member, key, open, closed) => {
    const result = { [member]: [{ [key]: open }, { [key]: closed }], cacheScope: 'public' };
    expect((await apply(method, {}, { result })).result).toEqual({ [member]: [{ [key]: open }], cacheScope: 'public' });
  });

  it('to a read or a list is private to the caller where a policy looks at callers', async () => {
    const more = [allow({ group: 'a', resources: ['*'] })];
    const result = { contents: [], resources: [], skill: { uri: 'skill://open/SKILL.md' }, cacheScope: 'public' };
    for (const [method, params, scope] of [
      ['resources/read', at('file:///open/a'), 'private'],
      ['resources/list', {}, 'private'],
      ['skills/get', at('skill://open/SKILL.md'), 'private'],
      ['resources/subscribe', at('file:///open/a'), 'public'],
    ] as const) {
      expect((await apply(method, params, { result }, more)).result).toHaveProperty('cacheScope', scope);
      expect((await apply(method, params, { result })).result).toHaveProperty('cacheScope', 'public');
    }
  });

  it('to a search for tools has those that may be used', async () => {
    const SEARCH = 'x_amz_bedrock_agentcore_search';
    const result = { content: [], structuredContent: { tools: [named('open'), named('closed'), named('scoped')] } };
    const more = [allow({ tools: [SEARCH] }), allow({ tools: ['scoped'], requiresScopes: ['write'] })];
    const found = await apply('tools/call', named(SEARCH), { result, claims: { sub: 'ann' } }, more);
    expect(found.result).toMatchObject({ structuredContent: { tools: [named('open'), named('scoped')] } });
    expect((await apply('tools/call', named('open'), { result }, more)).result).toEqual(result);
  });

  it('with another skill than the caller may read is that of an unknown one', async () => {
    const skill = (name: string) => ({ skill: { uri: `skill://${name}/SKILL.md` } });
    const uri = 'skill://open/SKILL.md';
    expect((await apply('skills/get', { uri }, { result: skill('open') })).result).toEqual(skill('open'));
    expect((await apply('skills/get', { uri }, { result: skill('closed') })).error).toMatchObject({
      code: -32602,
      message: `Unknown resource: ${uri}`,
    });
  });

  const MISSING = { code: -32602, message: 'Unknown resource: file:///open/a', data: { uri: 'file:///open/a' } };

  it.each([
    ['resources/read', { code: -32002, message: 'gone' }, true],
    ['resources/subscribe', { code: -32002, message: 'gone' }, true],
    ['resources/unsubscribe', { code: -32002, message: 'gone' }, true],
    ['resources/read', { code: -32602, message: 'gone', data: { uri: 'x' } }, true],
    ['resources/directory/read', { code: -32602, message: 'gone' }, true],
    ['skills/get', { code: -32602, message: 'gone', data: 5 }, true],
    ['resources/read', { code: -32602, message: 'range' }, false],
    ['resources/read', { code: -32602, message: 'range', data: 'uri' }, false],
    ['resources/read', { code: -32602, message: 'range', data: { uri: 5 } }, false],
    ['resources/read', { code: -32602, message: 'range', data: { uri: 'x', range: 'y' } }, false],
    ['resources/read', { code: -32603, message: 'broken', data: { uri: 'x' } }, false],
    ['skills/get', { code: -32603, message: 'broken' }, false],
    ['completion/complete', { code: -32002, message: 'gone' }, false],
  ])('to %s with the error %j is that of an unknown resource: %s', async (method, error, isMissing) => {
    const params = method === 'completion/complete' ? ref('ref/resource', at('file:///open/a')) : at('file:///open/a');
    const reply = await apply(method, params, { messages: [{ id: 1, error }] });
    expect(reply.error).toEqual(isMissing ? MISSING : error);
  });

  it("without the upstream's questions that are not permitted", async () => {
    const asks = (method: string) => ({ id: 9, method, params: {} });
    const messages = [asks('roots/list'), asks('sampling/createMessage'), { id: 1, result: {} }];
    const reply = await apply('tools/call', named('open'), { messages }, [allow({ methods: ['roots/list'] })]);
    expect(reply.messages.map(({ method, result }) => method ?? result)).toEqual(['roots/list', {}]);
    expect(reply.facts).toContainEqual({ control: 'access-policy', refused: 'sampling/createMessage' });
  });

  it('whose error asks for what is not permitted is refused', async () => {
    const error = { code: -32042, message: 'open it', data: { elicitations: [{ mode: 'url', url: 'https://x' }] } };
    const messages = [{ id: 1, error }];
    expect((await apply('tools/call', named('open'), { messages })).error).toMatchObject({ code: -31403 });
    const rule = [allow({ methods: ['elicitation/create'] })];
    expect((await apply('tools/call', named('open'), { messages }, rule)).error).toEqual(error);
  });
});

describe('directly', () => {
  const access = async (call: Call, ...more: readonly PolicySource[]): Promise<Access> =>
    new Access(await loadEngine([OPEN, ...more], MODEL), call);

  /** A message that is no request, as dispatch makes it. */
  function other(kind: Call['kind'], method: string, origin?: Call): Call {
    const call = callOf({ jsonrpc: '2.0', id: 1, result: {} });
    return new Call(kind, method, call.message, VIEW, call.exchange, origin);
  }

  const outcome = async (
    call: Call,
    auditOnly = false,
    ...more: readonly PolicySource[]
  ): Promise<ErrorCode | 'same'> => {
    const made = await access(call, ...more);
    try {
      expect(await made.admit(call, auditOnly)).toBe(call);
      return 'same';
    } catch (error) {
      return (error as { code: ErrorCode }).code;
    }
  };

  it.each(['stream', 'end'] as const)('a %s goes on', async (kind) => {
    expect(await outcome(other(kind, ''))).toBe('same');
  });

  it.each([
    ['roots/list', [], 'denied'],
    ['roots/list', ['roots/list'], 'same'],
    ['ping', [], 'same'],
    ['response', [], 'unmatched-stream'],
    ['response', ['roots/list', 'elicitation/create'], 'unmatched-stream'],
    ['response', ['roots/list', 'elicitation/create', 'sampling/createMessage'], 'same'],
  ])('an answer to %s with permission for %j: %s', async (method, methods, expected) => {
    const rules = methods.length === 0 ? [] : [allow({ methods })];
    expect(await outcome(other('response', method), false, ...rules)).toBe(expected);
  });

  it.each(['tasks/get', 'tasks/result', 'tasks/update', 'tasks/cancel'])(
    '%s is decided as the call that began the task',
    async (method) => {
      const begun = (name: string): Call =>
        callOf({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: named(name) });
      expect(await outcome(other('request', method, begun('open')))).toBe('same');
      expect(await outcome(other('request', method, begun('closed')))).toBe('unknown-name');
      expect(await outcome(other('request', method, begun('closed')), true)).toBe('unknown-name');
      expect(await outcome(other('request', method))).toBe('unknown-name');
      expect(await outcome(other('request', method), true)).toBe('same');
    },
  );

  it.each([
    [named('open'), false, true],
    [named('open'), true, false],
  ])(
    'the use of a name is answered like an unknown one, unless replies are only watched: %j, %s',
    async (params, auditOnly, only) => {
      const call = callOf({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
      await (await access(call)).admit(call, auditOnly);
      expect(call.exchange.channels.knownNamesOnly).toBe(only);
    },
  );

  it('the unmatched answer is refused in words', async () => {
    const call = other('response', 'response');
    const made = await access(call);
    expect(() => made.admit(call, false)).toThrow(
      'expected an answer to a request of the upstream that this process knows, got another, and the policy does not permit every request of the upstream',
    );
  });

  it('a list that is kept is for those callers alone whom the policy cannot tell apart', async () => {
    const read = readMessage('{"jsonrpc":"2.0","id":1,"method":"tools/list"}');
    const engine = await loadEngine([allow({ group: 'a', tools: ['*'] })], MODEL);
    const dependsOn = (groups: readonly string[]): unknown => {
      const exchange = new Exchange(callerOf({ sub: 'ann', groups: [...groups] }), 'legacy', NO_HEADERS, 0);
      const call = new Call('request', 'tools/list', read, VIEW, exchange);
      const reply = replyOf();
      new Access(engine, call).attach(reply, call);
      reply.attribute(0, 'access-policy', call);
      return reply.transforms.map((transform) =>
        transform.dependsOn?.map((on) => (typeof on === 'function' ? on() : on)),
      );
    };
    const [first] = dependsOn(['a']) as readonly unknown[];
    expect(first).toEqual([engine.dependsOn({ caller: callerOf({ sub: 'ann', groups: ['a'] }), upstream: VIEW })]);
    expect(dependsOn(['a'])).toEqual(dependsOn(['a']));
    expect(dependsOn(['a'])).not.toEqual(dependsOn(['b']));
  });
});
