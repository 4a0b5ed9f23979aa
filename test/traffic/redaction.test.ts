/** An attacker reads a record that was made with the shipped rules, and looks for anything of a person. */
import { beforeAll, describe, expect, it } from 'vitest';
import { defineControl, defineProxy, Denied, fixed } from '../../proxy/index.ts';
import { redactBody } from '../../traffic/redact/body.ts';
import { accepted, mediaType } from '../../traffic/redact/envelope.ts';
import { Redactor } from '../../traffic/redact/message.ts';
import { loadRedaction } from '../../traffic/redact/text.ts';
import { post } from '../console/consoles.ts';
import { respondJson, startUpstream } from '../support/upstream.ts';
import { recorded } from './recorded.ts';

const WHO = 'Quetzalcoatl';
const MAIL = 'quetzalcoatl@example.com';
const ACCOUNT = 804_719_553_117;
/** In each form in which one could find them again. */
const TRACES = [
  WHO,
  WHO.toLowerCase(),
  String(ACCOUNT),
  Buffer.from(WHO).toString('base64'),
  Buffer.from(WHO).toString('hex'),
  '８０４７１９',
  '٨٠٤٧١٩',
];

function tracesIn(text: string): string[] {
  const folded = text.toLowerCase();
  return TRACES.filter((trace) => folded.includes(trace.toLowerCase()));
}

beforeAll(loadRedaction);

const redactor = (): Redactor => new Redactor([]);
const redacted = (message: object, method = 'tools/call'): string =>
  redactor().message(JSON.stringify(message), method).text;

describe('nothing of a person is left', () => {
  const data: Readonly<Record<string, unknown>> = {
    [WHO]: 1,
    [MAIL]: 2,
    [`account ${ACCOUNT}`]: 3,
    type: WHO,
    status: WHO,
    role: WHO,
    level: WHO,
    logger: WHO,
    mode: WHO,
    mimeType: `application/${WHO} ${ACCOUNT}`,
    protocolVersion: WHO,
    method: WHO,
    ref: { type: WHO, uri: `file:///${WHO}` },
    requestedSchema: { title: WHO, default: WHO, enum: [WHO] },
    'io.modelcontextprotocol/of': WHO,
    nested: [[{ uri: `${WHO}: ${ACCOUNT}` }]],
    digits: ['８０４７１９', '٨٠٤٧١٩'],
    exponent: Number(`${ACCOUNT}e30`),
  };
  // A member that is called like a member stays: so are those of a schema.
  const { [WHO]: _, ...rest } = data;

  it.each([
    ['arguments', { method: 'tools/call', params: { name: 'pay', arguments: rest } }],
    ['a made-up method', { method: `pay ${WHO}`, params: {} }],
    ["a made-up tool's name", { method: 'tools/call', params: { name: MAIL, arguments: {} } }],
    ['metadata', { method: 'tools/call', params: { name: 'pay', _meta: rest } }],
    ['a token of progress', { method: 'tools/call', params: { name: 'pay', _meta: { progressToken: MAIL } } }],
    ['an id', { id: MAIL, method: 'ping' }],
    ['an id that is a number', { id: ACCOUNT, method: 'ping' }],
    ['a member of the message', { method: 'ping', about: WHO, [MAIL]: 1 }],
    ['an error', { error: { code: -32_000, message: WHO, data: rest } }],
    ['a code', { error: { code: WHO, message: '' } }],
    ['a line of a log', { method: 'notifications/message', params: { level: 'info', logger: WHO, data: rest } }],
    ['a log of one word', { method: 'notifications/message', params: { level: WHO, data: WHO } }],
    ['progress', { method: 'notifications/progress', params: { progressToken: MAIL, progress: 1, message: WHO } }],
    ['a reason', { method: 'notifications/cancelled', params: { requestId: MAIL, reason: WHO } }],
    [
      'a URI',
      { method: 'resources/read', params: { uri: `crm://${WHO}:${ACCOUNT}@${WHO}.example/${WHO}?q=${MAIL}#${WHO}` } },
    ],
    ['a URI without a scheme', { method: 'resources/read', params: { uri: `${WHO}:${ACCOUNT}` } }],
    [
      'a completion',
      {
        method: 'completion/complete',
        params: { ref: { type: 'ref/resource', uri: `crm://${WHO}` }, argument: { name: 'who', value: WHO } },
      },
    ],
    [
      'a question',
      {
        method: 'elicitation/create',
        params: {
          mode: 'form',
          message: WHO,
          requestedSchema: {
            type: 'object',
            properties: {
              who: {
                type: 'string',
                title: WHO,
                description: WHO,
                default: WHO,
                enum: [WHO],
                enumNames: [WHO],
                format: `${WHO} ${WHO}`,
              },
            },
            required: [MAIL],
          },
        },
      },
    ],
    [
      'a page to open',
      {
        method: 'elicitation/create',
        params: { mode: 'url', url: `https://a.example/${WHO}?m=${MAIL}`, elicitationId: MAIL, message: WHO },
      },
    ],
    ['an answer', { result: { action: 'accept', content: { type: WHO, role: WHO, who: MAIL } } }],
    [
      'a client',
      {
        method: 'initialize',
        params: {
          protocolVersion: WHO,
          capabilities: { experimental: { a: { b: WHO } } },
          clientInfo: { name: `of ${MAIL}`, version: '1', title: WHO },
        },
      },
    ],
    [
      'content',
      {
        result: {
          content: [
            { type: 'text', text: `${WHO}, account ${ACCOUNT}, ${MAIL}` },
            { type: 'image', mimeType: 'image/png', data: Buffer.from(`${WHO} ${ACCOUNT}`).toString('base64') },
            { type: 'resource_link', name: WHO, uri: `crm://${WHO}` },
            { type: 'resource', resource: { uri: `crm://${WHO}`, blob: Buffer.from(WHO).toString('base64') } },
          ],
        },
      },
    ],
    ['JSON in a text', { result: { content: [{ type: 'text', text: JSON.stringify(rest) }] } }],
    [
      'a page of a list',
      { result: { nextCursor: MAIL, resources: [{ name: WHO, uri: `crm://${WHO}`, description: WHO }] } },
    ],
    [
      'encodings',
      {
        result: {
          structuredContent: { a: Buffer.from(`xx${WHO}`).toString('base64'), b: Buffer.from(WHO).toString('hex') },
        },
      },
    ],
  ])('of %s', (__, message) => {
    expect(tracesIn(redacted({ jsonrpc: '2.0', ...message }))).toEqual([]);
  });

  it.each([
    ['a comment', `: ${WHO}\n\n`],
    ['an event', `event: ${WHO}\ndata: {}\n\n`],
    ['an id', `id: ${MAIL}\ndata: {}\n\n`],
    ['an unknown field', `${WHO}: ${WHO}\n\n`],
    ['a line without a field', `${WHO}\n\n`],
    ['data after two spaces', `data:  {"result":{"a":"${WHO}"}}\n\n`],
    ['data on several lines', `data: {"result":{"a":\ndata: "${WHO}"}}\n\n`],
    ['data with other line ends', `data: {"result":{"a":"${WHO}"}}\r\rdata: ${WHO}\r\n\r\n`],
    ['data that has no end', `data: {"result":{"a":"${WHO}`],
    ['a mark at the beginning', `\uFEFFdata: {"result":{"a":"${WHO}"}}\n\n`],
  ])('of %s of a stream', (_name, body) => {
    const { text } = redactBody(body, 'text/event-stream;charset=utf-8', 'tools/call', redactor());
    expect(tracesIn(text)).toEqual([]);
  });

  it('of what a stream is said to be', () => {
    expect(mediaType(`text/plain; name=${WHO}`)).toBe('text/plain');
    expect(mediaType(`${WHO}/${WHO}`)).toBe('application/octet-stream');
    expect(tracesIn(accepted(`application/json; of=${WHO}, ${WHO}/*, text/event-stream`))).toEqual([]);
    expect(accepted('application/json, text/event-stream')).toBe('application/json, text/event-stream');
  });

  it('of claims of groups that are addresses', () => {
    const claims = redactor().claims({
      sub: MAIL,
      groups: ['support', MAIL],
      tenant: { name: WHO },
      [`https://a.example/${MAIL}`]: 1,
    });
    expect(tracesIn(JSON.stringify(claims))).toEqual([]);
    expect(redactor().claims({ groups: ['support'], scope: 'orders:read' })).toEqual({
      groups: ['support'],
      scope: 'orders:read',
    });
  });
});

describe('an encoding', () => {
  const key = ['cdb4ee2aea69cc6a83331bbe96dc2caa', 'QW5uYSBTY2htaWR0LCA0MTExIDExMTEgMTExMQ', 'k5Rm2pQ9xY7bW3nT8vL1'];

  it.each(key)('says nothing of its characters: %s', (text) => {
    const classes = (value: string): string =>
      value.replaceAll(/[a-z]/g, 'a').replaceAll(/[A-Z]/g, 'A').replaceAll(/\d/g, '0');
    const made = [1, 2, 3].map(() => redacted({ result: { structuredContent: { text } } }));
    const own = made.map((one) => /"text":"([^"]*)"/.exec(one)?.[1] ?? '');
    for (const one of own) expect(one).toHaveLength(text.length);
    // Which are digits or capitals would confirm a guess.
    expect(own.map(classes)).not.toContain(classes(text));
  });

  it('is the same one throughout a record, and another in the next', () => {
    const one = redactor();
    const text = JSON.stringify({ result: { structuredContent: { text: key[0] } } });
    expect(one.message(text, 'tools/call').text).toBe(one.message(text, 'tools/call').text);
    expect(one.message(text, 'tools/call').text).not.toBe(redactor().message(text, 'tools/call').text);
  });

  it('of a token is not that of the token', () => {
    const token = 'qtk_k1_b7c2d9e4f1a8g5h3j6k0';
    const made = /qtk_k1_[a-z0-9]+/.exec(redacted({ result: { structuredContent: { token } } }))?.[0] ?? '';
    expect(made).toHaveLength(token.length);
    expect(made.replaceAll(/[a-z]/g, 'a').replaceAll(/\d/g, '0')).not.toBe(
      token.replaceAll(/[a-z]/g, 'a').replaceAll(/\d/g, '0'),
    );
  });
});

describe('what a replay needs stays', () => {
  it('ids of requests, tokens of progress and pages stay equal, and different ones different', () => {
    const one = redactor();
    const id = (message: object): unknown => JSON.parse(one.message(JSON.stringify(message), 'tools/call').text);
    for (const value of [1, 7, 999_999, 'req-12', '0', '12', 'a1'])
      expect(id({ id: value, method: 'ping' })).toMatchObject({
        id: value === 'req-12' ? expect.stringMatching(/-12$/) : value,
      });
    const asked = id({ id: 'call-of-ann', params: { name: 'x', _meta: { progressToken: 'call-of-ann' } } });
    const cancelled = id({ method: 'notifications/cancelled', params: { requestId: 'call-of-ann' } });
    const { id: made, params } = asked as { id: string; params: { _meta: { progressToken: string } } };
    expect(made).not.toContain('ann');
    expect(params._meta.progressToken).toBe(made);
    expect(cancelled).toMatchObject({ params: { requestId: made } });
  });

  it('names of tools and members, and what the protocol says', () => {
    const message = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'look_up.customer',
        arguments: { customerId: true, 'order-nr': false },
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'claude-code', version: '2.1.0' },
        },
      },
    };
    expect(JSON.parse(redacted(message))).toEqual(message);
    const result = { resultType: 'complete', isError: false, content: [{ type: 'image', mimeType: 'image/png' }] };
    expect(JSON.parse(redacted({ id: 1, result }))).toEqual({ id: 1, result });
  });
});

it('a record of a real proxy, with every part of both sides in use, has no trace', async () => {
  const blames = defineControl({
    name: 'blames',
    replies: 'transforms',
    setup: () => async (call, next) => {
      if (call.name === 'forbidden') {
        call.note({ control: 'blames', why: WHO });
        throw new Denied(`${WHO} may not`);
      }
      return (await next(call)).mapResult((result) => ({ ...result, seen: [{ name: WHO, [MAIL]: ACCOUNT }] }));
    },
  });
  await using upstream = await startUpstream((request, response) => {
    const { id } = JSON.parse(request.text) as { readonly id: number };
    const message = { jsonrpc: '2.0', id };
    if (request.text.includes('"fail"')) {
      respondJson(response, { ...message, error: { code: -32_000, message: WHO, data: { role: WHO } } });
    } else if (request.text.includes('"down"')) {
      response.writeHead(503, { 'content-type': `text/html; of=${WHO}` }).end(`<h1>${WHO}</h1>`);
    } else {
      response.writeHead(200, { 'content-type': `text/event-stream; of=${WHO}` });
      const result = {
        resultType: 'complete',
        content: [],
        structuredContent: { list: [{ name: WHO, account: ACCOUNT }] },
      };
      const progress = { method: 'notifications/message', params: { level: 'info', logger: WHO, data: { type: WHO } } };
      response.end(
        `: ${WHO}\nid: ${MAIL}\ndata:  ${JSON.stringify({ jsonrpc: '2.0', ...progress })}\n\ndata: ${JSON.stringify({ ...message, result })}\n\n`,
      );
    }
  });
  const config = defineProxy({
    controls: [blames],
    caller: fixed({ sub: MAIL, name: WHO, groups: ['support', MAIL] }),
  });
  await using made = await recorded({ config, bindings: { UPSTREAM_URL: upstream.url } }, async (url) => {
    for (const name of ['look_up', 'fail', 'down', 'forbidden', MAIL])
      await (await post(url, 'tools/call', { name, arguments: { who: WHO, [MAIL]: ACCOUNT, type: WHO } })).text();
    await (await post(url, 'resources/read', { uri: `crm://${WHO}/${ACCOUNT}` })).text();
    await (await post(url, `about/${ACCOUNT}`, { who: WHO })).text();
  });
  expect(made.record.calls).toHaveLength(7);
  expect(made.text).toContain('look_up');
  // The control itself says it in the replay, too, as any config may: it is no value of the record.
  const own = made.text.split('\n').filter((line) => !line.startsWith('{"expect"'));
  expect(tracesIn(own.join('\n'))).toEqual([]);
});
