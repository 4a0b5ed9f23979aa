/** A connection through a forward proxy (CONNECT: RFC 9110, 9.3.6). Loaded only where a proxy is bound. */
import net, { type LookupFunction, type Socket } from 'node:net';
import tls from 'node:tls';
import type { ForwardProxy } from './forward-proxies.ts';
import { guardedLookup } from './lookup.ts';
import { trusted } from './network.ts';

/** Bytes of the proxy's answer. */
const MAX_HEAD = 16 * 1024;
const END = '\r\n\r\n';
const STATUS_LINE = /^HTTP\/1\.[01] ([1-9]\d\d)[ \r]/;

/** The proxy opened no tunnel. Its message may be shown: it names neither credentials nor what the proxy sent. */
export class ForwardProxyError extends Error {
  readonly code: 'EPROXYAUTH' | 'EPROXYREFUSED' | 'EPROXYANSWER' | 'EPROXYUNREACHABLE';

  constructor(code: ForwardProxyError['code'], message: string) {
    super(message);
    this.name = 'ForwardProxyError';
    this.code = code;
  }
}

export interface Destination {
  /** A name, or an address without brackets. The proxy resolves names. */
  readonly host: string;
  readonly port: number;
}

export interface TunnelOptions {
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
  /** Resolves the proxy's own name. @default the system's resolver, without forbidden addresses */
  readonly lookup?: LookupFunction | undefined;
}

/** Resolves to the connection as soon as bytes reach the destination. Rejects with `ForwardProxyError`. */
export function tunnel(
  proxy: ForwardProxy,
  to: Destination,
  { signal, lookup = guardedLookup() }: TunnelOptions = {},
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(gaveUp(proxy));
      return;
    }
    const socket = reach(proxy, lookup);
    const text: Buffer[] = [];
    const settle = (error?: ForwardProxyError): void => {
      socket.off('readable', read).off('error', broke).off('close', ended).off('end', ended);
      signal?.removeEventListener('abort', abort);
      if (error === undefined) resolve(socket);
      else {
        // What is still reported about it interests nobody.
        socket.on('error', () => {}).destroy();
        reject(error);
      }
    };
    const abort = (): void => settle(gaveUp(proxy));
    const broke = (error: Error): void => settle(unreachable(proxy, error));
    const ended = (): void =>
      settle(
        new ForwardProxyError(
          'EPROXYANSWER',
          `the forward proxy ${proxy.shown} ended the connection without an answer`,
        ),
      );
    const read = (): void => {
      for (let chunk: unknown = socket.read(); Buffer.isBuffer(chunk); chunk = socket.read()) text.push(chunk);
      const head = Buffer.concat(text).toString('latin1');
      const end = head.indexOf(END);
      if (end >= 0 || head.length > MAX_HEAD) settle(faultOf(proxy, to, head, end));
    };
    socket.on('readable', read).on('error', broke).on('close', ended).on('end', ended);
    signal?.addEventListener('abort', abort);
    socket.write(requestFor(proxy, to), 'latin1');
  });
}

function reach({ isSecure, host, port }: ForwardProxy, lookup: LookupFunction): Socket {
  const options = { host, port, lookup, noDelay: true, keepAlive: true };
  if (!isSecure) return net.connect(options);
  const secureContext = trusted(tls);
  return tls.connect({
    ...options,
    servername: net.isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
    ...(secureContext === undefined ? {} : { secureContext }),
  });
}

function requestFor({ authorization }: ForwardProxy, { host, port }: Destination): string {
  const authority = `${net.isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const credentials = authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`;
  return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`;
}

/** @param end of the head; -1: it is too long. Undefined: the tunnel is open */
function faultOf(
  { shown, authorization }: ForwardProxy,
  { host, port }: Destination,
  head: string,
  end: number,
): ForwardProxyError | undefined {
  const status = Number(STATUS_LINE.exec(head)?.[1] ?? 0);
  if (end < 0 || status === 0)
    return new ForwardProxyError('EPROXYANSWER', `the forward proxy ${shown} doesn't answer CONNECT in HTTP/1.1`);
  if (status === 407)
    return new ForwardProxyError(
      'EPROXYAUTH',
      authorization === undefined
        ? `the forward proxy ${shown} wants credentials (407): give it http://USER:PASSWORD@HOST:PORT, or bind FORWARD_PROXY_SECRET`
        : `the forward proxy ${shown} does not accept its credentials (407): check USER:PASSWORD in its URL or in FORWARD_PROXY_SECRET`,
    );
  if (status < 200 || status > 299)
    return new ForwardProxyError(
      'EPROXYREFUSED',
      `the forward proxy ${shown} opens no tunnel to ${host}:${port} (HTTP ${status}): allow it there, or name the host in NO_PROXY`,
    );
  // Nobody has spoken to the destination yet: bytes after the head are the proxy's own.
  if (end + END.length < head.length)
    return new ForwardProxyError('EPROXYANSWER', `the forward proxy ${shown} sent more than an answer to CONNECT`);
  return undefined;
}

function unreachable({ shown }: ForwardProxy, error: Error): ForwardProxyError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'the connection broke';
  return new ForwardProxyError('EPROXYUNREACHABLE', `the forward proxy ${shown} can't be reached (${code})`);
}

function gaveUp({ shown }: ForwardProxy): ForwardProxyError {
  return new ForwardProxyError('EPROXYUNREACHABLE', `the forward proxy ${shown} opened no tunnel in time`);
}
