/** What stands beside a value in JSON says what it is, as its key does. */
import { beforeAll, describe, expect, test } from 'vitest';
import { SHORT } from '../../../../proxy/base/turns.ts';
import { redaction } from '../../../../proxy/controls/redaction/index.ts';
import { loadDetectors } from '../../../../proxy/controls/shared/detectors/index.ts';
import { callControl } from '../../../../testing/index.ts';
import { DETECTORS, SAMPLES } from './samples.ts';

beforeAll(() => loadDetectors(DETECTORS));

/** What a client gets of a tool's data. */
async function got(data: unknown, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { result } = await callControl(
    redaction({ client: { detectors: DETECTORS } }),
    { method: 'tools/call', params: { name: 'x', arguments: {} } },
    { result: { content: [], structuredContent: { record: data }, ...more } },
  );
  return JSON.stringify(result);
}

type Make = (name: string, value: unknown) => unknown;

const SHAPES: Readonly<Record<string, Make>> = {
  'name and value': (name, value) => ({ name, value }),
  'name and value, the value first': (name, value) => ({ value, name }),
  'key and value': (name, value) => ({ key: name, value }),
  'Key and Value': (name, value) => ({ Key: name, Value: value }),
  'NAME and VALUE': (name, value) => ({ NAME: name, VALUE: value }),
  'header and value': (name, value) => ({ header: name, value }),
  'field and content': (name, value) => ({ field: name, content: value }),
  'field and text': (name, value) => ({ field: name, text: value }),
  'field and val': (name, value) => ({ field: name, val: value }),
  'label and answer': (name, value) => ({ label: name, answer: value }),
  'question and answer': (name, value) => ({ question: name, answer: value }),
  'type and number': (name, value) => ({ type: name, number: value }),
  'type and value': (name, value) => ({ type: name, value }),
  'system and value': (name, value) => ({ system: name, value, use: 'home' }),
  'field_name and field_value': (name, value) => ({ field_name: name, value }),
  'id, label and value': (name, value) => ({ id: 'f17', label: name, type: 'text', value }),
  'name and values': (name, value) => ({ name, values: [value] }),
  'an observation': (name, value) => ({ code: { text: name }, valueString: value }),
  'a coded observation': (name, value) => ({ code: { coding: [{ system: 'x', display: name }] }, valueString: value }),
  "an answer to a questionnaire's item": (name, value) => ({
    linkId: '1.2',
    text: name,
    answer: [{ valueString: value }],
  }),
  "a span's attribute": (name, value) => ({ key: name, value: { stringValue: value } }),
  "a database's attribute": (name, value) => ({ [name]: { S: value } }),
  "a message's attribute": (name, value) => ({ [name]: { Type: 'String', Value: value } }),
  'the value one level deeper': (name, value) => ({ [name]: { data: { value } } }),
  'a list of pairs': (name, value) => [
    ['city', 'Bonn'],
    [name, value],
  ],
  'columns and rows': (name, value) => ({ columns: ['id', name], rows: [['a', value]] }),
  'headers and data': (name, value) => ({ headers: ['id', name, 'x'], data: [['a', value, 'b']] }),
  'fields and values': (name, value) => ({ fields: ['id', name], values: [['a', value]] }),
  'fields and one row': (name, value) => ({ fields: ['id', name, 'x'], values: ['a', value, 'b'] }),
  'columns with names': (name, value) => ({ columns: [{ name: 'id' }, { name, type: 'text' }], rows: [['a', value]] }),
  'columns after rows': (name, value) => ({ rows: [['a', value]], columns: ['id', name] }),
  'columns with an index': (name, value) => ({ columns: ['id', name], index: [0], data: [['a', value]] }),
  'a schema of fields': (name, value) => ({ schema: { fields: [{ name: 'id' }, { name }] }, rows: [['a', value]] }),
  'a schema of fields, and wrapped cells': (name, value) => ({
    schema: { fields: [{ name: 'id' }, { name }] },
    rows: [{ f: [{ v: 'a' }, { v: value }] }],
  }),
  'column metadata and records': (name, value) => ({
    columnMetadata: [{ name: 'id' }, { name }],
    records: [[{ stringValue: 'a' }, { stringValue: value }]],
  }),
  'a result set with metadata': (name, value) => ({
    ResultSet: {
      Rows: [{ Data: [{ VarCharValue: 'a' }, { VarCharValue: value }] }],
      ResultSetMetadata: { ColumnInfo: [{ Name: 'id' }, { Name: name }] },
    },
  }),
  'metadata of columns': (name, value) => ({ meta: [{ name: 'id' }, { name, type: 'String' }], data: [['a', value]] }),
  'a row type': (name, value) => ({ resultSetMetaData: { rowType: [{ name: 'id' }, { name }] }, data: [['a', value]] }),
  'a first row of headings': (name, value) => [
    ['id', name, 'x'],
    ['a', 'b', 'c'],
    ['d', value, 'e'],
  ],
  'a range of cells': (name, value) => ({
    range: 'A1:B2',
    values: [
      ['id', name],
      ['a', value],
    ],
  }),
};

describe.each(Object.entries(SHAPES))('%s', (_shape, make) => {
  test.each(SAMPLES.flatMap(({ type, names, value }) => names.map((name) => ({ type, name, value }))))(
    'say that $value under $name is of type $type',
    async ({ name, value }) => {
      const data = make(name, value);
      expect(await got(data)).not.toContain(value);
      expect(await got(JSON.stringify(data))).not.toContain(value);
      // The same without the evidence.
      expect(await got(make('note', value))).toContain(value);
    },
  );
});

describe('structure', () => {
  test('says what a number is', async () => {
    const text = await got([
      { name: 'ssn', value: 123456789 },
      { name: 'size', value: 123456789 },
      { columns: ['id', 'phone'], rows: [[4155552671, 4155552672]] },
    ]);
    expect(text).toContain('{"name":"ssn","value":null},{"name":"size","value":123456789}');
    expect(text).toContain('[[4155552671,null]]');
  });

  test('says of which document an id is', async () => {
    const text = await got([
      { type: 'passport', id: 'C01X00T47' },
      { title: 'Passport of Jane', id: 'C01X00T48' },
    ]);
    expect(text).not.toContain('C01X00T47');
    expect(text).toContain('C01X00T48');
  });

  test('is read in a long value, which is walked in turns', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => [`a${i}`, 'C01X00T47']);
    expect(JSON.stringify(rows).length).toBeGreaterThan(SHORT);
    const text = await got({
      columns: ['id', 'passport'],
      rows,
      pairs: rows.map(() => ({ name: 'dob', value: '1980-02-03' })),
    });
    expect(text).not.toContain('C01X00T47');
    expect(text).not.toContain('1980-02-03');
    expect(text.match(/REDACTED_PASSPORT/g)).toHaveLength(rows.length);
  });

  test.each([
    ['an order beside a value that may be a phone', { name: 'orderId', value: '415-555-2671' }],
    ["a table's column of orders", { columns: ['id', 'order_id'], rows: [['a', '415-555-2671']] }],
    ['a list of field names', ['password', 'username']],
    ['a list of required fields', { required: ['password', 'email'], order: [['a'], ['b']] }],
    ['options of a select', { name: 'password', options: ['never', 'always'] }],
    ['headings of a table', { columns: ['password', 'token'], rows: [] }],
    ["a heading's own list", { fields: [{ name: 'password', options: ['sometimes', 'often'] }] }],
    ['a person named like a field', { name: 'Jane Doe', value: '1980-02-03' }],
    [
      'a record with many members',
      { name: 'ssn', ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`m${i}`, i])), value: '123456789' },
    ],
  ])('leaves %s alone', async (_what, data) => {
    expect(await got(data)).toContain(JSON.stringify(data));
  });
});
