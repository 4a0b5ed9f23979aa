/** The options, with what is filled in, and all faults at once. */
import { expect, test } from 'vitest';
import { checkedOptions, type ToolLockOptions } from '../../../proxy/controls/tool-lock/options.ts';
import { sealedLock } from './sealed.ts';

const LOCK = sealedLock({ tools: [{ name: 'add', inputSchema: { type: 'object' } }] });
const given = (options: object): ReturnType<typeof checkedOptions> => checkedOptions(options as ToolLockOptions);

test('without others, all that differs is withheld', () => {
  expect(given({ lock: LOCK })).toEqual({ lock: LOCK, mode: 'enforce', except: [] });
});

test('all of them are kept', () => {
  for (const mode of ['audit', 'enforce'])
    expect(given({ lock: LOCK, mode, except: ['a', 'b*'] })).toEqual({ lock: LOCK, mode, except: ['a', 'b*'] });
});

test.each([
  [{ mode: 'off' }, `mode: expected 'enforce' or 'audit', got "off"`],
  [{ mode: '' }, `mode: expected 'enforce' or 'audit', got ""`],
  [{ mode: () => 1 }, "mode: expected 'enforce' or 'audit', got a function"],
  [{ except: 'x' }, 'except: expected a list of names, got a string'],
  [{ except: ['a', 1] }, 'except: expected a list of names, got a list with something else in it'],
  [{ except: ['a', ''] }, 'except: expected a list of names, got a list with something else in it'],
  [{ lokc: 1 }, 'expected lock, mode, except, got "lokc"'],
  [{ lock: { version: 2 } }, 'lock.version: expected 1, got 2: write it with npm run tools -- lock'],
])('with a fault they are refused in words: %j', (options, fault) => {
  expect(() => given({ lock: LOCK, ...options })).toThrow(new TypeError(`tool-lock: ${fault}`));
});

test('several faults are reported at once', () => {
  expect(() => given({ lock: LOCK, mode: 'off', except: 'x' })).toThrow(
    new TypeError(
      `tool-lock: mode: expected 'enforce' or 'audit', got "off"; except: expected a list of names, got a string`,
    ),
  );
});

test('a missing lock is a fault, and no options are none', () => {
  expect(() => given({ lock: undefined })).toThrow(
    'tool-lock: lock: expected a value, got undefined: is it from a variable that is not set?; lock: expected the content',
  );
  expect(() => checkedOptions(undefined as unknown as ToolLockOptions)).toThrow(
    'tool-lock: expected options, such as { lock }; got undefined',
  );
});
