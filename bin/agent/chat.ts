/** A conversation with a Strands agent that uses the proxy's tools. */
import type { CallToolResult } from '@modelcontextprotocol/client';
import { Agent, type AgentResult, type Message } from '@strands-agents/sdk';
import { noteProgress } from './by-hand.ts';
import type { Destination } from './destination.ts';
import type { Lines } from './lines.ts';
import { modelTools } from './model-tools.ts';
import { modelFailure } from './model-trouble.ts';
import type { FoundModel } from './model.ts';
import type { Session } from './session.ts';
import { resultLines } from './show.ts';
import { brief, plain, type Screen } from './terminal.ts';
import { troubleOf } from './trouble.ts';

const SHOWN = 100;

/** A tool call that was made, for the JSON output. */
export interface MadeCall {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly ms: number;
  readonly result?: CallToolResult;
  /** The error, if there was no result. */
  readonly error?: string;
}

export interface Answer {
  readonly result: AgentResult;
  readonly calls: readonly MadeCall[];
}

export class Chat {
  readonly #model: FoundModel;
  readonly #agent: Agent;
  readonly #screen: Screen;
  #calls: MadeCall[] = [];

  constructor(model: FoundModel, session: Session, screen: Screen, destination: Destination) {
    this.#model = model;
    this.#screen = screen;
    this.#agent = new Agent({
      model: model.bedrock,
      systemPrompt: systemPrompt(session),
      tools: modelTools(session.tools, (name, args, { signal }) =>
        this.#call(session, destination, name, args, signal),
      ),
      printer: false,
      // Sequential, so that a tool's output and its questions stay together.
      toolExecutor: 'sequential',
      // The client already tries three times, and the person can ask again.
      retryStrategy: null,
    });
  }

  /** Asks, shows the answer as it arrives, and resolves at its end. Throws `Failure` if there is none. */
  async ask(prompt: string, signal?: AbortSignal): Promise<Answer> {
    this.#calls = [];
    try {
      const stream = this.#agent.stream(prompt, signal === undefined ? {} : { cancelSignal: signal });
      for (;;) {
        const { done, value } = await stream.next();
        if (done === true) return { result: value, calls: this.#calls };
        if (value.type !== 'modelStreamUpdateEvent' || value.event.type !== 'modelContentBlockDeltaEvent') continue;
        const { delta } = value.event;
        if (delta.type === 'textDelta') this.#screen.write(plain(delta.text));
      }
    } catch (error) {
      forgetOpenQuestion(this.#agent.messages);
      throw modelFailure(error, this.#model);
    } finally {
      this.#screen.endLine();
    }
  }

  async #call(
    session: Session,
    destination: Destination,
    name: string,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal | undefined,
  ): Promise<CallToolResult> {
    const shown = `${plain(name)} ${brief(JSON.stringify(args), SHOWN)}`;
    this.#screen.note(`→ ${shown}`);
    const started = performance.now();
    const elapsed = (): number => Math.round(performance.now() - started);
    try {
      const result = await session.call(name, args, {
        signal,
        onProgress: (progress) => noteProgress(progress, this.#screen),
      });
      this.#calls.push({ tool: name, arguments: args, ms: elapsed(), result });
      this.#screen.note(
        `${result.isError === true ? '← error: ' : '← '}${brief(resultLines(result).join(' '), SHOWN)} (${elapsed()} ms)`,
      );
      return result;
    } catch (error) {
      const { message } = troubleOf(error, destination);
      this.#calls.push({ tool: name, arguments: args, ms: elapsed(), error: message });
      this.#screen.note(`← ${signal?.aborted === true ? 'stopped' : `failed: ${brief(message, SHOWN)}`}`);
      // The model gets this as the tool's result, and may correct its call.
      throw new Error(message, { cause: error });
    }
  }
}

export async function chatLoop(
  model: FoundModel,
  session: Session,
  lines: Lines,
  screen: Screen,
  destination: Destination,
): Promise<void> {
  const chat = new Chat(model, session, screen, destination);
  for (;;) {
    const line = (await lines.next('> '))?.trim();
    if (line === undefined || line === 'exit' || line === 'quit') return;
    if (line === '') continue;
    await lines.during(async (signal) => {
      try {
        const { result } = await chat.ask(line, signal);
        const odd = oddEnd(result);
        if (odd !== undefined) screen.warn(odd);
        screen.line();
      } catch (error) {
        screen.warn(error instanceof Error ? error.message : String(error));
      }
    });
  }
}

/** The reason if an answer ended early. */
export function oddEnd({ stopReason }: AgentResult): string | undefined {
  if (stopReason === 'endTurn' || stopReason === 'stopSequence') return undefined;
  if (stopReason === 'cancelled') return 'stopped';
  return `the answer ended early (${stopReason})`;
}

/** Removes a question without an answer: Bedrock doesn't accept two questions in a row. */
function forgetOpenQuestion(messages: Message[]): void {
  const answered = messages.findLastIndex(
    ({ role, content }) => role === 'assistant' && content.every(({ type }) => type !== 'toolUseBlock'),
  );
  messages.splice(answered + 1);
}

function systemPrompt({ instructions }: Session): string {
  const own =
    'You help a person try out the tools of an MCP server. Answer briefly, use the tools where they fit, and say so when one fails or refuses.';
  return instructions === undefined ? own : `${own}\n\nThe server says of its tools:\n${instructions}`;
}
