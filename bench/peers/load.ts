/**
 * The load generator of `--peers`, in its own process. `open` begins the sessions of a contestant, once; `run` asks for a
 * time over a connection for each, and ends when all answers are there.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { callBody, CALLER, callHeaders, FIRST_ID, SAME_CUSTOMER, VERSION } from '../wire.ts';
import { HttpReplies, type HttpReply } from './http-reply.ts';
import { type Asked, Judge } from './judge.ts';
import type { Door } from './peer.ts';

/** Milliseconds after which a call has failed. */
const PATIENCE = 60_000;

interface Address extends Door {
  readonly port: number;
}
export interface Begin extends Address {
  readonly do: 'begin';
  readonly name: string;
  readonly sessions: number;
}
export interface Ask {
  readonly do: 'ask';
  readonly name: string;
  readonly asked: Asked;
  readonly connections: number;
  readonly ms: number;
}
export interface Asking {
  /** Right answers. */
  readonly right: number;
  /** Right answers that are not what the upstream sent. */
  readonly changed: number;
  readonly wrong: number;
  /** Broken connections, and calls without an answer in time. */
  readonly broken: number;
  readonly ms: number;
  readonly p50: number;
  readonly p99: number;
  /** The first wrong or failed one. */
  readonly example?: string;
}

interface Contestant {
  readonly address: Address;
  /** Undefined where the server gives none. */
  readonly sessions: readonly (string | undefined)[];
  readonly judges: Map<Asked, Judge>;
}

const contestants = new Map<string, Contestant>();
let nextId = FIRST_ID;

async function begin(wanted: Begin): Promise<object> {
  const sessions: (string | undefined)[] = [];
  for (let n = 0; n < wanted.sessions; n++) sessions.push(await openSession(wanted));
  contestants.set(wanted.name, { address: wanted, sessions, judges: new Map() });
  return {};
}

async function openSession(address: Address): Promise<string | undefined> {
  const line = new Line(address.port);
  try {
    const params = { protocolVersion: VERSION.legacy, capabilities: {}, clientInfo: { name: 'bench', version: '1' } };
    const initialize = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
    const { status, headers, body } = await line.ask(request(address, initialize, undefined));
    if (status !== 200 || !body.includes('"protocolVersion"'))
      throw new Error(`initialize was answered with ${status}: ${body.slice(0, 300)}`);
    const session = headers.get('mcp-session-id');
    const ready = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
    await line.ask(request(address, ready, session));
    return session;
  } finally {
    line.close();
  }
}

async function ask({ name, asked, connections, ms }: Ask): Promise<Asking> {
  const contestant = contestants.get(name);
  if (contestant === undefined) throw new Error(`got ${name}, expected one of ${[...contestants.keys()].join(', ')}`);
  const { address, sessions, judges } = contestant;
  const judge = judges.get(asked) ?? new Judge(asked, (tool) => shown(address, tool));
  judges.set(asked, judge);
  const took: number[] = [];
  const counted = { right: 0, changed: 0, wrong: 0, broken: 0 };
  let example: string | undefined;
  const start = performance.now();
  const loop = async (session: string | undefined): Promise<void> => {
    let line = new Line(address.port);
    while (performance.now() - start < ms) {
      const id = nextId++;
      const begun = performance.now();
      try {
        const reply = await line.ask(request(address, bodyOf(asked, id, address), session));
        const judged = judge.of(reply, id);
        if ('wrong' in judged) {
          counted.wrong++;
          example ??= judged.wrong;
        } else {
          counted.right++;
          if (!judged.asSent) counted.changed++;
        }
        if (reply.kept) {
          took.push(performance.now() - begun);
          continue;
        }
      } catch (error) {
        counted.broken++;
        example ??= error instanceof Error ? error.message : String(error);
      }
      took.push(performance.now() - begun);
      line.close();
      await sleep(10);
      line = new Line(address.port);
    }
    line.close();
  };
  await Promise.all(sessions.slice(0, connections).map(loop));
  took.sort((a, b) => a - b);
  const at = (share: number): number => took[Math.floor((took.length - 1) * share)] ?? NaN;
  return {
    ...counted,
    ms: performance.now() - start,
    p50: at(0.5),
    p99: at(0.99),
    ...(example === undefined ? {} : { example }),
  };
}

/** One connection, one request at a time. */
class Line {
  readonly #socket: Socket;
  #settle: { readonly resolve: (reply: HttpReply) => void; readonly reject: (error: Error) => void } | undefined;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const replies = new HttpReplies((reply) => this.#settle?.resolve(reply));
    this.#socket.on('data', (bytes) => typeof bytes !== 'string' && replies.push(bytes));
    this.#socket.setTimeout(PATIENCE, () => this.#socket.destroy(new Error(`no answer in ${PATIENCE / 1000} s`)));
    this.#socket.on('error', (error) => this.#settle?.reject(error));
    this.#socket.on('close', () => this.#settle?.reject(new Error('the connection was closed')));
  }

  ask(bytes: Buffer): Promise<HttpReply> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpReply>();
    this.#settle = { resolve, reject };
    this.#socket.write(bytes);
    return promise;
  }

  close(): void {
    this.#settle = undefined;
    this.#socket.destroy();
  }
}

const shown = ({ prefix, underscore }: Address, tool: string): string => prefix + tool.replaceAll('_', underscore);

function bodyOf(asked: Asked, id: number, address: Address): string {
  if (asked === 'list') return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/list', params: {} });
  const message = JSON.parse(callBody(asked, 'legacy', SAME_CUSTOMER)) as { params: { name: string } };
  message.params.name = shown(address, message.params.name);
  return JSON.stringify({ ...message, id });
}

function request({ port, path, headers }: Address, body: string, session: string | undefined): Buffer {
  const all = {
    Host: `127.0.0.1:${port}`,
    ...callHeaders('', 'legacy'),
    ...CALLER,
    ...headers,
    ...(session === undefined ? {} : { 'Mcp-Session-Id': session }),
    'Content-Length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

process.on('message', (question: Begin | Ask) => {
  (question.do === 'begin' ? begin(question) : ask(question)).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
