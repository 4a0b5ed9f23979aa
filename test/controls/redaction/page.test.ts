/** The code in docs/control-redaction.md and docs/detectors.md compiles, and does what the pages say. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { responseOf, ways } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { usePages } from '../../docs/page.ts';
import { type Carried, startRoute } from '../shared/surfaces/carry.ts';

const page = usePages(
  ['docs/control-redaction.md', 'docs/detectors.md'],
  ['redaction.config.ts', 'secrets.config.ts', 'detectors.config.ts', 'try.ts'],
);
const lines = new Lines();
beforeAll(() => lines.start());
afterAll(() => lines.stop());

test.each(ways)('the configs do what the pages say (%s)', async (_name, way) => {
  const carried = async (
    file: string,
    name: string,
    args: object,
    result: object,
  ): Promise<readonly [out: Carried, back: unknown]> => {
    const { controls } = await page.load(file);
    await using route = await startRoute({ controls });
    const out = await route.out(
      { name: 'out', kind: 'data', request: () => ['tools/call', { name, arguments: args }] },
      way,
      '',
    );
    const { reply } = await route.in(
      { name: 'in', kind: 'data', call: ['tools/call', { name, arguments: {} }], result: () => result },
      way,
      '',
    );
    return [out, responseOf(reply)];
  };
  const structuredContent = {
    name: 'Mara',
    support: { email: 'help@example.com' },
    email: 'mara@example.com',
    phone: '(415) 555-2671',
    more: { nationalId: 'X1' },
  };
  const [out, back] = await carried(
    'redaction.config.ts',
    'lookup_customer',
    { note: 'card 4111 1111 1111 1111, mara@example.com' },
    { content: [], structuredContent },
  );
  expect(out.arrived).toContain('card REDACTED_PAYMENT_CARD, mara@example.com');
  expect(back).toMatchObject({
    result: {
      structuredContent: {
        name: 'REDACTED',
        support: { email: 'help@example.com' },
        email: 'REDACTED_EMAIL',
        phone: 'REDACTED_PHONE',
        more: { nationalId: 'REDACTED' },
      },
    },
  });

  const [refused, denied] = await carried(
    'secrets.config.ts',
    'x',
    { key: `acme_${'a1'.repeat(16)}` },
    { content: [{ type: 'text', text: 'password=hunter2' }] },
  );
  expect(refused.arrived).toBe('');
  expect(responseOf(refused.reply)).toMatchObject({ result: { isError: true } });
  expect(denied).toMatchObject({ error: { code: -31403 } });
  const [kept] = await carried('secrets.config.ts', 'set_password', { password: 'hunter2' }, { content: [] });
  expect(kept.arrived).toContain('hunter2');

  const [, found] = await carried(
    'detectors.config.ts',
    'x',
    {},
    { content: [{ type: 'text', text: 'E-123456, DE89 3704 0044 0532 0130 00, born 17 May 1980, 10.1.2.3' }] },
  );
  expect(found).toMatchObject({
    result: {
      content: [{ text: 'REDACTED_EMPLOYEE_NUMBER, REDACTED_IBAN, born REDACTED_DATE_OF_BIRTH, REDACTED_IP' }],
    },
  });
});
