/**
 * Judges the answers of a peer. *Right*: the client has what it asked for. *As sent*: it is also the JSON that the upstream
 * sent, member for member. A wrong answer is described.
 */
import { isDeepStrictEqual } from 'node:util';
import { toolList } from '../tool-list.ts';
import { answer, FIRST_ID, type Kind } from '../wire.ts';
import type { HttpReply } from './http-reply.ts';

export type Asked = Extract<Kind, 'small' | 'large'> | 'list';

/** What was wrong, or whether a right answer is as sent. */
export type Judgement = { readonly wrong: string } | { readonly asSent: boolean };

interface Message {
  readonly id?: unknown;
  readonly result?: {
    readonly content?: readonly { readonly text?: unknown }[];
    readonly isError?: unknown;
    readonly tools?: readonly Shown[];
    readonly nextCursor?: unknown;
  };
  readonly error?: { readonly message?: unknown };
}

interface Shown {
  readonly name?: unknown;
  readonly description?: unknown;
  readonly inputSchema?: unknown;
}

/** Tools of the lists that are asked for. */
export const LISTED = 1000;
/** Most texts differ in the id only; those of some peers also in an id that the peer adds. */
const REMEMBERED = 100;

export class Judge {
  readonly #asked: Asked;
  readonly #expected: unknown;
  readonly #shown: (tool: string) => string;
  readonly #known = new Map<string, Judgement>();

  /** @param shown the peer's name of a tool */
  constructor(asked: Asked, shown: (tool: string) => string) {
    this.#asked = asked;
    this.#shown = shown;
    if (asked === 'list') this.#expected = toolList('legacy', LISTED);
    else {
      const { before, pieces } = answer(asked, 'legacy');
      this.#expected = (JSON.parse(`${before}${FIRST_ID}${pieces.join('')}`) as Message).result;
    }
  }

  of({ status, headers, body }: HttpReply, id: number): Judgement {
    if (status !== 200) return { wrong: `status ${status}: ${body.slice(0, 200)}` };
    const stream = headers.get('content-type')?.startsWith('text/event-stream') === true;
    const text = stream ? answerIn(body, id) : body;
    // The same text with another id was judged before.
    const key = text.replaceAll(String(id), 'ID');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const judged = this.#judge(text, id);
    if (this.#known.size < REMEMBERED) this.#known.set(key, judged);
    return judged;
  }

  #judge(text: string, id: number): Judgement {
    const message = parsed(text);
    if (message === undefined) return { wrong: `no JSON-RPC message: ${text.slice(0, 200)}` };
    if (message.id !== id) return { wrong: `the id ${String(message.id)}, expected ${id}` };
    const { result } = message;
    if (result === undefined) return { wrong: `an error: ${String(message.error?.message)}` };
    const wrong = this.#asked === 'list' ? this.#wrongList(result.tools ?? []) : this.#wrongResult(result);
    if (wrong !== undefined) return { wrong };
    return { asSent: isDeepStrictEqual(result, this.#expected) };
  }

  #wrongResult(result: NonNullable<Message['result']>): string | undefined {
    const { content } = this.#expected as { readonly content: readonly { readonly text: string }[] };
    if (result.isError === true) return `a tool error: ${JSON.stringify(result.content).slice(0, 200)}`;
    const texts = (result.content ?? []).map(({ text }) => text);
    if (
      isDeepStrictEqual(
        texts,
        content.map(({ text }) => text),
      )
    )
      return undefined;
    return `another content: ${JSON.stringify(texts).slice(0, 200)}`;
  }

  #wrongList(tools: readonly Shown[]): string | undefined {
    const { tools: expected } = this.#expected as { readonly tools: readonly (Shown & { readonly name: string })[] };
    if (tools.length !== expected.length) return `${tools.length} tools, expected ${expected.length}`;
    const byName = new Map(tools.map((tool) => [tool.name, tool]));
    for (const { name, description, inputSchema } of expected) {
      const tool = byName.get(this.#shown(name));
      if (tool === undefined) return `no tool ${this.#shown(name)}`;
      if (!isDeepStrictEqual(tool.inputSchema, inputSchema)) return `another input schema of ${name}`;
      if (tool.description !== description) return `another description of ${name}`;
    }
    return undefined;
  }
}

/** The event with the answer. Others, such as an empty one to resume from, are passed over. */
function answerIn(events: string, id: number): string {
  const data = events.split(/\r?\n\r?\n/).map((event) =>
    event
      .split(/\r?\n/)
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).trimStart())
      .join('\n'),
  );
  return data.find((text) => text.includes(String(id))) ?? data.join('');
}

function parsed(text: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
