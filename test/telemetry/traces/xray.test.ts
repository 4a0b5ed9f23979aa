import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Traces } from '../../../proxy/telemetry/traces/traces.ts';
import { iam } from '../../../proxy/upstream/auth/iam.ts';
import { toolCall, replyOf } from '../../dispatch/fake.ts';
import { Lines } from '../../dispatch/lines.ts';
import { verifySigV4, type Verdict } from '../../support/sigv4-verifier.ts';
import { type Collector, startCollector } from '../collector.ts';

const lines = new Lines();
beforeEach(() => {
  lines.start();
  // Keeps this machine's own AWS configuration out of the test.
  for (const name of Object.keys(process.env).filter((key) => key.startsWith('AWS_'))) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries({
    AWS_CONFIG_FILE: '/nonexistent/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    AWS_EC2_METADATA_DISABLED: 'true',
  }))
    vi.stubEnv(name, value);
});
afterEach(() => {
  lines.stop();
  vi.unstubAllEnvs();
});

const SCOPE = { region: 'eu-west-1', service: 'xray' };
const OBSERVED = {
  controls: [],
  upstreams: new Map([['default', new URL('https://u.example/mcp')]]),
  version: '1',
  refusesByResult: false,
};
const secretFor = (id: string, token: string | undefined): string | undefined =>
  id === 'AKIAXRAY' && token === 'session' ? 'the-secret' : undefined;

/** X-Ray's endpoint on loopback. It refuses what isn't signed for it. */
function verifying(collector: Collector): Verdict[] {
  const verdicts: Verdict[] = [];
  collector.answer = (request, response) => {
    const verdict = verifySigV4(request, { ...SCOPE, secretFor });
    verdicts.push(verdict);
    response
      .writeHead(verdict.accepted ? 200 : 403, verdict.accepted ? {} : { 'x-amzn-errortype': verdict.error })
      .end('{}');
  };
  return verdicts;
}

/** The bindings of X-Ray's own address, at another address. */
const bindings = (collector: Collector, signing: { region: string; service: string } | undefined) => ({
  url: new URL(`${collector.url}/v1/traces`),
  signing,
  resource: { 'service.name': 'calc' },
  sampler: { root: 'always_on', parentBased: true, ratio: 1 } as const,
});

async function oneCall(traces: Traces): Promise<void> {
  const reply = replyOf();
  await traces.around(traces.beneath(() => Promise.resolve(reply)))(toolCall());
  reply.finish(1, 'ok');
  await traces.close();
}

describe('spans for X-Ray', () => {
  test('are signed for the service xray, including the body, with the credentials of the default chain', async () => {
    await using collector = await startCollector();
    const verdicts = verifying(collector);
    for (const [name, value] of Object.entries({
      AWS_ACCESS_KEY_ID: 'AKIAXRAY',
      AWS_SECRET_ACCESS_KEY: 'the-secret',
      AWS_SESSION_TOKEN: 'session',
    }))
      vi.stubEnv(name, value);
    await oneCall(new Traces(bindings(collector, SCOPE), OBSERVED));
    expect(verdicts).toEqual([
      {
        accepted: true,
        accessKeyId: 'AKIAXRAY',
        signedHeaders: ['content-type', 'host', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'],
      },
    ]);
    expect(collector.spans.map(({ kind }) => kind).toSorted()).toEqual(['CLIENT', 'SERVER']);
    expect(lines.all).toEqual([]);
  });

  test('are sent again with new credentials if the first had expired', async () => {
    await using collector = await startCollector();
    const verdicts = verifying(collector);
    let asked = 0;
    const credentials = () =>
      Promise.resolve({
        accessKeyId: asked++ === 0 ? 'AKIAOLD' : 'AKIAXRAY',
        secretAccessKey: 'the-secret',
        sessionToken: 'session',
      });
    await oneCall(new Traces(bindings(collector, SCOPE), OBSERVED, iam({ ...SCOPE, credentials })));
    expect(verdicts.map(({ accepted }) => accepted)).toEqual([false, true]);
    expect(lines.all).toEqual([]);
  });

  test('are lost, and reported as lost, if there are no credentials', async () => {
    await using collector = await startCollector();
    vi.stubEnv('AWS_PROFILE', 'none-of-that-name');
    await oneCall(new Traces(bindings(collector, SCOPE), OBSERVED));
    expect(collector.requests).toEqual([]);
    expect(lines.all).toMatchObject([{ event: 'spans-lost', spans: 2, reason: 'auth' }]);
  });

  test('are refused if they are unsigned, or signed for another region: the check can fail', async () => {
    await using collector = await startCollector();
    const verdicts = verifying(collector);
    await oneCall(new Traces(bindings(collector, undefined), OBSERVED));
    const credentials = () =>
      Promise.resolve({ accessKeyId: 'AKIAXRAY', secretAccessKey: 'the-secret', sessionToken: 'session' });
    await oneCall(
      new Traces(bindings(collector, SCOPE), OBSERVED, iam({ region: 'us-east-1', service: 'xray', credentials })),
    );
    expect(verdicts.map(({ accepted }) => accepted)).toEqual([false, false]);
    expect(lines.all).toMatchObject([
      { event: 'spans-lost', reason: 'HTTP 403' },
      { event: 'spans-lost', reason: 'HTTP 403' },
    ]);
  });
});
