import type { Detail, Summary } from '../record/records.ts';
/** Requests to the console's server, with the key of this start. */
import type { About, Swapped } from '../server/about.ts';

const KEY = 'console-key';

/** The id of an error in the address (`?id=`), which is taken out of it with the key. */
export const idInAddress: string | null = new URL(location.href).searchParams.get('id');

/** Takes the key from the address that `npm start` printed, and takes it out of the address. */
export function takeKey(): boolean {
  const found = /^#key=([\w-]+)$/.exec(location.hash)?.[1];
  if (found !== undefined) {
    // For a reload of this tab. Pages of other origins, other ports among them, can't read it.
    sessionStorage.setItem(KEY, found);
    history.replaceState(null, '', '/#calls');
  }
  return sessionStorage.getItem(KEY) !== null;
}

export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${sessionStorage.getItem(KEY) ?? ''}`);
  return fetch(path, { ...init, headers });
}

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as { readonly error?: string };
  throw new ApiError(response.status, body.error ?? `HTTP ${response.status}`);
}

/** The server is part of the same program, so its answers have the types that it gives them. */
export async function get<T>(path: string): Promise<T> {
  return (await (await checked(await send(path))).json()) as T;
}

export function post(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const init: RequestInit = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  };
  return send(path, init).then(checked);
}

export const about = (): Promise<About> => get('/api/about');
/** @param newest undefined: all */
export const calls = (newest?: number): Promise<Summary[]> =>
  get(newest === undefined ? '/api/calls' : `/api/calls?newest=${newest}`);
export const call = (id: number): Promise<Detail> => get(`/api/call?id=${id}`);

/** The call that was refused with an error. @param text holds the id of the error */
export const told = async (text: string): Promise<number | undefined> =>
  (await get<{ readonly call?: number }>(`/api/told?id=${encodeURIComponent(text.slice(0, MOST_PASTED))}`)).call;

/** Characters of an address that the server accepts. */
const MOST_PASTED = 4_000;

/** Lines of a stream, as they come. */
export async function* lines(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}

/** Calls as they pass, until the connection ends. @param onOpen it is open: from now on nothing is missed */
export async function live(
  onOpen: () => void,
  onCalls: (calls: Summary[]) => void,
  onSwapped: (swapped: Swapped) => void,
): Promise<void> {
  const response = await checked(await send('/api/live'));
  onOpen();
  for await (const line of lines(response))
    if (line.startsWith('data: ')) {
      const news = JSON.parse(line.slice('data: '.length)) as Summary[] | Swapped;
      if ('controls' in news) onSwapped(news);
      else onCalls(news);
    }
}
