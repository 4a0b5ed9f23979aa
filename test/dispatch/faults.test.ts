/** A fault in a control is reported only to the operator, by the control's name, and without any value of a call. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Call } from '../../proxy/call/call.ts';
import type { JsonObject } from '../../proxy/json/value.ts';
import { auditOnly } from '../../proxy/pipeline/audit-only.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import type { Control, Next } from '../../proxy/pipeline/next.ts';
import { startProxy } from '../../proxy/start-proxy.ts';
import { startFront } from '../support/front.ts';
import { startUpstream } from '../support/upstream.ts';
import { callTool, control, responseOf, ways, withSessions } from './forms.ts';
import { Lines } from './lines.ts';

const lines = new Lines();
beforeEach(() => lines.start());
afterEach(() => lines.stop());

const SECRET = 'a-value-out-of-the-call';

describe.each(ways)('%s', (_name, way) => {
  const tool = way.result('{"content":[]}');

  async function explained(act: Control, replies: 'ignores' | 'transforms' = 'transforms'): Promise<unknown> {
    await using upstream = await startUpstream(withSessions(tool));
    const passing: Control = (call, next) => next(call);
    await using front = await startFront(upstream, {
      controls: [control('outer', passing), control('tested', act, replies), control('inner', passing)],
    });
    const { error } = responseOf(await callTool(front, way));
    expect(error).toMatchObject({ code: -32603, message: 'internal error' });
    const line = await lines.find(
      ({ errorId }) => errorId === (error as { data?: { errorId?: string } }).data?.errorId,
    );
    expect(lines.text).not.toContain(SECRET);
    return line['error'];
  }

  const mapping =
    (map: (message: JsonObject) => unknown): Control =>
    async (call, next) =>
      (await next(call)).mapResult(map as never);

  test.each([
    [
      'forgets to await',
      ((call: Call, next: Next) => void next(call)) as unknown as Control,
      'control tested returned before next() had settled: probably a missing await or return',
    ],
    [
      'calls next() twice',
      (async (call, next) => (await next(call), next(call))) satisfies Control,
      'control tested called next() twice',
    ],
    [
      'invents a reply',
      (async () => ({})) as unknown as Control,
      'control tested returned without calling next(): refuse by throwing, or return call.answer(result)',
    ],
    [
      'passes on something that is not JSON',
      ((call, next) => next(call.with({ name: 'x', arguments: { n: Number.NaN } }))) satisfies Control,
      'NaN where a JSON number was expected',
    ],
    [
      'passes on an instance',
      ((call, next) => next(call.with({ name: 'x', arguments: { n: new Map() as never } }))) satisfies Control,
      'an instance of Map where a plain JSON object was expected',
    ],
    [
      'maps to nothing',
      mapping(() => undefined),
      'a mapping returned no result: return the same value to leave it unchanged, or throw to refuse it',
    ],
    [
      'maps to nothing, later',
      mapping(() => Promise.resolve(undefined)),
      'a mapping returned no result: return the same value to leave it unchanged, or throw to refuse it',
    ],
    ['maps to something that is not JSON', mapping(() => ({ n: Number.NaN })), 'NaN where a JSON number was expected'],
  ] satisfies readonly (readonly [string, Control, string])[])(
    'a control that %s is explained in the log by its name and in words',
    async (_what, act, message) => {
      expect(await explained(act)).toMatchObject({ type: 'ControlFault', control: 'tested', message });
    },
  );

  test('a control that maps replies but declared to ignore them is explained as well, whatever other controls do', async () => {
    expect(
      await explained(
        mapping((result) => result),
        'ignores',
      ),
    ).toMatchObject({
      control: 'tested',
      message:
        "control tested maps replies, but is declared to do otherwise: expected replies: 'transforms', got 'ignores'",
    });
  });

  test.each([
    ['before next()', () => Promise.reject(new RangeError(SECRET))],
    ['after next()', async (call, next) => (await next(call), Promise.reject(new RangeError(SECRET)))],
    ['in a mapping', mapping(() => Promise.reject(new RangeError(SECRET)))],
  ] satisfies readonly (readonly [string, Control])[])(
    'an error thrown %s is logged with its class and its stack, without its message',
    async (_where, act) => {
      const error = await explained(act);
      expect(error).toMatchObject({
        type: 'RangeError',
        control: 'tested',
        message: 'control tested failed',
        stack: expect.arrayContaining([expect.stringContaining('faults.test.ts')]) as unknown,
      });
    },
  );

  test('a data member called constructor is not taken for a class name', async () => {
    class Own {
      readonly constructor_ = 1;
    }
    const value = Object.assign(Object.create(Own.prototype) as object, { constructor: { name: SECRET } });
    expect(
      await explained((call, next) => next(call.with({ name: 'x', arguments: { n: value as never } }))),
    ).toMatchObject({ message: expect.stringContaining('an instance of Own') });
  });
});

test('a control that only observes and fails is explained as well, and its calls pass', async () => {
  const [way] = ways.map(([, first]) => first);
  if (way === undefined) throw new Error('no way');
  await using upstream = await startUpstream(withSessions(way.result('{}')));
  await using front = await startFront(upstream, {
    controls: [auditOnly(control('watcher', () => Promise.reject(new RangeError(SECRET))))],
  });
  expect(responseOf(await callTool(front, way))).toHaveProperty('result');
  expect(await lines.find(({ event }) => event === 'control')).toMatchObject({
    level: 'error',
    error: { control: 'watcher', type: 'RangeError' },
  });
  expect(lines.text).not.toContain(SECRET);
});

test('a setup that fails is reported with the name of its control', async () => {
  const start = (setup: () => never): Promise<unknown> =>
    startProxy(
      { controls: [defineControl({ name: 'tested', setup })] },
      { UPSTREAM_URL: 'http://127.0.0.1:1/mcp', HOST: '127.0.0.1', PORT: '0' },
    );
  await expect(
    start(() => {
      throw new TypeError('A_TABLE: expected an ARN');
    }),
  ).rejects.toThrow('control tested: its setup failed: A_TABLE: expected an ARN');
  await expect(start(() => undefined as never)).rejects.toThrow('control tested: expected setup to return a function');
  await expect(start(() => ({ otherwise: 'pass', 'tools/cal': () => {} }) as never)).rejects.toThrow(
    'control tested: expected methods that MCP\'s clients send, such as tools/call, got "tools/cal"',
  );
});
