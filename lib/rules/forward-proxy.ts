/** What the URL of a forward proxy, and what goes past it, must look like in a stack. */
import { Exceptions } from '../../proxy/network/no-proxy.ts';
import { anUrl } from './https-url.ts';
import type { Parse } from './parse.ts';
import { shown } from './place.ts';
import { saying } from './schema.ts';

/** No credentials: they would be in the template. */
export const forwardProxyUrl: Parse<string> = saying(anUrl('http://HOST:PORT or https://HOST:PORT'), (value, place) => {
  if (typeof value !== 'string') return place.expected('the URL of a forward proxy', value);
  if (place.isLater(value)) return value;
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search + url.hash !== '')
    return place.fault(`expected http://HOST:PORT or https://HOST:PORT, got ${shown(value)}`);
  if (url.username !== '' || url.password !== '')
    return place.fault(
      'expected a URL without user name and password, which would be in the template: put them into a secret (forwardProxySecretArn), or allow this runtime at the forward proxy by its network',
    );
  return value;
});

export const exception: Parse<string> = saying(
  () => ({ type: 'string', description: 'A host, a domain, an address or a network such as 10.0.0.0/8' }),
  (value, place) => {
    if (typeof value !== 'string') return place.expected('a host, a domain, an address or a network', value);
    if (place.isLater(value)) return value;
    return /[\s,]/.test(value) || value === '' || new Exceptions(value).unknown.length > 0
      ? place.fault(`expected a host, a domain, an address or a network such as 10.0.0.0/8, got ${shown(value)}`)
      : value;
  },
);
