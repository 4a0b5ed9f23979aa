/** Stands in for the upstreams: answers the proxy's own questions from known lists, and notes the call instead of sending it. */
import { UpstreamFailure } from '../../../proxy/base/errors.ts';
import { isObject } from '../../../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../../../proxy/json/value.ts';
import type { Carried } from '../../../proxy/start-upstreams.ts';
import { Response } from '../../../proxy/upstream/http/response.ts';
import type { Carrier, Send } from '../../../proxy/upstream/transport.ts';
import { objectIn } from '../object-in.ts';

/** Entries of the lists, by method: `tools/list`. */
export type Lists = Readonly<Record<string, readonly JsonObject[] | undefined>>;

const MEMBERS: Readonly<Record<string, string>> = {
  'tools/list': 'tools',
  'prompts/list': 'prompts',
  'resources/list': 'resources',
  'resources/templates/list': 'resourceTemplates',
};

export class StandIn {
  /** Of each upstream, by its name; undefined: nothing is known. */
  readonly #lists: (upstream: string) => Lists | undefined;
  /** The call, as it would be sent. */
  sent: { readonly upstream: string; readonly body: string | undefined } | undefined;
  /** What the proxy wanted to know of an upstream, and can't. */
  readonly unknown = new Set<string>();

  constructor(lists: (upstream: string) => Lists | undefined) {
    this.#lists = lists;
  }

  readonly carried: Carried = (upstream) =>
    ({ send: (send) => Promise.resolve().then(() => this.#answer(upstream, send)), close: () => {} }) satisfies Carrier;

  #answer(upstream: string, { body, method: http }: Send): Response {
    const message = body === undefined ? undefined : objectIn(body);
    const method = typeof message?.['method'] === 'string' ? message['method'] : http;
    const id = message?.['id'];
    if (message !== undefined && id === undefined) return new Response(202, ['content-length', '0'], Buffer.alloc(0));
    const result = this.#resultOf(upstream, method, message?.['params']);
    if (result !== undefined) return responseOf({ jsonrpc: '2.0', id: id ?? null, result });
    const isOwn = typeof id === 'string' && id.startsWith('proxy-');
    if (isOwn) this.unknown.add(`${method} of ${upstream}`);
    else this.sent = { upstream, body };
    throw new UpstreamFailure('upstream-unreachable', 'no upstream is called to explain a call');
  }

  #resultOf(upstream: string, method: string, params: JsonValue | undefined): JsonObject | undefined {
    const server = { name: 'explained', version: '0' };
    const capabilities = { tools: {}, prompts: {}, resources: {} };
    if (method === 'initialize') {
      const version = isObject(params) ? params['protocolVersion'] : undefined;
      return { protocolVersion: version ?? '2025-11-25', capabilities, serverInfo: server };
    }
    if (method === 'server/discover')
      return { ...MODERN, supportedVersions: ['2026-07-28'], capabilities, serverInfo: server };
    const member = MEMBERS[method];
    const list = member === undefined ? undefined : this.#lists(upstream)?.[method];
    return member === undefined || list === undefined ? undefined : { ...MODERN, [member]: list };
  }
}

/** What every list of 2026-07-28 has; earlier clients ignore it. */
const MODERN = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' } as const;

function responseOf(message: JsonObject): Response {
  const body = Buffer.from(JSON.stringify(message));
  return new Response(200, ['content-type', 'application/json', 'content-length', String(body.length)], body);
}
