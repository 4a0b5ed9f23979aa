import { describe, expect, it, vi } from 'vitest';
import { Breaker, FAILURES, LONGEST_PAUSE_MS } from '../../proxy/aggregate/breaker.ts';
import { post, scripted } from './scripted.ts';
import { startSeveral } from './servers.ts';

function opened(now = 0): Breaker {
  const breaker = new Breaker();
  for (let i = 0; i < FAILURES; i++) breaker.failed(now);
  return breaker;
}

describe('a circuit', () => {
  it('stays closed until enough calls failed in a row', () => {
    const breaker = new Breaker();
    for (let i = 1; i < FAILURES; i++) breaker.failed(0);
    breaker.succeeded();
    for (let i = 1; i < FAILURES; i++) breaker.failed(0);
    expect([breaker.isOpen, breaker.enter(0)]).toEqual([false, { passes: true }]);
    breaker.failed(0);
    expect([breaker.isOpen, breaker.enter(400)]).toEqual([true, { passes: false, waitMs: 600 }]);
  });

  it('lets one probe through after the pause, and no second one beside it', () => {
    const breaker = opened();
    expect(breaker.enter(1_000)).toEqual({ passes: true });
    expect(breaker.enter(1_000).passes).toBe(false);
  });

  it('closes after a probe that succeeds', () => {
    const breaker = opened();
    breaker.enter(1_000);
    breaker.succeeded();
    expect([breaker.enter(1_001), breaker.isOpen]).toEqual([{ passes: true }, false]);
  });

  it('doubles the pause with each probe that fails, up to the longest', () => {
    const breaker = opened();
    const pauses: number[] = [];
    let now = 0;
    for (let i = 0; i < 8; i++) {
      const passage = breaker.enter(now);
      const waitMs = passage.passes ? 0 : passage.waitMs;
      pauses.push(waitMs);
      now += waitMs;
      breaker.enter(now);
      breaker.failed(now);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(LONGEST_PAUSE_MS).toBe(30_000);
  });

  it('takes no failure of a call that was under way for that of the probe', () => {
    const breaker = opened();
    breaker.failed(10);
    breaker.failed(20);
    expect(breaker.enter(500)).toEqual({ passes: false, waitMs: 500 });
  });

  it('lets another probe through if one ended without an outcome, or never did', () => {
    const breaker = opened();
    breaker.enter(1_000);
    breaker.left();
    expect(breaker.enter(1_001)).toEqual({ passes: true });
    expect(breaker.enter(60_000).passes).toBe(false);
    expect(breaker.enter(61_001)).toEqual({ passes: true });
  });

  it('does not stay open because the clock was set back', () => {
    const breaker = opened(1_000_000);
    expect(breaker.enter(0)).toEqual({ passes: true });
  });

  it('reports when it opens and when it closes', () => {
    const onChange = vi.fn();
    const breaker = new Breaker(onChange);
    for (let i = 0; i <= FAILURES; i++) breaker.failed(0);
    breaker.enter(1_000);
    breaker.failed(1_000);
    breaker.enter(3_000);
    breaker.succeeded();
    breaker.succeeded();
    expect(onChange.mock.calls).toEqual([
      [true, 1_000],
      [false, 0],
    ]);
  });
});

it('refuses calls to a dead upstream at once, and asks it again after the pause', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    await using one = await scripted({ 'tools/call': { content: [] } });
    await using two = await scripted({ 'tools/call': { content: [] } });
    const { answer } = two;
    two.answer = (_, response) => void response.destroy();
    await using several = await startSeveral({ one: one.url, two: two.url });
    const call = (name: string) => post(several.proxy.url, 'tools/call', { name });
    for (let i = 0; i < FAILURES; i++) expect((await call('two___a')).status).toBe(502);
    await expect.poll(async () => (await call('two___a')).message.error?.message).toContain('several times in a row');
    const arrived = two.received.length;
    const refused = await call('two___a');
    expect([refused.message.error?.message, two.received.length - arrived]).toEqual([
      'the upstream two failed several times in a row: it is asked again in 1 s',
      0,
    ]);
    expect((await call('one___a')).status).toBe(200);
    two.answer = answer;
    vi.setSystemTime(Date.now() + 1_000);
    expect((await call('two___a')).status).toBe(200);
    expect((await call('two___a')).status).toBe(200);
  } finally {
    vi.useRealTimers();
  }
});

it.each(['resets', 'never answers'])('no tool that %s is a reason not to ask its upstream for others', async (what) => {
  await using one = await scripted({ 'tools/call': { content: [] } });
  await using two = await scripted({ 'tools/call': { content: [] }, 'server/discover': { supportedVersions: [] } });
  const { answer } = two;
  two.answer = (request, response) => {
    if (!request.text.includes('bad')) return answer(request, response);
    if (what === 'resets') response.destroy();
  };
  await using several = await startSeveral(
    { one: one.url, two: two.url },
    { upstreams: { one: { prefix: true }, two: { prefix: true, firstByteMs: 2_000 } } },
  );
  const call = (name: string) => post(several.proxy.url, 'tools/call', { name });
  const failed = await Promise.all(Array.from({ length: 3 * FAILURES }, () => call('two___bad')));
  for (const { message } of failed) expect(message.error).toBeDefined();
  expect((await call('two___good')).message.result).toEqual({ content: [] });
  // Nor is one that was down, and works again but for that tool.
  two.answer = (_, response) => void response.destroy();
  await expect.poll(async () => (await call('two___good')).message.error?.message).toContain('several times in a row');
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    two.answer = (request, response) =>
      request.text.includes('bad') ? void response.destroy() : answer(request, response);
    vi.setSystemTime(Date.now() + 60_000);
    await call('two___bad');
    await expect.poll(async () => (await call('two___good')).message.result).toEqual({ content: [] });
  } finally {
    vi.useRealTimers();
  }
});
