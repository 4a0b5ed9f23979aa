/** The page where a person gives access (`USER_FEDERATION`): when it is shown, and how long. With the service: `consent.test.ts`. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UpstreamFailure } from '../../../proxy/base/errors.ts';
import type { Visit } from '../../../proxy/upstream/auth/vault-token.ts';
import { errorOf, FEDERATED, NOW, PAGE, page, subject, token, turn, vault } from './vault.ts';

beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date', 'performance'] }));
afterEach(() => void vi.useRealTimers());

type Given = Parameters<typeof vault>[0];
const place = (granted: NonNullable<NonNullable<Given>['granted']>, more: Given = {}) =>
  vault({ bindings: FEDERATED, granted, ...more });
const failure = new UpstreamFailure('upstream-auth', 'refused');

/** After the service may be asked again. */
async function later(of: ReturnType<typeof vault>): Promise<string | Visit> {
  vi.advanceTimersByTime(1_000);
  return of.place.current(subject());
}

function visitIn(got: unknown): Visit {
  if (typeof got !== 'object' || got === null || !('id' in got))
    throw new TypeError(`expected a page, got ${String(got)}`);
  return got as Visit;
}

describe('a page', () => {
  it('is shown for a visit of its own, and for a second without asking again', async () => {
    const at = place(() => page());
    const shown = visitIn(await at.place.current(subject()));
    expect(shown).toEqual({ id: expect.stringMatching(/^[\da-f]{32}$/) as string, url: PAGE, visit: 'urn:1' });
    vi.advanceTimersByTime(999);
    expect(at.place.current(subject())).toEqual(shown);
    await turn();
    expect(at.queries).toEqual([{ workloadToken: 'workload 1' }]);
    vi.advanceTimersByTime(1);
    expect(at.place.current(subject())).toBeInstanceOf(Promise);
    expect(visitIn(await place(() => page()).place.current(subject())).id).not.toBe(shown.id);
  });

  it('is shown again while the visit goes on, which the service may give another name', async () => {
    const at = place((n) => page([{}, { sessionUri: 'urn:2' }, { url: undefined, sessionUri: undefined }][n - 1]));
    const shown = visitIn(await at.place.current(subject()));
    expect(await later(at)).toEqual({ ...shown, visit: 'urn:2' });
    expect(await later(at)).toEqual({ ...shown, visit: 'urn:2' });
    await later(at);
    expect(at.queries.map(({ sessionUri }) => sessionUri)).toEqual([undefined, 'urn:1', 'urn:2', 'urn:2']);
  });

  it('with another address is another visit', async () => {
    const at = place((n) => page(n === 1 ? {} : { url: `${PAGE}/2`, sessionUri: 'urn:2' }));
    const shown = visitIn(await at.place.current(subject()));
    const next = visitIn(await later(at));
    expect(next).toMatchObject({ url: `${PAGE}/2`, visit: 'urn:2' });
    expect(next.id).not.toBe(shown.id);
  });

  it('of a visit that failed, or that the service no longer knows, is followed by that of the next one', async () => {
    for (const end of [() => page({ hasFailed: true }), () => Promise.reject(failure)]) {
      const at = place((_n, { sessionUri }) => (sessionUri === undefined ? page() : end()));
      const shown = visitIn(await at.place.current(subject()));
      const next = visitIn(await later(at));
      expect([next.url, next.id === shown.id]).toEqual([PAGE, false]);
      expect(at.queries.map(({ sessionUri }) => sessionUri)).toEqual([undefined, 'urn:1', undefined]);
    }
  });

  it('is asked for once more only if the service refused', async () => {
    const broken = new TypeError('broken');
    const at = place((n) => (n === 1 ? page() : Promise.reject(broken)));
    await at.place.current(subject());
    await expect(later(at)).rejects.toBe(broken);
    expect(at.queries).toHaveLength(2);
  });

  it('is over once there is a token', async () => {
    const at = place((n) => (n === 2 ? token('t-2') : page({ sessionUri: `urn:${n}` })));
    const shown = visitIn(await at.place.current(subject()));
    expect(await later(at)).toBe('t-2');
    vi.advanceTimersByTime(300_000);
    const next = visitIn(await at.place.current(subject()));
    expect(next.id).not.toBe(shown.id);
    expect(at.queries.map(({ sessionUri }) => sessionUri)).toEqual([undefined, 'urn:1', undefined]);
  });

  it('is shown only if no other caller was given the same', async () => {
    const owners: [string, string][] = [];
    await place(() => page(), { checkOwner: (...of) => void owners.push(of) }).place.current(subject());
    expect(owners).toEqual([[PAGE, 'ann']]);
    const refused = place(() => page(), {
      checkOwner: () => {
        throw failure;
      },
    });
    await expect(refused.place.current(subject())).rejects.toBe(failure);
  });

  it.each([
    ['https://login.example.com/', true],
    ['http://127.0.0.1:8080/', true],
    [`${PAGE}?${'x'.repeat(8 * 1024 - PAGE.length - 1)}`, true],
    [`${PAGE}?${'x'.repeat(8 * 1024 - PAGE.length)}`, false],
    ['http://login.example.com/', false],
    ['ftp://127.0.0.1/', false],
    ['javascript:alert(1)', false],
    ['https://user@login.example.com/', false],
    ['https://:secret@login.example.com/', false],
    ['not a URL', false],
  ])('is one that a person should open: %#', async (url, isShown) => {
    const { place: at } = place(() => page({ url }));
    if (isShown) return expect(await at.current(subject())).toMatchObject({ url });
    expect(await errorOf(() => at.current(subject()))).toMatchObject({
      code: 'upstream-auth',
      message:
        'AgentCore Identity gave a page for access to crm that is no https URL, or is too long: it is not shown to anybody',
    });
  });

  it.each([
    ['USER_FEDERATION', undefined, ' and no page to get access'],
    ['ON_BEHALF_OF_TOKEN_EXCHANGE', PAGE, ''],
    ['M2M', PAGE, ''],
  ] as const)('that is missing, or not of the flow, is an error: %s', async (flow, url, words) => {
    const { place: at } = vault({ bindings: { flow, workload: 'own' }, granted: () => page({ url }) });
    expect(await errorOf(() => at.current(subject()))).toMatchObject({
      code: 'upstream-auth',
      message: `AgentCore Identity gave no token of crm${words}: expected one; check what the provider is set up for`,
    });
  });

  it('keeps its caller’s place for ten minutes', async () => {
    const at = place(() => page());
    expect(at.place.isSpent).toBe(true);
    await at.place.current(subject());
    vi.advanceTimersByTime(600_000);
    expect(at.place.isSpent).toBe(false);
    vi.advanceTimersByTime(1);
    expect(at.place.isSpent).toBe(true);
  });
});

describe('a visit that the person agreed to', () => {
  const agreed = { id: 'of another process', url: PAGE, visit: 'urn:agreed' };

  it('is gone on with, until it ends', async () => {
    const at = place(() => page({ url: undefined, sessionUri: undefined }));
    expect(await at.place.current(subject({ agreed }))).toEqual(agreed);
    expect(at.queries).toEqual([{ workloadToken: 'workload 1', sessionUri: 'urn:agreed' }]);
    vi.advanceTimersByTime(600_000);
    expect(at.place.isSpent).toBe(false);
  });

  it('takes the place of none that goes on, and of no token', async () => {
    const going = place(() => page());
    const shown = await going.place.current(subject());
    vi.advanceTimersByTime(1_000);
    expect(await going.place.current(subject({ agreed }))).toEqual(shown);
    const held = place((n) => token(`t-${n}`));
    await held.place.current(subject());
    expect(held.place.current(subject({ agreed }))).toBe('t-1');
    vi.advanceTimersByTime(300_000);
    expect(await held.place.current(subject())).toBe('t-2');
    expect(held.queries.map(({ sessionUri }) => sessionUri)).toEqual([undefined, undefined]);
  });

  it('without a name begins as another one', async () => {
    const at = place(() => page());
    const shown = visitIn(await at.place.current(subject({ agreed: { ...agreed, visit: undefined } })));
    expect(shown.id).not.toBe(agreed.id);
    expect(at.queries).toEqual([{ workloadToken: 'workload 1' }]);
  });
});

describe('a token that the upstream refuses', () => {
  /** The vault gives the same token until the person has to give access again. */
  const stubborn = () => place((_n, { forced }) => (forced === true ? page() : token('t')));

  it('is asked for again, and for access only if it is refused again after more than ten seconds', async () => {
    const at = stubborn();
    await at.place.current(subject());
    expect(await at.place.refused('t', subject())).toBe(false);
    vi.advanceTimersByTime(10_000);
    expect(await at.place.refused('t', subject())).toBe(false);
    expect(at.queries.some(({ forced }) => forced)).toBe(false);
    vi.advanceTimersByTime(10_000);
    expect(await at.place.refused('t', subject())).toBe(true);
    expect(at.queries.at(-1)).toEqual({ workloadToken: 'workload 4', forced: true });
    const shown = visitIn(at.place.current(subject()));
    expect(shown.url).toBe(PAGE);
    // The vault still has it, and the visit goes on.
    expect(await later(at)).toEqual(shown);
    expect(at.queries.filter(({ forced }) => forced)).toHaveLength(1);
  });

  it('stays refused twice if the clock is set back', async () => {
    const at = stubborn();
    await at.place.current(subject());
    await at.place.refused('t', subject());
    vi.advanceTimersByTime(10_001);
    await at.place.refused('t', subject());
    vi.setSystemTime(NOW - 3_600_000);
    await at.place.refused('t', subject());
    expect(visitIn(await at.place.current(subject())).url).toBe(PAGE);
  });

  it('is forgotten once another one is refused', async () => {
    const at = place((n) => token(n < 3 ? 't' : 'u'));
    await at.place.current(subject());
    await at.place.refused('t', subject());
    vi.advanceTimersByTime(10_001);
    expect(await at.place.refused('t', subject())).toBe(true);
    expect(await at.place.refused('u', subject())).toBe(false);
    vi.advanceTimersByTime(10_000);
    expect(await at.place.refused('u', subject())).toBe(false);
    expect(at.queries).toEqual([1, 2, 3, 4].map((n) => ({ workloadToken: `workload ${n}` })));
  });

  it.each(['M2M', 'ON_BEHALF_OF_TOKEN_EXCHANGE'] as const)('sends nobody to a page in %s', async (flow) => {
    const at = vault({ bindings: { flow, workload: 'own' }, granted: () => token('t') });
    await at.place.current(subject());
    for (let n = 0; n < 3; n++) {
      expect(await at.place.refused('t', subject())).toBe(false);
      vi.advanceTimersByTime(11_000);
    }
    expect(at.queries.some(({ forced }) => forced)).toBe(false);
  });
});
