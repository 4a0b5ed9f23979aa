/**
 * A proxy with controls, in front of an upstream that has these tools and answers all other requests as a test says.
 * Lists are sent as JSON, or as `way` says.
 */
import type { DefinedControl } from '../../../proxy/pipeline/control.ts';
import type { Way } from '../../dispatch/forms.ts';
import { responseOf, withSessions } from '../../dispatch/forms.ts';
import { type Front, type FrontOptions, startFront } from '../../support/front.ts';
import type { JsonRpcReply, RawReply } from '../../support/raw.ts';
import {
  type Answer,
  emptyResult,
  idOf,
  type Received,
  respondJson,
  startUpstream,
  type Upstream,
} from '../../support/upstream.ts';
import { send, type Sent } from '../../upstream/messages.ts';

export interface Listed extends AsyncDisposable {
  readonly front: Front;
  readonly upstream: Upstream;
  /** The forwarded requests, without the proxy's own requests for the tools. */
  readonly passed: readonly Received[];
  /** How often the proxy itself asked for the tools. */
  looks(): number;
  /** The list from now on. */
  tools: readonly unknown[];
  answer: Answer;
  ask(sent: Sent): Promise<RawReply>;
  call(way: Way, name: string, args?: unknown): Promise<JsonRpcReply>;
}

/** The proxy's own requests contain its name; in a session, they have its own ids. */
function isOwnLook({ method, text }: Received): boolean {
  return method === 'POST' && text.includes('"tools/list"') && text.includes('"id":"proxy-');
}

export async function startListed(
  controls: readonly DefinedControl[],
  tools: readonly unknown[],
  { listed = {}, way: form, ...options }: Partial<FrontOptions> & { readonly listed?: object; readonly way?: Way } = {},
): Promise<Listed> {
  const upstream = await startUpstream();
  const self: Listed = {
    upstream,
    front: await startFront(upstream, { controls, ...options }),
    tools,
    answer: emptyResult,
    get passed() {
      return upstream.received.filter(
        (received) =>
          !isOwnLook(received) &&
          !received.text.includes('"initialize"') &&
          !received.text.includes('notifications/initialized'),
      );
    },
    looks: () => upstream.received.filter(isOwnLook).length,
    ask: (sent) => send(self.front, sent),
    call: async (way, name, args) =>
      responseOf(
        await send(self.front, way.call('tools/call', { name, ...(args === undefined ? {} : { arguments: args }) })),
      ),
    async [Symbol.asyncDispose]() {
      await self.front[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
  upstream.answer = withSessions((received, response) => {
    if (!received.text.includes('"tools/list"')) return self.answer(received, response);
    const result = { tools: self.tools, ...listed };
    if (form !== undefined) return form.result(result)(received, response);
    return respondJson(response, `{"jsonrpc":"2.0","id":${idOf(received)},"result":${JSON.stringify(result)}}`);
  });
  return self;
}
