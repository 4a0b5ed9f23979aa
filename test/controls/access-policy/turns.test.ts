/** Many decisions about one message let other calls run in between. */
import { describe, expect, it } from 'vitest';
import { accessPolicy, allow, deny } from '../../../proxy/controls/access-policy/index.ts';
import { callControl } from '../../../testing/index.ts';

/** How often other work ran while this work was under way. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const other = (): void => {
    if (isOver) return;
    turns++;
    setImmediate(other);
  };
  setImmediate(other);
  await work();
  isOver = true;
  return turns;
}

const control = accessPolicy({
  policies: [
    allow({ tools: ['*'], resources: ['*'], methods: ['*'] }),
    deny({ tools: ['*secret*'], resources: ['file:///closed/*'] }),
  ],
});
const many = <T>(made: (i: number) => T, length = 30_000): T[] => Array.from({ length }, (_, i) => made(i));
/** With long names, as many as a reply that is inspected can hold. */
const FITS = 12_000;

describe('lets other calls run while it decides about many', () => {
  it('subscribed resources', async () => {
    const params = { notifications: { resourceSubscriptions: many((i) => `file:///Open/a%20${i}?x=;y`) } };
    const run = (): Promise<unknown> => callControl(control, { method: 'subscriptions/listen', params });
    await run();
    expect(await turnsDuring(run)).toBeGreaterThan(1);
  });

  it('found tools', async () => {
    const found = { tools: many((i) => ({ name: `${i}-${'x'.repeat(1_100)}` }), FITS) };
    const result = { content: [], structuredContent: found };
    const run = (): Promise<unknown> =>
      callControl(
        control,
        { method: 'tools/call', params: { name: 'x_amz_bedrock_agentcore_search', arguments: {} } },
        { result },
      );
    await run();
    expect(await turnsDuring(run)).toBeGreaterThan(1);
  });

  it('requests of the upstream', async () => {
    const result = {
      resultType: 'input_required',
      inputRequests: Object.fromEntries(
        many((i) => [`q${i}`, { method: `own/${i}-${'x'.repeat(1_100)}`, params: {} }], FITS),
      ),
    };
    const run = (): Promise<unknown> =>
      callControl(control, { method: 'tools/call', params: { name: 'x', arguments: {} } }, { result });
    await run();
    expect(await turnsDuring(run)).toBeGreaterThan(1);
  });
});
