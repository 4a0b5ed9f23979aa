/** Runs of the form: one tool call each, whose questions the person answers in the page. */
import type { ServerResponse } from 'node:http';
import type { ElicitResult } from '@modelcontextprotocol/client';
import { isObject } from '../../proxy/json/lossless.ts';
import type { Recorder } from '../record/recorder.ts';
import { type Shown, shownText } from '../record/shape.ts';
import { answer } from '../server/answer.ts';
import type { ChosenCallers } from './chosen-callers.ts';
import { type Ask, withClient } from './client.ts';
import { type KnownCallers, UnknownCaller } from './known-callers.ts';
import type { RunMessage } from './messages.ts';

const LIMIT_MS = 15 * 60_000;
/** A person needs no more. */
const MOST_RUNS = 20;

export interface RunsOptions {
  readonly url: string;
  readonly recorder: Recorder;
  readonly chosen: ChosenCallers;
  readonly known: KnownCallers;
  readonly shown: Shown;
}

interface Pending {
  readonly run: number;
  answer(result: ElicitResult): void;
}

export class Runs {
  readonly #options: RunsOptions;
  readonly #pending = new Map<number, Pending>();
  #lastQuestion = 0;
  #running = 0;

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  /** Calls a tool, and tells the page what happens, line by line. It ends when the page goes away. */
  async run(body: unknown, response: ServerResponse): Promise<void> {
    const { chosen, known, recorder, shown } = this.#options;
    const { tool, arguments: given, caller = {} } = isObject(body) ? body : {};
    if (typeof tool !== 'string' || !isObject(given)) {
      answer(response, 400, { error: 'expected { "caller": …, "tool": "name", "arguments": { … } }' });
      return;
    }
    if (this.#running >= MOST_RUNS) {
      answer(response, 503, { error: `${MOST_RUNS} calls are under way: wait for one of them` });
      return;
    }
    let claims: ReturnType<KnownCallers['claimsOf']>;
    try {
      claims = known.claimsOf(caller);
    } catch (error) {
      if (!(error instanceof UnknownCaller)) throw error;
      answer(response, 400, { error: error.message });
      return;
    }
    const ticket = chosen.issue(claims);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const tell = (message: RunMessage): void => {
      if (!response.closed) response.write(`${JSON.stringify(message)}\n`);
    };
    const told = new Set<number>();
    const made = (id: number, run: number | undefined): void => {
      if (run !== ticket.run || told.has(id)) return;
      told.add(id);
      tell({ type: 'call', id });
    };
    const stops = [
      recorder.onCall(({ id, method }, run) => {
        if (method === 'tools/call') made(id, run);
      }),
      recorder.onOther(({ id }, run) => made(id, run)),
    ];
    this.#running++;
    try {
      await withClient(this.#options.url, ticket, this.#asking(ticket.run, tell, gone.signal), async (client) => {
        const result = await client.callTool(
          { name: tool, arguments: { ...given } },
          {
            timeout: LIMIT_MS,
            signal: gone.signal,
            onprogress: ({ progress, total, message }) =>
              tell({ type: 'progress', progress, total, message: message && shownText(shown, message) }),
          },
        );
        tell({ type: 'result', text: shown(JSON.stringify(result)), isError: result.isError === true });
      });
    } catch (error) {
      tell({ type: 'error', message: shownText(shown, error instanceof Error ? error.message : String(error)) });
    } finally {
      this.#running--;
      for (const stop of stops) stop();
      for (const [id, pending] of this.#pending) if (pending.run === ticket.run) this.#pending.delete(id);
      response.end();
    }
  }

  /** The person's answer to a question. */
  answer(body: unknown, response: ServerResponse): void {
    const pending = isObject(body) && typeof body['id'] === 'number' ? this.#pending.get(body['id']) : undefined;
    const result = isObject(body) ? resultOf(body['action'], body['content']) : undefined;
    if (pending === undefined) answer(response, 404, { error: 'this question is no longer open' });
    else if (result === undefined) answer(response, 400, { error: 'expected an action: accept, decline or cancel' });
    else {
      pending.answer(result);
      answer(response, 200, {});
    }
  }

  #asking(run: number, tell: (message: RunMessage) => void, gone: AbortSignal): Ask {
    return (params) =>
      new Promise((resolve) => {
        const id = ++this.#lastQuestion;
        const settle = (result: ElicitResult): void => {
          this.#pending.delete(id);
          resolve(result);
        };
        this.#pending.set(id, { run, answer: settle });
        gone.addEventListener('abort', () => settle({ action: 'cancel' }));
        const question =
          params.mode === 'url'
            ? { id, message: params.message, url: params.url }
            : { id, message: params.message, schema: { ...params.requestedSchema } };
        tell({ type: 'question', question });
      });
  }
}

function resultOf(action: unknown, content: unknown): ElicitResult | undefined {
  if (action === 'decline' || action === 'cancel') return { action };
  if (action !== 'accept') return undefined;
  if (!isObject(content)) return { action };
  const values = Object.entries(content).filter((entry): entry is [string, string | number | boolean | string[]] => {
    const [, value] = entry;
    return (
      ['string', 'number', 'boolean'].includes(typeof value) ||
      (Array.isArray(value) && value.every((each) => typeof each === 'string'))
    );
  });
  return { action, content: Object.fromEntries(values) };
}
