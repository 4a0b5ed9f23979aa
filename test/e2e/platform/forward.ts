/** Forwards a request and returns its answer, streaming. */
import http from 'node:http';

export interface Forwarded {
  readonly url: string;
  readonly method: string;
  readonly headers: http.OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** @param more headers to add to the answer */
export function forward(
  { url, method, headers, body }: Forwarded,
  response: http.ServerResponse,
  more: http.OutgoingHttpHeaders = {},
): void {
  const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  const onward = http.request(
    url,
    { method, headers: { ...sent, ...(body.length > 0 ? { 'content-length': body.length } : {}) } },
    (answer) => {
      const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...kept } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, { ...kept, ...more });
      response.flushHeaders();
      answer.pipe(response);
    },
  );
  onward.on('error', (error) => {
    if (response.headersSent) response.destroy();
    else response.writeHead(502, { 'content-type': 'text/plain' }).end(error.message);
  });
  response.on('close', () => onward.destroy());
  onward.end(body);
}
