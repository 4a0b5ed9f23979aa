/** The code in docs/sessions.md compiles, and does what the page says. */
import { expect, test } from 'vitest';
import { settingsOf } from '../../proxy/config/config.ts';
import { describeProxy } from '../../proxy/config/describe.ts';
import { startFront } from '../support/front.ts';
import { startLegacyUpstream } from '../upstream/legacy-upstream.ts';
import { initialize, legacy, send } from '../upstream/messages.ts';
import { usePages } from './page.ts';

const page = usePages(['docs/sessions.md'], ['stateless.config.ts']);

test('with that config a lost session is opened again without notice; without it, the client gets 404', async () => {
  const config = await page.load('stateless.config.ts');
  const statuses: number[] = [];
  for (const given of [config, { controls: [] }]) {
    await using upstream = await startLegacyUpstream();
    await using front = await startFront(upstream, given);
    const session = (await send(front, initialize())).header('mcp-session-id');
    upstream.forget();
    statuses.push((await send(front, legacy('tools/call', { name: 'x', arguments: {} }, { session }))).status);
  }
  expect(statuses).toEqual([200, 404]);
});

test('and --describe shows it', async () => {
  const errors: string[] = [];
  expect(describeProxy(settingsOf(await page.load('stateless.config.ts'), errors)).upstreams).toEqual([
    { name: 'default', bindings: 'UPSTREAM', reopen: true, prefix: '' },
  ]);
  expect(describeProxy(settingsOf({ controls: [] }, errors)).upstreams).toMatchObject([{ reopen: false }]);
  expect(errors).toEqual([]);
});
