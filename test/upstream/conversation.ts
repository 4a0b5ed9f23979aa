/**
 * A client that records everything. It sends messages unchanged, answers the server's requests, and keeps every message
 * that arrives as text. Two conversations, with and without the proxy, must read the same.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LEGACY, modern } from './messages.ts';

/** What the client answers to the server's requests. */
export const ANSWERS: Readonly<Record<string, unknown>> = {
  'roots/list': { roots: [{ uri: 'file:///home/test', name: 'home' }] },
  'sampling/createMessage': {
    role: 'assistant',
    content: { type: 'text', text: 'sampled' },
    model: 'model-1',
    stopReason: 'endTurn',
  },
  'elicitation/create': {
    action: 'accept',
    content: { confirm: true, name: 'Ada', username: 'ada', email: 'ada@example.com' },
  },
  ping: {},
};

const CAPABILITIES = { roots: { listChanged: true }, sampling: {}, elicitation: { form: {}, url: {} } };

type Params = Readonly<Record<string, unknown>>;

export class Conversation implements AsyncDisposable {
  /** `kind status message`, in the order of the script. Messages on the GET stream are kept apart. */
  readonly said: string[] = [];
  /** The messages on the GET stream. */
  readonly heard: string[] = [];
  readonly #url: string;
  readonly #ending = new AbortController();
  #session: string | undefined;
  #nextId = 1;
  #listening: Promise<unknown> | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** Opens a legacy session and a GET stream. */
  async open(): Promise<void> {
    const response = await this.#post({
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: { protocolVersion: LEGACY, capabilities: CAPABILITIES, clientInfo: { name: 'test', version: '1' } },
    });
    this.#session = response.headers.get('mcp-session-id') ?? undefined;
    await this.#read(response, this.said);
    await this.#read(await this.#post({ jsonrpc: '2.0', method: 'notifications/initialized' }), this.said);
    const stream = await fetch(this.#url, {
      headers: this.#headers({ Accept: 'text/event-stream' }),
      signal: this.#ending.signal,
    });
    this.said.push(`GET ${stream.status}`);
    this.#listening = this.#read(stream, this.heard).catch(() => {});
  }

  async legacy(method: string, params: Params = {}): Promise<void> {
    await this.#read(await this.#post({ jsonrpc: '2.0', id: this.#nextId++, method, params }), this.said);
  }

  async notify(method: string, params: Params = {}): Promise<void> {
    await this.#read(await this.#post({ jsonrpc: '2.0', method, params }), this.said);
  }

  /** Sends a modern request and returns its result. */
  async modern(
    method: string,
    params: Params = {},
    capabilities: Params = CAPABILITIES,
    id: number | string = this.#nextId++,
  ): Promise<Params> {
    const response = await this.#modern(method, params, capabilities, id);
    const last = await this.#read(response, this.said);
    const result = last?.['result'];
    return typeof result === 'object' && result !== null ? { ...result } : {};
  }

  /** Opens a modern stream and keeps it open; resolves when it contains `until`. */
  async listen(params: Params, id: number | string, until: () => boolean): Promise<void> {
    const response = await this.#modern('subscriptions/listen', params, CAPABILITIES, id);
    this.#listening = this.#read(response, this.heard).catch(() => {});
    await this.receivedEnough(until);
  }

  async receivedEnough(enough: () => boolean): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!enough()) {
      if (Date.now() > deadline) throw new Error(`heard only ${this.heard.join('\n')}`);
      await sleep(5);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#session !== undefined)
      await (await fetch(this.#url, { method: 'DELETE', headers: this.#headers({}) })).body?.cancel();
    this.#ending.abort();
    await this.#listening;
  }

  #headers(more: Readonly<Record<string, string>>): Record<string, string> {
    return {
      'MCP-Protocol-Version': LEGACY,
      ...(this.#session === undefined ? {} : { 'Mcp-Session-Id': this.#session }),
      ...more,
    };
  }

  #post(message: unknown): Promise<Response> {
    return fetch(this.#url, {
      method: 'POST',
      body: JSON.stringify(message),
      headers: this.#headers({ 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' }),
    });
  }

  #modern(method: string, params: Params, capabilities: Params, id: number | string): Promise<Response> {
    const { body, headers } = modern(method, params, id);
    return fetch(this.#url, {
      method: 'POST',
      body: body.replace(
        '"io.modelcontextprotocol/clientCapabilities":{}',
        () => `"io.modelcontextprotocol/clientCapabilities":${JSON.stringify(capabilities)}`,
      ),
      headers: [
        ['Content-Type', 'application/json'],
        ['Accept', 'application/json, text/event-stream'],
        ...headers.map((line): [string, string] => [
          line.slice(0, line.indexOf(':')),
          line.slice(line.indexOf(':') + 2),
        ]),
      ],
      signal: this.#ending.signal,
    });
  }

  /** Records every message as it arrives, answers the server's requests, and returns the last message. */
  async #read(response: Response, into: string[]): Promise<Params | undefined> {
    const type = response.headers.get('content-type') ?? '';
    if (!type.startsWith('text/event-stream')) {
      const text = await response.text();
      into.push(`${response.status} ${type} ${scrubbed(text)}`);
      return text.startsWith('{') ? { ...(JSON.parse(text) as object) } : undefined;
    }
    let pending = '';
    let last: Params | undefined;
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      pending += decoder.decode(chunk, { stream: true });
      const events = pending.split('\n\n');
      pending = events.pop() ?? '';
      for (const one of events) {
        into.push(`${response.status} ${type} ${scrubbed(one)}`);
        const data = one
          .split('\n')
          .filter((line) => line.startsWith('data:'))
          .map((line) => line.slice(5).trim())
          .join('\n');
        if (data === '') continue;
        last = { ...(JSON.parse(data) as object) };
        const { id, method } = last;
        if (id !== undefined && typeof method === 'string')
          await this.#read(await this.#post({ jsonrpc: '2.0', id, result: ANSWERS[method] }), into);
      }
    }
    return last;
  }
}

/** Removes what differs in every run: random ids, times, ports. */
function scrubbed(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>')
    .replaceAll(/"taskId":"[0-9a-f]{32}"|"requestState":"[^"]+"/g, '<state>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
    .replaceAll(/\d{1,2}:\d\d:\d\d [AP]M/g, '<clock>')
    .replaceAll(/\b[0-9a-f]{32}\b/g, '<hex>');
}
