/** A field is hidden wherever it is in the data, however the data is written; what isn't data is left alone. */
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
    ['JSON with a key twice', `{"value":${json(VALUE)},"a":1,"a":2}`],
    ['a list with JSON in it', ['a', json([VALUE])]],
    ['an object with JSON in it', { a: json({ b: VALUE }) }],
    ['a text', VALUE],
  ])('all of a field is hidden where it is %s', async (_how, value) => {
    expect(await sent(field, calling({ customer: value }))).not.toContain(VALUE);
    expect(await sent(field, calling({ customer: value }))).not.toContain('refused');
    expect(await back({ customer: value })).not.toContain(VALUE);
  });

  test.each([
    ['within JSON in a string', json({ customer: VALUE })],
    ['within JSON of JSON', json(json({ customer: VALUE }))],
    ['within JSON with a byte order mark', `\ufeff${json({ customer: VALUE })}`],
    ['within JSON in JSON', json({ a: json({ customer: VALUE }) })],
  ])('a field is hidden %s, and what is beside it stays', async (_how, value) => {
    expect(await sent(field, calling({ body: value, b: 'stays' }))).not.toContain(VALUE);
    expect(await sent(field, calling({ body: value, b: 'stays' }))).toContain('stays');
    expect(await text(value)).not.toContain(VALUE);
  });

  test('a path goes on into JSON in a string', async () => {
    const within = { tool: 'x', path: 'customer.name' };
    expect(await sent(within, calling({ customer: json({ name: VALUE, city: 'Bonn' }) }))).toMatch(/^(?!.*Mara).*Bonn/);
    expect(
      await got(within, calling({}), {
        result: { content: [], structuredContent: { customer: json({ name: VALUE, city: 'Bonn' }) } },
      }),
    ).toMatch(/^(?!.*Mara).*Bonn/);
  });

  test.each([
    ['has a key twice', twice],
    ['is nested too deeply', deep],
    ['is JSON in JSON in JSON in JSON', nested(4)],
    ['has a key twice, as JSON of JSON', json(twice)],
  ])('JSON that may hold a field and %s goes nowhere', async (_how, body) => {
    expect(await sent(field, calling({ body, b: 1 }))).toBe('refused: invalid-arguments');
    expect(await text(body)).not.toContain('Mara');
    expect(await text(body)).toContain('"text":"');
  });

  test.each([
    ['has a key twice', twice],
    ['is nested too deeply', deep],
  ])('JSON of a tool without fields passes, even if it %s', async (_how, body) => {
    expect(await sent(field, calling({ body }, 'other'))).toContain('Mara');
  });

  test('what only begins and ends like JSON is a text', async () => {
    expect(await sent(field, calling({ body: '{see below}', b: '[1] "2"', c: '"quoted"' }))).toContain(
      '"{see below}","b":"[1] \\"2\\"","c":"\\"quoted\\""',
    );
  });

  test('keys beneath a field are hidden, those of the root and its own are not', async () => {
    expect(await sent(field, calling({ customer: { [VALUE]: 'active', deep: [{ [VALUE]: true }] } }))).toMatch(
      /^(?!.*Mara).*"customer":\{/,
    );
    expect(await back({ customer: { [VALUE]: 'active' } })).toMatch(/^(?!.*Mara).*"customer":\{/);
    expect(await sent({ tool: 'x', path: '**' }, calling({ note: 'secret' }))).toMatch(/^(?!.*secret).*"note":/);
    expect(await sent({ tool: 'x', path: 'customer.*' }, calling({ customer: { name: VALUE } }))).toMatch(
      /^(?!.*Mara).*"name":/,
    );
  });

  test('a key that was hidden is hidden in the text beside it', async () => {
    const result = {
      content: [{ type: 'text', text: `${VALUE} is active` }],
      structuredContent: { customer: { [VALUE]: 'active' } },
    };
    expect(await got(field, calling({}), { result })).not.toContain(VALUE);
  });

  test.each([
    [
      'the answer to a question that is not known here',
      { id: 5, result: { action: 'accept', content: { customer: VALUE } } },
    ],
    ['a notification', { method: 'notifications/acme', params: { customer: VALUE } }],
    [
      'what is said of a task whose call is not known here',
      {
        method: 'tasks/update',
        params: { taskId: 't', inputResponses: { q: { action: 'accept', content: { customer: VALUE } } } },
      },
    ],
  ])('a field of any tool is hidden in %s', async (_what, message) => {
    expect(await sent(field, message, { era: 'legacy' })).toMatch(/^(?!.*Mara).*customer/);
  });

  test('a field of a tool stays in a call of another, and of none', async () => {
    expect(await sent(field, calling({ customer: VALUE }, 'y'))).toContain(VALUE);
    expect(await sent(field, { method: 'acme/any', params: { customer: VALUE } })).toContain(VALUE);
  });

  test('an argument of a prompt is hidden while it is completed, too, and so are the values that are proposed', async () => {
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

  test('the words of the protocol are no data of that name', async () => {
    const named = { path: 'name' };
    expect(await sent(named, calling({ name: VALUE }))).toMatch(/^(?!.*Mara).*"name":"x"/);
    expect(
      await sent(named, {
        method: 'completion/complete',
        params: { ref: { type: 'ref/prompt', name: 'p' }, argument: { name: 'name', value: VALUE } },
      }),
    ).toMatch(/^(?!.*Mara).*"name":"p".*"name":"name"/);
  });

  test("a tool's schema is none of the data it speaks of, but what it gives as data is", async () => {
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
