/** Plays a case: a scripted upstream, a whole proxy in front of it, and a client over a raw socket. */
import { fixed } from '../../proxy/index.ts';
import { startFront } from '../support/front.ts';
import { exchange, type RawReply, request } from '../support/raw.ts';
import { type Answer as Handler, openEvents, type Received, respondJson, startUpstream } from '../support/upstream.ts';
import { initialize, LEGACY, legacy, modern, send } from '../upstream/messages.ts';
import { type Answer, type Case, type Era, type Gets, RESPONSE, type Step, type UpstreamScript } from './case.ts';
import { type SetName, SETS } from './sets.ts';

/** How long to wait for a reply before it counts as missing. */
const PATIENCE_MS = 20_000;

/** Returns the faults; empty if there are none. */
export async function play(wild: Case, era: Era, set: SetName): Promise<readonly string[]> {
  const faults: string[] = [];
  const upstream = new Wild(wild.upstream, era);
  await using server = await startUpstream(upstream.handle);
  await using front = await startFront(server, {
    caller: fixed({ sub: 'me' }),
    controls: SETS[set](),
    ...(wild.upstream.reopen === undefined ? {} : { upstreams: { default: { reopen: wild.upstream.reopen } } }),
  });
  let session: string | undefined;
  for (const [index, step] of wild.steps.entries()) {
    const where = `step ${index + 1}`;
    if ('forget' in step) {
      upstream.forget();
      continue;
    }
    if ('open' in step && era === 'modern') continue;
    const reply = await within(replyTo(step, era, session, front.port));
    if (reply === undefined) {
      faults.push(`${where}: got no reply within ${PATIENCE_MS / 1000} s`);
      continue;
    }
    if ('open' in step) {
      session = reply.header('mcp-session-id') ?? session;
      await send(front, {
        body: '{"jsonrpc":"2.0","method":"notifications/initialized"}',
        headers: headersOf(session),
      });
    }
    const gets = step.gets ?? { result: 'serverInfo' };
    faults.push(...judged(gets, reply, idOf(step, era), upstream.lastBody).map((fault) => `${where}: ${fault}`));
  }
  for (const [method, times] of Object.entries(wild.seen ?? {})) {
    const got = server.received.filter((received) => methodOf(received) === method).length;
    if (got !== times) faults.push(`the upstream saw ${method} ${got} times, expected ${times}`);
  }
  for (const text of wild.got ?? [])
    if (!server.received.some((received) => received.text === text)) faults.push(`the upstream didn't get ${text}`);
  return faults;
}

function headersOf(session: string | undefined): string[] {
  return [`MCP-Protocol-Version: ${LEGACY}`, ...(session === undefined ? [] : [`Mcp-Session-Id: ${session}`])];
}

/** The request's id as JSON text. */
function idOf(step: Step, _era: Era): string | undefined {
  if ('open' in step) return '"init"';
  return 'ask' in step ? JSON.stringify(step.id ?? 5) : undefined;
}

function replyTo(
  step: Exclude<Step, { forget: true }>,
  era: Era,
  session: string | undefined,
  port: number,
): Promise<RawReply> {
  const to = { port };
  if ('open' in step) return send(to, initialize());
  if ('ask' in step)
    return send(
      to,
      era === 'modern'
        ? modern(step.ask, step.params, step.id ?? 5)
        : legacy(step.ask, step.params, { id: step.id ?? 5, session }),
    );
  if ('say' in step) return send(to, { body: step.say, headers: era === 'modern' ? [] : headersOf(session) });
  return exchange(
    port,
    request(
      step.http,
      '/mcp',
      ['Accept: text/event-stream', ...headersOf(session), ...(step.headers ?? [])],
      undefined,
    ),
  );
}

function judged(gets: Gets, reply: RawReply, id: string | undefined, sent: string): string[] {
  const faults: string[] = [];
  const shown = `${reply.status} ${JSON.stringify(reply.text.slice(0, 300))}`;
  if (reply.status !== (gets.status ?? 200)) faults.push(`got HTTP ${shown}, expected ${gets.status ?? 200}`);
  if (!reply.complete) faults.push(`got a reply that was cut: ${shown}`);
  if (gets.asSent === true && reply.text !== sent)
    faults.push(`got ${shown}, expected the bytes ${JSON.stringify(sent.slice(0, 300))}`);
  if (gets.words !== undefined && !gets.words.test(reply.text))
    faults.push(`got ${shown}, expected ${String(gets.words)}`);
  if (gets.without?.test(reply.text) === true) faults.push(`got ${shown}, expected it without ${String(gets.without)}`);
  if (gets.result === undefined && gets.error === undefined) return faults;
  const responses = messagesIn(reply).filter((message) => 'result' in message || 'error' in message);
  const [response] = responses;
  if (responses.length !== 1 || response === undefined)
    return [...faults, `got ${responses.length} responses in ${shown}, expected one`];
  if (String(response['id']) !== String(id === undefined ? undefined : JSON.parse(id)))
    faults.push(`got a response in the name of ${JSON.stringify(response['id'])}, expected ${id}`);
  if (
    gets.result !== undefined &&
    (response['result'] === undefined || !JSON.stringify(response['result']).includes(gets.result))
  )
    faults.push(`got ${shown}, expected a result with ${gets.result}`);
  if (gets.error !== undefined && codeOf(response['error']) !== gets.error)
    faults.push(`got ${shown}, expected the error ${gets.error}`);
  return faults;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/**
 * The messages of a JSON body or an event stream, as a client reads them: events of types other than `message` don't
 * count.
 */
function messagesIn(reply: RawReply): Readonly<Record<string, unknown>>[] {
  const texts =
    reply.header('content-type')?.startsWith('text/event-stream') === true ? eventsIn(reply.text) : [reply.text];
  return texts.flatMap((text) => {
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? [{ ...value }] : [];
    } catch {
      return [];
    }
  });
}

function eventsIn(text: string): string[] {
  return text.split(/\r\n\r\n|\n\n|\r\r/).flatMap((block) => {
    const lines = block.split(/\r\n|\n|\r/);
    const type =
      lines
        .find((line) => line.startsWith('event:'))
        ?.slice(6)
        .trim() ?? 'message';
    const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).replace(/^ /, ''));
    return type === 'message' && data.length > 0 ? [data.join('\n')] : [];
  });
}

/** An upstream that answers as the case says, and with usual answers otherwise. */
class Wild {
  /** The body of the last scripted or usual answer. */
  lastBody = '';
  readonly #script: UpstreamScript;
  readonly #era: Era;
  readonly #times = new Map<string, number>();
  readonly #known = new Set<string>();
  #opened = 0;

  constructor(script: UpstreamScript, era: Era) {
    this.#script = script;
    this.#era = era;
  }

  forget(): void {
    this.#known.clear();
  }

  readonly handle: Handler = async (received, response) => {
    const method = methodOf(received);
    const id = idIn(received);
    const session = received.header('mcp-session-id');
    const keeps = this.#script.lost !== undefined && this.#era === 'legacy';
    let answer = this.#next(method) ?? usual(method, received, id);
    if (keeps && method === 'initialize' && answer.headers?.['Mcp-Session-Id'] === undefined) {
      const opened = `S${++this.#opened}`;
      this.#known.add(opened);
      answer = { ...answer, headers: { ...answer.headers, 'Mcp-Session-Id': opened } };
    } else if (keeps && method !== 'initialize' && (session === undefined || !this.#known.has(session)))
      answer = this.#script.lost ?? answer;
    const fill = (value: unknown): string =>
      (typeof value === 'string' ? value : JSON.stringify(value))
        .replaceAll('"$ID"', id ?? 'null')
        .replaceAll('$ID', id ?? 'null')
        .replaceAll('$STRING_ID', id === undefined ? 'null' : String(JSON.parse(id)));
    if (answer.raw !== undefined) {
      response.socket?.end(fill(answer.raw));
      return;
    }
    if (answer.events !== undefined) {
      openEvents(response, answer.headers);
      const texts = answer.events.map((event) =>
        typeof event === 'string' ? fill(event) : `event: message\ndata: ${fill(event)}\n\n`,
      );
      this.lastBody = texts.join('');
      for (const text of texts) await new Promise<void>((resolve) => response.write(text, () => resolve()));
      if (answer.cutAfter === undefined) response.end();
      else response.destroy();
      return;
    }
    const body = answer.body === undefined ? '' : fill(answer.body);
    this.lastBody = body;
    const { status = 200, headers, cutAfter } = answer;
    if (cutAfter === undefined) {
      if (body === '') response.writeHead(status, { 'Content-Length': 0, ...headers }).end();
      else respondJson(response, body, { status, ...(headers === undefined ? {} : { headers }) });
      return;
    }
    response.writeHead(status, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      ...headers,
    });
    response.write(body.slice(0, cutAfter), () => response.destroy());
  };

  #next(method: string): Answer | undefined {
    const given = this.#script.answers?.[method];
    if (given === undefined) return undefined;
    const time = this.#times.get(method) ?? 0;
    this.#times.set(method, time + 1);
    return isList(given) ? (given[time] ?? given.at(-1)) : given;
  }
}

function isList(answers: Answer | readonly Answer[]): answers is readonly Answer[] {
  return Array.isArray(answers);
}

function usual(method: string, received: Received, id: string | undefined): Answer {
  if (received.method !== 'POST') return { status: received.method === 'DELETE' ? 204 : 405 };
  if (id === undefined) return { status: 202 };
  const cached = { resultType: 'complete', ttlMs: 60_000, cacheScope: 'public' };
  const results: Readonly<Record<string, unknown>> = {
    initialize: {
      protocolVersion: LEGACY,
      capabilities: { tools: {}, resources: {}, prompts: {}, logging: {} },
      serverInfo: { name: 'wild', version: '1' },
    },
    'tools/list': { tools: [{ name: 't', inputSchema: { type: 'object' } }], ...cached },
    'prompts/list': { prompts: [], ...cached },
  };
  return { body: { ...RESPONSE, ...(results[method] === undefined ? {} : { result: results[method] }) } };
}

function methodOf(received: Received): string {
  if (received.method !== 'POST') return received.method;
  const method = memberOf(received, 'method');
  return typeof method === 'string' ? method : 'response';
}

function idIn(received: Received): string | undefined {
  const id =
    received.method === 'POST' && memberOf(received, 'method') !== undefined ? memberOf(received, 'id') : undefined;
  return id === undefined ? undefined : JSON.stringify(id);
}

function memberOf({ text }: Received, name: string): unknown {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}

async function within(reply: Promise<RawReply>): Promise<RawReply | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
  try {
    return await Promise.race([reply, promise]);
  } finally {
    clearTimeout(timer);
  }
}
