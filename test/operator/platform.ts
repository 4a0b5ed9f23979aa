/**
 * AgentCore Runtime's front end on loopback. It authorizes callers, starts the real proxy in its own process at the
 * first call, passes calls on as AWS documents it, and collects the process's output as lines of its log group. Options
 * set behaviour of the platform that is unknown.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import http from 'node:http';
import { createInterface } from 'node:readline';
import { startLoopback } from '../support/loopback.ts';
import { SHARED_ENVIRONMENT } from '../support/shared-environment.ts';
import { shippedProxy } from '../support/shipped-proxy.ts';
import { verifySigV4 } from '../support/sigv4-verifier.ts';
import { ACCESS_KEY, SECRET_KEY } from './wire.ts';
import { LOG_GROUP, type LogEvent, REGION, RUNTIME_ARN } from './world.ts';

export interface PlatformOptions {
  /** The environment of the proxy. */
  readonly environment: Readonly<Record<string, string>>;
  /** The process's entry point. @default - the build of the shipped config */
  readonly main?: string;
  /** Accepts callers with such a token instead of a signature. */
  readonly tokens?: (authorization: string | undefined) => Promise<unknown>;
  /** Request headers that don't reach the container. */
  readonly drop?: readonly string[];
  /** Replaces `Mcp-Session-Id` with its own ids, as some users report. */
  readonly ownSessions?: boolean;
  /** Replaces the container's refusals with its own status. */
  readonly wrapsErrors?: boolean;
  /** Holds replies back until they are complete. */
  readonly buffers?: boolean;
  /** Lets every caller in. */
  readonly open?: boolean;
  /** Records the payloads of requests. */
  readonly leaks?: boolean;
  /** The workload token that it adds to each request. @default none */
  readonly workloadToken?: () => string;
  /** Lets a client's own workload token through. */
  readonly trustsClients?: boolean;
  /** The `Host` that the container sees. @default localhost */
  readonly host?: string;
  /** Changes a line before it reaches the log; undefined drops it. */
  readonly log?: (line: string) => string | undefined;
}

export interface Platform extends AsyncDisposable {
  readonly origin: string;
  /** Shared with the account's log groups. */
  readonly logs: LogEvent[];
}

const PATH = `/runtimes/${encodeURIComponent(RUNTIME_ARN)}/invocations`;
const RUNTIME_SESSION = 'x-amzn-bedrock-agentcore-runtime-session-id';

export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const logs: LogEvent[] = [];
  let container: Promise<Container> | undefined;
  const server = await startLoopback((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      void (async () => {
        const body = Buffer.concat(chunks);
        const url = new URL(incoming.url ?? '', 'http://platform.invalid');
        if (url.pathname !== PATH || !/^(DEFAULT|stable)$/.test(url.searchParams.get('qualifier') ?? ''))
          return void response.writeHead(404).end('{"message":"no such runtime or endpoint"}');
        if (options.open !== true && !(await allowed(incoming, body, options))) {
          refuse(response, options);
          return;
        }
        if (options.leaks === true) logs.push({ group: LOG_GROUP, at: Date.now(), message: body.toString() });
        const { port } = await (container ??= start(options, logs));
        forward(incoming, body, response, port, options);
      })();
    });
  });
  return {
    origin: server.url,
    logs,
    async [Symbol.asyncDispose]() {
      (await container)?.child.kill('SIGKILL');
      await server[Symbol.asyncDispose]();
    },
  };
}

async function allowed(incoming: http.IncomingMessage, body: Buffer, { tokens }: PlatformOptions): Promise<boolean> {
  if (tokens !== undefined) {
    return tokens(incoming.headers.authorization).then(
      () => true,
      () => false,
    );
  }
  const rules = {
    region: REGION,
    service: 'bedrock-agentcore',
    secretFor: (id: string) => (id === ACCESS_KEY ? SECRET_KEY : undefined),
  };
  return verifySigV4(
    { method: incoming.method ?? '', target: incoming.url ?? '', rawHeaders: incoming.rawHeaders, body },
    rules,
  ).accepted;
}

function refuse(response: http.ServerResponse, { tokens }: PlatformOptions): void {
  if (tokens === undefined)
    response.writeHead(403, { 'content-type': 'application/json' }).end('{"message":"Missing Authentication Token"}');
  else
    response
      .writeHead(401, {
        'www-authenticate': 'Bearer resource_metadata="https://example.com/.well-known/oauth-protected-resource"',
      })
      .end();
}

function forward(
  incoming: http.IncomingMessage,
  body: Buffer,
  response: http.ServerResponse,
  port: number,
  options: PlatformOptions,
): void {
  const withheld = new Set([
    'authorization',
    'host',
    'content-length',
    'connection',
    ...incoming.rawHeaders.filter((name, i) => i % 2 === 0 && /^x-amz-/i.test(name)).map((name) => name.toLowerCase()),
    ...(options.drop ?? []),
  ]);
  const headers = Object.fromEntries(Object.entries(incoming.headers).filter(([name]) => !withheld.has(name)));
  headers[RUNTIME_SESSION] ??= headers['mcp-session-id'] ?? crypto.randomUUID();
  if (options.trustsClients !== true) delete headers['workloadaccesstoken'];
  if (options.workloadToken !== undefined) headers['workloadaccesstoken'] ??= options.workloadToken();
  const onward = http.request(
    {
      port,
      host: '127.0.0.1',
      method: incoming.method ?? 'POST',
      path: '/mcp',
      headers: { ...headers, host: options.host ?? 'localhost', 'content-length': body.length },
    },
    (reply) => {
      const wrapped = options.wrapsErrors === true && (reply.statusCode ?? 200) >= 400;
      if (wrapped) {
        reply.resume();
        return void response
          .writeHead(424, { 'content-type': 'application/json' })
          .end(`{"message":"Received error (${reply.statusCode}) from runtime"}`);
      }
      const { connection: _hop, 'transfer-encoding': _coding, ...rest } = reply.headers;
      if (options.ownSessions === true) rest['mcp-session-id'] = String(headers[RUNTIME_SESSION]);
      if (options.buffers !== true) {
        response.writeHead(reply.statusCode ?? 502, rest);
        response.flushHeaders();
        return void reply.pipe(response);
      }
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => response.writeHead(reply.statusCode ?? 502, rest).end(Buffer.concat(chunks)));
    },
  );
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  onward.end(body);
}

interface Container {
  readonly child: ChildProcess;
  readonly port: number;
}

async function start(
  { environment, main, log = (line) => line }: PlatformOptions,
  logs: LogEvent[],
): Promise<Container> {
  const child = spawn(process.execPath, [main ?? (await shippedProxy())], {
    env: { ...SHARED_ENVIRONMENT, PATH: process.env['PATH'], HOST: '127.0.0.1', PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('expected its output');
  const lines = createInterface({ input: child.stdout });
  const port = new Promise<number>((resolve, reject) => {
    lines.on('line', (line) => {
      const kept = log(line);
      if (kept !== undefined) logs.push({ group: LOG_GROUP, at: Date.now(), message: kept });
      const [, listening] = /"event":"listening".*"port":(\d+)/.exec(line) ?? [];
      if (listening !== undefined) resolve(Number(listening));
    });
    child.once('exit', () => reject(new Error('the proxy ended')));
  });
  return { child, port: await port };
}
