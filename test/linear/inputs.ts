/** Adversarial inputs: a small unit, repeated, in the forms in which a message can hold it. */
import type { CallOptions, Message } from '../../testing/index.ts';

/** Beginnings without ends, near matches, bad encodings, and values spelled with many characters. */
export const UNITS: readonly string[] = [
  'a',
  'a ',
  'ab',
  '字',
  '字 ',
  '1',
  '1 ',
  '4111 1111 1111 1111 ',
  '+1 415 555 2671 ',
  'a@b.co ',
  'a@',
  '@',
  '::',
  '1.2.3.4 ',
  'DE89 3704 0044 0532 0130 00 ',
  '1980-05-17 ',
  'born ',
  '%',
  '%ff',
  '%25',
  '%41',
  '%e2%82',
  '%2e%2e%2f',
  '%c0%ae',
  '%u0073',
  '\\',
  '\\u0061',
  '\\u',
  '"',
  '\\"',
  '{',
  '[',
  '{"a":',
  ']',
  "'",
  '<',
  '&',
  '&#',
  '../',
  './',
  '/',
  ';x',
  '//',
  ':',
  'a:',
  'http://',
  'http:',
  '(http://a ',
  'data:',
  '\n',
  '\t',
  ' ',
  '\u200b',
  '\u200d',
  '\ufe0f',
  '\u{e0041}',
  'ſ',
  'é',
  'e\u0301',
  '😀',
  '\ud83d',
  'password=',
  'Bearer ',
  'key ',
  '-----BEGIN ',
  '---- BEGIN RSA PRIVATE KEY ----\n> MIIEowIBAAKCAQEA\n',
  '"d":"abcdefghijklmnop",',
  'db:5432:a:b:',
  '*:*:*:a:',
  '\tTRUE\t1\tsid\t',
  ';PWD={',
  'password: |\n ',
  'name="password"\r\n\r\n',
  'password:: a',
  'seed phrase: ',
  'password is\n\n',
  'password=@"',
  'dob  x\n',
  'dob  x\n\n',
  'COPY t (dob) FROM stdin;\n',
  'CREATE TABLE t (dob date);',
  'CREATE TABLE t (a int);INSERT INTO t VALUES (1);',
  'INSERT INTO t VALUES (1);',
  "DTM+329:19800203:102'",
  'DOCS P/USA/1234567/USA/03FEB80/F/',
  '<Cell><Id>1</Id><Cd>CCPT</Cd>',
  'kind: Secret\n',
  'eyJ',
  'eyJ.',
  'AKIA',
  '_',
  '-',
  '=',
  'Qtk_',
  'Qtk_k1_AA____',
  'Qtk_k1_AAP___',
  'a@qtk.invalid ',
  'qtk_k1-aaaa@',
  'QTK_k1-a=\n',
  '```',
  '*',
  '#',
  'AAAA',
  'AAAA=',
  'null,',
  '0,',
  'E-123456 ',
  'arn:',
  'X',
];

const text = (unit: string, size: number): string => unit.repeat(Math.ceil(size / unit.length));
const items = (unit: string, size: number): string[] =>
  Array.from({ length: Math.ceil(size / (unit.length + 8)) }, (_, i) => `${unit}${i}`);
const keyed = (unit: string, size: number): Record<string, unknown> =>
  Object.fromEntries(items(unit, size).map((key, i) => [key, i]));
/** Nests as deep as a message may, then continues next to it. */
const nested = (unit: string, size: number): unknown => {
  const deep = (levels: number): unknown => (levels === 0 ? unit : { [unit]: deep(levels - 1) });
  return Array.from({ length: Math.ceil(size / (60 * (unit.length + 6))) }, () => deep(60));
};

/** Data of about this many characters. */
export type Data = (unit: string, size: number) => Readonly<Record<string, unknown>>;

export const DATA: Readonly<Record<string, Data>> = {
  'one text': (unit, size) => ({ text: text(unit, size) }),
  'a list of texts': (unit, size) => ({ list: items(unit, size) }),
  'keys of an object': (unit, size) => ({ object: keyed(unit, size) }),
  'deep in each other': (unit, size) => ({ deep: nested(unit, size) }),
  'JSON in a text': (unit, size) => ({
    text: JSON.stringify({ list: items(unit, size / 2), text: text(unit, size / 2) }),
  }),
  'JSON in a text in a text': (unit, size) => ({ text: JSON.stringify({ text: JSON.stringify(keyed(unit, size)) }) }),
  numbers: (_unit, size) => ({ phone: Array.from({ length: size / 16 }, (_, i) => 4_915_112_345_678_901 + i) }),
  'a hidden value and a text that nearly repeats it': (unit, size) => ({
    hidden: `b${text(unit, size / 4)}`,
    text: text(unit, (size * 3) / 4),
  }),
  'a hidden value whose end differs': (unit, size) => ({
    hidden: `${text(unit, size / 4)}b`,
    text: text(unit, (size * 3) / 4),
  }),
  'a hidden value and a text of it': (unit, size) => ({ hidden: text(unit, 40), text: text(unit, size) }),
  'many hidden values, and a text of them': (unit, size) => ({
    list: items(unit, size / 2).map((hidden) => ({ hidden })),
    text: items(unit, size / 2).join(' '),
  }),
  'hidden values within each other': (unit, size) => {
    const count = Math.ceil(Math.sqrt(size / unit.length));
    return {
      list: Array.from({ length: count }, (_, i) => ({ hidden: `${unit.repeat(i + 1)}b` })),
      text: text(unit, size / 2),
    };
  },
  'a hidden object': (unit, size) => ({ hidden: keyed(unit, size / 2), text: items(unit, size / 2).join(' ') }),
};

/** The same data in both directions: as arguments, and as a tool's result. */
export function callWith(data: Readonly<Record<string, unknown>>): [Message, CallOptions] {
  return [
    { method: 'tools/call', params: { name: 'x', arguments: data } },
    { result: { content: [{ type: 'text', text: 'done' }], structuredContent: {} } },
  ];
}

export function replyWith(data: Readonly<Record<string, unknown>>): [Message, CallOptions] {
  const { text: beside, ...structuredContent } = data;
  const content = [{ type: 'text', text: typeof beside === 'string' ? beside : JSON.stringify(structuredContent) }];
  return [{ method: 'tools/call', params: { name: 'x', arguments: {} } }, { result: { content, structuredContent } }];
}

/** Messages other than tool calls: a URI, a name, a resource in base64, a page of a list. */
export const OTHERS: Readonly<Record<string, (unit: string, size: number) => [Message, CallOptions]>> = {
  'a URI': (unit, size) => [
    { method: 'resources/read', params: { uri: `file:///${text(unit, size)}` } },
    { result: { contents: [] } },
  ],
  'a URI of segments': (unit, size) => [
    { method: 'resources/read', params: { uri: `https://a.example/${text(`${unit}/`, size)}` } },
    { result: { contents: [] } },
  ],
  base64: (unit, size) => [
    { method: 'resources/read', params: { uri: 'file:///a' } },
    { result: { contents: [{ uri: 'file:///a', blob: Buffer.from(text(unit, size)).toString('base64') }] } },
  ],
  'invalid base64': (unit, size) => [
    { method: 'resources/read', params: { uri: 'file:///a' } },
    { result: { contents: [{ uri: 'file:///a', mimeType: 'text/csv', blob: text(unit, size) }] } },
  ],
  'a page of tools': (unit, size) => [
    { method: 'tools/list', params: {} },
    {
      result: {
        tools: items(unit, size / 4).map((name) => ({ name, description: unit, inputSchema: { type: 'object' } })),
      },
    },
  ],
  'a page of resources': (unit, size) => [
    { method: 'resources/list', params: {} },
    { result: { resources: items(unit, size / 4).map((name) => ({ uri: `file:///${name}`, name })) } },
  ],
  'many messages': (unit, size) => [
    { method: 'tools/call', params: { name: 'x', arguments: {} } },
    {
      messages: [
        ...items(unit, size / 4).map((message) => ({
          jsonrpc: '2.0',
          method: 'notifications/message',
          params: { level: 'info', data: message },
        })),
        { jsonrpc: '2.0', id: 1, result: { content: [], structuredContent: {} } },
      ],
    },
  ],
};
