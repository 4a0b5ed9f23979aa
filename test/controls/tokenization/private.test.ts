/** Data restored for one caller is not put into a shared cache. */
import { expect, test } from 'vitest';
import { header } from '../../../proxy/callers/header.ts';
import { email, tokenization, type TokenizationOptions } from '../../../proxy/controls/index.ts';
import { responseOf } from '../../dispatch/forms.ts';
import { startFront } from '../../support/front.ts';
import { respondJson, startUpstream } from '../../support/upstream.ts';
import { modern, send } from '../../upstream/messages.ts';
import { bindRing } from './keys.ts';

const restore = [{ method: 'resources/read', path: '**', within: true }];

test.each<[string, Pick<TokenizationOptions, 'tenant' | 'decide'>, readonly unknown[]]>([
  [
    'a decision about the caller',
    { tenant: 't', decide: ({ caller }) => ({ verdict: caller.subject === 'ann' ? 'allow' : 'deny', policies: [] }) },
    ['private', 'public'],
  ],
  ['the tenant of the caller', { tenant: { claim: 'sub' } }, ['private', 'public']],
  ['the config, for all callers alike', { tenant: 't' }, ['public', 'public']],
])('a result whose data %s restores is private only if that depends on the caller', async (_by, options, scopes) => {
  let token = '';
  await using upstream = await startUpstream((received, response) => {
    token = /"a":"([^"]+)"/.exec(received.text)?.[1] ?? token;
    respondJson(
      response,
      `{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","ttlMs":1,"cacheScope":"public","contents":[{"uri":"file:///x","text":"to ${token}"}]}}`,
    );
  });
  await using front = await startFront(upstream, {
    controls: [tokenization({ ...options, detectors: [email()], restore })],
    caller: header('x-claims'),
    environment: bindRing(),
  });
  const ask = async (who: string, method: string, params: Readonly<Record<string, unknown>>): Promise<unknown> =>
    responseOf(await send(front, modern(method, params), [`X-Claims: ${JSON.stringify({ sub: who })}`])).result;
  await ask('ann', 'tools/call', { name: 'x', arguments: { a: 'ann@example.com' } });
  const [ann, bob] = [
    await ask('ann', 'resources/read', { uri: 'file:///x' }),
    await ask('bob', 'resources/read', { uri: 'file:///x' }),
  ];
  expect(ann).toMatchObject({ cacheScope: scopes[0], contents: [{ text: 'to ann@example.com' }] });
  expect(bob).toMatchObject({ cacheScope: scopes[1] });
});
