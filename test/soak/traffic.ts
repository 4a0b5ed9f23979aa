/** What the soak's clients do, and what must come of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../attack/attack.ts';
import { CALLER, type Era, eventsIn, told, toolCall } from '../faults/client.ts';
import { type Connection, connect, type RawReply, request } from '../support/raw.ts';
import { bytesOf, initialize, LEGACY, legacy, modern, type Sent } from '../upstream/messages.ts';
import { BREAKS, PROGRESS, TOOLS } from './upstream.ts';

/** Callers' data comes from so many people, so that no cache of the proxy grows all the time. */
const PEOPLE = 1_000;
/** Calls in a session. */
const IN_SESSION = 5;

/** One client with one connection, which it opens again when it has to. */
export class Client {
  /** Messages that became calls. */
  calls = 0;
  faults = 0;
  readonly #port: number;
  readonly #random: Random;
  #connection: Connection | undefined;

  constructor(port: number, random: Random) {
    this.#port = port;
    this.#random = random;
  }

  /** Does one thing. Returns what is wrong with what came of it; undefined if nothing is. */
  async act(): Promise<string | undefined> {
    const era = this.#random.oneOf(['modern', 'legacy'] as const);
    const dice = this.#random.below(1_000);
    if (dice < 10) return this.#fault(era);
    if (dice < 20) return this.#cancelled(era);
    if (dice < 40) return this.#subscription(era);
    if (dice < 80) return this.session();
    if (dice < 180) return this.#list(era);
    if (dice < 250) return this.#notification(era);
    return dice < 400 ? this.#call(era, 'stream') : this.#call(era, 'echo');
  }

  /** Opens a session that nobody ends. */
  async open(): Promise<string | undefined> {
    const opened = await this.#ask(initialize());
    return opened.header('mcp-session-id') === undefined
      ? `session: got ${told(opened)} without an id, expected one`
      : undefined;
  }

  /** One call whose messages come in a stream, in the legacy era. */
  stream(): Promise<string | undefined> {
    return this.#call('legacy', 'stream');
  }

  close(): void {
    this.#connection?.destroy();
    this.#connection = undefined;
  }

  async #open(): Promise<Connection> {
    if (this.#connection === undefined || this.#connection.isClosed) this.#connection = await connect(this.#port);
    return this.#connection;
  }

  async #ask(sent: Sent, more: readonly string[] = []): Promise<RawReply> {
    const connection = await this.#open();
    this.calls++;
    connection.send(bytesOf(sent, [CALLER, ...more]));
    return connection.reply();
  }

  async #call(era: Era, tool: 'echo' | 'stream', session?: string): Promise<string | undefined> {
    const text = `a letter to person${this.#random.below(PEOPLE)}@example.com`;
    const reply = await this.#ask(
      toolCall(era, tool, text),
      session === undefined ? [] : [`Mcp-Session-Id: ${session}`],
    );
    const messages = tool === 'stream' ? eventsIn(reply.text) : [reply.text];
    const expected = tool === 'stream' ? PROGRESS + 1 : 1;
    if (reply.status !== 200 || messages.length !== expected)
      return `${tool}, ${era}: got ${told(reply)} in ${messages.length} messages, expected ${expected}`;
    const answer = messages.at(-1) ?? '';
    // The upstream got a token in place of the address, which the client gets back, and its card number is for nobody.
    if (!answer.includes(`"text":"${text} and REDACTED_PAYMENT_CARD"`))
      return `${tool}, ${era}: got ${answer.slice(0, 300)}, expected the text of the call and a hidden card`;
    return undefined;
  }

  async #list(era: Era): Promise<string | undefined> {
    const reply = await this.#ask(era === 'modern' ? modern('tools/list') : legacy('tools/list'));
    const names = [...reply.text.matchAll(/"name":"(\w+)"/g)].map(([, name]) => name).join();
    return names === TOOLS.join()
      ? undefined
      : `list, ${era}: got ${told(reply)} with ${names}, expected ${TOOLS.join()}`;
  }

  async #notification(era: Era): Promise<string | undefined> {
    const params = { requestId: 'none', reason: 'too late' };
    const { body, headers } =
      era === 'modern' ? modern('notifications/cancelled', params) : legacy('notifications/cancelled', params);
    const reply = await this.#ask({ body: body.replace('"id":1,', ''), headers });
    return reply.status === 202 ? undefined : `notification, ${era}: got ${told(reply)}, expected 202`;
  }

  async session(): Promise<string | undefined> {
    const opened = await this.#ask(initialize());
    const session = opened.header('mcp-session-id');
    if (session === undefined) return `session: got ${told(opened)} without an id, expected one`;
    for (let i = 0; i < IN_SESSION; i++) {
      const wrong = await this.#call('legacy', this.#random.oneOf(['echo', 'stream'] as const), session);
      if (wrong !== undefined) return `in a session, ${wrong}`;
    }
    const connection = await this.#open();
    this.calls++;
    const lines = [`Mcp-Session-Id: ${session}`, `MCP-Protocol-Version: ${LEGACY}`, CALLER];
    connection.send(request('DELETE', '/mcp', lines, undefined));
    const ended = await connection.reply();
    return ended.status === 204 ? undefined : `session: got ${told(ended)} to its end, expected 204`;
  }

  /** Listens until the first notification, and a little longer. */
  async #subscription(era: Era): Promise<string | undefined> {
    await using connection = await connect(this.#port);
    this.calls++;
    connection.send(
      era === 'modern'
        ? bytesOf(modern('subscriptions/listen', { notifications: { toolsListChanged: true } }), [CALLER])
        : request('GET', '/mcp', ['Accept: text/event-stream', `MCP-Protocol-Version: ${LEGACY}`, CALLER], undefined),
    );
    const { status } = await connection.head();
    const piece = (await connection.piece())?.toString() ?? 'nothing';
    await sleep(this.#random.below(1_000));
    return status === 200 && piece.includes('list_changed')
      ? undefined
      : `subscription, ${era}: got ${status} and ${piece.slice(0, 300)}, expected a notification`;
  }

  async #cancelled(era: Era): Promise<undefined> {
    // A legacy client that leaves cancels nothing, so that its call would stay for as long as the upstream is silent.
    if (era === 'legacy') return undefined;
    await using connection = await connect(this.#port);
    this.calls++;
    connection.send(bytesOf(toolCall(era, 'slow'), [CALLER]));
    await sleep(this.#random.below(100));
    return undefined;
  }

  async #fault(era: Era): Promise<string | undefined> {
    this.faults++;
    // Of a legacy stream that breaks off the proxy keeps the call for a while, since its client may fetch the rest.
    const how = this.#random.oneOf(era === 'modern' ? BREAKS : (['reset', 'half', 'chunk'] as const));
    const outcome = told(await this.#ask(toolCall(era, 'fault', how)));
    return / error upstream-(?:unreachable|invalid) /.test(outcome)
      ? undefined
      : `fault ${how}, ${era}: got ${outcome}, expected an error of the upstream`;
  }
}
