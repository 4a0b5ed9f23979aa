import { once } from 'node:events';
/** Faults of TLS and of names. */
import net from 'node:net';
import { trustAdvice } from '../../../proxy/network/untrusted.ts';
import { certify, selfSigned, type Certificate } from '../certificates.ts';
import { told } from '../client.ts';
import type { Fault, Scene } from '../fault.ts';

const GOOD = certify({ host: '127.0.0.1', days: 30 });

/** The upstream presents a certificate, and a good one afterwards. */
function presenting(certificate: Certificate): Fault['play'] {
  return async ({ upstream, call, disconnect }: Scene) => {
    upstream.present(certificate);
    await disconnect();
    const got = told(await call());
    upstream.present(GOOD);
    return [got];
  };
}

function refusedBy(code: string, advice = ''): Pick<Fault, 'gets' | 'logs'> {
  const words = `the upstream can't be reached: ${code}`;
  return {
    gets: [`502 error upstream-unreachable (-32603): ${words}`],
    logs: ['call refused upstream-unreachable', `warn refused upstream-unreachable: HOST: ${words}${advice}`],
  };
}

const TLS: Pick<Fault, 'own' | 'configs'> = { own: { certificate: GOOD }, configs: ['passing'] };

export const NAMES_AND_TLS: readonly Fault[] = [
  {
    name: 'tls-expired',
    happens: "the upstream's certificate has expired",
    ...TLS,
    play: presenting(certify({ host: '127.0.0.1', days: -1 })),
    ...refusedBy('CERT_HAS_EXPIRED'),
    advice: 'the upstream needs a new certificate',
  },
  {
    name: 'tls-other-host',
    happens: "the upstream's certificate is another host's",
    ...TLS,
    play: presenting(certify({ host: 'elsewhere.example', days: 30 })),
    ...refusedBy('ERR_TLS_CERT_ALTNAME_INVALID'),
    advice: "bind the name that the certificate has, or get one for the upstream's name",
  },
  {
    name: 'tls-self-signed',
    happens: 'the upstream signed its certificate itself',
    ...TLS,
    play: presenting(selfSigned({ host: '127.0.0.1', days: 30 })),
    ...refusedBy('DEPTH_ZERO_SELF_SIGNED_CERT', trustAdvice({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })),
    advice: 'do that, or use a certificate of a public authority',
  },
  {
    name: 'tls-broken-off',
    happens: 'the upstream resets each TLS handshake',
    ...TLS,
    async play({ upstream, call }) {
      await upstream.down();
      const server = net.createServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', () => socket.resetAndDestroy());
      });
      server.listen(upstream.port, '127.0.0.1');
      await once(server, 'listening');
      const got = told(await call());
      server.close();
      await once(server, 'close');
      await upstream.up();
      return [got];
    },
    ...refusedBy('ECONNRESET'),
    advice: 'check what terminates TLS there',
  },
  {
    name: 'tls-missing',
    happens: 'the upstream speaks HTTP where TLS is expected',
    ...TLS,
    async play({ upstream, call }) {
      await upstream.down();
      const server = net.createServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'));
      });
      server.listen(upstream.port, '127.0.0.1');
      await once(server, 'listening');
      const got = told(await call());
      server.close();
      await once(server, 'close');
      await upstream.up();
      return [got];
    },
    ...refusedBy('EPROTO'),
    advice: 'check the port of the URL',
  },
  {
    name: 'tls-silent',
    happens: 'the upstream never answers the TLS handshake',
    ...TLS,
    limits: 'short',
    async play({ upstream, call }) {
      await upstream.down();
      const sockets: net.Socket[] = [];
      const server = net.createServer((socket) => {
        socket.on('error', () => {});
        sockets.push(socket);
      });
      server.listen(upstream.port, '127.0.0.1');
      await once(server, 'listening');
      const got = told(await call());
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
      await upstream.up();
      return [got];
    },
    gets: ['504 error upstream-timeout (-32603): the upstream is slow: expected a connection within N ms, got none'],
    logs: [
      'call refused upstream-timeout',
      'warn refused upstream-timeout: HOST: the upstream is slow: expected a connection within N ms, got none',
    ],
    advice: 'check what terminates TLS there; `connectMs` is the limit',
  },
  {
    name: 'unknown-name',
    happens: "the resolver doesn't know the upstream's name",
    own: { host: 'localhost' },
    configs: ['passing'],
    async play({ proxy, call, disconnect }) {
      await proxy.order({ ask: 'names', work: false });
      await disconnect();
      const got = told(await call());
      await proxy.order({ ask: 'names', work: true });
      return [got];
    },
    ...refusedBy("ENOTFOUND | the upstream can't be reached: EAI_AGAIN"),
    advice: 'check the name, and the resolver of the network that the proxy is in',
  },
];
