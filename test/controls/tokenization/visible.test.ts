/** With `hideFrom: 'client'`, a policy decides who sees which data in clear. */
import { describe, expect, it } from 'vitest';
import { header } from '../../../proxy/callers/header.ts';
import { settingsOf } from '../../../proxy/config/config.ts';
import {
  accessPolicy,
  allow,
  email,
  paymentCard,
  tokenization,
  type TokenizationOptions,
} from '../../../proxy/controls/index.ts';
import { responseOf } from '../../dispatch/forms.ts';
import { type Front, startFront } from '../../support/front.ts';
import { type Answer, event, openEvents, respondJson, startUpstream, type Upstream } from '../../support/upstream.ts';
import { eras, type Sent, send } from '../../upstream/messages.ts';
import { bindRing, emails } from './keys.ts';

const ADDRESS = 'mara@example.com';
const CARD = '4111 1111 1111 1111';

/** Asks as support, and as an intern. */
async function asked(
  upstream: Upstream,
  options: Omit<TokenizationOptions, 'tenant' | 'hideFrom' | 'decide'>,
  policies: Parameters<typeof accessPolicy>[0]['policies'],
  request: Sent,
): Promise<Readonly<Record<'support' | 'intern', string>>> {
  const policy = accessPolicy({ policies, groups: ['groups'] });
  await using front: Front = await startFront(upstream, {
    controls: [policy, tokenization({ ...options, hideFrom: 'client', tenant: 't', decide: policy.decide })],
    caller: header('x-claims'),
    environment: bindRing(),
  });
  const as = async (group: string): Promise<string> =>
    JSON.stringify(
      responseOf(await send(front, request, [`X-Claims: ${JSON.stringify({ sub: group, groups: [group] })}`])),
    );
  return { support: await as('support'), intern: await as('intern') };
}

/** Answers any call with the result. It offers two tools. */
const all =
  (result: string, as: 'json' | 'events' = 'json'): Answer =>
  ({ text }, response) => {
    const id = /"id":("[^"]*"|\d+)/.exec(text)?.[1] ?? '1';
    const tools =
      '[{"name":"look_up","inputSchema":{"type":"object"}},{"name":"store","inputSchema":{"type":"object"}}]';
    if (text.includes('"tools/list"'))
      return respondJson(
        response,
        `{"jsonrpc":"2.0","id":${id},"result":{"resultType":"complete","ttlMs":0,"cacheScope":"public","tools":${tools}}}`,
      );
    const message = `{"jsonrpc":"2.0","id":${id},"result":${result}}`;
    if (as === 'json') return respondJson(response, message);
    openEvents(response);
    response.end(event(JSON.parse(message)));
  };
const EVERYBODY = allow({ tools: ['*'], resources: ['*'] });
const SUPPORT = allow({ group: 'support', detokenize: ['*'] });
const ONLY_EMAIL = `permit (principal in Group::"support", action == Action::"detokenize", resource)
  when { context.kind == "email" && context.to == "client" };`;

describe.each(eras)('%s: a caller whom a policy permits', (_era, call) => {
  const lookUp = call('tools/call', { name: 'look_up', arguments: {} });

  it('sees the data in clear, and everybody else sees tokens', async () => {
    const result = JSON.stringify({
      content: [{ type: 'text', text: `write to ${ADDRESS}` }],
      structuredContent: { customer: { email: ADDRESS } },
    });
    await using upstream = await startUpstream(all(result));
    const { support, intern } = await asked(upstream, { detectors: [email()] }, [EVERYBODY, SUPPORT], lookUp);
    expect(support.split(ADDRESS)).toHaveLength(3);
    expect(support).not.toMatch(/qtk/i);
    expect(intern).not.toContain(ADDRESS);
    expect(intern).toMatch(/qtk/i);
  });

  it('gets the bytes of the upstream', async () => {
    const text = `{"content" : [{"type":"text","text":"to ${ADDRESS}"}],"structuredContent":{"a" : 1.0, "to":"${ADDRESS}"}}`;
    await using upstream = await startUpstream(all(text));
    const policy = accessPolicy({ policies: [EVERYBODY, allow({ detokenize: ['*'] })], groups: ['groups'] });
    await using front = await startFront(upstream, {
      controls: [
        policy,
        tokenization({ hideFrom: 'client', tenant: 't', detectors: [email()], decide: policy.decide }),
      ],
      caller: header('x-claims'),
      environment: bindRing(),
    });
    const reply = await send(front, lookUp, [`X-Claims: ${JSON.stringify({ sub: 'ann' })}`]);
    expect(reply.body.toString()).toContain(`"result":${text}}`);
  });

  it('sees only types that the policy names', async () => {
    const result = JSON.stringify({ structuredContent: { email: ADDRESS, card: CARD }, content: [] });
    await using upstream = await startUpstream(all(result));
    const detectors = [email(), paymentCard()];
    const { support, intern } = await asked(upstream, { detectors }, [EVERYBODY, ONLY_EMAIL], lookUp);
    expect(support).toContain(ADDRESS);
    for (const seen of [support, intern]) expect(seen).not.toContain(CARD);
    expect(intern).not.toContain(ADDRESS);
  });

  it('sees a configured field, but no other data that a detector finds in it', async () => {
    const name = `Mara Lindqvist <${ADDRESS}>`;
    const result = JSON.stringify({ structuredContent: { customer: { name } }, content: [] });
    await using upstream = await startUpstream(all(result));
    const { support, intern } = await asked(
      upstream,
      { fields: [{ tool: '*', path: 'customer.name', type: 'name' }], detectors: [email()] },
      [
        EVERYBODY,
        'permit (principal in Group::"support", action == Action::"detokenize", resource) when { context.kind == "name" };',
      ],
      lookUp,
    );
    expect(support).toContain('Mara Lindqvist');
    expect(support).not.toContain(ADDRESS);
    expect(intern).not.toContain('Mara');
  });

  it('does not see what another field hides, wherever it is repeated in a field that may be seen', async () => {
    const result = JSON.stringify({
      structuredContent: { bio: 'I am Mara Lindqvist', name: 'Mara Lindqvist' },
      content: [],
    });
    await using upstream = await startUpstream(all(result));
    const { support } = await asked(
      upstream,
      {
        fields: [
          { tool: '*', path: 'name', type: 'name' },
          { tool: '*', path: 'bio', type: 'bio' },
        ],
      },
      [
        EVERYBODY,
        'permit (principal in Group::"support", action == Action::"detokenize", resource) when { context.kind == "bio" };',
      ],
      lookUp,
    );
    expect(support).toContain('I am ');
    expect(support).not.toContain('Mara');
  });

  it('sees a field only in the data of the tool, not in JSON that anybody may have written', async () => {
    const work = JSON.stringify({ work: ADDRESS });
    const text = (value: string): unknown => ({ content: [{ type: 'text', text: value }] });
    const policies = [
      EVERYBODY,
      'permit (principal in Group::"support", action == Action::"detokenize", resource) when { context.field == "work" };',
    ];
    const seenIn = async (result: unknown): Promise<boolean> => {
      await using upstream = await startUpstream(all(JSON.stringify(result)));
      return (await asked(upstream, { detectors: [email()] }, policies, lookUp)).support.includes(ADDRESS);
    };
    for (const result of [text(work), { content: [], structuredContent: { work: ADDRESS } }])
      expect(await seenIn(result), JSON.stringify(result)).toBe(true);
    for (const result of [
      { content: [], structuredContent: { note: work } },
      { content: [], structuredContent: { note: JSON.stringify({ a: work }) } },
      { content: [], structuredContent: { work: { [ADDRESS]: 1 } } },
      text(`note: ${work}`),
      text(JSON.stringify({ note: work })),
      { content: [], _meta: { work: ADDRESS } },
      { content: [{ type: 'text', text: 'a', _meta: { work: ADDRESS } }] },
      { content: [], work: ADDRESS },
      { content: [{ type: 'resource', resource: { uri: 'a:b', text: work } }] },
      { content: [{ type: 'resource', resource: { uri: 'a:b', blob: Buffer.from(work).toString('base64') } }] },
    ])
      expect(await seenIn(result), JSON.stringify(result)).toBe(false);
  });

  it('does not see a value at one place that is hidden at another place of the same message', async () => {
    const result = JSON.stringify({ structuredContent: { own: ADDRESS, manager: ADDRESS }, content: [] });
    await using upstream = await startUpstream(all(result));
    const { support } = await asked(
      upstream,
      { detectors: [email()] },
      [
        EVERYBODY,
        'permit (principal in Group::"support", action == Action::"detokenize", resource) when { context.field == "own" };',
      ],
      lookUp,
    );
    expect(support).not.toContain(ADDRESS);
  });

  it('does not see it in another spelling there, either', async () => {
    const result = JSON.stringify({
      structuredContent: { own: [ADDRESS.toUpperCase(), CARD], manager: [ADDRESS, CARD.replaceAll(' ', '')] },
      content: [],
    });
    await using upstream = await startUpstream(all(result));
    const { support } = await asked(
      upstream,
      { detectors: [email(), paymentCard()] },
      [
        EVERYBODY,
        'permit (principal in Group::"support", action == Action::"detokenize", resource) when { context.field == "own" };',
      ],
      lookUp,
    );
    expect(support).not.toMatch(/mara|4111/i);
  });

  it('sees numbers in clear', async () => {
    const result = JSON.stringify({ structuredContent: { salary: 61250 }, content: [] });
    await using upstream = await startUpstream(all(result));
    const fields = [{ tool: '*', path: 'salary', type: 'salary' }];
    const { support, intern } = await asked(upstream, { fields, whenNoToken: 'redact' }, [EVERYBODY, SUPPORT], lookUp);
    expect(support).toContain('61250');
    expect(intern).not.toContain('61250');
  });

  it('reads a message with data where software relies on it, which others are refused', async () => {
    const result = JSON.stringify({
      content: [{ type: 'resource_link', uri: `crm://${ADDRESS}`, name: 'x', mimeType: ADDRESS }],
    });
    await using upstream = await startUpstream(all(result));
    const { support, intern } = await asked(upstream, { detectors: [emails] }, [EVERYBODY, SUPPORT], lookUp);
    expect(support).toContain(ADDRESS);
    expect(intern).not.toContain(ADDRESS);
  });

  it('sees it in events, too', async () => {
    const result = JSON.stringify({ content: [{ type: 'text', text: `to ${ADDRESS}` }] });
    await using upstream = await startUpstream(all(result, 'events'));
    const { support, intern } = await asked(upstream, { detectors: [email()] }, [EVERYBODY, SUPPORT], lookUp);
    expect(support).toContain(ADDRESS);
    expect(intern).not.toContain(ADDRESS);
  });
});

it('a result is private for all callers if a policy decides what they see of it', async () => {
  const result = JSON.stringify({
    resultType: 'complete',
    ttlMs: 1,
    cacheScope: 'public',
    contents: [{ uri: 'file:///x', text: `to ${ADDRESS}` }],
  });
  await using upstream = await startUpstream(all(result));
  const [, modern] = eras[0];
  const seen = await asked(
    upstream,
    { detectors: [email()] },
    [EVERYBODY, allow({ group: 'support', detokenize: ['*'], resources: ['*'] }), DETOKENIZE_RESOURCES],
    modern('resources/read', { uri: 'file:///x' }),
  );
  expect(seen.support).toContain(ADDRESS);
  for (const one of Object.values(seen)) expect(one).toContain('"cacheScope":"private"');
});

const DETOKENIZE_RESOURCES =
  'permit (principal in Group::"support", action == Action::"detokenize", resource is Resource);';

describe('two tokenizations', () => {
  const faults = (...controls: ReturnType<typeof tokenization>[]): string[] => {
    const errors: string[] = [];
    settingsOf({ controls }, errors);
    return errors;
  };
  const crm = tokenization({ name: 'crm', tenant: 't', detectors: [email()] });
  const model = tokenization({ name: 'model', hideFrom: 'client', tenant: 't', detectors: [email(), paymentCard()] });

  it('need two names', () => {
    const one = (): ReturnType<typeof tokenization> => tokenization({ tenant: 't', detectors: [email()] });
    expect(faults(one(), one())).toEqual(['config.controls[1]: expected a name used once, got a second tokenization']);
    expect(() => tokenization({ name: 'For CRM', tenant: 't', detectors: [email()] })).toThrow(
      'tokenization: name: expected lower-case letters, digits and hyphens (at most 48), got "For CRM"',
    );
  });

  it('are refused if the outer one would show clients what the inner one hides from them', () => {
    expect(faults(crm, model)).toEqual([
      'config.controls[0]: crm shows clients what model hides from them (email): expected model before crm',
    ]);
    expect(faults(model, crm)).toEqual([]);
  });

  it('hide the same data from both sides, and keep a token that a client sends back', async () => {
    const received: string[] = [];
    await using upstream = await startUpstream(({ text }, response) => {
      received.push(text);
      const to = /"to":"([^"]+)"/.exec(text)?.[1] ?? '';
      respondJson(
        response,
        `{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"stored ${to}; card ${CARD}"}]}}`,
      );
    });
    await using front = await startFront(upstream, { controls: [model, crm], environment: bindRing() });
    const [, modern] = eras[0];
    const store = async (to: string): Promise<string> =>
      JSON.stringify(responseOf(await send(front, modern('tools/call', { name: 'store', arguments: { to } }))));
    const first = await store(ADDRESS);
    const token = /stored (\S+);/.exec(first)?.[1] ?? '';
    const second = await store(token);
    for (const text of [first, second, ...received]) expect(text).not.toContain(ADDRESS);
    for (const text of [first, second]) expect(text).not.toContain(CARD);
    expect(received[1]?.includes(token)).toBe(true);
    expect(second).toContain(`stored ${token};`);
  });
});
