/** Edits of a config as people make them: each is reported by the control that decides otherwise, and by no other. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockOfOffered } from '../../bin/tools/lock-file.ts';
import { offeredBy } from '../../console/catalogue/offered.ts';
import { startCalculator } from '../../local/calculator.ts';
import type { Listening } from '../../local/http.ts';
import {
  accessPolicy,
  allow,
  audit,
  deny,
  email,
  paymentCard,
  phone,
  rateLimit,
  redaction,
  toolLock,
  validation,
} from '../../proxy/controls/index.ts';
import { type DefinedControl, defineProxy, fixed, type ProxyConfig } from '../../proxy/index.ts';
import { differs } from '../../traffic/replay/report.ts';
import { post } from '../console/consoles.ts';
import { recorded, type Recorded } from './recorded.ts';

let calculator: Listening;
let lock: ReturnType<typeof lockOfOffered>;
let made: Recorded;

/** In the order in which a team would have them. */
interface Parts {
  readonly policy?: DefinedControl;
  readonly limit?: DefinedControl;
  readonly schema?: DefinedControl;
  readonly hides?: DefinedControl;
  readonly locked?: DefinedControl;
}

const policyOf = (...tools: readonly string[]): DefinedControl =>
  accessPolicy({ policies: [allow({ group: 'support', tools: [...tools] })] });
const limitOf = (most: number): DefinedControl => rateLimit({ limits: [{ most, seconds: 3_600, of: 'upstream' }] });

function config({
  policy = policyOf('add', 'divide', 'lookup_*'),
  limit = limitOf(50),
  schema = validation({ checkInputSchema: false }),
  hides = redaction({ client: { detectors: [paymentCard()] } }),
  locked = toolLock({ lock }),
}: Parts = {}): ProxyConfig {
  return defineProxy({
    caller: fixed({ sub: 'ann', groups: ['support'] }),
    controls: [audit(), policy, limit, schema, hides, locked],
  });
}

beforeAll(async () => {
  calculator = await startCalculator();
  lock = lockOfOffered(await offeredBy(defineProxy({ controls: [] }), { UPSTREAM_URL: calculator.url }));
  made = await recorded({ config: config(), bindings: { UPSTREAM_URL: calculator.url } }, async (url) => {
    const call = async (name: string, args: object): Promise<unknown> =>
      (await post(url, 'tools/call', { name, arguments: args })).text();
    await (await post(url, 'tools/list', {})).text();
    await call('add', { a: 2, b: 3 });
    await call('divide', { a: 6, b: 3 });
    await call('lookup_customer', { id: 'C-1001' });
    await call('add', { a: 2, b: 3 });
    await call('divide', { a: 'six', b: 3 });
  });
});

afterAll(async () => {
  await made?.[Symbol.asyncDispose]();
  await calculator?.close();
});

/** What is reported: the call's tool or method, the control, and what became of it. */
async function reported(parts: Parts): Promise<readonly (readonly string[])[]> {
  const { verdict } = await made.replay(config(parts));
  expect(verdict.undecided).toEqual([]);
  expect(verdict.unknown).toEqual([]);
  expect(differs(verdict)).toBe(verdict.otherwise.length > 0);
  return verdict.otherwise.map(({ name, method, difference: { control, what, was, now } }) => [
    name ?? method,
    control,
    what,
    what === 'decision' ? `${was} → ${now}` : '',
  ]);
}

describe('an edit is reported by its control', () => {
  it('none: nothing is', async () => {
    expect(await reported({})).toEqual([]);
  });

  it('a permit is removed', async () => {
    expect(await reported({ policy: policyOf('add', 'lookup_*') })).toEqual([
      ['tools/list', 'access-policy', 'reply', ''],
      ['divide', 'access-policy', 'decision', 'pass → unknown-name'],
      ['divide', 'access-policy', 'decision', 'pass → unknown-name'],
    ]);
  });

  it('a tool is forbidden', async () => {
    const policy = accessPolicy({
      policies: [allow({ group: 'support', tools: ['*'] }), deny({ tools: ['lookup_customer'] })],
    });
    expect((await reported({ policy })).filter(([name]) => name !== 'tools/list')).toEqual([
      ['lookup_customer', 'access-policy', 'decision', 'pass → unknown-name'],
    ]);
  });

  it('a type of data is added to a redaction', async () => {
    expect(await reported({ hides: redaction({ client: { detectors: [paymentCard(), phone(), email()] } }) })).toEqual([
      ['lookup_customer', 'redaction', 'reply', ''],
    ]);
  });

  it('a type of data is taken out of a redaction', async () => {
    expect(await reported({ hides: redaction({ client: { detectors: [phone()] } }) })).toEqual([
      ['lookup_customer', 'redaction', 'reply', ''],
    ]);
  });

  it('a limit is lowered, which the list counts towards, too', async () => {
    expect(await reported({ limit: limitOf(5) })).toEqual([['divide', 'rate-limit', 'decision', 'pass → throttled']]);
  });

  it('a schema is tightened', async () => {
    expect(await reported({ schema: validation() })).toEqual([
      ['divide', 'validation', 'decision', 'pass → invalid-arguments'],
    ]);
  });

  it('a tool of the lock is another one', async () => {
    const other = { ...lock, tools: lock.tools.filter(({ name }) => name !== 'divide') };
    expect(await reported({ locked: toolLock({ lock: other }) })).toEqual([
      ['tools/list', 'tool-lock', 'reply', ''],
      ['divide', 'tool-lock', 'decision', 'pass → unknown-name'],
      ['divide', 'tool-lock', 'decision', 'pass → unknown-name'],
    ]);
  });
});
