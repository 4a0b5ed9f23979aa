/** `initialize` and `server/discover`: all upstreams are asked in parallel, and what they say becomes one answer. */
import { UpstreamFailure } from '../base/errors.ts';
import type { Call } from '../call/call.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject } from '../json/value.ts';
import type { Attention, Reply } from '../reply/reply.ts';
import { responseOf } from './broadcast.ts';
import { discoverResult, initializeResult } from './capabilities.ts';
import { AnsweredWithError, firstOf, hintOf, isOfCaller, withoutResult } from './failures.ts';
import { inTime } from './in-time.ts';
import { type Member, versionOf } from './member.ts';
import { ownReply } from './replies.ts';
import type { ClientSessions } from './sessions.ts';

export interface Opening {
  readonly sessions: ClientSessions;
  readonly attention: Attention;
  readonly callTo: (member: Member) => Call;
}

interface Answer {
  readonly upstream: string;
  readonly result: JsonObject;
  readonly sessionId: string | undefined;
}

/** Throws the first upstream's error if none answers. */
export async function opening(members: readonly Member[], call: Call, by: Opening): Promise<Reply> {
  const id = call.id ?? 'null';
  const answers = await Promise.allSettled(
    members.map((member) => answerOf(member, call.method, id, by.callTo(member))),
  );
  const said = answers.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failures = answers.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  report(members, call, answers);
  if (said.length === 0) throw firstOf(failures);
  if (call.method === 'server/discover') return ownReply(responseText(id, discoverResult(said)), by.attention);
  const result = initializeResult(said);
  const opened = said.map(({ upstream, sessionId, result: { protocolVersion } }) => ({
    upstream,
    id: sessionId,
    version: typeof protocolVersion === 'string' ? protocolVersion : undefined,
  }));
  const session = by.sessions.opened(call.exchange, opened, result.protocolVersion, failures.length > 0);
  return ownReply(responseText(id, result), by.attention, session === undefined ? [] : ['Mcp-Session-Id', session]);
}

function report(
  members: readonly Member[],
  { method, era }: Call,
  answers: readonly PromiseSettledResult<Answer>[],
): void {
  const part = method === 'initialize' ? method : 'server/discover';
  for (const [i, each] of answers.entries()) {
    const health = members[i]?.health;
    if (each.status === 'fulfilled') health?.has(part, era);
    else if (!isOfCaller(each.reason))
      health?.lacks(part, era, each.reason, {
        words: `clients ${era === 'modern' ? 'of 2026-07-28' : 'up to 2025-11-25'} do not see an upstream, since it did not answer ${method}`,
        fields: {
          event: 'upstream-missing',
          ...(each.reason instanceof AnsweredWithError ? { hint: hintOf(era) } : {}),
        },
      });
  }
}

async function answerOf(member: Member, method: string, id: string, call: Call): Promise<Answer> {
  const asked = async (): Promise<{ readonly reply: Reply; readonly message: JsonObject }> => {
    const reply = await member.send(call);
    return { reply, message: (await responseOf(member, reply, id)).message };
  };
  const { reply, message } = await inTime(member, call.exchange, method, asked());
  const { result } = message;
  if (!isObject(result)) throw withoutResult(member.name, method, reply.status, message);
  const sessionId = reply.header('mcp-session-id');
  const fault = faultOf(result, method, sessionId, versionAsked(call));
  if (fault !== undefined)
    throw new UpstreamFailure('upstream-invalid', `the upstream ${member.name} answered ${method} with ${fault}`);
  return { upstream: member.name, result, sessionId };
}

/** What would spoil the answer that is made of all: a client might not go on with any of them. */
function faultOf(
  result: JsonObject,
  method: string,
  sessionId: string | undefined,
  asked: string | undefined,
): string | undefined {
  if (sessionId !== undefined && sessionId.length > MAX_SESSION_ID)
    return `a session id of ${sessionId.length} characters: expected at most ${MAX_SESSION_ID}`;
  const { protocolVersion, supportedVersions: versions, resultType } = result;
  if (method === 'initialize')
    return typeof protocolVersion === 'string' && (LEGACY.has(protocolVersion) || protocolVersion === asked)
      ? undefined
      : 'no protocol version that clients know: expected one such as 2025-11-25';
  if (resultType !== undefined && resultType !== 'complete') return 'a result that is not complete';
  return Array.isArray(versions) && versions.some((version) => version === FIRST_MODERN || version === asked)
    ? undefined
    : `no supported version that clients know: expected a list with ${FIRST_MODERN}`;
}

/** The version that the client would speak. */
function versionAsked({ method, params, exchange }: Call): string | undefined {
  const asked: unknown = method === 'initialize' ? params?.['protocolVersion'] : versionOf(exchange);
  return typeof asked === 'string' && VERSION.test(asked) ? asked : undefined;
}

const VERSION = /^20\d\d-\d\d-\d\d$/;
/** Those that clients know. The earliest that an upstream chooses counts for all. */
const LEGACY: ReadonlySet<string> = new Set(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']);
const FIRST_MODERN = '2026-07-28';
/** As the client's own id holds it, sealed; it is sent with every request. */
const MAX_SESSION_ID = 3_072;

function responseText(id: string, result: JsonObject): string {
  return `{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}`;
}
