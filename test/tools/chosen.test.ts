import { describe, expect, it } from 'vitest';
import { boundTo, chosen, inOptions } from '../../bin/tools/chosen.ts';
import { ConfigError } from '../../proxy/start-proxy.ts';

const ONE = { controls: [] };
const TWO = { controls: [], separator: '--', upstreams: { one: { prefix: true }, two: { prefix: true } } };

describe('--upstream', () => {
  it('gives upstreams other addresses than those that are bound', () => {
    const bound = { UPSTREAM_ONE_ARN: 'arn:a', UPSTREAM_TWO_URL: 'https://b', PORT: '1' };
    const meant = chosen(TWO, ['one=https://c?a=b']);
    expect(meant.config).toEqual(TWO);
    expect(boundTo(meant, bound)).toEqual({
      UPSTREAM_ONE_URL: 'https://c?a=b',
      UPSTREAM_ONE_ARN: undefined,
      UPSTREAM_TWO_URL: 'https://b',
      PORT: '1',
    });
    expect(boundTo(chosen(ONE, ['https://c']), {})).toMatchObject({ UPSTREAM_URL: 'https://c' });
  });

  it('names the upstreams that are meant', () => {
    expect(chosen(TWO, ['two', 'two=https://c']).config.upstreams).toEqual({ two: { prefix: true } });
    expect(chosen(TWO, []).config.upstreams).toEqual(TWO.upstreams);
  });

  it.each([
    [ONE, ['crm'], '--upstream: expected a URL or one of default, got "crm"'],
    [TWO, ['https://c'], '--upstream: expected NAME=URL, where NAME is one or two, got "https://c"'],
    [TWO, ['three=https://c'], '--upstream: expected NAME=URL, where NAME is one or two, got "three=https://c"'],
    [TWO, ['one=https://c', 'one=https://d'], '--upstream: expected one URL for one, got two'],
  ])('with %j and %j is refused in words', (config, given, fault) => {
    expect(() => chosen(config, given)).toThrow(fault);
  });

  it('is named in an error about an address', () => {
    const faultsFor = (config: typeof ONE | typeof TWO, given: string[], fault: string) =>
      inOptions(new ConfigError([fault, 'X: expected a, got b']), chosen(config, given)).faults;
    expect(faultsFor(TWO, ['one=ftp://a'], 'UPSTREAM_ONE_URL: expected https, got ftp')[0]).toBe(
      '--upstream one: expected https, got ftp',
    );
    expect(faultsFor(ONE, ['ftp://a'], 'UPSTREAM_URL: expected https, got ftp')).toEqual([
      '--upstream: expected https, got ftp',
      'X: expected a, got b',
    ]);
    expect(faultsFor(TWO, [], 'UPSTREAM_TWO_URL: expected a URL, got nothing')[0]).toBe(
      'UPSTREAM_TWO_URL: expected a URL, got nothing: set it, or give --upstream two=URL',
    );
    expect(faultsFor(TWO, [], 'UPSTREAM_TWO_URL: expected https, got ftp')[0]).toBe(
      'UPSTREAM_TWO_URL: expected https, got ftp',
    );
  });
});
