/** Requests that are refused before any control, and calls by the id that a client got in an error. */
import { request as httpRequest } from 'node:http';
import { createConnection } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Detail, Summary } from '../../console/record/records.ts';
import { RefusedRequest } from '../../console/record/refused-request.ts';
import { values } from '../../console/record/shape.ts';
import { Store } from '../../console/record/store.ts';
import { ERRORS_PAGE } from '../../proxy/base/self.ts';
import { defineControl, defineProxy, header, type ProxyConfig } from '../../proxy/index.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';
import { CHROMIUM, launch, onPage, rows } from './browser.ts';
import { startWatched, type Watched } from './consoles.ts';

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};
const CALL = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: META } });
const HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'x-user': 'ann@example.com',
};

/** Fails for this tool, with an error that only the log explains. */
const fails = defineControl({
  name: 'fails',
  replies: 'ignores',
  setup: () => (call, next) => {
    if (call.name === 'broken') throw new TypeError('a bug');
    return next(call);
  },
});

const CONFIG: ProxyConfig = defineProxy({ controls: [fails], caller: header('x-user'), limits: { maxBody: 2_000 } });

let upstream: Upstream;
let browser: Browser | undefined;

beforeAll(async () => {
  upstream = await startUpstream();
  if (CHROMIUM !== undefined) browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await upstream[Symbol.asyncDispose]();
});

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
}

/** With exactly these headers. Returns the body. */
function send(url: string, { headers = HEADERS, method = 'POST', path = '/mcp', body = CALL }: Sent): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text));
    });
    sent.on('error', reject);
    sent.end(method === 'GET' ? undefined : body);
  });
}

const REFUSED: readonly (readonly [string, Sent, string, string])[] = [
  ['another Host', { headers: { ...HEADERS, host: 'attacker.example' } }, 'forbidden-host', 'tools/list'],
  ['another Origin', { headers: { ...HEADERS, origin: 'https://attacker.example' } }, 'forbidden-origin', 'POST'],
  ['half of a message', { body: '{"jsonrpc":"2.0"' }, 'parse-error', 'POST'],
  ['no caller', { headers: { ...HEADERS, 'x-user': '' } }, 'unauthenticated-caller', 'tools/list'],
  ['a body that is too large', { body: CALL.padEnd(3_000) }, 'payload-too-large', 'POST'],
  ['another media type', { headers: { ...HEADERS, 'content-type': 'text/plain' } }, 'unsupported-media-type', 'POST'],
  ['another path', { path: '/other' }, 'not-found', 'POST'],
  ['another HTTP method', { method: 'PUT' }, 'method-not-allowed', 'PUT'],
  ['a method of the other era', { body: CALL.replace('tools/list', 'initialize') }, 'method-not-found', 'initialize'],
];

describe('a request that is refused before any control', () => {
  it.each(REFUSED)('is listed with its reason: %s', async (_, sent, code, method) => {
    await using watched = await startWatched(CONFIG, upstream.url);
    const got = await send(watched.url, sent);
    expect(got).toContain('"error"');
    const [listed, ...others] = await watched.get<Summary[]>('/api/calls');
    expect(others).toEqual([]);
    expect(listed).toMatchObject({ kind: 'refused', outcome: code, method });
    const detail = await watched.get<Detail>(`/api/call?id=${listed?.id}`);
    expect(detail.reply?.body.text).toBe(got);
    expect(detail).toMatchObject({ steps: [], claims: {} });
  });

  it('is listed if it wanted a tunnel', async () => {
    await using watched = await startWatched(CONFIG, upstream.url);
    const { port } = new URL(watched.url);
    const socket = createConnection(Number(port), '127.0.0.1', () =>
      socket.write('CONNECT a.example:443 HTTP/1.1\r\n\r\n'),
    );
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    expect(await watched.get<Summary[]>('/api/calls')).toMatchObject([{ kind: 'refused', method: 'CONNECT' }]);
  });

  it('shows nothing of itself with --no-values', async () => {
    await using watched = await startWatched(CONFIG, upstream.url, { showsValues: false });
    await send(watched.url, { headers: { ...HEADERS, host: 'ann.example' } });
    await send(watched.url, { body: CALL.replace('tools/list', 'about/ann'), headers: { ...HEADERS, 'x-user': '' } });
    const listed = await watched.get<Summary[]>('/api/calls');
    const details = await Promise.all(listed.map(({ id }) => watched.get<Detail>(`/api/call?id=${id}`)));
    expect(listed.map(({ outcome }) => outcome)).toEqual(['forbidden-host', 'unauthenticated-caller']);
    expect(JSON.stringify([listed, details])).not.toContain('ann');
  });
});

async function brokenCall(watched: Watched): Promise<string> {
  const body = CALL.replace('tools/list"', 'tools/call"').replace(
    '{"_meta"',
    '{"name":"broken","arguments":{},"_meta"',
  );
  const got = await send(watched.url, { body });
  return /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(got)?.[0] ?? `no id in ${got}`;
}

describe('a call', () => {
  it('is found by the id of its error, or by a text that has it', async () => {
    await using watched = await startWatched(CONFIG, upstream.url);
    await send(watched.url, {});
    const id = await brokenCall(watched);
    await send(watched.url, {});
    const pasted = JSON.stringify({ error: { code: -32603, message: 'internal error', data: { errorId: id } } });
    for (const text of [id, id.toUpperCase(), pasted]) {
      const found = await watched.get<{ call: number }>(`/api/told?id=${encodeURIComponent(text)}`);
      expect(await watched.get<Detail>(`/api/call?id=${found.call}`)).toMatchObject({
        name: 'broken',
        outcome: 'internal',
      });
    }
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect(await watched.get(`/api/told?id=${unknown}`)).toEqual({});
    expect(await watched.get('/api/told?id=2')).toEqual({});
  });

  it('is not found by ids of an upstream', async () => {
    const theirs = '11111111-2222-4333-8444-555555555555';
    await using other = await startUpstream((_, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(`{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no","data":{"errorId":"${theirs}"}}}`);
    });
    await using watched = await startWatched(CONFIG, other.url);
    await send(watched.url, {});
    expect(await watched.get(`/api/told?id=${theirs}`)).toEqual({});
  });

  it('is forgotten with its id', () => {
    const store = new Store({ calls: 10, bytes: 1e6 });
    const setting = { controls: [], shown: values, showsValues: true };
    const idOf = (i: number): string => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`;
    for (let i = 1; i <= 100; i++) {
      const body = JSON.stringify({ jsonrpc: '2.0', error: { code: 1, message: '', data: { errorId: idOf(i) } } });
      const request = new RefusedRequest(
        store.nextId(),
        'internal',
        { status: 500, body, errorId: idOf(i), method: 'POST' },
        setting,
      );
      store.add(request);
      store.weigh(request);
    }
    expect(store.told(idOf(90))).toBeUndefined();
    expect(store.told(idOf(91))?.id).toBe(91);
  });
});

describe.skipIf(CHROMIUM === undefined)('the page', () => {
  const open = (): Browser => {
    if (browser === undefined) throw new Error('expected a browser');
    return browser;
  };

  it('lists a request that no control saw, and says why it was refused', async () => {
    await using watched = await startWatched(CONFIG, upstream.url);
    await send(watched.url, { headers: { ...HEADERS, host: 'attacker.example' } });
    await onPage(open(), watched, async (page) => {
      const row = rows(page).filter({ hasText: /forbidden-host/ });
      expect(await row.textContent()).toContain('refused before any control');
      await row.click();
      await page.getByText('Refused before any control: forbidden-host').waitFor();
      await page.getByText('The call names another host than this proxy').waitFor();
      const link = page.getByRole('link', { name: 'forbidden-host' });
      expect(await link.getAttribute('href')).toBe(`${ERRORS_PAGE}#forbidden-host`);
      expect(await link.getAttribute('rel')).toBe('noreferrer');
      await page.getByText('The client was told: the Host header names no host that is allowed here').waitFor();
      // One that comes now is shown as well.
      await send(watched.url, { path: '/other' });
      await rows(page)
        .filter({ hasText: /not-found/ })
        .waitFor();
    });
  });

  it('opens a call by the id in an error: from the box, and from the address', async () => {
    await using watched = await startWatched(CONFIG, upstream.url);
    const id = await brokenCall(watched);
    for (let i = 0; i < 3; i++) await send(watched.url, {});
    const box = 'Open a call by the errorId that its client got';
    await onPage(open(), watched, async (page) => {
      await rows(page).first().waitFor();
      await page.getByLabel(box).fill('00000000-0000-4000-8000-000000000000');
      await page.keyboard.press('Enter');
      await page.getByText('No call here has an error with this id').waitFor();
      await page.getByLabel(box).fill(`"errorId":"${id}"`);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'broken tools/call' }).waitFor();
      await page.getByText('No call here has an error with this id').waitFor({ state: 'detached' });
    });
    await onPage(
      open(),
      watched,
      async (page) => {
        await page.getByRole('heading', { name: 'broken tools/call' }).waitFor();
        expect(page.url()).toBe(`${watched.origin}/#calls`);
      },
      watched.page.replace('/#', `/?id=${id}#`),
    );
  });
});
