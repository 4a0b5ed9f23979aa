/** A gate, and calls to an upstream that answers from memory. */
import { Call, type UpstreamView } from '../../../proxy/call/call.ts';
import { callerOf, NOBODY } from '../../../proxy/call/caller.ts';
import { Exchange } from '../../../proxy/call/exchange.ts';
import { NO_HEADERS } from '../../../proxy/call/inbound.ts';
import { readMessage } from '../../../proxy/call/message.ts';
import { Gate } from '../../../proxy/controls/tool-lock/gate.ts';
import type { CheckedOptions } from '../../../proxy/controls/tool-lock/options.ts';
import { type Entries, sealedLock } from './sealed.ts';

export function gateOf(entries: Entries, options: Partial<CheckedOptions> = {}): Gate {
  return new Gate({ lock: sealedLock(entries), mode: 'enforce', except: [], ...options });
}

/** @param view what the upstream answers; it lists nothing by default */
export function callTo(view: object, method: string, params: object = {}, sub?: string): Call {
  const read = readMessage(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
  const upstream: UpstreamView = {
    name: 'default',
    tools: () => Promise.resolve([]),
    tool: () => Promise.resolve(undefined),
    ...view,
  };
  const caller = sub === undefined ? NOBODY : callerOf({ sub });
  return new Call(read.kind, read.method, read, upstream, new Exchange(caller, 'legacy', NO_HEADERS, 0));
}
