/**
 * Scopes that a policy requires: a client whose token lacks one is told which (RFC 6750, 3.1; MCP, authorization: scope
 * challenges). Who may not call at all learns nothing.
 */
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { fixed } from '../../../proxy/callers/fixed.ts';
import { jwks } from '../../../proxy/callers/jwks.ts';
import { accessPolicy, type AccessPolicyOptions, allow, deny } from '../../../proxy/controls/access-policy/index.ts';
import {
  annotationFault,
  isScope,
  requiredScopes,
  scopesIn,
} from '../../../proxy/controls/access-policy/required-scopes.ts';
import { startFront } from '../../support/front.ts';
import { startLoopback } from '../../support/loopback.ts';
import { exchange, type RawReply } from '../../support/raw.ts';
import { respondJson, startUpstream } from '../../support/upstream.ts';
import { eras, modern, send } from '../../upstream/messages.ts';

type Claims = Readonly<Record<string, unknown>>;
type Policies = AccessPolicyOptions['policies'];

let keys: Awaited<ReturnType<typeof generateKeyPair>>;
beforeAll(async () => {
  keys = await generateKeyPair('ES256', { extractable: true });
});
const tokenOf = (claims: Claims): Promise<string> =>
  new SignJWT({ sub: 'ann', ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: '1' })
    .setIssuer('https://login.example.com')
    .setAudience('mcp')
    .setExpirationTime('5m')
    .sign(keys.privateKey);

const NAMES = ['read_orders', 'write_orders', 'delete_orders'];
const RULES: Policies = [
  allow({ group: 'clerks', tools: ['read_orders'] }),
  allow({ group: 'clerks', tools: ['write_orders'], requiresScopes: ['orders:read', 'orders:write'] }),
  allow({ group: 'chiefs', tools: ['delete_orders'], requiresScopes: 'orders:delete' }),
];
const CEDAR: Policies = [
  `permit (principal in Group::"clerks", action == Action::"tools/call", resource is Tool) when { resource.name == "read_orders" };
@requiresScopes("orders:read orders:write")
permit (principal in Group::"clerks", action == Action::"tools/call", resource is Tool) when { resource.name == "write_orders" };
@requiresScopes("orders:delete")
permit (principal in Group::"chiefs", action == Action::"tools/call", resource is Tool) when { resource.name == "delete_orders" };`,
];

async function start(policies: Policies) {
  const key = { ...(await exportJWK(keys.publicKey)), kid: '1', alg: 'ES256' };
  const keysAt = await startLoopback((_request, response) => void response.end(JSON.stringify({ keys: [key] })));
  const called: unknown[] = [];
  const upstream = await startUpstream((request, response) => {
    const { id, method, params } = JSON.parse(request.text) as {
      readonly id: number;
      readonly method: string;
      readonly params: { readonly name?: string };
    };
    if (method === 'tools/call') called.push(params.name);
    const tools = NAMES.map((name) => ({ name, inputSchema: { type: 'object' } }));
    const result = method === 'tools/list' ? { tools, ttlMs: 0, cacheScope: 'private' } : { content: [] };
    respondJson(response, { jsonrpc: '2.0', id, result: { resultType: 'complete', ...result } });
  });
  const front = await startFront(upstream, {
    caller: jwks({ issuer: 'https://login.example.com', audience: 'mcp', jwksUri: keysAt.url, scopes: ['openid'] }),
    controls: [accessPolicy({ policies })],
    environment: { PUBLIC_URL: 'https://tools.example.com/mcp' },
  });
  const ask = async (method: string, params: Claims, claims: Claims, message: (typeof eras)[number][1]) => {
    const sent = message(method, params);
    return send(front, { ...sent, headers: [...sent.headers, `Authorization: Bearer ${await tokenOf(claims)}`] });
  };
  return {
    front,
    called,
    call: (name: string, claims: Claims, message: (typeof eras)[number][1] = modern, args: Claims = {}) =>
      ask('tools/call', { name, arguments: args }, claims, message),
    async list(claims: Claims): Promise<readonly string[]> {
      const { result } = (await ask('tools/list', {}, claims, modern)).json() as {
        readonly result?: { readonly tools: readonly { readonly name: string }[] };
      };
      return (result?.tools ?? []).map(({ name }) => name);
    },
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
      await keysAt[Symbol.asyncDispose]();
    },
  };
}

const METADATA = 'https://tools.example.com/.well-known/oauth-protected-resource/mcp';
const challenged = (reply: RawReply) => [reply.status, reply.header('www-authenticate')];
const demanding = (scope: string) => [
  403,
  `Bearer resource_metadata="${METADATA}", error="insufficient_scope", scope="${scope}"`,
];

describe.each([
  ['one-line rules', RULES],
  ['Cedar', CEDAR],
])('with %s', (_form, policies) => {
  test.each(eras)(
    'the refusal of a token that lacks a scope names all that the call needs: %s',
    async (_era, message) => {
      await using world = await start(policies);
      const clerk = { groups: ['clerks'], scope: 'openid orders:read' };
      const reply = await world.call('write_orders', clerk, message);
      expect(challenged(reply)).toEqual(demanding('orders:read orders:write'));
      expect(reply.json().error).toMatchObject({
        code: -31403,
        data: { reason: 'insufficient-scope', requiredScopes: ['orders:read', 'orders:write'] },
      });
      expect(world.called).toEqual([]);
      const stepped = { ...clerk, scope: 'openid orders:read orders:write' };
      expect((await world.call('write_orders', stepped, message)).status).toBe(200);
      // The token of before is the token of before.
      expect((await world.call('write_orders', clerk, message)).status).toBe(403);
      expect(world.called).toEqual(['write_orders']);
    },
  );

  test('who has the scopes but not the group learns nothing, and neither does who has none of both', async () => {
    await using world = await start(policies);
    const unknown = (await world.call('no_such_tool', { groups: ['clerks'] })).json().error;
    for (const claims of [
      { groups: ['clerks'], scope: 'orders:delete' },
      { groups: ['clerks'] },
      { groups: [], scope: 'orders:read orders:write orders:delete' },
    ]) {
      const reply = await world.call('delete_orders', claims);
      expect(reply.header('www-authenticate')).toBeUndefined();
      expect(reply.json().error).toEqual({ ...unknown, message: 'Unknown tool: delete_orders' });
    }
    expect(world.called).toEqual([]);
  });

  test('lists show what a caller may use with another token, and nothing else', async () => {
    await using world = await start(policies);
    expect(await world.list({ groups: ['clerks'] })).toEqual(['read_orders', 'write_orders']);
    expect(await world.list({ groups: ['chiefs'] })).toEqual(['delete_orders']);
    expect(await world.list({ scope: 'orders:read orders:write orders:delete' })).toEqual([]);
  });

  test('the scopes are in the metadata of the resource', async () => {
    await using world = await start(policies);
    const reply = await exchange(
      world.front.port,
      'GET /.well-known/oauth-protected-resource HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
    );
    expect(JSON.parse(reply.text)).toMatchObject({
      scopes_supported: ['openid', 'orders:read', 'orders:write', 'orders:delete'],
    });
  });
});

test('one policy that permits without a scope is enough, and one that forbids is never lifted by one', async () => {
  await using world = await start([
    allow({ group: 'clerks', tools: ['*'], requiresScopes: 'all' }),
    allow({ group: 'clerks', tools: ['read_*'] }),
    deny({ tools: ['delete_*'] }),
  ]);
  const clerk = { groups: ['clerks'] };
  expect((await world.call('read_orders', clerk)).status).toBe(200);
  expect(challenged(await world.call('write_orders', clerk))).toEqual(demanding('all'));
  expect((await world.call('delete_orders', clerk)).json().error?.message).toBe('Unknown tool: delete_orders');
  expect(await world.list(clerk)).toEqual(['read_orders', 'write_orders']);
});

test('where arguments decide, the policies that hold for them do', async () => {
  const source = `@requiresScopes("large")
permit (principal, action == Action::"tools/call", resource is Tool);
permit (principal, action == Action::"tools/call", resource is Tool) when { context.arguments has n && context.arguments.n < 10 };`;
  await using world = await start([source]);
  expect((await world.call('write_orders', {}, modern, { n: 9 })).status).toBe(200);
  expect(challenged(await world.call('write_orders', {}, modern, { n: 10 }))).toEqual(demanding('large'));
  expect((await world.call('write_orders', { scp: ['large'] }, modern, { n: 10 })).status).toBe(200);
});

test('a caller whose token is not verified here gets the scopes in the error, without a challenge', async () => {
  await using upstream = await startUpstream();
  await using front = await startFront(upstream, {
    caller: fixed({ sub: 'ann', groups: ['clerks'] }),
    controls: [accessPolicy({ policies: RULES })],
  });
  const reply = await send(front, modern('tools/call', { name: 'write_orders', arguments: {} }));
  expect(challenged(reply)).toEqual([403, undefined]);
  expect(reply.json().error?.data).toMatchObject({ requiredScopes: ['orders:read', 'orders:write'] });
  expect(upstream.received).toEqual([]);
});

test('other controls that ask get a no', async () => {
  const policy = accessPolicy({ policies: [allow({ detokenize: ['*'], requiresScopes: 'clear' })] });
  const asker = (scope: string) => ({
    caller: { subject: 'ann', claims: { scope }, key: scope },
    upstream: { name: 'default' },
  });
  const of = async (scope: string) =>
    (await policy.decide(asker(scope), 'detokenize', { type: 'Tool', name: 'x' })).verdict;
  expect([await of('other'), await of('clear')]).toEqual(['deny', 'allow']);
});

test.each<[Policies, string]>([
  [
    [allow({ tools: ['x'], requiresScopes: [] })],
    'requiresScopes: expected a scope, or a list of scopes; got an empty list',
  ],
  [
    [allow({ tools: ['x'], requiresScopes: 'a b' })],
    'requiresScopes: expected a scope, or a list of scopes; got "a b"',
  ],
  [[allow({ tools: ['x'], requiresScopes: 'a"' })], 'requiresScopes: expected a scope'],
  [[deny({ tools: ['x'], requiresScopes: 'a' })], 'requiresScopes: expected it in allow(…), which it restricts'],
])('options are checked (case %#)', (policies, fault) => {
  expect(() => accessPolicy({ policies })).toThrow(fault);
});

test.each([
  ['@requiresScopes("") permit (principal, action, resource);', 'expected @requiresScopes("…") with scopes'],
  ['@requiresScopes("a") forbid (principal, action, resource);', 'expected @requiresScopes at a permit'],
])('annotations are checked: %s', async (source, fault) => {
  const { faults } = (await accessPolicy({ policies: [source] }).check?.()) ?? {};
  expect(faults?.join()).toContain(fault);
});

describe('the annotation in Cedar', () => {
  const policy = (text: unknown) => ({ annotations: { requiresScopes: text as string }, effect: 'permit' as const });

  test('has scopes between any number of spaces', () => {
    expect(requiredScopes(policy(' a  b '))).toEqual(['a', 'b']);
    expect(requiredScopes({})).toEqual([]);
  });

  test.each(['', '  ', 'a é', 'a "b"', 'a\\b'])('is refused if one of them is none: %j', (text) => {
    expect(annotationFault(policy(text))).toBe(
      'expected @requiresScopes("…") with scopes, separated by spaces, got another text',
    );
  });

  test('is found in a text without Cedar, in any spacing', () => {
    expect(scopesIn('@requiresScopes("a b") permit (…); @requiresScopes \n ( "c" ) permit (…); @other("d")')).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(scopesIn('@requiresScopes("") @requiresScopes("a  é")')).toEqual(['a']);
  });

  test('names only texts as scopes', () => {
    expect(['a', 'a b', '', 5, undefined].map(isScope)).toEqual([true, false, false, false, false]);
  });
});
