/** The code in docs/callers.md compiles, and does what the page says. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lines } from '../dispatch/lines.ts';
import { startFront } from '../support/front.ts';
import { emptyResult, startUpstream } from '../support/upstream.ts';
import { modern, send } from '../upstream/messages.ts';
import { usePages } from './page.ts';

const page = usePages(['docs/callers.md'], ['agentcore.config.ts', 'verified.config.ts', 'from-header.config.ts']);
const lines = new Lines();
beforeAll(() => lines.start());
afterAll(() => lines.stop());

/** Returns the status of a call with these headers, and the caller in its audit line. */
async function called(
  file: string,
  headers: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly [status: number, caller: unknown]> {
  await using upstream = await startUpstream(emptyResult);
  await using front = await startFront(upstream, { ...(await page.load(file)), environment });
  lines.stop();
  lines.start();
  const call = modern('server/discover');
  const { status } = await send(front, call, headers);
  return [status, (await lines.find(({ event }) => event === 'call' || event === 'refused'))['caller']];
}

const token = (claims: object): string =>
  `Authorization: Bearer e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;

test("behind AgentCore's authorizer the token's claims are the caller, and without it the proxy does not start", async () => {
  expect(await called('agentcore.config.ts', [token({ sub: 'ann' })], { INBOUND_AUTH: 'jwt' })).toEqual([200, 'ann']);
  expect(await called('agentcore.config.ts', [], { INBOUND_AUTH: 'jwt' })).toEqual([403, undefined]);
  await expect(called('agentcore.config.ts', [])).rejects.toThrow('INBOUND_AUTH: expected a value');
});

test('if the proxy verifies tokens, a token with no valid signature identifies nobody', async () => {
  expect((await called('verified.config.ts', []))[0]).toBe(401);
  expect((await page.load('verified.config.ts')).caller).toMatchObject({ kind: 'jwks', headers: ['authorization'] });
});

test('in a header, a text is the subject, JSON is the claims, and a repeated header is refused', async () => {
  const name = 'X-Amzn-Bedrock-AgentCore-Runtime-Custom-Caller';
  expect(await called('from-header.config.ts', [`${name}: ann`])).toEqual([200, 'ann']);
  expect(await called('from-header.config.ts', [`${name}: {"client_id":"batch"}`])).toEqual([200, 'batch']);
  expect(await called('from-header.config.ts', [`${name}: ann`, `${name}: eve`])).toEqual([403, undefined]);
  expect(await called('from-header.config.ts', [])).toEqual([403, undefined]);
});
