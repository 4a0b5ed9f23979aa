/**
 * What an error shows of a URL. The construct, the deployments and the proxy have the same rule, and agree on which
 * hosts are reachable.
 */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { checkDeployments } from '../../lib/deployments.ts';
import { ProxyUpstream } from '../../lib/index.ts';
import { reachFault } from '../../lib/url.ts';
import { shownUrl } from '../../proxy/base/shown-url.ts';
import { parseEndpoint } from '../../proxy/credentials/endpoint.ts';
import { addressOfArn, addressOfUrl } from '../../proxy/upstream/address.ts';
import { faultsOf } from './synth.ts';

describe('for a text that should be a URL', () => {
  it.each([
    ['tools.example.com', 'tools.example.com'],
    ['https://h:99999/mcp', 'https://h:99999/mcp'],
    ['https://h:99999/mcp?key=hunter2', 'https://h:99999/mcp?…'],
    ['https://h:99999/mcp#hunter2', 'https://h:99999/mcp?…'],
    ['https://svc:hunter2@h:99999/mcp', 'https://…@h:99999/mcp'],
    ['https:\\\\svc:hunter2@h:99999\\mcp', 'https:\\\\…@h:99999\\mcp'],
    ['https:svc:hunter2@h:99999/mcp', '…@h:99999/mcp'],
    ['svc:hunter2@h:99999', '…@h:99999'],
    ['https://svc:hun/ter2@h:99999/mcp', 'https://…@h:99999/mcp'],
    ['https://svc:hun?ter2@h:99999/mcp', 'https://…'],
    ['https://svc:hun#ter2@h:99999/mcp', 'https://…'],
    ['https://svc:hun@ter2@h:99999/mcp', 'https://…@h:99999/mcp'],
    ['https://h:99999/?to=ann@example.com', 'https://…'],
    ['https://svc:hunter2', 'https://svc:…'],
    ['https://svc:hunter2%40h/mcp', 'https://svc:…/mcp'],
    ['https://[::1]:x/mcp', 'https://[::1]:…/mcp'],
    ['', ''],
  ])('%j shows %j', (text, expected) => {
    expect(shownUrl(text)).toBe(expected);
  });
});

test('no error contains a password or a query, wherever a URL is given', () => {
  const word = fc.constantFrom('svc', ':', '//', '\\', '/', '@', '[', ']', '%', '%40', ' ', '.', '99999', 'h');
  const words = fc.array(word, { maxLength: 4 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(
      words,
      words,
      fc.constantFrom('https://', 'http://', 'HTTPS:\\\\', 'https:', 'ftp://', ''),
      fc.constantFrom('@', '@h', '@h:99999/mcp', '@h/mcp#x'),
      (before, after, scheme, end) => {
        // The text after two slashes is a host.
        fc.pre(scheme !== '' || !before.startsWith('//'));
        const secrets = [`${scheme}svc:${before}HUNTER2${after}${end}`, `${scheme}h:99999/${before}?${after}HUNTER2`];
        for (const text of secrets) {
          expect(shownUrl(text)).not.toContain('HUNTER2');
          const said = [
            addressOfUrl(text),
            addressOfArn(text),
            parseEndpoint(text, 'UPSTREAM_TOKEN_URL'),
            checkDeployments([
              {
                name: 'orders',
                account: '111122223333',
                region: 'eu-west-1',
                upstream: { url: text },
                traces: { otlpEndpoint: text },
              },
            ]),
            checkDeployments([
              {
                name: 'orders',
                account: '111122223333',
                region: 'eu-west-1',
                upstream: { gatewayArn: text },
                upstreamAuth: { oauth: { issuer: text, clientId: 'c', secretArn: text } },
              },
            ]),
          ].flatMap((answer) =>
            typeof answer === 'string'
              ? [answer]
              : 'error' in answer
                ? [answer.error]
                : 'faults' in answer
                  ? answer.faults
                  : [],
          );
          for (const line of said) expect(line).not.toContain('HUNTER2');
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

const HOSTS = [
  'localhost',
  'localhost.',
  'a.localhost',
  '127.0.0.1',
  '127.1',
  '0x7f000001',
  '0.0.0.0',
  '169.254.169.254',
  '2852039166',
  '100.100.100.200',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:169.254.169.254]',
  '[64:ff9b::169.254.169.254]',
  '[::ffff:100.100.100.200]',
  '[fe80::1]',
  '[fd00:ec2::254]',
];

describe('a host that no runtime can reach', () => {
  it.each(HOSTS)('is refused for %s, by the deployments and by the construct', (host) => {
    const url = `https://${host}/mcp`;
    const fault = reachFault(url);
    expect(fault).toMatch(/^expected a host that the runtime can reach/);
    expect(faultsOf({ upstream: ProxyUpstream.url(url) })).toContain(`upstream: ${fault}`);
    expect(
      checkDeployments([
        { name: 'orders', account: '111122223333', region: 'eu-west-1', upstream: { url }, upstreamAuth: 'none' },
      ]).join(),
    ).toContain(`upstream.url: ${fault}`);
  });

  it.each([
    'tools.example.com',
    '10.0.0.1',
    '169.253.1.1',
    '100.100.1.1',
    '[2001:db8::1]',
    '[::ffff:10.0.0.1]',
    'localhost.example.com',
  ])('does not include %s', (host) => {
    expect(reachFault(`https://${host}/mcp`)).toBeUndefined();
  });
});
