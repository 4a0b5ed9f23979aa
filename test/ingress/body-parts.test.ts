/** How a body is read and checked, without a connection. */
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ProxyError } from '../../proxy/base/errors.ts';
import { checkFraming, checkMediaType, decode, readBody, SenderGone } from '../../proxy/ingress/body.ts';

/** A request whose body is pushed by hand. */
function received(headers: Readonly<Record<string, string>> = {}, minor = 1): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  Object.assign(request.headers, headers);
  request.httpVersionMinor = minor;
  return request;
}

function end(request: IncomingMessage): void {
  request.complete = true;
  request.push(null);
}

const refusal = (code: string, message: string): unknown => expect.objectContaining({ code, message });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What reading ends with, which takes no more than some turns. */
async function read(request: IncomingMessage): Promise<unknown> {
  const body = readBody(request, 100).catch((error: unknown) => error);
  const late = (async () => {
    for (let turns = 0; turns < 50; turns++) await turn();
    return 'nothing yet';
  })();
  const outcome = await Promise.race([body, late]);
  return Buffer.isBuffer(outcome) ? String(outcome) : outcome;
}

describe('the framing', () => {
  it.each([
    [undefined, 1],
    [undefined, 0],
    ['chunked', 1],
    ['CHUNKED', 1],
  ])('may be %s in HTTP/1.%i', (coding, minor) => {
    const headers: Record<string, string> = coding === undefined ? {} : { 'transfer-encoding': coding };
    expect(() => checkFraming(received(headers, minor))).not.toThrow();
  });

  it.each([
    ['chunked', 0],
    ['x, chunked', 1],
    ['identity', 1],
    ['', 1],
  ])('may not be %j in HTTP/1.%i', (coding, minor) => {
    expect(() => checkFraming(received({ 'transfer-encoding': coding }, minor))).toThrow(
      refusal(
        'invalid-request',
        'expected a body with a Content-Length or in HTTP/1.1 chunks, got another transfer coding',
      ),
    );
  });
});

describe('the media type', () => {
  it.each([
    'application/json',
    'Application/JSON',
    ' application/json ; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/json; version=1; charset=utf8',
    'application/json; xcharset=utf-16',
  ])('may be %s', (type) => {
    expect(() => checkMediaType(type)).not.toThrow();
  });

  it.each([
    [undefined, 'none'],
    ['', '""'],
    ['text/plain', '"text/plain"'],
    ['text/plain; charset=utf-8', '"text/plain; charset=utf-8"'],
    ['application/json; charset=utf-16', '"application/json; charset=utf-16"'],
    ['application/json; version=1; charset=utf-7', '"application/json; version=1; charset=utf-7"'],
    ['application/json; charset=', '"application/json; charset="'],
    ['x'.repeat(101), `"${'x'.repeat(100)}"`],
  ])('may not be %j', (type, got) => {
    expect(() => checkMediaType(type)).toThrow(
      refusal('unsupported-media-type', `expected Content-Type application/json, got ${got}`),
    );
  });
});

describe('the bytes', () => {
  it('are UTF-8', () => {
    expect(decode(Buffer.from('{"a":"é"}'))).toBe('{"a":"é"}');
    expect(() => decode(Buffer.from([0x22, 0xff, 0x22]))).toThrow(
      refusal('parse-error', 'expected the body to be UTF-8 without a content coding, got other bytes'),
    );
  });

  it.each([
    ['none', [], ''],
    ['one piece', ['whole'], 'whole'],
    ['several pieces', ['a', 'bc', 'd'], 'abcd'],
    ['as many as the limit', ['x'.repeat(60), 'x'.repeat(40)], 'x'.repeat(100)],
  ])('are read whole: %s', async (_what, pieces, expected) => {
    const request = received({ 'content-length': String(expected.length) });
    const body = read(request);
    for (const piece of pieces) {
      request.push(piece);
      await turn();
    }
    end(request);
    expect(await body).toBe(expected);
  });

  it('that are declared to be too many are refused before one has come', async () => {
    expect(await read(received({ 'content-length': '101' }))).toEqual(
      refusal('payload-too-large', 'the body is larger than 100 bytes: got 101 bytes (limits.maxBody)'),
    );
  });

  it('that turn out to be too many are refused at once, and nothing more of them is kept', async () => {
    const request = received();
    const body = read(request);
    request.push('x'.repeat(60));
    await turn();
    request.push('x'.repeat(41));
    expect(await body).toEqual(
      refusal('payload-too-large', 'the body is larger than 100 bytes: got more (limits.maxBody)'),
    );
    expect(await body).toBeInstanceOf(ProxyError);
    expect(request.listenerCount('data')).toBe(0);
  });

  it('of a sender that leaves are not waited for', async () => {
    const request = received();
    const body = read(request);
    request.push('x');
    await turn();
    request.emit('close');
    expect(await Promise.race([body, turn()])).toBeInstanceOf(SenderGone);
  });
});
