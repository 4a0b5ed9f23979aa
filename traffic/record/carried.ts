/** Notes what goes to upstreams and what comes back, around their connections. It changes no byte. */
import type { AsyncLocalStorage } from 'node:async_hooks';
import { ProxyError } from '../../proxy/base/errors.ts';
import type { Carried } from '../../proxy/start-upstreams.ts';
import type { Response } from '../../proxy/upstream/http/response.ts';
import type { Carrier, Send } from '../../proxy/upstream/transport.ts';
import { Passed } from './passed.ts';

/** One request to an upstream, and its answer as far as it has come. */
export interface Carrying {
  readonly upstream: string;
  readonly http: string;
  readonly text: string | undefined;
  readonly at: number;
  status?: number;
  type?: string;
  /** The session's id that the upstream gave. */
  session?: string;
  body?: Passed;
  failed?: string;
}

/** What the requests of one call are noted in. */
export interface Noting {
  readonly carrying: Carrying[];
}

export function noting(calls: AsyncLocalStorage<Noting>): Carried {
  return (upstream, connections) => new NotingCarrier(upstream, connections(), calls);
}

class NotingCarrier implements Carrier {
  readonly #upstream: string;
  readonly #to: Carrier;
  readonly #calls: AsyncLocalStorage<Noting>;
  readonly refused?: () => Promise<boolean>;
  readonly warm?: () => Promise<void>;

  constructor(upstream: string, to: Carrier, calls: AsyncLocalStorage<Noting>) {
    this.#upstream = upstream;
    this.#to = to;
    this.#calls = calls;
    if (to.refused !== undefined) this.refused = () => to.refused?.() ?? Promise.resolve(false);
    if (to.warm !== undefined) this.warm = () => to.warm?.() ?? Promise.resolve();
  }

  async send(send: Send): Promise<Response> {
    const call = this.#calls.getStore();
    if (call === undefined) return this.#to.send(send);
    const one: Carrying = { upstream: this.#upstream, http: send.method, text: send.body, at: Date.now() };
    call.carrying.push(one);
    let response: Response;
    try {
      response = await this.#to.send(send);
    } catch (error) {
      one.failed = error instanceof ProxyError ? error.code : 'internal';
      throw error;
    }
    const { headers } = response;
    const session = headers['mcp-session-id'];
    one.status = response.statusCode;
    one.type = headers['content-type'] ?? '';
    if (typeof session === 'string') one.session = session;
    one.body = new Passed(headers['content-encoding']);
    if (Buffer.isBuffer(response.body)) one.body.push(response.body);
    else one.body.watch(response.body);
    return response;
  }

  close(): void {
    this.#to.close();
  }
}
