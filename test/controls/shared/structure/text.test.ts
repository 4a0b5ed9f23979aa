/** What a text's structure says of a value counts as the name of a field does. */
import { beforeAll, describe, expect, test } from 'vitest';
import { atOnce, LONG_TEXT } from '../../../../proxy/base/turns.ts';
import { findAll, loadDetectors, searchAll } from '../../../../proxy/controls/shared/detectors/index.ts';
import { DETECTORS, SAMPLES } from './samples.ts';

beforeAll(() => loadDetectors(DETECTORS));

function found(text: string): string[] {
  return findAll(DETECTORS, text).map(({ start, end, type }) => `${type} ${text.slice(start, end)}`);
}

const SHAPES: Readonly<Record<string, (name: string, value: string) => string>> = {
  CSV: (name, value) => `id,${name},note\n1,a,x\n2,${value},y\n`,
  'CSV with CRLF': (name, value) => `id,${name},note\r\n1,a,x\r\n2,${value},y\r\n`,
  'CSV with quoted cells': (name, value) => `"id","${name}","note"\n"1","${value}","says ""so"", twice"\n`,
  'CSV with a separator in a cell': (name, value) => `name,${name},note\n"Doe, Jane",${value},z\n`,
  'CSV with a line break in a cell': (name, value) => `name,${name},note\n"Doe\nJane",${value},z\n`,
  'CSV after an introduction': (name, value) => `Here are the rows, as you asked:\n\nid,${name},note\n1,${value},z\n`,
  'CSV with semicolons': (name, value) => `id;${name};note\n1;${value};1,5\n`,
  TSV: (name, value) => `id\t${name}\tnote\na\t${value}\tz\n`,
  'lines with bars': (name, value) => `id|${name}|note\n1|${value}|z\n`,
  'a Markdown table': (name, value) => `| id | ${name} | note |\n|---|:---:|---|\n| 1 | ${value} | z |\n`,
  'a Markdown table without outer bars': (name, value) => `id | ${name} | note\n--- | --- | ---\n1 | ${value} | z\n`,
  'a Markdown table with emphasis': (name, value) => `| id | **${name}** |\n|---|---|\n| 1 | \`${value}\` |\n`,
  'a Markdown table of fields': (name, value) =>
    `| Field | Value |\n|---|---|\n| City | Bonn |\n| ${name} | ${value} |\n`,
  "psql's output": (name, value) => ` id | ${name} | note \n----+-----+------\n  1 | ${value} | z\n(1 row)\n`,
  "mysql's output": (name, value) =>
    `+----+-----+\n| id | ${name} |\n+----+-----+\n|  1 | ${value} |\n+----+-----+\n1 row in set\n`,
  'a table drawn with lines': (name, value) =>
    `┌────┬─────┐\n│ id │ ${name} │\n├────┼─────┤\n│ 1  │ ${value} │\n└────┴─────┘\n`,
  'an HTML table': (name, value) =>
    `<table><tr><th>id</th><th>${name}</th></tr><tr><td>1</td><td>${value}</td></tr></table>`,
  'an HTML table with a head and a body': (name, value) =>
    `<table class="x"><thead><tr><th>id<th><b>${name}</b></thead><tbody><tr><td>1<td><span>${value}</span></tbody></table>`,
  'an HTML table with headings in its rows': (name, value) =>
    `<table><tr><th>City</th><td>Bonn</td></tr><tr><th>${name}</th><td>${value}</td></tr></table>`,
  'an HTML list of terms': (name, value) => `<dl><dt>City</dt><dd>Bonn</dd><dt>${name}</dt><dd>${value}</dd></dl>`,
  'an HTML label and text': (name, value) => `<div><label>${name}</label><span>${value}</span></div>`,
  'an HTML label and input': (name, value) => `<label>${name}</label> <input class="x" value="${value}">`,
  "an input's name": (name, value) => `<form><input name="${name}" value="${value}" type="text"/></form>`,
  'an attribute of a cell': (name, value) => `<tr><td data-label="${name}">${value}</td></tr>`,
  'an entry with a key': (name, value) => `<properties><entry key="${name}">${value}</entry></properties>`,
  'an element with key and value': (name, value) => `<appSettings><add key="${name}" value="${value}" /></appSettings>`,
  'elements for key and value': (name, value) =>
    `<settings><setting><name>${name}</name><value>${value}</value></setting></settings>`,
  'elements with values for key and value': (name, value) =>
    `<telecom><system value="${name}"/><value value="${value}"/></telecom>`,
  'YAML with the value below': (name, value) => `customer:\n  ${name}:\n    - ${value}\n  city: Bonn\n`,
  'YAML with a silent key': (name, value) => `customer:\n  ${name}:\n    primary: true\n    value: ${value}\n`,
  'a label on the line before': (name, value) => `Name:\nJane Doe\n\n${name}:\n${value}\n\nCity:\nBonn\n`,
  'a label without a colon on the line before': (name, value) => `Name\nJane Doe\n${name}\n${value}\nCity\nBonn\n`,
};

describe.each(Object.entries(SHAPES))('%s', (_shape, make) => {
  test.each(SAMPLES.flatMap(({ type, names, value }) => names.map((name) => ({ type, name, value }))))(
    'says that $value under $name is of type $type',
    ({ type, name, value }) => {
      const text = make(name, value);
      expect(found(text)).toEqual([`${type} ${value}`]);
      // The same without the evidence.
      expect(found(make('note', value))).toEqual([]);
      const long = `${'x\n'.repeat(LONG_TEXT)}\n${text}`;
      expect(atOnce(searchAll(DETECTORS, long)).map(({ start, end }) => long.slice(start, end))).toEqual([value]);
    },
  );
});

const TEXTS: Readonly<Record<string, readonly [text: string, expected: readonly string[]]>> = {
  'elements and attributes of XML': [
    '<Customer><dob>1980-02-03</dob><Phone number="4155552671"/><ns:BirthDt>1981-02-03</ns:BirthDt><birthTime value="19820203"/></Customer>',
    ['date-of-birth 1980-02-03', 'phone 4155552671', 'date-of-birth 1981-02-03', 'date-of-birth 19820203'],
  ],
  'enclosing elements of XML': [
    '<passport><number>C01X00T47</number><issued>2020-01-02</issued></passport><birth><date>1980-02-03</date></birth>',
    ['passport C01X00T47', 'date-of-birth 1980-02-03'],
  ],
  'an identifier of a document': [
    '<id root="2.16.840.1.113883.4.1" extension="123456789"/><id root="1.2.3" extension="987654321"/>',
    ['us-ssn 123456789'],
  ],
  'an HL7 message': [
    'MSH|^~\\&|A|B|C|D|20240102||ADT^A01|1|P|2.5\rPID|1||123456789^^^H^MR~C01X00T47^^^US^PPN||DOE^JANE||19800203|F|||1 MAIN ST^^BONN||4155552671^PRN^PH~4155552672|||||ACC123456789|123456789\rNK1|1|DOE^JOHN|SPO||4155552673|||||||||||19790203\r',
    [
      'passport C01X00T47',
      'date-of-birth 19800203',
      'phone 4155552671',
      'phone 4155552672',
      'us-ssn 123456789',
      'phone 4155552673',
      'date-of-birth 19790203',
    ],
  ],
  'a vCard': [
    'BEGIN:VCARD\nVERSION:4.0\nN:Doe;Jane\nBDAY;VALUE=date:1980-02-03\nitem1.TEL;TYPE=work,voice:4155552671\nREV:20240102\nEND:VCARD\n',
    ['date-of-birth 1980-02-03', 'phone 4155552671'],
  ],
  'an entry of a directory': [
    'dn: cn=Jane\nobjectClass: person\ntelephoneNumber: 4155552671\nuserPassword: hunter2x\nemployeeNumber: 4155552672\n',
    ['phone 4155552671', 'secret hunter2x'],
  ],
  'two tables': [
    'id,dob\n1,1980-02-03\n\nid,created\n1,1981-02-03\n\n| phone |  |\n|--|--|\n| 4155552671 | 4155552672 |\n',
    ['date-of-birth 1980-02-03', 'phone 4155552671'],
  ],
};

test.each(Object.entries(TEXTS))('finds what is named in %s', (_what, [text, expected]) => {
  expect(found(text)).toEqual(expected);
});

test.each([
  [
    'prose',
    'Please change your password,\nif you have one, and call, or write.\nBorn, raised, and living in 2024, Bonn\n',
  ],
  [
    'a table of options',
    '| Option | Type | Description |\n|---|---|---|\n| password | string | the password of the user |\n',
  ],
  [
    'a table of fields',
    '| Field | Value |\n|---|---|\n| Password | required |\n| Token | the token of the session |\n',
  ],
  ['an HTML table of options', '<table><tr><td>password</td><td>the password of the user</td></tr></table>'],
  ['a form without values', '<label>Password</label><input type="password" name="password" value="">'],
  ['a heading', '# Password\n\nChoose one.\n\nPhone\n\nWe call you in 10 minutes\n'],
  ['a column of orders', 'id,order_id\n1,4155552671\n'],
  ['rows after the table', 'id,dob\n1,x\n\n2,1980-02-03\n'],
])('finds nothing in %s', (_what, text) => {
  expect(found(text)).toEqual([]);
});
