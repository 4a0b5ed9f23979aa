/** An MCP session with the proxy, in whichever era it supports: used by manual calls and by a model's tools. */
import {
  type CallToolResult,
  Client,
  type ElicitRequestParams,
  type ElicitResult,
  SdkHttpError,
  StreamableHTTPClientTransport,
  type Tool,
} from '@modelcontextprotocol/client';
import type { Destination } from './destination.ts';

/** The longest time that AgentCore Runtime gives a request. */
const CALL_LIMIT_MS = 15 * 60_000;
/** Includes a cold start. */
const CONNECT_LIMIT_MS = 60_000;
const FAREWELL_MS = 2_000;

const CLIENT_INFO = { name: 'agentcore-mcp-proxy-agent', version: '0.1.0' } as const;

export interface SessionHandlers {
  /** Answers a tool's question. @default - the answer is that no person is available */
  readonly ask?: ((question: ElicitRequestParams) => Promise<ElicitResult>) | undefined;
  /** A log message of the upstream (legacy era). */
  readonly onLog?: (level: string, data: unknown) => void;
}

export interface Progress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: Progress) => void;
}

export class Session {
  readonly #destination: Destination;
  readonly #handlers: SessionHandlers;
  #client: Client;
  #transport: StreamableHTTPClientTransport;
  #tools: readonly Tool[] = [];

  private constructor(destination: Destination, handlers: SessionHandlers, [client, transport]: Connected) {
    this.#destination = destination;
    this.#handlers = handlers;
    this.#client = client;
    this.#transport = transport;
  }

  /** Connects, lists the tools, runs `use`, then closes the session. */
  static async during<T>(
    destination: Destination,
    handlers: SessionHandlers,
    use: (session: Session) => Promise<T>,
  ): Promise<T> {
    const session = new Session(destination, handlers, await connect(destination, handlers));
    try {
      await session.refresh();
      return await use(session);
    } finally {
      await session.#close();
    }
  }

  get tools(): readonly Tool[] {
    return this.#tools;
  }

  /** The upstream's own name and version. */
  get server(): { readonly name: string; readonly version: string } | undefined {
    return this.#client.getServerVersion();
  }

  get instructions(): string | undefined {
    return this.#client.getInstructions();
  }

  get protocolVersion(): string {
    return this.#client.getNegotiatedProtocolVersion() ?? 'unknown';
  }

  /** Lists the tools again, so that a person who lists them twice sees changes. */
  async refresh(): Promise<readonly Tool[]> {
    const canList = this.#client.getServerCapabilities()?.tools !== undefined;
    this.#tools = canList
      ? (
          await this.#again(() =>
            this.#client.listTools(undefined, { timeout: CONNECT_LIMIT_MS, cacheMode: 'refresh' }),
          )
        ).tools
      : [];
    return this.#tools;
  }

  /** Calls a tool, even one that isn't listed, so that people can try hidden ones. */
  call(
    name: string,
    args: Readonly<Record<string, unknown>>,
    { signal, onProgress }: CallOptions = {},
  ): Promise<CallToolResult> {
    return this.#again(() =>
      this.#client.callTool(
        { name, arguments: { ...args } },
        {
          timeout: CALL_LIMIT_MS,
          resetTimeoutOnProgress: true,
          ...(signal === undefined ? {} : { signal }),
          ...(onProgress === undefined ? {} : { onprogress: onProgress }),
        },
      ),
    );
  }

  async #close(): Promise<void> {
    // Ends the session at the upstream. Doesn't wait if the upstream can't do that (405) or is gone.
    await Promise.race([
      this.#transport.terminateSession().catch(() => {}),
      new Promise((resolve) => setTimeout(resolve, FAREWELL_MS).unref()),
    ]);
    await this.#client.close();
  }

  /** Opens a lost session (legacy era: 404) again, once. Sessions end after 15 idle minutes, conversations don't. */
  async #again<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      if (this.#transport.sessionId === undefined || !(error instanceof SdkHttpError) || error.data.status !== 404)
        throw error;
      await this.#client.close();
      [this.#client, this.#transport] = await connect(this.#destination, this.#handlers);
      return request();
    }
  }
}

type Connected = readonly [Client, StreamableHTTPClientTransport];

async function connect({ url, fetch }: Destination, { ask, onLog }: SessionHandlers): Promise<Connected> {
  const client = new Client(CLIENT_INFO, {
    capabilities: ask === undefined ? {} : { elicitation: { form: {}, url: {} } },
    versionNegotiation: { mode: 'auto' },
  });
  if (ask !== undefined) client.setRequestHandler('elicitation/create', ({ params }) => ask(params));
  if (onLog !== undefined)
    client.setNotificationHandler('notifications/message', ({ params }) => onLog(params.level, params.data));
  const transport = new StreamableHTTPClientTransport(url, { fetch });
  try {
    await client.connect(transport, { timeout: CONNECT_LIMIT_MS });
  } catch (error) {
    await client.close();
    throw error;
  }
  return [client, transport];
}
