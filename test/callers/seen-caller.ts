/** A proxy that records the callers of its calls. */
import type { Caller, CallerSource } from '../../proxy/call/caller.ts';
import { defineControl } from '../../proxy/pipeline/control.ts';
import { type Front, startFront } from '../support/front.ts';
import { post, type RawReply } from '../support/raw.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

export const LIST = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';

export interface Identifying extends AsyncDisposable {
  readonly front: Front;
  readonly upstream: Upstream;
  /** The callers of the accepted calls, in order. */
  readonly callers: readonly Caller[];
  send(...headers: string[]): Promise<RawReply>;
}

export async function identify(
  caller: CallerSource | undefined,
  environment: Readonly<Record<string, string>> = {},
): Promise<Identifying> {
  const callers: Caller[] = [];
  const noting = defineControl({
    name: 'noting',
    replies: 'ignores',
    setup: () => (call, next) => {
      callers.push(call.caller);
      return next(call);
    },
  });
  const upstream = await startUpstream();
  const front = await startFront(upstream, {
    controls: [noting],
    environment,
    ...(caller === undefined ? {} : { caller }),
  });
  return {
    front,
    upstream,
    callers,
    send: (...headers) => post(front.port, LIST, headers),
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}
