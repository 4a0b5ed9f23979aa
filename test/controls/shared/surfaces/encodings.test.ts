/** Data in place of base64 is decoded in any encoding, and read as text if it is not encoded. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redaction } from '../../../../proxy/controls/redaction/index.ts';
import { email } from '../../../../proxy/controls/shared/detectors/index.ts';
import { validation } from '../../../../proxy/controls/validation/index.ts';
import { callControl } from '../../../../testing/index.ts';
import { calling, got, sent } from './hiding.ts';

const VALUE = 'mara@example.com';
const control = redaction({ upstream: { detectors: [email()] }, client: { detectors: [email()] } });
const sheet = `name,mail\n${`Mara Inventado,${VALUE}\n`.repeat(12)}`;

async function blob(given: string, mimeType?: string): Promise<string> {
  const contents = [{ uri: 'file:///a', blob: given, ...(mimeType === undefined ? {} : { mimeType }) }];
  const text = await got(control, { method: 'resources/read', params: { uri: 'file:///a' } }, { result: { contents } });
  const [message] = JSON.parse(text) as { result?: { contents: { blob: string }[] } }[];
  return message?.result?.contents[0]?.blob ?? text;
}

/** All readings that some reader might use. */
function holds(given: string): boolean {
  const bytes = Buffer.concat(given.split('=').map((part) => Buffer.from(part, 'base64')));
  return [
    given,
    ...(['utf8', 'latin1', 'utf16le'] as const).map((encoding) => bytes.toString(encoding)),
    Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString('utf16le'),
  ].some((text) => text.includes(VALUE));
}

const bytes = (text: string, encoding: BufferEncoding = 'utf8'): Buffer => Buffer.from(text, encoding);
const swapped = (text: string): Buffer => bytes(text, 'utf16le').swap16();

describe.each([
  ['of any length', sheet],
  ['of a few characters', `Mara, ${VALUE} ?>`],
])('a text %s', (_length, text) => {
  const plain = bytes(text).toString('base64');
  test.each<[string, string, string?]>([
    ['in the standard form', plain],
    ['broken into lines', plain.replace(/.{16}/g, '$&\n')],
    ['broken into lines as in MIME', plain.replace(/.{16}/g, '$&\r\n')],
    ['with spaces at any place', plain.replace(/.{5}/g, '$& ')],
    ['without padding', bytes(`${text}x`).toString('base64').replace(/=+$/, '')],
    ['with more padding than it needs', `${plain.replace(/=+$/, '')}====`],
    ['in the URL-safe alphabet', bytes(`${text}???>>>`).toString('base64url')],
    ['with characters that lenient readers skip', plain.replace(/.{9}/g, '$&*')],
    ['in parts with their own padding', `${bytes('a').toString('base64')}${plain}`],
    ['in Latin-1', bytes(`André, ${text}`, 'latin1').toString('base64'), 'text/csv'],
    ['in Latin-1, without a type', bytes(`André, ${text}`, 'latin1').toString('base64')],
    ['in UTF-16', bytes(text, 'utf16le').toString('base64')],
    ['in UTF-16 with a mark', bytes(`\ufeff${text}`, 'utf16le').toString('base64'), 'text/plain; charset=utf-16'],
    ['in UTF-16, big-endian', swapped(text).toString('base64'), 'text/csv'],
    ['in UTF-16 among letters of another script', bytes(`Мара ${text} Инвентадо`, 'utf16le').toString('base64')],
    ['with a zero byte', bytes(`${text}\0`).toString('base64')],
    ['without base64', text],
    ['without base64, of words only', `${VALUE} ${'Mara Inventado lives there '.repeat(20)}`],
  ])('is searched %s', async (_how, given, mimeType) => {
    expect(holds(given)).toBe(true);
    expect(holds(await blob(given, mimeType))).toBe(false);
  });
});

test('keeps the encoding of the text', async () => {
  for (const [text, encoding] of [
    [`André ${VALUE}`, 'latin1'],
    [`Мара ${VALUE}`, 'utf8'],
    [`\ufeffМара ${VALUE}`, 'utf16le'],
  ] as const) {
    expect(bytes(await blob(bytes(text, encoding).toString('base64')), 'base64').toString(encoding)).toBe(
      text.replace(VALUE, 'REDACTED_EMAIL'),
    );
  }
  expect(await blob(bytes(`?>?>?>${VALUE}?>?>`).toString('base64url'))).toBe(
    bytes('?>?>?>REDACTED_EMAIL?>?>').toString('base64url'),
  );
});

test('sends bytes that are not text unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 64, maxLength: 512 }), async (random) => {
      const given = Buffer.from(random).toString('base64');
      expect(await blob(given, 'image/png')).toBe(given);
    }),
    { numRuns: 50 },
  );
});

test('refuses a text with a finding both as it is and in its decoded form', async () => {
  const digits = {
    name: 'digits',
    type: 'digits',
    find: (text: string) =>
      [...text.matchAll(/440{2}|4{3}/g)].map(({ 0: found, index }) => ({
        start: index,
        end: index + found.length,
        type: 'digits',
      })),
  };
  const both = `4400${bytes('444').toString('base64')}`;
  const text = await got(redaction({ client: { detectors: [digits] } }), calling({}), {
    result: { content: [{ type: 'image', mimeType: 'text/plain', data: both }] },
  });
  expect(text).toContain('"code":-31403');
});

test.each([
  ['under the key data', 'data'],
  ['under the key blob', 'blob'],
])("reads a person's answer %s as text", async (_name, name) => {
  for (const value of [sheet, VALUE, `${'Mara Inventado lives there '.repeat(20)}${VALUE}`]) {
    const inputResponses = { q: { action: 'accept', content: { type: 'image', [name]: value } } };
    expect(
      await sent(control, { method: 'tools/call', params: { name: 'x', arguments: {}, inputResponses } }),
    ).not.toContain(VALUE);
  }
});

test("decodes an image in a model's answer", async () => {
  const inputResponses = {
    q: {
      role: 'assistant',
      model: 'm',
      content: { type: 'image', mimeType: 'image/svg+xml', data: bytes(sheet).toString('base64') },
    },
  };
  expect(
    holds(
      /"data":"([^"]*)"/.exec(
        await sent(control, { method: 'tools/call', params: { name: 'x', arguments: {}, inputResponses } }),
      )?.[1] ?? '',
    ),
  ).toBe(false);
});

test('keeps a byte order mark before JSON, unless it is in the hidden text', async () => {
  const text = `\ufeff${JSON.stringify({ a: VALUE, b: 1 })}`;
  expect(await sent(control, calling({ text }))).toContain('\ufeff{\\"a\\":\\"REDACTED_EMAIL\\"');
  const { messages } = await callControl(
    validation({ checkInputSchema: false, results: { stripHiddenUnicode: true } }),
    calling({}),
    {
      result: {
        content: [
          { type: 'text', text },
          { type: 'resource', resource: { uri: 'x://y', blob: Buffer.from(text).toString('base64') } },
        ],
      },
    },
  );
  expect(messages[0]).toMatchObject({
    result: {
      content: [{ text: text.slice(1) }, { resource: { blob: Buffer.from(text.slice(1)).toString('base64') } }],
    },
  });
});
