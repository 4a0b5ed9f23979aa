/** Secrets don't leave: calls and results with one are refused, or go on without it; all others pass. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { secrets, type SecretsOptions } from '../../../proxy/controls/secrets/index.ts';
import { custom } from '../../../proxy/controls/shared/detectors/index.ts';
import { responseOf, ways } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startRoute } from '../shared/surfaces/carry.ts';
import type { InwardCell, OutwardCell } from '../shared/surfaces/cells.ts';

const KEY = `AKIA${'QRST'.repeat(4)}`;
const lines = new Lines();
beforeAll(() => lines.start());
afterAll(() => lines.stop());

const calling = (args: object): OutwardCell => ({
  name: 'a call',
  kind: 'data',
  request: () => ['tools/call', { name: 'x', arguments: args }],
});
const answering = (text: string): InwardCell => ({
  name: 'a result',
  kind: 'data',
  result: () => ({ content: [{ type: 'text', text }] }),
});

describe.each(ways)('%s', (_name, way) => {
  async function called(
    options: SecretsOptions,
    args: object,
  ): Promise<{ readonly arrived: string; readonly response: object }> {
    await using route = await startRoute({ controls: [secrets(options)] });
    const { arrived, reply } = await route.out(calling(args), way, '');
    return { arrived, response: responseOf(reply) };
  }
  async function got(options: SecretsOptions, text: string): Promise<string> {
    await using route = await startRoute({ controls: [secrets(options)] });
    return (await route.in(answering(text), way, '')).reply.text;
  }

  test('a call with a secret is answered in words that a model can act on, and goes nowhere', async () => {
    const { arrived, response } = await called({ onFound: 'block' }, { note: `use ${KEY}` });
    expect(arrived).toBe('');
    expect(response).toMatchObject({
      result: { isError: true, content: [{ text: 'arguments: expected no secret, got one: call again without it' }] },
    });
  });

  test('a call without one goes on', async () => {
    const { arrived, response } = await called(
      { onFound: 'block' },
      { note: 'use the key in the vault', id: '9f86d081884c7d659a2feaa0c55ad015' },
    );
    expect(arrived).toContain('use the key in the vault');
    expect(response).toHaveProperty('result');
  });

  test('a result with a secret is refused, and one without passes', async () => {
    const refused = await got({ onFound: 'block' }, `leaked: ${KEY}`);
    expect(refused).toContain('"code":-31403,"message":"text: expected no secret, got one"');
    expect(refused).not.toContain(KEY);
    expect(await got({ onFound: 'block' }, 'nothing leaked')).toContain('nothing leaked');
  });

  test('or the secret is taken out, in both directions', async () => {
    const { arrived } = await called({ onFound: 'redact' }, { env: { DB_PASSWORD: 'hunter2', DB_USER: 'app' } });
    expect(arrived).toContain('{"DB_PASSWORD":"REDACTED_SECRET","DB_USER":"app"}');
    expect(await got({ onFound: 'redact' }, `leaked: ${KEY}`)).toContain('"leaked: REDACTED_SECRET"');
  });

  test('where secrets are kept, they pass', async () => {
    const options = { onFound: 'block', keep: [{ tool: 'x', path: 'password' }] } as const;
    expect((await called(options, { password: 'hunter2' })).arrived).toContain('hunter2');
    expect((await called(options, { other: KEY })).arrived).toBe('');
  });

  test("a team's own kind of secret is found beside the others", async () => {
    const options = {
      onFound: 'block',
      detectors: [custom({ name: 'acme-key', pattern: 'acme_[a-z0-9]{8}' })],
    } as const;
    expect((await called(options, { a: 'acme_12345678' })).arrived).toBe('');
    expect((await called(options, { a: KEY })).arrived).toBe('');
    expect((await called(options, { a: 'acme' })).arrived).toContain('acme');
  });
});

test('no secret is in the log, whatever became of it', () => {
  expect(lines.all).toBeDefined();
  expect(lines.text).not.toMatch(/AKIAQRST|hunter2|acme_1/);
});

test.each([
  [{}, 'onFound: expected block or redact, got undefined'],
  [{ onFound: 'warn' }, 'onFound: expected block or redact, got "warn"'],
  [{ onFound: 'block', towards: 'client' }, 'expected onFound, detectors, keep, got "towards"'],
  [
    { onFound: 'block', keep: ['x'] },
    "keep[0]: expected an object with a path, such as { path: 'customer.email' }, got a string",
  ],
])('the options %j are refused: %s', (options, fault) => {
  expect(() => secrets(options as unknown as SecretsOptions)).toThrow(fault);
});
