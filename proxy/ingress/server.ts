/** The HTTP server with its limits. Each request goes to {@link Requests}. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answerBroken, isEnding, MAX_HEADER_BYTES, refuseTunnel } from './connection.ts';
import { Requests } from './http.ts';
import type { IngressOptions } from './options.ts';

export function createIngress(options: IngressOptions): Server {
  const requests = new Requests(options);
  const { headersTimeoutMs: headersTimeout, requestTimeoutMs: requestTimeout, closing, cors } = options;
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (closing.begun) response.shouldKeepAlive = false;
    if (!isEnding(request.socket)) void requests.handle(request, response);
  };
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout,
      requestTimeout,
      // Longer than the usual idle timeout of a load balancer, so that the balancer closes first.
      keepAliveTimeout: 75_000,
      connectionsCheckingInterval: Math.min(1_000, headersTimeout, requestTimeout),
      noDelay: true,
      // Makes a repeated Authorization, Host or Content-Type invalid, where Node would silently use the first.
      joinDuplicateHeaders: true,
      // A missing Host is refused here, in JSON, but accepted for the platform's probes.
      requireHostHeader: false,
      ...(cors === undefined ? {} : { ServerResponse: cors.responses() }),
    },
    handle,
  );
  // Unknown expectations may be ignored (RFC 9110, 10.1.1).
  server.on('checkExpectation', handle);
  server.on('clientError', answerBroken);
  server.on('connect', (_, socket) => {
    const told = refuseTunnel(socket);
    options.onRefused?.(told.code, { ...told, method: 'CONNECT' });
  });
  // Node 22 and 24 silently drop headers beyond a limit of a thousand, perhaps the one that identifies the caller. So
  // there is no limit here, and they are counted.
  server.maxHeadersCount = 0;
  return server;
}
