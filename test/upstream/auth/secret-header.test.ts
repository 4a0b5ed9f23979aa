/**
 * Checks that the bindings, the authenticator, the construct and an entry agree on which headers may carry the
 * upstream's secret.
 */
import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { checkDeployments } from '../../../lib/deployments.ts';
import { Faults as SynthFaults } from '../../../lib/faults.ts';
import { ProxyUpstream, UpstreamAuth } from '../../../lib/index.ts';
import { bindUpstreams } from '../../../lib/upstreams.ts';
import { Faults } from '../../../proxy/base/environment.ts';
import { readUpstream } from '../../../proxy/config/bindings.ts';
import { bearer } from '../../../proxy/upstream/auth/bearer.ts';
import { RESERVED_HEADERS } from '../../../proxy/upstream/auth/secret-header.ts';
import { startFront } from '../../support/front.ts';
import { startUpstream } from '../../support/upstream.ts';
import { startLegacyUpstream } from '../legacy-upstream.ts';
import { initialize, legacy, modern, send } from '../messages.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:key-AbCdEf';
const URL_TEXT = 'https://crm.example.com/mcp';

function boundTo(header: string): boolean {
  const faults = new Faults();
  readUpstream(
    { UPSTREAM_URL: URL_TEXT, UPSTREAM_AUTH: 'bearer', UPSTREAM_SECRET: 'env:X', UPSTREAM_HEADER: header },
    'default',
    faults,
  );
  return faults.errors.length === 0;
}

function authenticatorTakes(header: string): boolean {
  try {
    return bearer({ header, secret: async () => 'k' }) !== undefined;
  } catch {
    return false;
  }
}

const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
function constructTakes(header: string): boolean {
  const faults = new SynthFaults();
  const given = {
    upstream: ProxyUpstream.url(URL_TEXT),
    upstreamAuth: UpstreamAuth.bearer({ secret: SECRET, header }),
  };
  bindUpstreams(given, { scope: stack, stack, allGateways: false, runtimeName: 'proxy', faults });
  return faults.found.length === 0;
}

function entryTakes(header: string): boolean {
  const upstreamAuth = { bearer: { secretArn: SECRET, header } };
  const entry = {
    name: 'crm',
    account: '123456789012',
    region: 'eu-west-1',
    upstream: { url: URL_TEXT },
    upstreamAuth,
  };
  return checkDeployments([entry]).length === 0;
}

const places = { boundTo, authenticatorTakes, constructTakes, entryTakes };
const takenBy = (header: string): string[] =>
  Object.entries(places).flatMap(([name, takes]) => (takes(header) ? [name] : []));

describe('a secret', () => {
  test.each([...RESERVED_HEADERS, 'mcp-param-region'])('cannot be sent in %s, in any case', (name) => {
    const upper = name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
    expect([takenBy(name), takenBy(upper), takenBy(name.toUpperCase())]).toEqual([[], [], []]);
  });

  test.each(['X Key', 'x:y', 'x\r\ny', 'schlüssel', 'k'.repeat(257)])(
    'cannot be sent in %j, which is not a header name',
    (name) => {
      expect(takenBy(name)).toEqual([]);
    },
  );

  test.each(['Authorization', 'X-Api-Key', 'Hostname', 'X-Accept', 'Mcp-Params', "!#$%&'*+.^_`|~09"])(
    'can be sent in %s',
    (name) => {
      expect(takenBy(name)).toEqual(Object.keys(places));
    },
  );

  test('cannot be sent in any header that the proxy sets itself', async () => {
    const trace = ['Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'Tracestate: a=b'];
    const more = ['Accept-Encoding: br', ...trace];
    await using plain = await startUpstream();
    await using modernFront = await startFront(plain);
    await send(modernFront, modern('tools/call', { name: 'x', arguments: {} }), more);
    await using stateful = await startLegacyUpstream();
    const runtime = encodeURIComponent('arn:aws:bedrock-agentcore:eu-west-1:123456789012:runtime/server-AbC1234567');
    await using legacyFront = await startFront(stateful, {
      environment: {
        UPSTREAM_URL: `http://127.0.0.1:${stateful.port}/runtimes/${runtime}/invocations`,
        UPSTREAM_AUTH: 'none',
      },
    });
    const session = (await send(legacyFront, initialize(), more)).header('mcp-session-id') ?? '';
    await send(legacyFront, legacy('tools/list', {}, { session }), more);
    const stream = { 'Mcp-Session-Id': session, 'Last-Event-ID': '7', Accept: 'text/event-stream' };
    await (await fetch(legacyFront.proxy.url, { headers: stream })).body?.cancel();
    const names = new Set([...plain.received, ...stateful.received].flatMap(({ headerNames }) => headerNames));
    expect([...names].filter((name) => takenBy(name).length > 0)).toEqual([]);
    expect([...names]).toEqual(
      expect.arrayContaining([
        'mcp-method',
        'mcp-name',
        'mcp-session-id',
        'last-event-id',
        'tracestate',
        'x-amzn-bedrock-agentcore-runtime-session-id',
      ]),
    );
  });
});
