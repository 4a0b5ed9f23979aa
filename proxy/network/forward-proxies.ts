/**
 * The forward proxies that this process connects through: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, of which the names in
 * lower case come first, as with curl and Node.
 */
import { type Environment, type Faults, given } from '../base/environment.ts';
import { ProxyError } from '../base/errors.ts';
import { isLoopback } from '../base/loopback.ts';
import { shownUrl } from '../base/shown-url.ts';
import { forbiddenAddress } from './forbidden-address.ts';
import { Exceptions } from './no-proxy.ts';

/** What each variable is for. The same in lower case comes first. */
export const NETWORK_VARIABLES = {
  HTTPS_PROXY: 'the forward proxy for connections with TLS: http://[USER:PASSWORD@]HOST:PORT or https://…',
  HTTP_PROXY: 'the same for connections without TLS, which only PLAIN_HTTP_HOSTS allows',
  NO_PROXY: 'hosts, domains, addresses and networks that are connected to directly, separated by commas',
} as const satisfies Readonly<Record<string, string>>;

export interface ForwardProxy {
  /** The connection to the proxy itself is over TLS. */
  readonly isSecure: boolean;
  readonly host: string;
  readonly port: number;
  /** Without credentials, for errors. */
  readonly shown: string;
  /** The value of `Proxy-Authorization`, if there are credentials. Set later, if they are in a secret. */
  authorization: string | undefined;
}

export class ForwardProxies {
  readonly #https: ForwardProxy | undefined;
  readonly #http: ForwardProxy | undefined;
  readonly #exceptions: Exceptions;

  constructor(https: ForwardProxy | undefined, http: ForwardProxy | undefined, exceptions: Exceptions) {
    this.#https = https;
    this.#http = http;
    this.#exceptions = exceptions;
  }

  /** Credentials are in a URL. */
  get hasCredentials(): boolean {
    return this.#https?.authorization !== undefined || this.#http?.authorization !== undefined;
  }

  /** Gives the proxies credentials, which take effect with the next connection. @throws without a usable pair */
  authorize(text: string): void {
    const authorization = basicIn(text);
    for (const proxy of [this.#https, this.#http]) if (proxy !== undefined) proxy.authorization = authorization;
  }

  /**
   * The proxy for connections to a host; undefined: they are direct. Loopback, and addresses that answer with credentials,
   * would be the proxy's own.
   */
  to({ protocol, hostname, port }: Pick<URL, 'protocol' | 'hostname' | 'port'>): ForwardProxy | undefined {
    const isSecure = protocol === 'https:';
    const proxy = isSecure ? this.#https : this.#http;
    if (proxy === undefined || isThisMachine(hostname) || forbiddenAddress(hostname) !== undefined) return undefined;
    return this.#exceptions.has(hostname, port === '' ? (isSecure ? 443 : 80) : Number(port)) ? undefined : proxy;
  }
}

/** In any spelling: with a dot at the end, as a name below localhost (RFC 6761, 6.3), as an IPv4-mapped address. */
function isThisMachine(hostname: string): boolean {
  const host = hostname.replace(/\.$/, '');
  return isLoopback(host) || host.endsWith('.localhost') || /^\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]$/.test(host);
}

/** Undefined if everything connects directly. */
export function readForwardProxies(environment: Environment, faults: Faults): ForwardProxies | undefined {
  const read = (name: string): ForwardProxy | undefined => {
    const text = either(environment, name);
    return text === undefined ? undefined : readProxy(text, name, faults);
  };
  const https = read('HTTPS_PROXY');
  const http = read('HTTP_PROXY');
  const exceptions = new Exceptions(either(environment, 'NO_PROXY') ?? '');
  if (https === undefined && http === undefined) return undefined;
  for (const part of exceptions.unknown)
    faults.warnings.push(
      `NO_PROXY: ${JSON.stringify(shownUrl(part))} matches nothing: expected a host, a domain, an address, a network such as 10.0.0.0/8, or *, each with :PORT if it is only about that`,
    );
  return new ForwardProxies(https, http, exceptions);
}

function either(environment: Environment, name: string): string | undefined {
  return given(environment, name.toLowerCase()) ?? given(environment, name);
}

/** A text without a scheme is a host, as for curl. */
function readProxy(text: string, name: string, faults: Faults): ForwardProxy | undefined {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  const isProxy = url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '';
  if (!isProxy || !/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    return faults.error(
      `${name}: expected the URL of a forward proxy, http://HOST:PORT or https://HOST:PORT, got ${JSON.stringify(shownUrl(text))}`,
    );
  const forbidden = forbiddenAddress(url.hostname);
  if (forbidden !== undefined) return faults.error(`${name}: expected a host other than ${url.hostname}: ${forbidden}`);
  const isSecure = url.protocol === 'https:';
  const authorization = basicOf(url);
  if (authorization === null)
    return faults.error(`${name}: expected user name and password in percent-encoding, got another text`);
  return {
    isSecure,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    shown: `${url.protocol}//${url.host}`,
    authorization,
  };
}

/** `USER:PASSWORD` as it is, or a JSON object with both, as secrets of databases are. The error repeats nothing of it. */
function basicIn(text: string): string {
  const pair = text.trimStart().startsWith('{') ? pairIn(text) : text.trim();
  if (pair === undefined || !/^[^:\r\n]+:[^\r\n]*$/.test(pair))
    throw new ProxyError(
      'internal',
      'FORWARD_PROXY_SECRET: expected USER:PASSWORD in one line, or JSON with username and password, got another text',
    );
  return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
}

function pairIn(json: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed !== 'object' || parsed === null || !('username' in parsed) || !('password' in parsed))
      return undefined;
    const { username, password } = parsed;
    return typeof username === 'string' && typeof password === 'string' ? `${username}:${password}` : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 7617. Null if they are not percent-encoded. */
function basicOf({ username, password }: URL): string | undefined | null {
  if (username === '' && password === '') return undefined;
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`;
  } catch {
    return null;
  }
}
