/** An upstream with a few entries of each kind, behind a proxy with a policy, for each era and form of reply. */
import { header } from '../../../proxy/callers/header.ts';
import type { DefinedControl } from '../../../proxy/pipeline/control.ts';
import { responseOf, type Way, withSessions } from '../../dispatch/forms.ts';
import { type Front, startFront } from '../../support/front.ts';
import type { JsonRpcReply, RawReply } from '../../support/raw.ts';
import { type Answer, startUpstream, type Upstream } from '../../support/upstream.ts';
import { parsed } from '../../upstream/legacy-upstream.ts';
import { send } from '../../upstream/messages.ts';

/** Entries in a form that no serializer here writes, so that a changed byte is noticed. */
export const tool = (name: string): string =>
  `{ "name":"${name}",  "x":1.0, "big":12345678901234567890, "inputSchema":{"type":"object"} }`;

const named = (...names: readonly string[]): string => names.map((name) => `{"name":"${name}"}`).join(', ');
const at = (key: string, ...uris: readonly string[]): string =>
  uris.map((uri) => `{"${key}":"${uri}", "name":"x"}`).join(', ');

/** Results by method: JSON text, or a function of the upstream. */
export const OFFER: Readonly<Record<string, string>> = {
  'tools/list': `{"tools":[${tool('open')}, ${tool('closed')},${tool('pay')}], "ttlMs":60000, "cacheScope":"public"}`,
  'prompts/list': `{"prompts":[${named('open', 'closed')}],"cacheScope":"public"}`,
  'resources/list': `{"resources":[${at('uri', 'file:///open/a', 'file:///closed/a')}],"cacheScope":"public"}`,
  'resources/templates/list': `{"resourceTemplates":[${at('uriTemplate', 'file:///open/{x}', 'file:///closed/{x}')}],"cacheScope":"public"}`,
  'tools/call': '{"content":[{"type":"text","text":"called"}]}',
  'prompts/get': '{"messages":[]}',
  'resources/read': '{"contents":[],"cacheScope":"public","ttlMs":5}',
  'completion/complete': '{"completion":{"values":["completed"]}}',
};

export interface World extends AsyncDisposable {
  readonly upstream: Upstream;
  readonly front: Front;
  raw(method: string, params?: Readonly<Record<string, unknown>>, claims?: object): Promise<RawReply>;
  /** The response for a caller with these claims. */
  ask(method: string, params?: Readonly<Record<string, unknown>>, claims?: object): Promise<JsonRpcReply>;
  /** What the upstream received for that method from the client, without the proxy's own requests. */
  calls(method: string): readonly Readonly<Record<string, unknown>>[];
}

export async function startWorld(
  way: Way,
  controls: readonly DefinedControl[],
  offer: Readonly<Record<string, string | Answer>> = OFFER,
): Promise<World> {
  const answer: Answer = (request, response) => {
    const found = offer[String(parsed(request)['method'])] ?? '{}';
    return typeof found === 'string' ? way.result(found)(request, response) : found(request, response);
  };
  const upstream = await startUpstream(withSessions(answer));
  const front = await startFront(upstream, { controls, caller: header('x-claims') });
  const raw: World['raw'] = (method, params = {}, claims = { sub: 'ann' }) =>
    send(front, way.call(method, params), [`X-Claims: ${JSON.stringify(claims)}`]);
  return {
    upstream,
    front,
    raw,
    ask: async (...args) => responseOf(await raw(...args)),
    calls: (method) =>
      upstream.received
        .map(parsed)
        .filter((message) => message['method'] === method && !String(message['id']).startsWith('proxy-')),
    async [Symbol.asyncDispose]() {
      await front[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}
