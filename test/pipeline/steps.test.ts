/** Controls made of steps behave as if each had a function around the rest. */
import { describe, expect, test, vi } from 'vitest';
import { Denied } from '../../proxy/base/errors.ts';
import { SHORT } from '../../proxy/base/turns.ts';
import { compose, type Layer } from '../../proxy/pipeline/compose.ts';
import type { Control, Next } from '../../proxy/pipeline/next.ts';
import { type Before, inSteps } from '../../proxy/pipeline/steps.ts';
import { Reply } from '../../proxy/reply/reply.ts';
import { toolCall } from '../dispatch/fake.ts';

const reply = (): Reply => new Reply(200, [], Buffer.from('{}'), 'application/json', 2, 'transforms');

/** The same control, with a function around the rest. */
const around =
  (before: Before): Control =>
  (call, next) =>
    inSteps(before)(call, next);

function layersOf(form: 'in steps' | 'around', befores: Readonly<Record<string, Before>>): Layer[] {
  return Object.entries(befores).map(([name, before]) => ({
    name,
    control: form === 'in steps' ? inSteps(before) : around(before),
  }));
}

describe.each(['in steps', 'around'] as const)('controls %s', (form) => {
  /** Notes what happens, in order. */
  function noting(log: string[], name: string): Before {
    return (call) => {
      log.push(`${name} before`);
      return {
        call,
        replied: () => void log.push(`${name} replied`),
        failed: (error) => void log.push(`${name} failed: ${error instanceof Error ? error.message : ''}`),
      };
    };
  }

  async function run(befores: Readonly<Record<string, Before>>, inner: Next = async () => reply()) {
    const call = toolCall();
    const outcome = await compose(
      layersOf(form, befores),
      inner,
    )(call).then(
      () => 'replied',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
    return { outcome, decisions: call.facts.map(({ control, decision }) => `${control} ${decision}`) };
  }

  test('run outermost first before the call, and innermost first after it', async () => {
    const log: string[] = [];
    const { outcome, decisions } = await run(
      { a: noting(log, 'a'), b: async (call) => noting(log, 'b')(call), c: (call) => call },
      async () => {
        log.push('sent');
        return reply();
      },
    );
    expect(outcome).toBe('replied');
    expect(log).toEqual(['a before', 'b before', 'sent', 'b replied', 'a replied']);
    expect(decisions).toEqual(['c pass', 'b pass', 'a pass']);
  });

  test('hear of a refusal further in, which only the control that refused has noted', async () => {
    const log: string[] = [];
    const refuse: Before = () => {
      throw new Denied('no');
    };
    const { outcome, decisions } = await run({ a: noting(log, 'a'), b: refuse, c: noting(log, 'c') });
    expect(outcome).toBe('no');
    expect(log).toEqual(['a before', 'a failed: no']);
    expect(decisions).toEqual(['b denied']);
  });

  test('hear of a failure of the upstream, which none of them notes', async () => {
    const log: string[] = [];
    const { outcome, decisions } = await run({ a: noting(log, 'a'), b: noting(log, 'b') }, () =>
      Promise.reject(new Denied('from further in')),
    );
    expect(outcome).toBe('from further in');
    expect(log.slice(2)).toEqual(['b failed: from further in', 'a failed: from further in']);
    expect(decisions).toEqual([]);
  });

  test('refuse a reply: those outside hear of it, and those inside have passed', async () => {
    const log: string[] = [];
    const { outcome, decisions } = await run({
      a: noting(log, 'a'),
      b: (call) => ({
        call,
        replied: () => {
          throw new Denied('not this reply');
        },
      }),
      c: noting(log, 'c'),
    });
    expect(outcome).toBe('not this reply');
    expect(log.slice(2)).toEqual(['c replied', 'a failed: not this reply']);
    expect(decisions).toEqual(['c pass', 'b denied']);
  });

  test('that fail are named, and what they threw is not shown', async () => {
    const { outcome, decisions } = await run({
      a: () => {
        throw new TypeError('a value');
      },
    });
    expect(outcome).toBe('control a failed');
    expect(decisions).toEqual(['a internal']);
  });

  test('can pass on only versions of the call that they got', async () => {
    const { outcome } = await run({ a: () => toolCall() });
    expect(outcome).toContain('passed on a call that it did not get');
  });

  test('get the call as the controls outside them changed it', async () => {
    const sent: unknown[] = [];
    await run({ a: (call) => call.with({ name: 'b' }), b: (call) => call }, async (call) => {
      sent.push(call.name);
      return reply();
    });
    expect(sent).toEqual(['b']);
  });
});

test.each([
  ['aaa', []],
  ['saa', []],
  ['assa', []],
  ['ass', []],
  ['ssa', []],
  ['sasas', []],
  ['ssss', ['c1', 'c2']],
  ['ass', ['c1']],
  ['sss', ['c0', 'c1', 'c2']],
])('in steps (s) and around the rest (a) keep their places: %s, of which %j note what is read', async (forms, seen) => {
  const log: string[] = [];
  const layers = forms.split('').map((form, i): Layer => {
    const name = `c${i}`;
    const before: Before = (got) => {
      log.push(name);
      expect(got.params).toMatchObject({ arguments: { a: 1 } });
      return { call: got, replied: () => void log.push(name) };
    };
    const layer = { name, control: form === 's' ? inSteps(before) : around(before) };
    return seen.includes(name) ? { ...layer, seen: true } : layer;
  });
  const call = toolCall({ a: 1 });
  await compose(layers, async () => reply())(call);
  const names = layers.map(({ name }) => name);
  expect(log).toEqual([...names, ...names.toReversed()]);
  expect(call.exchange.channels.argumentsRead).toBe(seen.length > 0);
});

test.each(['in steps', 'around'] as const)('controls %s are wrapped one by one if asked for', async (form) => {
  const log: string[] = [];
  const note =
    (name: string): Before =>
    (call) => (log.push(name), call);
  const within =
    (name: string, next: Next): Next =>
    async (call) => {
      log.push(`beneath ${name}`);
      return await next(call);
    };
  const composed = compose(layersOf(form, { a: note('a'), b: note('b') }), async () => reply(), within);
  await composed(toolCall());
  expect(log).toEqual(['a', 'beneath a', 'b', 'beneath b']);
});

test('a control in steps runs at once for a short message, and for a long one once it is read, unless it reads none', async () => {
  // Each look at the clock ends a turn.
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 1_000));
  const long = { list: Array.from({ length: SHORT / 8 }, () => ({ a: [1] })) };
  for (const [args, reads, atOnce] of [
    [{}, undefined, true],
    [long, undefined, false],
    [long, true, false],
    [long, false, true],
  ] as const) {
    let ran = false;
    const control = inSteps((call) => ((ran = true), call));
    const replied = compose([{ name: 'a', control, ...(reads === undefined ? {} : { reads }) }], async () => reply())(
      toolCall(args),
    );
    expect(ran).toBe(atOnce);
    await replied;
    expect(ran).toBe(true);
  }
  vi.restoreAllMocks();
});

test('a control in steps may map replies unless it declares otherwise', async () => {
  const control = inSteps((call) => ({ call, replied: (got) => void got.mapMessages((message) => message) }));
  const { transforms } = await compose([{ name: 'a', control }], async () => reply())(toolCall());
  expect(transforms).toMatchObject([{ control: 'a' }]);
});

test('controls in steps that map a reply without declaring it are faults', async () => {
  const control = inSteps((call) => ({ call, replied: (got) => void got.mapMessages((message) => message) }));
  const composed = compose([{ name: 'a', control, replies: 'observes' }], async () => reply());
  await expect(composed(toolCall())).rejects.toThrow('control a maps replies, but is declared to do otherwise');
});
