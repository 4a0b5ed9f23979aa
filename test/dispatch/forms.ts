/** Every way in which a call is made and answered: two eras and two kinds of reply. */
import { type ControlDefinition, defineControl, type DefinedControl } from '../../proxy/pipeline/control.ts';
import type { Control } from '../../proxy/pipeline/next.ts';
import type { Front } from '../support/front.ts';
import type { JsonRpcReply, RawReply } from '../support/raw.ts';
import { type Answer, emptyResult, event, idOf, openEvents, respondJson } from '../support/upstream.ts';
import { legacy, modern, send, type Sent } from '../upstream/messages.ts';

export interface Way {
  readonly era: 'modern' | 'legacy';
  readonly form: 'json' | 'events';
  call(method: string, params?: Readonly<Record<string, unknown>>): Sent;
  /** Answers each request with this result (JSON text with `ID` as its id, or a value), and anything else as usual. */
  result(result: unknown): Answer;
  /** Answers each request with these messages; the last one is its response, and a JSON reply has only that one. */
  messages(...texts: readonly string[]): Answer;
}

export const ways: readonly (readonly [string, Way])[] = (['modern', 'legacy'] as const).flatMap((era) =>
  (['json', 'events'] as const).map((form) => [`${era}, ${form === 'json' ? 'JSON' : 'SSE'}`, way(era, form)] as const),
);

export function way(era: Way['era'], form: Way['form']): Way {
  const messages: Way['messages'] =
    (...texts) =>
    (request, response) => {
      const id = idOf(request);
      if (id === undefined) return emptyResult(request, response);
      const all = texts.map((text) => text.replaceAll('ID', id));
      if (form === 'json') respondJson(response, all.at(-1));
      else {
        openEvents(response);
        response.end(all.map((text) => event(text)).join(''));
      }
    };
  return {
    era,
    form,
    call: (method, params = {}) =>
      era === 'modern' ? modern(method, params) : legacy(method, params, { session: 'platform-session' }),
    messages,
    result: (result) =>
      messages(`{"jsonrpc":"2.0","id":ID,"result":${typeof result === 'string' ? result : JSON.stringify(result)}}`),
  };
}

/** An upstream with `initialize` and without session ids. Behind a platform id, the proxy opens a session itself. */
export function withSessions(answer: Answer): Answer {
  return (request, response) => {
    if (!request.text.includes('"initialize"')) return answer(request, response);
    const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'u', version: '1' } };
    respondJson(response, `{"jsonrpc":"2.0","id":${idOf(request)},"result":${JSON.stringify(result)}}`);
  };
}

/** The messages of a reply as text, in either form. */
export function textsOf(reply: Pick<RawReply, 'text' | 'header'>): string[] {
  if (reply.header('content-type') !== 'text/event-stream') return [reply.text];
  return reply.text
    .split('\n\n')
    .map((piece) =>
      piece
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.replace(/^data: ?/, ''))
        .join('\n'),
    )
    .filter((data) => data !== '');
}

/** The last message of a reply, which is the response. */
export function responseOf(reply: Pick<RawReply, 'text' | 'header'>): JsonRpcReply {
  return JSON.parse(textsOf(reply).at(-1) ?? '') as JsonRpcReply;
}

export function control(
  name: string,
  act: Control,
  replies: NonNullable<ControlDefinition['replies']> = 'transforms',
): DefinedControl {
  return defineControl({ name, replies, arguments: [], setup: () => act });
}

export const TOOL = { name: 'x', arguments: { a: 1 } } as const;

export function callTool(front: Front, way: Way): Promise<RawReply> {
  return send(front, way.call('tools/call', TOOL));
}
