/** Removed data does not reappear, at any place; everything else is sent unchanged. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { audit } from '../../../proxy/controls/audit/index.ts';
import { redaction } from '../../../proxy/controls/redaction/index.ts';
import type { RedactionOptions } from '../../../proxy/controls/redaction/options.ts';
import { custom, dateOfBirth, email, phone } from '../../../proxy/controls/shared/detectors/index.ts';
import { responseOf, ways, withSessions } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { send } from '../../upstream/messages.ts';
import { startRoute } from '../shared/surfaces/carry.ts';
import type { InwardCell, OutwardCell } from '../shared/surfaces/cells.ts';

const lines = new Lines();
beforeAll(() => lines.start());
beforeEach(() => {
  lines.text = '';
});
afterAll(() => lines.stop());

const calling = (args: object): OutwardCell => ({
  name: 'a call',
  kind: 'data',
  request: () => ['tools/call', { name: 'look_up', arguments: args }],
});
const answering = (result: object): InwardCell => ({
  name: 'a result',
  kind: 'data',
  call: ['tools/call', { name: 'look_up', arguments: {} }],
  result: () => result,
});

describe.each(ways)('%s', (_name, way) => {
  async function sent(options: RedactionOptions, args: object): Promise<string> {
    await using route = await startRoute({ controls: [redaction(options)] });
    return (await route.out(calling(args), way, '')).arrived;
  }
  async function got(options: RedactionOptions, result: object): Promise<object> {
    await using route = await startRoute({ controls: [redaction(options)] });
    const { reply } = await route.in(answering(result), way, '');
    const { result: { resultType: _, ...rest } = {}, error } = responseOf(reply) as {
      result?: Record<string, unknown>;
      error?: object;
    };
    return error === undefined ? rest : { error };
  }

  test('removes fields by path, for any value, and keeps their neighbours', async () => {
    const fields = [{ tool: 'look_*', path: 'customer.name' }, { path: '**.ssn' }];
    const arrived = await sent(
      { upstream: { fields } },
      { customer: { name: 'Mara', city: 'Bonn', more: [{ ssn: 'x-1' }] }, name: 'stays' },
    );
    expect(arrived).toContain(
      '{"customer":{"name":"REDACTED","city":"Bonn","more":[{"ssn":"REDACTED"}]},"name":"stays"}',
    );
    expect(
      await got({ client: { fields } }, { content: [], structuredContent: { customer: { name: 'Mara', age: 7 } } }),
    ).toEqual({ content: [], structuredContent: { customer: { name: 'REDACTED', age: 7 } } });
  });

  test('keeps fields of other tools', async () => {
    expect(
      await sent({ upstream: { fields: [{ tool: 'other', path: 'customer.name' }] } }, { customer: { name: 'Mara' } }),
    ).toContain('"name":"Mara"');
  });

  test('removes from text what was removed from structured content, as JSON and as prose', async () => {
    const structuredContent = { name: 'Mara Inventado', born: '1980-05-17', number: 4711 };
    const texts = [JSON.stringify(structuredContent), 'Mara Inventado (1980-05-17) is no. 4711, says Maralyn.'];
    const result = await got(
      { client: { fields: [{ path: 'name' }, { path: 'number' }], detectors: [dateOfBirth()] } },
      { structuredContent, content: texts.map((text) => ({ type: 'text', text })) },
    );
    expect(result).toEqual({
      structuredContent: { name: 'REDACTED', born: 'REDACTED_DATE_OF_BIRTH', number: null },
      content: [
        { type: 'text', text: '{"name":"REDACTED","born":"REDACTED_DATE_OF_BIRTH","number":null}' },
        { type: 'text', text: 'REDACTED (REDACTED_DATE_OF_BIRTH) is no. REDACTED, says Maralyn.' },
      ],
    });
  });

  test('removes what a field holds from texts before it, too', async () => {
    const found = await got(
      { client: { fields: [{ path: '**.name' }, { path: '**.salary' }] } },
      {
        content: [],
        structuredContent: {
          note: 'Mara Inventado earns 61,250',
          x: [{ name: 'Mara Inventado', salary: 61250 }],
          z: 'q',
        },
      },
    );
    expect(found).toEqual({
      content: [],
      structuredContent: { note: 'REDACTED earns REDACTED', x: [{ name: 'REDACTED', salary: null }], z: 'q' },
    });
  });

  test('removes what detectors find in any text, and keeps the rest', async () => {
    const detectors = [email(), phone({ countries: ['US'] }), custom({ name: 'employee-number', pattern: 'E-\\d{6}' })];
    const arrived = await sent(
      { upstream: { detectors } },
      { note: 'ask jane@example.com or (415) 555-2671, E-123456', url: 'https://x.example/?q=jane%40example.com&n=1' },
    );
    expect(arrived).toContain('ask REDACTED_EMAIL or REDACTED_PHONE, REDACTED_EMPLOYEE_NUMBER');
    expect(arrived).toContain('https://x.example/?q=REDACTED_EMAIL&n=1');
  });

  test('keeps two removed keys different', async () => {
    expect(await sent({ upstream: { detectors: [email()] } }, { 'a@example.com': 1, 'b@example.com': 2 })).toContain(
      '{"REDACTED_EMAIL":1,"REDACTED_EMAIL_2":2}',
    );
  });

  test('removes nothing at the places in keep', async () => {
    const upstream = { detectors: [email()], keep: [{ tool: 'look_up', path: 'to' }] };
    expect(await sent({ upstream }, { to: 'a@example.com', cc: 'b@example.com' })).toContain(
      '{"to":"a@example.com","cc":"REDACTED_EMAIL"}',
    );
  });

  test('sends a result without findings byte for byte', async () => {
    const text = '{"content": [ ],"structuredContent":{"n":1.0,"big":12345678901234567890, "s":"\\u0041"}}';
    await using route = await startRoute({
      controls: [redaction({ client: { detectors: [email()], fields: [{ path: 'ssn' }] } })],
    });
    route.upstream.answer = withSessions(way.result(text));
    expect((await send(route.front, way.call('tools/call', { name: 'x', arguments: {} }))).text).toContain(text);
  });

  test('notes how many values of which types were removed, and no value', async () => {
    await using route = await startRoute({
      controls: [audit(), redaction({ upstream: { detectors: [email()] }, client: { fields: [{ path: 'name' }] } })],
    });
    await route.out(calling({ a: 'jane@example.com and joe@example.com' }), way, '');
    await lines.find((line) => JSON.stringify(line).includes('"redacted":2,"types":"email","to":"upstream"'));
    expect(lines.text).not.toMatch(/jane|joe/);
  });

  test('does not redact a replacement again', async () => {
    const pii = { detectors: [email(), phone({ countries: ['US'] })] };
    const once = await got({ client: pii }, { content: [{ type: 'text', text: 'jane@example.com +1 415 555 2671' }] });
    expect(await got({ client: pii }, once)).toEqual(once);
  });
});

describe('options', () => {
  test.each([
    [{}, 'expected upstream, client or both, got neither: nothing would be removed'],
    [{ client: {} }, 'expected client.fields or client.detectors, got neither: nothing would be removed'],
    [
      { client: { fields: [{ path: 'a..b' }] } },
      'client.fields[0]: expected a path such as customer.email or rows[*].iban, got "a..b"',
    ],
    [
      { upstream: { detectors: ['email'] } },
      'upstream.detectors[0]: expected a detector, such as email(), got a string',
    ],
    [
      { upstream: { detector: [] } },
      'expected upstream.fields, upstream.detectors, upstream.keep, got "upstream.detector"',
    ],
    [{ both: {} }, 'expected upstream, client, got "both"'],
  ])('refuses %j: %s', (options, fault) => {
    expect(() => redaction(options as RedactionOptions)).toThrow(fault);
  });

  test('does not read replies if it only redacts calls', () => {
    expect(redaction({ upstream: { detectors: [email()] } }).replies).toBe('ignores');
    expect(redaction({ client: { detectors: [email()] } }).replies).toBe('transforms');
  });
});
