/** The code in docs/callers.md compiles, and does what the page says. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import type { ProxyConfig } from '../../proxy/config.ts';
import { Lines } from '../dispatch/lines.ts';
import { startFront } from '../support/front.ts';
import { emptyResult, startUpstream } from '../support/upstream.ts';
import { modern, send } from '../upstream/messages.ts';
import { type Block, readBlocks, type Written, writeBlocks } from './blocks.ts';

let blocks: readonly Block[];
let written: Written;
const lines = new Lines();

beforeAll(async () => {
  lines.start();
  blocks = await readBlocks(['docs/callers.md']);
  written = await writeBlocks(blocks);
});
afterAll(async () => {
  lines.stop();
  await written[Symbol.asyncDispose]();
});

async function load(file: string): Promise<ProxyConfig> {
  return ((await import(join(written.folder, file))) as { readonly default: ProxyConfig }).default;
}

/** The status of a call that a client makes with these headers, and of the caller what the audit line says. */
async function called(file: string, headers: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<readonly [status: number, caller: unknown]> {
  await using upstream = await startUpstream(emptyResult);
  await using front = await startFront(upstream, { ...(await load(file)), environment });
  lines.stop();
  lines.start();
  const call = modern('server/discover');
  const { status } = await send(front, call, headers);
  return [status, (await lines.find(({ event }) => event === 'call' || event === 'refused'))['caller']];
}

const token = (claims: object): string => `Authorization: Bearer e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;

test('the blocks compile with the settings of the project', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', written.folder]).catch((error: unknown) => error as { stdout: string });
  expect([stdout, blocks.length]).toEqual(['', 3]);
}, 60_000);

test("behind AgentCore's authorizer the token's claims are the caller, and without it nothing starts", async () => {
  expect(await called('agentcore.config.ts', [token({ sub: 'ann' })], { INBOUND_AUTH: 'jwt' })).toEqual([200, 'ann']);
  expect(await called('agentcore.config.ts', [], { INBOUND_AUTH: 'jwt' })).toEqual([403, undefined]);
  await expect(called('agentcore.config.ts', [])).rejects.toThrow('INBOUND_AUTH: expected a value');
});

test('verified here, a token that nobody signed is nobody', async () => {
  expect((await called('verified.config.ts', []))[0]).toBe(403);
  expect((await load('verified.config.ts')).caller).toMatchObject({ kind: 'jwks', headers: ['authorization'] });
});

test('from a header, a text is the subject, JSON the claims, and two are refused', async () => {
  const name = 'X-Amzn-Bedrock-AgentCore-Runtime-Custom-Caller';
  expect(await called('from-header.config.ts', [`${name}: ann`])).toEqual([200, 'ann']);
  expect(await called('from-header.config.ts', [`${name}: {"client_id":"batch"}`])).toEqual([200, 'batch']);
  expect(await called('from-header.config.ts', [`${name}: ann`, `${name}: eve`])).toEqual([403, undefined]);
  expect(await called('from-header.config.ts', [])).toEqual([403, undefined]);
});
