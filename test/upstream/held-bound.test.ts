/** The limit on sessions of all callers: a caller that opens many ends none of another caller's. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Throttled } from '../../proxy/base/errors.ts';
import { callerOf } from '../../proxy/call/caller.ts';
import { HeldSessions } from '../../proxy/upstream/held.ts';
import { newSession, type Session } from '../../proxy/upstream/session.ts';

const IDLE_MS = 60_000;

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000, toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());
const later = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

/** Holds at most four sessions, and two per caller. */
function world() {
  const ended: (string | undefined)[] = [];
  const idle: (string | undefined)[] = [];
  let serial = 0;
  const held = new HeldSessions({
    maxSessions: 2,
    maxOfAll: 4,
    idleMs: IDLE_MS,
    end: (session) => {
      ended.push(session.id);
      return Promise.resolve();
    },
    onIdle: (session) => void idle.push(session.id),
  });
  const open = (who: string, instead?: Session): Session => {
    const session = newSession(callerOf({ sub: who }), ++serial, undefined, false);
    session.id = `${who}-${serial}`;
    held.hold(session, instead);
    return session;
  };
  const refusal = (who: string): Throttled => {
    try {
      open(who);
    } catch (error) {
      if (error instanceof Throttled) return error;
      throw error;
    }
    throw new Error('expected a refusal');
  };
  return { held, ended, idle, open, refusal };
}

describe('at the limit for all callers', () => {
  test('one more is refused with what to do and when, and no caller loses a session', () => {
    const { held, ended, open, refusal } = world();
    for (const who of ['a', 'a', 'b', 'b']) {
      open(who);
      later(1_000);
    }
    const refused = refusal('c');
    expect([refused.message, refused.retryAfterMs]).toEqual([
      'too many sessions: all callers together have 4 open, the maximum; try again later',
      IDLE_MS - 4_000,
    ]);
    // A caller at its own limit is told about that one.
    expect(refusal('a').message).toContain('this caller has 2 open');
    expect([held.size, ended]).toEqual([4, []]);
  });

  test('sessions that are idle for too long make room, for any caller; a session in use does not', () => {
    const { held, ended, idle, open, refusal } = world();
    const used = open('a');
    const done = held.use(used);
    open('a');
    open('b');
    later(IDLE_MS / 2);
    open('b');
    later(IDLE_MS / 2 + 1);
    open('c');
    expect([ended, idle, held.size, held.has(used)]).toEqual([['a-2', 'b-3'], ['a-2', 'b-3'], 3, true]);
    open('c');
    expect(refusal('d').message).toContain('all callers together');
    later(IDLE_MS / 2);
    // The session in use stays, for any length of time.
    open('d');
    expect([ended.length, held.has(used)]).toEqual([3, true]);
    done();
    later(IDLE_MS);
    expect(refusalOrNone(() => open('e'))).toBeUndefined();
    expect(held.has(used)).toBe(true);
  });

  test("a caller's new session replaces its own old one", () => {
    const { held, ended, open, refusal } = world();
    const [first] = [open('a'), open('a'), open('b'), open('b')];
    refusal('c');
    const second = open('a', first);
    expect([ended, held.size, held.has(second)]).toEqual([['a-1'], 4, true]);
  });

  test('ending a session makes room, and refused ones are not counted', () => {
    const { held, open, refusal } = world();
    const [first] = [open('a'), open('a'), open('b'), open('b')];
    for (let i = 0; i < 5; i++) refusal('c');
    held.release(first);
    held.release(first);
    expect(held.size).toBe(3);
    open('c');
    refusal('d');
  });

  test('many refusals at once scan all sessions once a second', () => {
    const { open, refusal, held } = world();
    const [session] = [open('a'), open('a'), open('b'), open('b')];
    let looks = 0;
    Object.defineProperty(session, 'inUse', { get: () => (looks++, 0), set: () => {} });
    for (let i = 0; i < 100; i++) refusal('c');
    expect([looks, held.size]).toEqual([1, 4]);
    later(1_000);
    refusal('c');
    expect(looks).toBe(2);
  });
});

function refusalOrNone(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}
