/** Ingress alone, on a free port of loopback: calls reach a dispatcher that notes them and answers `{}`. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CallKind } from '../../proxy/call/call.ts';
import { NOBODY } from '../../proxy/call/caller.ts';
import type { Exchange } from '../../proxy/call/exchange.ts';
import type { Message } from '../../proxy/call/message.ts';
import type { WireError } from '../../proxy/call/wire.ts';
import { Guards } from '../../proxy/ingress/guards.ts';
import type { IngressOptions } from '../../proxy/ingress/options.ts';
import { createIngress } from '../../proxy/ingress/server.ts';

/** A call as the dispatcher got it. */
export interface Dispatched {
  readonly kind: CallKind;
  readonly message: Message | undefined;
  readonly exchange: Exchange;
}

export interface Served extends AsyncDisposable {
  readonly port: number;
  readonly server: Server;
  readonly dispatched: readonly Dispatched[];
  /** What was refused before it became a call. */
  readonly refused: readonly (Partial<WireError> & { readonly method?: string | undefined })[];
}

export async function serve(given: Partial<IngressOptions> = {}): Promise<Served> {
  const dispatched: Dispatched[] = [];
  const refused: (Partial<WireError> & { readonly method?: string | undefined })[] = [];
  const server = createIngress({
    guards: new Guards({ listenHost: '127.0.0.1', allowedHosts: [] }),
    readCaller: () => NOBODY,
    dispatcher: {
      async dispatch(kind, message, exchange, sink) {
        dispatched.push({ kind, message, exchange });
        sink.head(200, ['Content-Type', 'application/json', 'Content-Length', '2'], false);
        sink.end(Buffer.from('{}'));
      },
      isOpen: () => false,
    },
    maxBody: 1_000,
    maxDepth: 10,
    maxInspectedReply: 1_000,
    headersTimeoutMs: 40_000,
    requestTimeoutMs: 50_000,
    closing: { begun: false, cut: false },
    onRefused: (_code, told) => void refused.push(told),
    ...given,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    server,
    dispatched,
    refused,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
