/** How a key is taken out of an answer: out of its headers always, out of its body if the call failed. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { withoutKey } from '../../../proxy/upstream/auth/without-key.ts';
import { Response } from '../../../proxy/upstream/http/response.ts';

const KEY = 's3 c/r&<t>"';
const FORMS: readonly (readonly [string, string])[] = [
  ['as it is', KEY],
  ['percent-encoded', 's3%20c%2Fr%26%3Ct%3E%22'],
  ['percent-encoded in lower case', 's3%20c%2fr%26%3ct%3e%22'],
  ['as a form has it', 's3+c%2Fr%26%3Ct%3E%22'],
  ['in JSON', 's3 c/r&<t>\\"'],
  ['in JSON with an escaped slash', 's3 c\\/r&<t>\\"'],
  ['in HTML', 's3 c/r&amp;&lt;t&gt;&quot;'],
];

interface Cleaned {
  readonly headers: readonly string[];
  readonly text: string;
}

async function cleaned(
  status: number,
  headers: readonly string[],
  body: string | Buffer,
  key: string = KEY,
): Promise<Cleaned> {
  const response = await withoutKey(new Response(status, headers, Buffer.from(body)), key);
  expect(response.statusCode).toBe(status);
  return { headers: response.rawHeaders, text: Buffer.isBuffer(response.body) ? response.body.toString() : 'a stream' };
}

test.each(FORMS)('a failing answer has it in no text: %s', async (_, form) => {
  const { headers, text } = await cleaned(404, ['Content-Type', 'text/plain'], `a ${form} b ${form}`);
  expect(text).toBe('a [key] b [key]');
  expect(headers).toEqual(['Content-Type', 'text/plain', 'Content-Length', '15']);
});

test.each(FORMS)('an answer has it in no header: %s', async (_, form) => {
  for (const status of [200, 404])
    expect((await cleaned(status, ['X-Url', `/mcp?key=${form}`, 'X-Other', 'b'], '')).headers).toEqual([
      'X-Other',
      'b',
    ]);
});

test('a longer form that holds a shorter one is replaced whole', async () => {
  expect((await cleaned(500, [], 'a%2Fb a/b', 'a/b')).text).toBe('[key] [key]');
  // In JSON this key holds itself.
  expect((await cleaned(500, [], '\\\\x', '\\')).text).toBe('[key]x');
});

test('addresses at the upstream are dropped, whatever they hold', async () => {
  const addresses = ['Location', 'Content-Location', 'LINK', 'Refresh'].flatMap((name) => [name, '/elsewhere']);
  for (const status of [201, 302, 404])
    expect((await cleaned(status, [...addresses, 'Allow', 'GET'], 'x')).headers).toEqual(['Allow', 'GET']);
});

const OF_BODY = ['Content-Length', 'ETag', 'Digest', 'Content-Digest'].flatMap((name) => [name, '1']);

test.each([399, 200])('the body of an answer with status %i is left as it is', async (status) => {
  expect(await cleaned(status, OF_BODY, KEY)).toEqual({ headers: OF_BODY, text: KEY });
});

test('a failing answer without it is left as it is', async () => {
  expect(await cleaned(400, OF_BODY, 'not found')).toEqual({ headers: OF_BODY, text: 'not found' });
});

test('what describes a body that was changed is dropped', async () => {
  expect(await cleaned(400, [...OF_BODY, 'X-A', 'b'], `é ${KEY}`)).toEqual({
    headers: ['X-A', 'b', 'Content-Length', '8'],
    text: 'é [key]',
  });
});

test('a compressed answer is read', async () => {
  const coded = await cleaned(400, ['Content-Encoding', 'gzip'], gzipSync(`it was ${KEY}`));
  expect(coded).toEqual({ headers: ['Content-Length', '12'], text: 'it was [key]' });
});

test('of an answer that cannot be read, nothing is passed on', async () => {
  expect(await cleaned(400, ['Content-Encoding', 'unknown'], 'coded')).toEqual({
    headers: ['Content-Length', '0'],
    text: '',
  });
});
