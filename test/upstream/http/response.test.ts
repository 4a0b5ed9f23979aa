/** A response without a connection: its headers, and what becomes of a body that nobody wants. */
import { errorMonitor, once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Body, Response } from '../../../proxy/upstream/http/response.ts';

/** What a body says, it has said by then. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A body, and what it asked of its source. */
function arriving() {
  const asked: string[] = [];
  const body = new Body({ resume: () => void asked.push('more'), abandon: () => void asked.push('no more') });
  return { body, asked, response: new Response(200, [], body) };
}

const whole = (headers: readonly string[] = []): Response => new Response(200, headers, Buffer.from('whole'));

/** Those of Node's documentation whose repetitions are dropped, but the length, which no response may repeat. */
const FIRST_ONLY =
  'age authorization content-type etag expires from host if-modified-since if-unmodified-since last-modified location max-forwards proxy-authorization referer retry-after server user-agent';

describe('headers', () => {
  it('are those of Node’s client', async () => {
    const names = [...FIRST_ONLY.split(' '), 'Set-Cookie', 'WWW-Authenticate', 'X-Own', 'vary', '__proto__'];
    const lines = names.flatMap((name) => [`${name}: 1`, `${name}: 2`, `${name}:`]);
    const text = ['HTTP/1.1 200 OK', ...lines, 'Content-Length: 0', '', ''].join('\r\n');
    const server = net.createServer((socket) => socket.once('data', () => socket.end(text))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const request = http.get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, agent: false });
    const [message] = (await once(request, 'response')) as [http.IncomingMessage];
    message.resume();
    server.close();
    const { headers } = whole(message.rawHeaders);
    expect(headers).toEqual({ ...message.headers });
    expect(headers).toMatchObject({ age: '1', 'x-own': '1, 2, ', 'set-cookie': ['1', '2', ''] });
  });

  it('have one length, and are read once', () => {
    const response = whole(['Content-Length', '1', 'content-length', '2']);
    expect(response.headers).toEqual({ 'content-length': '1' });
    expect(response.headers).toBe(response.headers);
  });
});

describe('a body that is whole', () => {
  it('is closed, and nothing ends it', () => {
    const response = whole();
    response.drop();
    response.destroy(new Error('unwanted'));
    let closed = 0;
    response.whenClosed(() => closed++);
    expect([closed, response.body]).toEqual([1, Buffer.from('whole')]);
  });
});

describe('a body that is still arriving', () => {
  it('asks for more when it is read, and for nothing once it is complete', async () => {
    const { body, asked } = arriving();
    body.push('a');
    expect(body.read()).toEqual(Buffer.from('a'));
    expect(asked).toEqual(['more']);
    body.complete();
    body.resume();
    await turn();
    expect([body.readableEnded, asked]).toEqual([true, ['more']]);
  });

  it('is read to its end if it is dropped', async () => {
    const { body, response } = arriving();
    response.drop();
    let closed = 0;
    response.whenClosed(() => closed++);
    expect([body.readableFlowing, closed]).toEqual([true, 0]);
    body.push('a');
    body.complete();
    await turn();
    expect([body.readableEnded, closed]).toEqual([true, 1]);
    response.whenClosed(() => closed++);
    expect(closed).toBe(2);
  });

  it('that is given up abandons its source, once', async () => {
    const { body, asked, response } = arriving();
    response.destroy();
    response.destroy();
    await turn();
    expect([body.closed, asked]).toEqual([true, ['no more']]);
  });

  it('says why it was given up to those who listen, and ends no process otherwise', async () => {
    const why = new Error('unwanted');
    const heard = arriving();
    const errors: unknown[] = [];
    heard.body.on('error', (error) => errors.push(error));
    heard.response.destroy(why);
    const unheard = arriving();
    const thrown: unknown[] = [];
    unheard.body.on(errorMonitor, (error) => thrown.push(error));
    unheard.response.destroy(why);
    await turn();
    expect([heard.body.closed, unheard.body.closed]).toEqual([true, true]);
    expect([errors, thrown]).toEqual([[why], []]);
  });

  it('that is complete is no longer its source’s', async () => {
    const { body, asked } = arriving();
    body.complete();
    body.destroy();
    expect(asked).toEqual([]);
  });
});
