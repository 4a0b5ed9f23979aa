/** Reads a request's body: limited in size, and valid UTF-8 (RFC 8259, section 8.1). */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { ProxyError } from '../base/errors.ts';

/** The sender cut the request off, so no answer is possible. */
export class SenderGone extends Error {}

/**
 * Throws `invalid-request` for a transfer coding other than only chunked, and for any in HTTP/1.0 (RFC 9112, sections
 * 6.1 and 6.3). Node accepts any list that ends in chunked and leaves the other codings undecoded, so another reader
 * would see different bytes.
 */
export function checkFraming({ headers, httpVersionMinor }: IncomingMessage): void {
  const coding = headers['transfer-encoding'];
  if (coding === undefined || (httpVersionMinor === 1 && coding.toLowerCase() === 'chunked')) return;
  throw new ProxyError(
    'invalid-request',
    'expected a body with a Content-Length or in HTTP/1.1 chunks, got another transfer coding',
  );
}

/** Collects the body. Rejects with `payload-too-large` as soon as that is certain, and keeps nothing of the rest. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? -1);
  if (declared > limit) return Promise.reject(tooLarge(`${declared} bytes`, limit));
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.removeAllListeners('data');
        reject(tooLarge('more', limit));
      } else if (first === undefined) first = chunk;
      else (more ??= [first]).push(chunk);
    });
    request.on('end', () => resolve(more === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(more, size)));
    // 'close' follows an error, and 'end' as well; making an error then would cost more than the rest of this function.
    request.on('close', () => {
      if (!request.complete) reject(new SenderGone());
    });
  });
}

export function decode(body: Buffer): string {
  if (!isUtf8(body))
    throw new ProxyError('parse-error', 'expected the body to be UTF-8 without a content coding, got other bytes');
  return body.toString('utf8');
}

/** Throws `unsupported-media-type` unless the body is declared as JSON, and in UTF-8 if a charset is named. */
export function checkMediaType(contentType: string | undefined): void {
  if (contentType === 'application/json') return;
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  if (type === 'application/json' && (charset === undefined || charset === 'utf-8' || charset === 'utf8')) return;
  throw new ProxyError(
    'unsupported-media-type',
    `expected Content-Type application/json, got ${contentType === undefined ? 'none' : JSON.stringify(contentType.slice(0, 100))}`,
  );
}

function tooLarge(got: string, limit: number): ProxyError {
  return new ProxyError('payload-too-large', `the body is larger than ${limit} bytes: got ${got} (limits.maxBody)`);
}
