/** A field is hidden at any place in the data, in any spelling; what isn't data is not changed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lines } from '../../../dispatch/lines.ts';
import { calling, HIDING, type Hiding } from './hiding.ts';

const lines = new Lines();
beforeAll(() => lines.start());
afterAll(() => lines.stop());

const VALUE = 'Mara Inventado';
const field = { tool: 'x', path: 'customer' };
const json = (value: unknown): string => JSON.stringify(value);
const twice = `{"customer":${json(VALUE)},"a":1,"a":2}`;
const deep = `${'['.repeat(200)}${json(VALUE)}${']'.repeat(200)}`;
const nested = (levels: number): string => (levels === 0 ? json({ customer: VALUE }) : json({ a: nested(levels - 1) }));

describe.each(HIDING.map((hiding) => [hiding.name, hiding] as const))('%s', (_name, hiding) => {
  const sent: Hiding['sent'] = (...args) => hiding.sent(...args);
  const got: Hiding['got'] = (...args) => hiding.got(...args);
  const back = (structuredContent: unknown): Promise<string> =>
    got(field, calling({}), { result: { content: [], structuredContent } });
  const text = (content: string): Promise<string> =>
    got(field, calling({}), { result: { content: [{ type: 'text', text: content }] } });

  test.each([
    ['a list as JSON', json([VALUE])],
    ['an object as JSON', json({ value: VALUE })],
    ['JSON of JSON', json(json({ value: VALUE }))],
    ['JSON with a duplicate key', `{"value":${json(VALUE)},"a":1,"a":2}`],
    ['a list with JSON in it', ['a', json([VALUE])]],
    ['an object with JSON in it', { a: json({ b: VALUE }) }],
    ['a text', VALUE],
  ])('hides a whole field that is %s', async (_how, value) => {
    expect(await sent(field, calling({ customer: value }))).not.toContain(VALUE);
    expect(await sent(field, calling({ customer: value }))).not.toContain('refused');
    expect(await back({ customer: value })).not.toContain(VALUE);
  });

  test.each([
    ['within JSON in a string', json({ customer: VALUE })],
    ['within JSON of JSON', json(json({ customer: VALUE }))],
    ['within JSON with a byte order mark', `\ufeff${json({ customer: VALUE })}`],
    ['within JSON in JSON', json({ a: json({ customer: VALUE }) })],
  ])('hides a field %s, and keeps the data beside it', async (_how, value) => {
    expect(await sent(field, calling({ body: value, b: 'stays' }))).not.toContain(VALUE);
    expect(await sent(field, calling({ body: value, b: 'stays' }))).toContain('stays');
    expect(await text(value)).not.toContain(VALUE);
  });

  test('continues a path in JSON in a string', async () => {
    const within = { tool: 'x', path: 'customer.name' };
    expect(await sent(within, calling({ customer: json({ name: VALUE, city: 'Bonn' }) }))).toMatch(/^(?!.*Mara).*Bonn/);
    expect(
      await got(within, calling({}), {
        result: { content: [], structuredContent: { customer: json({ name: VALUE, city: 'Bonn' }) } },
      }),
    ).toMatch(/^(?!.*Mara).*Bonn/);
  });

  test.each([
    ['has a duplicate key', twice],
    ['is nested too deeply', deep],
    ['is JSON in JSON in JSON in JSON', nested(4)],
    ['has a duplicate key, as JSON of JSON', json(twice)],
  ])('refuses or hides JSON that may contain a field and %s', async (_how, body) => {
    expect(await sent(field, calling({ body, b: 1 }))).toBe('refused: invalid-arguments');
    expect(await text(body)).not.toContain('Mara');
    expect(await text(body)).toContain('"text":"');
  });

  test.each([
    ['has a duplicate key', twice],
    ['is nested too deeply', deep],
  ])('passes JSON of a tool without fields, even if it %s', async (_how, body) => {
    expect(await sent(field, calling({ body }, 'other'))).toContain('Mara');
  });

  test('reads a string as text if only its first and last characters look like JSON', async () => {
    expect(await sent(field, calling({ body: '{see below}', b: '[1] "2"', c: '"quoted"' }))).toContain(
      '"{see below}","b":"[1] \\"2\\"","c":"\\"quoted\\""',
    );
  });

  test("hides keys beneath a field, but not the field's own name or keys at the root", async () => {
    expect(await sent(field, calling({ customer: { [VALUE]: 'active', deep: [{ [VALUE]: true }] } }))).toMatch(
      /^(?!.*Mara).*"customer":\{/,
    );
    expect(await back({ customer: { [VALUE]: 'active' } })).toMatch(/^(?!.*Mara).*"customer":\{/);
    expect(await sent({ tool: 'x', path: '**' }, calling({ note: 'secret' }))).toMatch(/^(?!.*secret).*"note":/);
    expect(await sent({ tool: 'x', path: 'customer.*' }, calling({ customer: { name: VALUE } }))).toMatch(
      /^(?!.*Mara).*"name":/,
    );
  });

  test('hides a hidden key in the text beside it, too', async () => {
    const result = {
      content: [{ type: 'text', text: `${VALUE} is active` }],
      structuredContent: { customer: { [VALUE]: 'active' } },
    };
    expect(await got(field, calling({}), { result })).not.toContain(VALUE);
  });

  test.each([
    ['the answer to an unknown request', { id: 5, result: { action: 'accept', content: { customer: VALUE } } }],
    ['a notification', { method: 'notifications/acme', params: { customer: VALUE } }],
    [
      'a message about a task whose call is unknown',
      {
        method: 'tasks/update',
        params: { taskId: 't', inputResponses: { q: { action: 'accept', content: { customer: VALUE } } } },
      },
    ],
  ])('hides a field of any tool in %s', async (_what, message) => {
    expect(await sent(field, message, { era: 'legacy' })).toMatch(/^(?!.*Mara).*customer/);
  });

  test("keeps a tool's field in a call of another tool or of none", async () => {
    expect(await sent(field, calling({ customer: VALUE }, 'y'))).toContain(VALUE);
    expect(await sent(field, { method: 'acme/any', params: { customer: VALUE } })).toContain(VALUE);
  });

  test('hides an argument of a prompt while it is completed, and the proposed values', async () => {
    const complete = {
      method: 'completion/complete',
      params: {
        ref: { type: 'ref/prompt', name: 'x' },
        argument: { name: 'customer', value: VALUE },
        context: { arguments: { customer: VALUE, city: 'Bonn' } },
      },
    };
    expect(await sent(field, complete)).toMatch(/^(?!.*Mara).*"name":"customer".*Bonn/);
    expect(await got(field, complete, { result: { completion: { values: [VALUE], total: 1 } } })).toMatch(
      /^(?!.*Mara).*"total":1/,
    );
    const other = {
      method: 'completion/complete',
      params: { ref: { type: 'ref/prompt', name: 'x' }, argument: { name: 'city', value: 'Bonn' } },
    };
    expect(await sent(field, other)).toContain('Bonn');
  });

  test("does not read the protocol's own words as data with that name", async () => {
    const named = { path: 'name' };
    expect(await sent(named, calling({ name: VALUE }))).toMatch(/^(?!.*Mara).*"name":"x"/);
    expect(
      await sent(named, {
        method: 'completion/complete',
        params: { ref: { type: 'ref/prompt', name: 'p' }, argument: { name: 'name', value: VALUE } },
      }),
    ).toMatch(/^(?!.*Mara).*"name":"p".*"name":"name"/);
  });

  test("does not read a tool's schema as data, but hides the data in its keywords", async () => {
    const property = {
      type: 'string',
      description: 'as in the passport',
      maxLength: 30,
      default: VALUE,
      enum: [VALUE],
      examples: [VALUE],
    };
    const tools = [
      {
        name: 'x',
        inputSchema: { type: 'object', properties: { customer: property }, required: ['customer'] },
        outputSchema: { type: 'object', properties: { customer: { anyOf: [property] } } },
      },
    ];
    const list = await got({ path: '**.customer' }, { method: 'tools/list', params: {} }, { result: { tools } });
    expect(list).toContain('"customer":{"type":"string","description":"as in the passport","maxLength":30,"default":');
    expect(list).not.toContain(VALUE);
  });
});
