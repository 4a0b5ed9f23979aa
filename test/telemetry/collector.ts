/** An OTLP/HTTP collector on loopback. It accepts JSON, and returns the spans in a form for tests. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReceivedRequest } from '../support/sigv4-verifier.ts';

export interface CollectedSpan {
  readonly name: string;
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT';
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

export interface Collector extends AsyncDisposable {
  /** The value of `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  readonly spans: readonly CollectedSpan[];
  /** Answers 200 by default; replace it with one that never answers to hang. */
  answer: (request: ReceivedRequest, response: http.ServerResponse) => void;
}

const KINDS = ['INTERNAL', 'INTERNAL', 'SERVER', 'CLIENT'] as const;

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface WireSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code?: number };
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

export async function startCollector(): Promise<Collector> {
  const requests: ReceivedRequest[] = [];
  const spans: CollectedSpan[] = [];
  const server = http.createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const request = {
        method: incoming.method ?? '',
        target: incoming.url ?? '',
        rawHeaders: incoming.rawHeaders,
        body,
      };
      requests.push(request);
      if (!request.target.endsWith('/v1/metrics')) spans.push(...spansOf(JSON.parse(body.toString('utf8')) as Export));
      self.answer(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const self: Collector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    spans,
    answer: (_request, response) =>
      void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"partialSuccess":{}}'),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return self;
}

function spansOf({ resourceSpans }: Export): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(
        ({
          name,
          kind,
          traceId,
          spanId,
          parentSpanId,
          startTimeUnixNano,
          endTimeUnixNano,
          attributes,
          status,
          links = [],
        }) => ({
          name,
          kind: KINDS[kind] ?? 'INTERNAL',
          traceId,
          spanId,
          parentSpanId,
          start: Number(BigInt(startTimeUnixNano) / 1000n) / 1000,
          end: Number(BigInt(endTimeUnixNano) / 1000n) / 1000,
          attributes: valuesOf(attributes),
          resource: valuesOf(resource.attributes),
          failed: status.code === 2,
          links: links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })),
        }),
      ),
    ),
  );
}

function valuesOf(attributes: readonly Attribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
