/** What the page asks for. Every request here had the key. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Recorder } from '../record/recorder.ts';
import { idsIn } from '../record/told.ts';
import type { About } from './about.ts';
import { answer } from './answer.ts';
import type { Live } from './live.ts';

/** Answers a path; the value is sent as JSON. */
export type Answers = (query: URLSearchParams) => unknown;
/** Gets the parsed body of a POST, and answers itself. */
export type Acts = (body: unknown, response: ServerResponse) => Promise<void> | void;

export interface ApiOptions {
  readonly about: () => About;
  readonly recorder: Recorder;
  readonly live: Live;
  readonly answers?: Readonly<Record<string, Answers>>;
  readonly acts?: Readonly<Record<string, Acts>>;
}

/** Bytes of a form. */
const MOST = 4 * 1024 * 1024;

export class Api {
  readonly #options: ApiOptions;
  readonly #answers: ReadonlyMap<string, Answers>;
  readonly #acts: ReadonlyMap<string, Acts>;

  constructor(options: ApiOptions) {
    this.#options = options;
    const { about, recorder, answers = {}, acts = {} } = options;
    this.#answers = new Map<string, Answers>([
      ['/api/about', about],
      ['/api/calls', (query) => recorder.store.newest(numberIn(query, 'newest')).map(({ summary }) => summary)],
      ['/api/told', (query) => toldIn(recorder.store, query.get('id') ?? '')],
      ['/api/call', (query) => recorder.store.get(Number(query.get('id')))?.detail],
      ...Object.entries(answers),
    ]);
    this.#acts = new Map(Object.entries(acts));
  }

  async handle(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (path === '/api/live' && request.method === 'GET') {
      if (!this.#options.live.add(response)) answer(response, 503, { error: 'too many open pages: close some' });
      return;
    }
    if (request.method === 'GET') {
      const found = this.#answers.get(path);
      const query = new URL(request.url ?? '/', 'http://console').searchParams;
      const value: unknown = await found?.(query);
      if (value === undefined) answer(response, 404, { error: 'there is nothing here, or no longer' });
      else answer(response, 200, value);
      return;
    }
    const act = this.#acts.get(path);
    if (act === undefined || request.method !== 'POST') {
      answer(response, 405, { error: 'expected GET, or POST for an action' });
      return;
    }
    // A page of another origin can't send this type without asking first, which is never permitted.
    if (request.headers['content-type'] !== 'application/json') {
      answer(response, 415, { error: 'expected application/json' });
      return;
    }
    const body = await readJson(request);
    if (body === undefined) answer(response, 400, { error: `expected JSON of at most ${MOST} bytes` });
    else await act(body.value, response);
  }
}

/** The call whose error a person pastes: the text has its id somewhere. */
function toldIn(store: Recorder['store'], text: string): { readonly call?: number } {
  const call = idsIn(text)
    .map((id) => store.told(id))
    .find((found) => found !== undefined);
  return call === undefined ? {} : { call: call.id };
}

/** Undefined: all. */
function numberIn(query: URLSearchParams, name: string): number | undefined {
  const value = Number(query.get(name) ?? Number.NaN);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

async function readJson(request: IncomingMessage): Promise<{ readonly value: unknown } | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) return undefined;
    size += chunk.length;
    if (size > MOST) return undefined;
    chunks.push(chunk);
  }
  try {
    return { value: JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown };
  } catch {
    return undefined;
  }
}
