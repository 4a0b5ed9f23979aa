import type { LookupAddress } from 'node:dns';
import { describe, expect, test } from 'vitest';
import { Faults } from '../../proxy/base/environment.ts';
import { readUpstream } from '../../proxy/config/bindings.ts';
import { forbiddenAddress } from '../../proxy/network/forbidden-address.ts';
import { guardedLookup } from '../../proxy/network/lookup.ts';
import { addressOfArn, addressOfUrl } from '../../proxy/upstream/address.ts';
import { readAll } from '../../proxy/upstream/read.ts';
import { Transport } from '../../proxy/upstream/transport.ts';
import { startUpstream } from '../support/upstream.ts';

function valid(address: ReturnType<typeof addressOfArn>) {
  if (typeof address === 'string') throw new Error(address);
  const { isUnclear, ...rest } = address;
  return { ...rest, ...(isUnclear ? { isUnclear } : {}), url: address.url.href };
}

describe('an ARN', () => {
  test('of a runtime becomes its invocation URL, the ARN encoded, with the default qualifier', () => {
    expect(valid(addressOfArn('arn:aws:bedrock-agentcore:eu-west-1:123456789012:runtime/my_server-AbC123'))).toEqual({
      url: 'https://bedrock-agentcore.eu-west-1.amazonaws.com/runtimes/arn%3Aaws%3Abedrock-agentcore%3Aeu-west-1%3A123456789012%3Aruntime%2Fmy_server-AbC123/invocations?qualifier=DEFAULT',
      service: 'runtime',
      region: 'eu-west-1',
    });
  });

  test('of a runtime endpoint names that endpoint as the qualifier', () => {
    const { url } = valid(
      addressOfArn('arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/srv-1/runtime-endpoint/prod'),
    );
    expect(url).toBe(
      'https://bedrock-agentcore.us-east-1.amazonaws.com/runtimes/arn%3Aaws%3Abedrock-agentcore%3Aus-east-1%3A123456789012%3Aruntime%2Fsrv-1/invocations?qualifier=prod',
    );
  });

  test('of a gateway becomes its URL', () => {
    expect(valid(addressOfArn('arn:aws:bedrock-agentcore:us-west-2:123456789012:gateway/tools-x1y2z3'))).toEqual({
      url: 'https://tools-x1y2z3.gateway.bedrock-agentcore.us-west-2.amazonaws.com/mcp',
      service: 'gateway',
      region: 'us-west-2',
      gatewayId: 'tools-x1y2z3',
    });
  });

  test("of another partition has that partition's host", () => {
    expect(valid(addressOfArn('arn:aws-cn:bedrock-agentcore:cn-north-1:123456789012:gateway/g-1')).url).toBe(
      'https://g-1.gateway.bedrock-agentcore.cn-north-1.amazonaws.com.cn/mcp',
    );
    expect(valid(addressOfArn('arn:aws-us-gov:bedrock-agentcore:us-gov-west-1:123456789012:gateway/g-1')).url).toBe(
      'https://g-1.gateway.bedrock-agentcore.us-gov-west-1.amazonaws.com/mcp',
    );
    expect(valid(addressOfArn('arn:aws-eusc:bedrock-agentcore:eusc-de-east-1:123456789012:gateway/g-1')).url).toBe(
      'https://g-1.gateway.bedrock-agentcore.eusc-de-east-1.amazonaws.eu/mcp',
    );
    expect(valid(addressOfArn('arn:aws-eusc:bedrock-agentcore:eusc-de-east-1:123456789012:runtime/r')).url).toContain(
      'https://bedrock-agentcore.eusc-de-east-1.amazonaws.eu/runtimes/',
    );
  });

  test.each([
    ['arn:aws-eusc:bedrock-agentcore:eu-west-1:123456789012:gateway/x', 'eu-west-1 in aws-eusc'],
    ['arn:aws:bedrock-agentcore:eusc-de-east-1:123456789012:gateway/x', 'eusc-de-east-1 in aws'],
    ['arn:aws-new:bedrock-agentcore:eu-west-1:123456789012:gateway/x', 'eu-west-1 in aws-new'],
    ['arn:aws:bedrock-agentcore:nowhere:123456789012:gateway/x', 'nowhere in aws'],
  ])('with a region of another partition is refused: %s', (arn, got) => {
    expect(addressOfArn(arn)).toBe(`expected an ARN with a region of its partition, got ${got}`);
  });

  test.each([
    'arn:aws:lambda:eu-west-1:123456789012:function/x',
    'arn:aws:bedrock-agentcore:eu-west-1:1234:runtime/x',
    'arn:aws:bedrock-agentcore:eu-west-1:123456789012:memory/x',
    'arn:aws:bedrock-agentcore:eu-west-1:123456789012:gateway/x/runtime-endpoint/y',
    'arn:aws:bedrock-agentcore:evil.example/:123456789012:gateway/x',
    'arn:aws:bedrock-agentcore:eu-west-1:123456789012:gateway/evil.example/#',
    'xarn:aws:bedrock-agentcore:eu-west-1:123456789012:runtime/x',
    'arn:aws:bedrock-agentcore:eu-west-1:123456789012:runtime/x/runtime-endpoint/y/z',
    'https://example.com',
  ])('refuses %s and says what is expected', (arn) => {
    expect(addressOfArn(arn)).toContain('expected the ARN of an AgentCore gateway or runtime');
  });
});

describe('a URL', () => {
  test.each([
    'https://evil.bedrock-agentcore.eu-west-1.amazonaws.com/mcp',
    'https://a.g-1.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp',
    'https://g-1.gateway.bedrock-agentcore.cn-north-1.amazonaws.com/mcp',
    'https://g-1.gateway.bedrock-agentcore.eu-west-1.amazonaws.com.cn/mcp',
    'https://g-1.gateway.bedrock-agentcore.eu-west-1.amazonaws.com./mcp',
    'https://g-1.gateway.bedrock-agentcore.eu-west-1.vpce.amazonaws.com/mcp',
    'https://vpce-1.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp',
    'https://bedrock-agentcore.eu-west-1.amazonaws.com/mcp',
    'https://abc.execute-api.eu-west-1.amazonaws.com/mcp',
    'https://abc.lambda-url.eu-west-1.on.aws/mcp',
    'https://x.elb.eu-west-1.amazonaws.com/mcp',
    'https://x.eusc-de-east-1.amazonaws.eu/mcp',
  ])('of AWS in no known form needs a word on how to authenticate: %s', (url) => {
    const faults = new Faults();
    expect(readUpstream({ UPSTREAM_URL: url }, 'default', faults)).toBeUndefined();
    expect(faults.errors).toEqual([
      `UPSTREAM_AUTH: expected iam or none, since ${new URL(url).host} is AWS's but no known address of a gateway or runtime, got nothing: sign with UPSTREAM_AUTH=iam (and UPSTREAM_SERVICE), or bind none`,
    ]);
    expect(readUpstream({ UPSTREAM_URL: url, UPSTREAM_AUTH: 'none' }, 'default', new Faults())?.auth.way).toBe('none');
  });

  test.each(['https://amazonaws.com.evil.example/mcp', 'https://evilamazonaws.com/mcp', 'https://mcp.example.com/mcp'])(
    'of another host needs none: %s',
    (url) => {
      expect(readUpstream({ UPSTREAM_URL: url }, 'default', new Faults())?.auth.way).toBe('none');
    },
  );

  test.each([
    ['https://g-1.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp', 'gateway', 'eu-west-1'],
    [
      'https://bedrock-agentcore.eu-west-1.amazonaws.com/runtimes/arn%3Aaws/invocations?qualifier=DEFAULT',
      'runtime',
      'eu-west-1',
    ],
    ['http://127.0.0.1:9000/runtimes/arn%3Aaws/invocations?qualifier=DEFAULT', 'runtime', undefined],
    ['https://mcp.example.com/runtimes/arn%3Aaws/invocations', undefined, undefined],
    ['https://mcp.example.com/mcp', undefined, undefined],
    ['https://bedrock-agentcore.eu-west-1.amazonaws.com.evil.example/runtimes/x/invocations', undefined, undefined],
    ['https://g-1.gateway.bedrock-agentcore.eu-west-1.amazonaws.com.evil.example/mcp', undefined, undefined],
    ['https://a.g-1.gateway.bedrock-agentcore.eu-west-1.amazonaws.com/mcp', undefined, undefined],
    ['https://g-1.gateway.bedrock-agentcore.cn-north-1.amazonaws.com.cn/mcp', 'gateway', 'cn-north-1'],
    ['https://bedrock-agentcore.cn-north-1.amazonaws.com.cn/runtimes/x/invocations', 'runtime', 'cn-north-1'],
    ['https://evil.bedrock-agentcore.eu-west-1.amazonaws.com/runtimes/x/invocations', undefined, undefined],
    ['https://bedrock-agentcore.eu-west-1.amazonaws.com/runtimes/x/invocations/y', undefined, 'eu-west-1'],
    ['https://bedrock-agentcore.eu-west-1.amazonaws.com/x/runtimes/y/invocations', undefined, 'eu-west-1'],
    ['http://127.0.0.1:9000/mcp', undefined, undefined],
    ['https://g-1.gateway.bedrock-agentcore.eu-west-1.api.aws/mcp', 'gateway', 'eu-west-1'],
    ['https://g-1.gateway.bedrock-agentcore-fips.us-gov-west-1.amazonaws.com/mcp', 'gateway', 'us-gov-west-1'],
    ['https://g-1.gateway.bedrock-agentcore.eusc-de-east-1.amazonaws.eu/mcp', 'gateway', 'eusc-de-east-1'],
    ['https://g-1.gateway.bedrock-agentcore.eusc-de-east-1.api.amazonwebservices.eu/mcp', 'gateway', 'eusc-de-east-1'],
    ['https://g-1.gateway.bedrock-agentcore.cn-north-1.api.amazonwebservices.com.cn/mcp', 'gateway', 'cn-north-1'],
    ['https://vpce-0a1-b2c.gateway.bedrock-agentcore.eu-west-1.vpce.amazonaws.com/mcp', 'gateway', 'eu-west-1'],
    ['https://bedrock-agentcore-fips.us-east-1.amazonaws.com/runtimes/x/invocations', 'runtime', 'us-east-1'],
    ['https://bedrock-agentcore.us-east-1.api.aws/runtimes/x/invocations', 'runtime', 'us-east-1'],
    ['https://g-1.gateway.bedrock-agentcore.nz-north-1.amazonaws.com/mcp', 'gateway', 'nz-north-1'],
    [
      'https://vpce-0a1-b2c-us-east-1a.bedrock-agentcore.us-east-1.vpce.amazonaws.com/runtimes/x/invocations',
      'runtime',
      'us-east-1',
    ],
  ])('%s is recognised as %s', (url, service, region) => {
    const address = addressOfUrl(url);
    expect(valid(address)).toMatchObject({ service, region });
    // How calls to what is recognised are signed is clear.
    if (service !== undefined) expect(address).toMatchObject({ isUnclear: false });
  });

  test.each([
    ['http://mcp.example.com:8080/mcp?key=1', 'http://mcp.example.com:8080'],
    ['ftp://127.0.0.1/mcp', 'ftp://127.0.0.1'],
    ['localhost:9000/mcp', 'localhost:…: begin it with https:// or http://'],
    ['file:///etc/passwd', 'file:…: begin it with https:// or http://'],
  ])('%s is refused, showing what decides and no more', (url, got) => {
    expect(addressOfUrl(url)).toBe(
      `expected an https URL (http only to loopback, or to a host that PLAIN_HTTP_HOSTS names), got ${got}`,
    );
  });

  test.each([
    ['http://mcp.example.com/mcp', 'https'],
    ['ftp://mcp.example.com/', 'https'],
    ['ftp://127.0.0.1/', 'https'],
    ['mcp.example.com', 'absolute URL'],
    ['https://user:secret@mcp.example.com/', 'without user name'],
    ['https://secret@mcp.example.com/', 'without user name'],
    ['https://:secret@mcp.example.com/', 'without user name'],
    ['https://mcp.example.com/#x', 'fragment'],
    ['https://169.254.169.254/latest/meta-data/', 'link-local'],
    ['https://2852039166/', 'link-local'],
    ['https://0xa9.0xfe.0xa9.0xfe/', 'link-local'],
    ['https://[fe80::1]/', 'link-local'],
    ['https://[::ffff:169.254.169.254]/', 'link-local'],
    ['https://[64:ff9b::169.254.169.254]/', 'link-local'],
    ['https://[fd00:ec2::254]/', 'a metadata service'],
    ['https://100.100.100.200/', 'a metadata service'],
    ['https://0.0.0.0/', 'unspecified'],
    ['https://0.1.2.3/', 'unspecified'],
    ['https://[::]/', 'unspecified'],
    ['https://169.254.169.254./', 'link-local'],
    ['https://0251.0376.0251.0376/', 'link-local'],
    ['https://169.254.43518/', 'link-local'],
    ['https://169.254.170.2/', 'link-local'],
    ['https://[::a9fe:a9fe]/', 'link-local'],
    ['https://[::169.254.169.254]/', 'link-local'],
    ['https://[::ffff:0:a9fe:a9fe]/', 'link-local'],
    ['https://[64:ff9b::a9fe:a9fe]/', 'link-local'],
    ['https://[64:ff9b:1::a9fe:a9fe]/', 'link-local'],
    ['https://[64:ff9b:1:a9fe:a9:fe00::]/', 'link-local'],
    ['https://[64:ff9b:1:ab:cda9:fea9:fe00:0]/', 'link-local'],
    ['https://[64:ff9b:1:aba9:fe:a9fe::]/', 'link-local'],
    ['https://[64:ff9b:1:abcd:a9:fea9:fe00:0]/', 'link-local'],
    ['https://[2002:a9fe:a9fe::1]/', 'link-local'],
    ['https://[2001:0:a9fe:a9fe::1]/', 'link-local'],
    ['https://[2001:0:4136:e378:8000:63bf:5601:5601]/', 'link-local'],
    ['https://[2001:db8::5efe:169.254.169.254]/', 'link-local'],
    ['https://[2001:db8::200:5efe:a9fe:a9fe]/', 'link-local'],
    ['https://[::ffff:6464:64c8]/', 'a metadata service'],
    ['https://168.63.129.16/', 'a metadata service'],
    ['https://[2002:a83f:8110::]/', 'a metadata service'],
    ['https://192.0.0.192/', 'a metadata service'],
    ['https://[fd00:ec2:0:0::254]/', 'a metadata service'],
    ['https://[fd20:ce::254]/', 'a metadata service'],
    ['https://[fd00:ec2::23]/', 'a metadata service'],
    ['https://[fd00:c1::a9fe:a9fe]/', 'a metadata service'],
    ['https://[fd00:a9fe:a9fe::1]/', 'a metadata service'],
    ['https://[fd00:42::42]/', 'a metadata service'],
    ['https://metadata/', 'a metadata service'],
    ['https://metadata.google.internal/', 'a metadata service'],
    ['https://metadata.goog/', 'a metadata service'],
    ['https://METADATA.goog./', 'a metadata service'],
    ['https://metadata.azure.internal/', 'a metadata service'],
    ['https://instance-data/', 'a metadata service'],
    ['https://instance-data.ec2.internal/', 'a metadata service'],
    ['https://[64:ff9b:1:a83f:81:1000::]/', 'a metadata service'],
    ['https://[64:ff9b:1:a8:3f:8110::]/', 'a metadata service'],
    ['https://[64:ff9b:1:0:a8:3f81:1000:0]/', 'a metadata service'],
    ['https://[::ffff:0.0.0.0]/', 'unspecified'],
    ['https://0x7f.1.1.1.1/', 'absolute URL'],
  ])('%s is refused (%s), and the message holds no secret from it', (url, says) => {
    const refused = addressOfUrl(url);
    expect(refused).toContain(says);
    expect(refused).not.toContain('secret@');
  });
});

test('an address is recognised in any spelling, with or without a zone', () => {
  for (const ip of [
    '169.254.169.254',
    '::FFFF:169.254.169.254%eth0',
    '::ffff:100.100.100.200',
    '[fe80::1%25lo]',
    '2852039166',
    '0xa9fea9fe',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    'fd00:0ec2:0:0:0:0:0:0254',
  ])
    expect(forbiddenAddress(ip), ip).toBeDefined();
});

test('addresses that only look like forbidden ones are allowed', () => {
  for (const ip of [
    '169.253.1.1',
    '10.0.0.1',
    '192.168.1.1',
    '127.0.0.1',
    '::1',
    'fec0::1',
    '2a05:d018::1',
    '::ffff:10.0.0.1',
    'fd12::1',
    '64:ff9b::a00:1',
    '64:ff9b:1::a00:1',
    '2002:a00:1::',
    '2001:0:a00:1::1',
    '2001:db8::a9fe:a9fe',
    '2001:db8::100:5efe:a9fe:a9fe',
    '2001:db8::1:5efe:a9fe:a9fe',
    '100.100.100.201',
    '168.63.129.17',
    'mcp.example.com',
    'metadata.example.com',
    'fe80.example.com',
  ])
    expect(forbiddenAddress(ip)).toBeUndefined();
});

describe('a name is checked when the proxy connects to it', () => {
  const resolving = (...addresses: string[]) =>
    guardedLookup((_hostname, _options, callback) =>
      callback(
        null,
        addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
    );
  const get = (port: number, lookup: ReturnType<typeof resolving>) =>
    new Transport(new URL(`http://upstream.test:${port}/mcp`), {
      maxConnections: 1,
      connectMs: 2_000,
      firstByteMs: 2_000,
      idleMs: 2_000,
      lookup,
    }).send({
      method: 'POST',
      path: '/mcp',
      headers: ['host', 'upstream.test', 'content-type', 'application/json', 'content-length', '34'],
      body: '{"jsonrpc":"2.0","id":1,"method":1}'.slice(0, 34),
      bytes: 34,
      onStart: () => {},
      idempotent: true,
    });

  test('a name that resolves to a link-local address is refused', async () => {
    await expect(get(80, resolving('169.254.169.254'))).rejects.toMatchObject({
      code: 'upstream-unreachable',
      message: expect.stringContaining('EFORBIDDENADDRESS') as string,
    });
    await expect(
      get(
        80,
        resolving(
          'fe80::1',
          '::ffff:169.254.169.254',
          '64:ff9b:1::a9fe:a9fe',
          '2002:a9fe:a9fe::',
          '168.63.129.16',
          '::a9fe:a9fe',
        ),
      ),
    ).rejects.toMatchObject({ code: 'upstream-unreachable' });
  });

  test('if only some addresses of a name are allowed, only those are used', async () => {
    await using upstream = await startUpstream((_request, response) => void response.end('here'));
    const response = await get(upstream.port, resolving('169.254.169.254', '127.0.0.1'));
    expect([response.statusCode, (await readAll(response.body)).toString()]).toEqual([200, 'here']);
  });

  test('a name that does not resolve counts as an unreachable upstream', async () => {
    const failing = guardedLookup((_hostname, _options, callback) =>
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []),
    );
    await expect(get(80, failing)).rejects.toMatchObject({
      code: 'upstream-unreachable',
      message: expect.stringContaining('ENOTFOUND') as string,
    });
  });
});
