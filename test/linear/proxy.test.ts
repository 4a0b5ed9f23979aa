/**
 * The same through a whole proxy, sockets included: cases that used to take the square of their size, or an exception
 * for each byte.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { startCounting, stepsOfEach, stopCounting } from './steps.ts';

startCounting();
const { email, redaction, tokenization } = await import('../../proxy/controls/index.ts');
const { way } = await import('../dispatch/forms.ts');
const { startRoute } = await import('../controls/shared/surfaces/carry.ts');
const { bindRing, TENANT } = await import('../controls/tokenization/keys.ts');
afterAll(stopCounting);

const fields = [{ path: 'name' }];
const typed = [{ path: 'name', type: 'name' }];
const hidden = (size: number): object => ({
  structuredContent: { name: `ab${'a'.repeat(size / 5)}` },
  content: [{ type: 'text', text: 'a'.repeat((size * 4) / 5) }],
});

const BACK = [
  ['a hidden value that the text nearly repeats, taken out', redaction({ client: { fields } }), hidden],
  [
    'a hidden value that the text nearly repeats, made a token',
    tokenization({ tenant: TENANT, hideFrom: 'client', fields: typed }),
    hidden,
  ],
  [
    'percent-encoding that is not UTF-8',
    redaction({ client: { detectors: [email()] } }),
    (size: number) => ({ content: [{ type: 'text', text: '%ff'.repeat(size / 3) }] }),
  ],
  [
    'keys under a hidden field',
    redaction({ client: { fields } }),
    (size: number) => ({
      structuredContent: { name: Object.fromEntries(Array.from({ length: size / 16 }, (_, i) => [`key ${i}`, i])) },
      content: [],
    }),
  ],
] as const;

describe.each(
  [way('modern', 'json'), way('legacy', 'events')].map((form) => [`${form.era}, ${form.form}`, form] as const),
)('%s: eight times the input takes about eight times the steps', (_form, form) => {
  const call = { name: 'back', kind: 'data', call: ['tools/call', { name: 'x', arguments: {} }] } as const;

  test.each(BACK)('%s', async (_what, control, result) => {
    await using route = await startRoute({ controls: [control], environment: bindRing() });
    const work = (size: number) => (): Promise<unknown> => route.in({ ...call, result: () => result(size) }, form, '');
    await work(16 * 1024)();
    const [few = 0, many = 0] = await stepsOfEach([work(16 * 1024), work(128 * 1024)]);
    expect(many / few).toBeLessThan(16);
  });

  test('an argument that becomes a token, and another one that nearly repeats it', async () => {
    await using route = await startRoute({
      controls: [tokenization({ tenant: TENANT, fields: typed })],
      environment: bindRing(),
    });
    const work = (size: number) => (): Promise<unknown> =>
      route.out(
        {
          name: 'there',
          kind: 'data',
          request: () => [
            'tools/call',
            { name: 'x', arguments: { text: 'a'.repeat((size * 4) / 5), name: `b${'a'.repeat(size / 5)}` } },
          ],
        },
        form,
        '',
      );
    await work(16 * 1024)();
    const [few = 0, many = 0] = await stepsOfEach([work(16 * 1024), work(128 * 1024)]);
    expect(many / few).toBeLessThan(16);
  });
});
