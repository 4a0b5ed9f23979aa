/** Calls and results with a secret are refused, or forwarded without it; all others pass. */
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

  test('refuses a call with a secret, with a message that a model can act on, and does not forward it', async () => {
    const { arrived, response } = await called({ onFound: 'block' }, { note: `use ${KEY}` });
    expect(arrived).toBe('');
    expect(response).toMatchObject({
      result: { isError: true, content: [{ text: 'arguments: expected no secret, got one: call again without it' }] },
    });
  });

  test('forwards a call without a secret', async () => {
    const { arrived, response } = await called(
      { onFound: 'block' },
      { note: 'use the key in the vault', id: '9f86d081884c7d659a2feaa0c55ad015' },
    );
    expect(arrived).toContain('use the key in the vault');
    expect(response).toHaveProperty('result');
  });

  test('refuses a result with a secret, and passes one without', async () => {
    const refused = await got({ onFound: 'block' }, `leaked: ${KEY}`);
    expect(refused).toContain('"code":-31403,"message":"text: expected no secret, got one"');
    expect(refused).not.toContain(KEY);
    expect(await got({ onFound: 'block' }, 'nothing leaked')).toContain('nothing leaked');
  });

  test('removes the secret in both directions with onFound: redact', async () => {
    const { arrived } = await called({ onFound: 'redact' }, { env: { DB_PASSWORD: 'hunter2', DB_USER: 'app' } });
    expect(arrived).toContain('{"DB_PASSWORD":"REDACTED_SECRET","DB_USER":"app"}');
    expect(await got({ onFound: 'redact' }, `leaked: ${KEY}`)).toContain('"leaked: REDACTED_SECRET"');
  });

  test('passes secrets at the places in keep', async () => {
    const options = { onFound: 'block', keep: [{ tool: 'x', path: 'password' }] } as const;
    expect((await called(options, { password: 'hunter2' })).arrived).toContain('hunter2');
    expect((await called(options, { other: KEY })).arrived).toBe('');
  });

  test("finds a team's own kind of secret, too", async () => {
    const options = {
      onFound: 'block',
      detectors: [custom({ name: 'acme-key', pattern: 'acme_[a-z0-9]{8}' })],
    } as const;
    expect((await called(options, { a: 'acme_12345678' })).arrived).toBe('');
    expect((await called(options, { a: KEY })).arrived).toBe('');
    expect((await called(options, { a: 'acme' })).arrived).toContain('acme');
  });
});

test('writes no secret to the log, whatever happens to the message', () => {
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
])('refuses the options %j: %s', (options, fault) => {
  expect(() => secrets(options as unknown as SecretsOptions)).toThrow(fault);
});
