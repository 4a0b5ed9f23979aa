/** Which connections go through a forward proxy, by the variables that curl and Node read. */
import { describe, expect, test } from 'vitest';
import { Faults } from '../../proxy/base/environment.ts';
import { readForwardProxies } from '../../proxy/network/forward-proxies.ts';

const PROXY = 'http://proxy.corp:3128';

function read(environment: Readonly<Record<string, string>>) {
  const faults = new Faults();
  const proxies = readForwardProxies(environment, faults);
  return { faults, to: (url: string) => proxies?.to(new URL(url))?.shown };
}

/** The proxy for a URL if all have one, except what NO_PROXY names. */
const past = (list: string, url: string): boolean =>
  read({ HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY, NO_PROXY: list }).to(url) === undefined;

test('without variables everything connects directly', () => {
  expect(read({ NO_PROXY: '*' }).to('https://a.example')).toBeUndefined();
});

test('TLS has its own proxy, and so has what is without', () => {
  const { to } = read({ HTTPS_PROXY: 'https://tls.corp', HTTP_PROXY: PROXY });
  expect([to('https://a.example'), to('http://a.example')]).toEqual(['https://tls.corp', PROXY]);
  expect(read({ HTTP_PROXY: PROXY }).to('https://a.example')).toBeUndefined();
});

test('the name in lower case comes first, and an empty one counts as none', () => {
  expect(read({ HTTPS_PROXY: PROXY, https_proxy: 'http://lower.corp:1' }).to('https://a.example')).toBe(
    'http://lower.corp:1',
  );
  expect(read({ HTTPS_PROXY: PROXY, https_proxy: '' }).to('https://a.example')).toBe(PROXY);
  expect(read({ HTTPS_PROXY: PROXY, NO_PROXY: 'b.example', no_proxy: 'a.example' }).to('https://a.example')).toBe(
    undefined,
  );
});

test('a proxy without a scheme is one over http, as for curl', () => {
  expect(read({ HTTPS_PROXY: 'proxy.corp:3128' }).to('https://a.example')).toBe(PROXY);
});

test.each([
  'https://localhost:8443',
  'https://127.0.0.1:1',
  'https://127.8.8.8',
  'https://[::1]:8443',
  'https://localhost.',
  'https://any.localhost',
  'https://any.localhost.:8443',
  'https://[::ffff:127.0.0.1]',
  'https://[::ffff:127.8.8.8]:1',
])('this machine is never reached through a proxy: %s', (url) => {
  expect(read({ HTTPS_PROXY: PROXY }).to(url)).toBeUndefined();
});

test.each([
  'http://169.254.170.2/v2/credentials',
  'http://169.254.169.254/latest',
  'http://169.254.170.23/v1/credentials',
  'http://[fd00:ec2::254]/latest',
  'http://[fd00:ec2::23]/v1/credentials',
  'https://metadata.google.internal',
])('what answers with credentials is never reached through a proxy: %s', (url) => {
  expect(read({ HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY }).to(url)).toBeUndefined();
});

describe('NO_PROXY', () => {
  test.each([
    ['*', 'https://a.example', true],
    ['a.example', 'https://a.example', true],
    ['A.Example', 'https://a.EXAMPLE/x', true],
    ['a.example', 'https://b.a.example', true],
    ['a.example', 'https://ba.example', false],
    ['.a.example', 'https://a.example', true],
    ['.a.example', 'https://b.a.example', true],
    ['.a.example', 'https://ba.example', false],
    ['*.a.example', 'https://b.c.a.example', true],
    ['*.a.example', 'https://ba.example', false],
    ['a.example.', 'https://a.example', true],
    ['a.example', 'https://a.example.', true],
    ['a.example:443', 'https://a.example', true],
    ['a.example:443', 'https://a.example:8443', false],
    ['a.example:80', 'http://a.example', true],
    ['a.example:8443', 'https://b.a.example:8443', true],
    ['b.example, a.example', 'https://a.example', true],
    ['b.example a.example', 'https://a.example', true],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['10.1.2.3', 'https://10.1.2.30', false],
    ['10.0.0.0/8', 'https://10.200.1.1', true],
    ['10.0.0.0/8', 'https://11.0.0.1', false],
    ['10.0.0.0/8:443', 'https://10.200.1.1', true],
    ['10.0.0.0/8:443', 'https://10.200.1.1:8443', false],
    ['10.0.0.1-10.0.0.9', 'https://10.0.0.9', true],
    ['10.0.0.1-10.0.0.9', 'https://10.0.0.10', false],
    ['2001:db8::1', 'https://[2001:db8:0::1]', true],
    ['[2001:db8::1]', 'https://[2001:db8::1]', true],
    ['[2001:db8::1]:443', 'https://[2001:db8::1]', true],
    ['[2001:db8::1]:443', 'https://[2001:db8::1]:444', false],
    ['2001:db8::/32', 'https://[2001:db8:7::1]', true],
    ['2001:db8::/32', 'https://[2001:db9::1]', false],
    ['10.0.0.0/8', 'https://10.example', false],
  ])('%s and %s: directly %s', (list, url, directly) => {
    expect(past(list, url)).toBe(directly);
  });

  test.each(['10.0.0.0/33', 'http://a.example', '10.1.2', 'a.example:99999', 'a b', '1.2.3.4-1.2.3', '2001:db8::/129'])(
    'a warning names a part that matches nothing: %s',
    (list) => {
      const { faults } = read({ HTTPS_PROXY: PROXY, NO_PROXY: list.replace(' ', '/') });
      expect(faults).toMatchObject({
        errors: [],
        warnings: [expect.stringMatching(/^NO_PROXY: ".*" matches nothing: expected a host/)],
      });
    },
  );
});

test.each([
  ['socks5://proxy.corp:1080', '"socks5://proxy.corp:1080"'],
  ['http://proxy.corp:3128/path', '"http://proxy.corp:3128/path"'],
  ['http://me:s3cret@proxy.corp:x', '"http://…@proxy.corp:…"'],
  ['ftp://me:s3cret@proxy.corp', '"ftp://…@proxy.corp"'],
  ['http://', '"http://"'],
])('the proxy %s is a fault, which does not repeat a password', (proxy, shown) => {
  expect(read({ HTTPS_PROXY: proxy }).faults.errors).toEqual([
    `HTTPS_PROXY: expected the URL of a forward proxy, http://HOST:PORT or https://HOST:PORT, got ${shown}`,
  ]);
});

test.each([
  ['http://169.254.1.1:3128', 'HTTP_PROXY: expected a host other than 169.254.1.1: a link-local address'],
  [
    'http://me:100%25%zz@proxy.corp',
    'HTTP_PROXY: expected user name and password in percent-encoding, got another text',
  ],
])('the proxy %s is a fault', (proxy, fault) => {
  expect(read({ HTTP_PROXY: proxy }).faults.errors).toEqual([fault]);
});

test('credentials of the proxy are decoded, and shown nowhere', () => {
  const proxies = readForwardProxies({ HTTPS_PROXY: 'http://me%40corp:p%3Ass@proxy.corp:3128' }, new Faults());
  const proxy = proxies?.to(new URL('https://a.example'));
  expect(proxy?.authorization).toBe(`Basic ${Buffer.from('me@corp:p:ss').toString('base64')}`);
  expect(proxy?.shown).toBe(PROXY);
});
