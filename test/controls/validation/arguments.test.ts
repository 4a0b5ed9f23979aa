import { describe, expect, test, vi } from 'vitest';
import { tokenization } from '../../../proxy/controls/tokenization/index.ts';
import { validation } from '../../../proxy/controls/validation/index.ts';
import { auditOnly } from '../../../proxy/pipeline/audit-only.ts';
import { way, ways } from '../../dispatch/forms.ts';
import { Lines } from '../../dispatch/lines.ts';
import { startListed } from './listing.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^C-\\d{4}$' },
    count: { type: 'integer', minimum: 1, maximum: 10 },
    region: { enum: ['eu', 'us'] },
    customer: {
      type: 'object',
      properties: {
        email: { type: 'string', format: 'email' },
        tags: { type: 'array', items: { type: 'string', maxLength: 5 } },
      },
    },
  },
  required: ['id'],
  additionalProperties: false,
};
const TOOL = { name: 'look_up', inputSchema: SCHEMA };
const refused = (text: string): object => ({ result: { isError: true, content: [{ type: 'text', text }] } });

describe.each(ways)('arguments of a tool (%s)', (_name, way) => {
  test('are forwarded as the client wrote them if the schema allows them', async () => {
    await using world = await startListed([validation()], [TOOL]);
    world.answer = way.result({ content: [{ type: 'text', text: 'found' }] });
    expect(
      await world.call(way, 'look_up', { id: 'C-1001', count: 1, customer: { email: 'ann@example.com', tags: ['a'] } }),
    ).toMatchObject({ result: { content: [{ text: 'found' }] } });
    expect(world.passed).toHaveLength(1);
  });

  test('are refused with what to correct, and never reach the upstream, if the schema does not allow them', async () => {
    await using world = await startListed([validation()], [TOOL]);
    expect(
      await world.call(way, 'look_up', {
        id: 'secret',
        count: 11,
        region: 'ap',
        customer: { email: 'nobody', tags: ['a', 7] },
        colour: 'red',
      }),
    ).toMatchObject(
      refused(
        [
          'id: expected a string that matches ^C-\\d{4}$, got a string',
          'count: expected at most 10, got a number',
          'region: expected one of "eu", "us", got a string',
          'customer.email: expected an email address, got a string',
          'customer.tags[1]: expected a string, got a number',
          'colour: expected only id, count, region, customer, got a string',
        ].join('\n'),
      ),
    );
    expect(await world.call(way, 'look_up')).toMatchObject(refused('id: expected a string, got nothing'));
    expect(world.passed).toEqual([]);
  });

  test('of a tool that the upstream does not list are not forwarded, because there is no schema to check them against', async () => {
    await using world = await startListed([validation()], [TOOL]);
    expect(await world.call(way, 'hidden_tool', {})).toMatchObject({
      error: { code: -32602, message: 'Unknown tool: hidden_tool' },
    });
    expect(world.passed).toEqual([]);
  });

  test("of a tool whose schema can't be used are refused, unless the config lists the tool in unchecked", async () => {
    const odd = {
      name: 'odd',
      inputSchema: { type: 'object', properties: { a: { $ref: 'https://schemas.example.com/a.json' } } },
    };
    await using world = await startListed([validation()], [TOOL, odd]);
    expect(await world.call(way, 'odd', {})).toMatchObject({
      error: {
        code: -31403,
        message:
          "the tool's input schema can't be used for checks: expected references within the schema, got one to another document, which is not fetched",
      },
    });
    expect(await world.call(way, 'look_up', { id: 'C-1001' })).toMatchObject({ result: {} });
    await using lenient = await startListed([validation({ unchecked: ['od*'] })], [TOOL, odd]);
    expect(await lenient.call(way, 'odd', {})).toMatchObject({ result: {} });
    expect(await lenient.call(way, 'look_up', {})).toMatchObject({ result: { isError: true } });
  });

  test('are not refused in audit-only mode', async () => {
    await using world = await startListed([auditOnly(validation())], [TOOL]);
    expect(await world.call(way, 'look_up', {})).not.toHaveProperty('result.isError');
    expect(world.passed).toHaveLength(1);
  });

  test('can be limited in size and depth', async () => {
    await using world = await startListed(
      [validation({ maxCharacters: 500, maxDepth: 6 })],
      [{ name: 'any', inputSchema: { type: 'object' } }],
    );
    expect(await world.call(way, 'any', { a: [[1]] })).not.toHaveProperty('result.isError');
    expect(await world.call(way, 'any', { a: [[[[[[1]]]]]] })).toMatchObject(
      refused('expected at most 6 levels of nesting in the parameters, got more: nest them less deeply'),
    );
    expect(await world.call(way, 'any', { a: 'x'.repeat(600) })).toHaveProperty('result.isError', true);
    expect(world.passed).toHaveLength(1);
  });

  test('contain tokens if tokenization comes before validation, and the tokens match the schema', async () => {
    vi.stubEnv('TEST_KEYRING', JSON.stringify({ current: 'k1', keys: { k1: Buffer.alloc(32, 7).toString('base64') } }));
    const format = (name: string, more: object = {}): object => ({ type: 'string', format: name, ...more });
    const tool = {
      name: 'write',
      inputSchema: {
        type: 'object',
        properties: {
          mail: format('email', { maxLength: 80 }),
          born: format('date'),
          at: format('date-time'),
          page: format('uri'),
          code: { type: 'string', pattern: '^[0-9]{12}$' },
          note: { type: 'string' },
        },
        additionalProperties: false,
      },
    };
    const fields = ['mail', 'born', 'at', 'page', 'code', 'note'].map((path) => ({ tool: 'write', path, type: path }));
    await using world = await startListed(
      [tokenization({ tenant: 't', fields: fields.map((field) => ({ ...field, reverses: true })) }), validation()],
      [tool],
      { environment: { TOKENIZATION_KEYRING: 'env:TEST_KEYRING' } },
    );
    const given = {
      mail: 'ann@example.com',
      born: '1980-02-29',
      at: '2026-11-22T10:00:00Z',
      page: 'https://example.com/a?b=c',
      code: '123456789012',
      note: 'private',
    };
    expect(await world.call(way, 'write', given)).not.toHaveProperty('result.isError');
    const [sent] = world.passed;
    for (const value of Object.values(given)) expect(sent?.text).not.toContain(value);
  });
});

describe('schemas', () => {
  const modern = way('modern', 'json');

  test('are fetched once, with the first call of a tool, even if the upstream says that its list expires at once', async () => {
    await using world = await startListed([validation()], [TOOL], { listed: { ttlMs: 0 } });
    expect(world.looks()).toBe(0);
    for (let i = 0; i < 5; i++) await world.call(modern, 'look_up', { id: 'C-1001' });
    expect([world.looks(), world.passed.length]).toEqual([1, 5]);
  });

  test('that changed without a notification do not fail a call', async () => {
    await using world = await startListed([validation()], [TOOL], { listed: { ttlMs: 0 } });
    await world.call(modern, 'look_up', { id: 'C-1001' });
    world.tools = [{ name: 'look_up', inputSchema: { type: 'object', properties: { id: { type: 'integer' } } } }];
    expect(await world.call(modern, 'look_up', { id: 7 })).not.toHaveProperty('result.isError');
    expect(await world.call(modern, 'look_up', { id: 'C-1001' })).toHaveProperty('result.isError', true);
  });

  test("that can't be used are logged once, with the tool and the reason", async () => {
    const lines = new Lines();
    lines.start();
    try {
      await using world = await startListed(
        [validation()],
        [{ name: 'odd', inputSchema: { type: 'object', properties: { a: { pattern: '(a)\\1' } } } }],
      );
      for (let i = 0; i < 3; i++) await world.call(modern, 'odd', { a: 'private-value' });
      expect(await lines.find(({ tool }) => tool === 'odd')).toMatchObject({
        level: 'error',
        event: 'validation',
        member: 'inputSchema',
        fault: 'expected a pattern that RE2 supports (no look-around or back-references), got another',
      });
      expect(lines.all.filter(({ tool }) => tool === 'odd')).toHaveLength(1);
      expect(JSON.stringify(lines.all)).not.toContain('private-value');
    } finally {
      lines.stop();
    }
  });
});
