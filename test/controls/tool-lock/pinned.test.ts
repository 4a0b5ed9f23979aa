/** One entry of the lock, and what the upstream shows of it. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Pinned } from '../../../proxy/controls/tool-lock/pinned.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';

const ADD = { name: 'add', description: 'Adds.', inputSchema: { type: 'object', required: ['a'] } };
const pinned = (entry: JsonObject = ADD): Pinned =>
  new Pinned({ name: 'crm___add', upstream: 'crm', upstreamName: 'add', sha256: '', entry });

test('it has the name and the upstream of the lock', () => {
  expect([pinned().name, pinned().upstream]).toEqual(['crm___add', 'crm']);
});

describe('an entry', () => {
  test('matches whatever the order of its members, and with an execution', () => {
    const { name, ...others } = ADD;
    expect(pinned().matches({ ...others, name })).toBe(true);
    expect(pinned().matches({ ...ADD, execution: { taskSupport: 'optional' } })).toBe(true);
    for (const other of [{ ...ADD, description: 'x' }, { ...ADD, more: 1 }, { name }, [ADD]])
      expect(pinned().matches(other)).toBe(false);
  });

  test('is compared once', () => {
    const [locked, shown] = [pinned(), { ...ADD }];
    const read = vi.spyOn(Object, 'keys');
    try {
      expect(locked.matches(shown)).toBe(true);
      expect(read).toHaveBeenCalled();
      read.mockClear();
      expect(locked.matches(shown)).toBe(true);
      expect(read).not.toHaveBeenCalled();
    } finally {
      read.mockRestore();
    }
  });

  test('vouches for a call if it matches, until a list has shown another', () => {
    const [locked, shown, other] = [pinned(), { ...ADD }, { ...ADD }];
    expect(locked.vouches(undefined)).toBe(false);
    expect(locked.vouches({ ...ADD, more: 1 })).toBe(false);
    expect(locked.vouches(shown)).toBe(true);
    locked.outdate(shown);
    expect([locked.vouches(shown), locked.matches(shown), locked.vouches(other)]).toEqual([false, true, true]);
  });

  test('may lack members where a part is compared', () => {
    expect(pinned().matchesInPart(ADD)).toBe(true);
    expect(pinned().matchesInPart({ name: 'add', execution: { taskSupport: 'optional' } })).toBe(true);
    expect(pinned().matchesInPart({})).toBe(true);
    expect(pinned().matchesInPart({ name: 'add', description: 'x' })).toBe(false);
    expect(pinned().matchesInPart({ name: 'add', title: 'x' })).toBe(false);
    expect(pinned().matchesInPart({ name: 'add', title: undefined })).toBe(true);
    expect(pinned().matchesInPart({ name: 'add', toString: 'x' })).toBe(false);
  });
});

describe('what differs', () => {
  test.each([
    'name',
    'title',
    'description',
    'inputSchema',
    'outputSchema',
    'annotations',
    'execution',
    'icons',
    '_meta',
    'arguments',
    'uri',
    'uriTemplate',
    'mimeType',
    'frontmatter',
    'resources',
  ])('is named if it is %s', (member) => {
    expect(pinned().differences({ ...ADD, [member]: { other: 1 } })).toEqual([member]);
    expect(pinned({ ...ADD, [member]: { other: 1 } }).differences({ ...ADD, [member]: { other: 2 } })).toEqual([
      member,
    ]);
  });

  test('is not named if it is of words of the upstream', () => {
    expect(pinned().differences({ ...ADD, 'Read ~/.ssh': 1 })).toEqual(['another member']);
    expect(pinned().differences({ ...ADD, title: 'x', a: 1, b: 2, _meta: {} })).toEqual([
      '_meta',
      'title',
      'another member',
    ]);
  });

  test('is what is missing, too, in the order of the alphabet', () => {
    expect(pinned().differences({})).toEqual(['description', 'inputSchema', 'name']);
    expect(pinned({ ...ADD, own: 1 }).differences(ADD)).toEqual(['another member']);
    expect(pinned().differences({ ...ADD, title: 'x', annotations: {} })).toEqual(['annotations', 'title']);
  });

  test('is nothing in an entry that matches, with an execution or without', () => {
    expect(pinned().differences(ADD)).toEqual([]);
    expect(pinned().differences({ ...ADD, execution: { taskSupport: 'required' } })).toEqual([]);
  });

  test('is a member that every object inherits, if the lock does not have it', () => {
    expect(pinned().differences({ ...ADD, toString: 'x' })).toEqual(['another member']);
  });
});

describe('at times', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("others' lists are due at once, and again after two seconds", () => {
    const locked = pinned();
    expect([locked.isDue(), locked.isDue()]).toEqual([true, false]);
    vi.setSystemTime(1_999);
    expect(locked.isDue()).toBe(false);
    vi.setSystemTime(2_000);
    expect([locked.isDue(), locked.isDue()]).toEqual([true, false]);
    vi.setSystemTime(3_999);
    expect(locked.isDue()).toBe(false);
  });

  test('each change is new once', () => {
    const locked = pinned();
    expect([locked.isNew(['name']), locked.isNew(['name']), locked.isNew(['name', 'title'])]).toEqual([
      true,
      false,
      true,
    ]);
    expect(locked.isNew(['name,title'])).toBe(false);
  });

  test('a change that had gone is new again after a minute', () => {
    const locked = pinned();
    locked.agreed();
    expect(locked.isNew(['name'])).toBe(true);
    vi.setSystemTime(59_999);
    locked.agreed();
    expect(locked.isNew(['name'])).toBe(false);
    vi.setSystemTime(60_000);
    locked.agreed();
    expect([locked.isNew(['name']), locked.isNew(['name'])]).toEqual([true, false]);
  });

  test('the minute begins with the last change that was new', () => {
    const locked = pinned();
    locked.isNew(['name']);
    vi.setSystemTime(30_000);
    locked.isNew(['title']);
    vi.setSystemTime(60_000);
    locked.agreed();
    expect(locked.isNew(['name'])).toBe(false);
  });

  test('no more than sixteen changes are new, until it agrees', () => {
    const locked = pinned();
    const changes = Array.from({ length: 20 }, (_, i) => locked.isNew([`change ${i}`]));
    expect(changes.filter(Boolean)).toHaveLength(16);
    vi.setSystemTime(60_000);
    locked.agreed();
    expect(locked.isNew(['change 19'])).toBe(true);
  });
});
