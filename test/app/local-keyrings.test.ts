/** `npm start` makes the keyring that a config needs and nobody bound. */
import { afterEach, expect, test, vi } from 'vitest';
import { bindLocalKeyrings } from '../../bin/local-keyrings.ts';
import { audit } from '../../proxy/controls/audit/index.ts';
import { paymentCard } from '../../proxy/controls/shared/detectors/card.ts';
import { email } from '../../proxy/controls/shared/detectors/email.ts';
import { keyringSource } from '../../proxy/controls/shared/keyring.ts';
import { tokenization } from '../../proxy/controls/tokenization/index.ts';
import { Lines } from '../dispatch/lines.ts';
import { startFront } from '../support/front.ts';
import { idOf, respondJson, startUpstream } from '../support/upstream.ts';
import { modern, send } from '../upstream/messages.ts';

const NAME = 'LOCAL_KEYRING_OF_TOKENIZATION_KEYRING';
afterEach(() => {
  delete process.env[NAME];
  delete process.env['TOKENIZATION_KEYRING'];
});
const controls = [audit(), tokenization({ tenant: 'acme', detectors: [email()] })];

test('a proxy makes tokens with it, and turns them back', async () => {
  expect(bindLocalKeyrings({ controls }, process.env)).toBe(
    'made for this start, since TOKENIZATION_KEYRING is unbound: no later start reads its tokens',
  );
  await using upstream = await startUpstream((request, response) => {
    const { text } = request;
    const mail = /"mail":"([^"]*)"/.exec(text)?.[1] ?? '';
    respondJson(
      response,
      `{"jsonrpc":"2.0","id":${idOf(request)},"result":{"content":[{"type":"text","text":"${mail}"}]}}`,
    );
  });
  await using front = await startFront(upstream, {
    controls,
    environment: { TOKENIZATION_KEYRING: process.env['TOKENIZATION_KEYRING'] ?? '' },
  });
  const { text } = await send(front, modern('tools/call', { name: 'save', arguments: { mail: 'ann@example.com' } }));
  expect(text).toContain('ann@example.com');
  const sent = upstream.received.map((received) => received.text).join('\n');
  expect(sent).toContain('"mail":');
  expect(sent).not.toContain('ann@example.com');
});

test('a bound keyring is left as it is, and each start makes another', () => {
  const bound = { TOKENIZATION_KEYRING: 'file:keyring.json' };
  expect(bindLocalKeyrings({ controls }, bound)).toBeUndefined();
  expect(bound).toEqual({ TOKENIZATION_KEYRING: 'file:keyring.json' });
  const [first, second]: [NodeJS.ProcessEnv, NodeJS.ProcessEnv] = [{}, {}];
  bindLocalKeyrings({ controls }, first);
  bindLocalKeyrings({ controls }, second);
  expect(first[NAME]).not.toBe(second[NAME]);
});

test('only a keyring that a person put into a variable is warned of', () => {
  const variables: NodeJS.ProcessEnv = {};
  bindLocalKeyrings({ controls }, variables);
  const warnings: string[] = [];
  keyringSource(variables['TOKENIZATION_KEYRING'] ?? '', (warning) => warnings.push(warning));
  expect(warnings).toEqual([]);
  keyringSource('env:KEYRING', (warning) => warnings.push(warning));
  expect(warnings).toEqual([expect.stringContaining('comes from an environment variable: for local use only')]);
});

test('two controls with one keyring warn of it once', async () => {
  const lines = new Lines();
  lines.start();
  try {
    const two = [
      tokenization({ tenant: 'acme', hideFrom: 'upstream', detectors: [email()] }),
      tokenization({ name: 'other', tenant: 'acme', hideFrom: 'upstream', detectors: [paymentCard()] }),
    ];
    await using upstream = await startUpstream();
    await using _front = await startFront(upstream, {
      controls: two,
      environment: { TOKENIZATION_KEYRING: 'env:A_KEYRING' },
    });
    await vi.waitFor(() => expect(lines.text.split('for local use only')).toHaveLength(2));
  } finally {
    lines.stop();
  }
});
