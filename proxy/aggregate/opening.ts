/** `initialize` and `server/discover`: all upstreams are asked in parallel, and what they say becomes one answer. */
import { UpstreamFailure } from '../base/errors.ts';
import { log } from '../base/log.ts';
import type { Call } from '../call/call.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject } from '../json/value.ts';
import type { Attention, Reply } from '../reply/reply.ts';
import { responseOf } from './broadcast.ts';
import { discoverResult, initializeResult } from './capabilities.ts';
import { firstOf, withoutResult } from './failures.ts';
import type { Member } from './member.ts';
import { ownReply } from './replies.ts';
import type { ClientSessions } from './sessions.ts';

/** Milliseconds that a client waits for one upstream. */
export const OPEN_MS = 10_000;

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
  const failures = answers.flatMap((each, i) =>
    each.status === 'rejected' ? [{ upstream: members[i]?.name, error: each.reason as unknown }] : [],
  );
  for (const { upstream, error } of failures)
    log.warn(`an upstream is left out, since it did not answer ${call.method}`, {
      event: 'upstream-missing',
      upstream,
      error,
    });
  if (said.length === 0) throw firstOf(failures.map(({ error }) => error));
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

async function answerOf(member: Member, method: string, id: string, call: Call): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      member.wasTooSlow();
      reject(
        new UpstreamFailure(
          'upstream-timeout',
          `the upstream ${member.name} did not answer in time: expected a result of ${method} within ${OPEN_MS / 1000} s`,
        ),
      );
      call.exchange.abort();
    }, OPEN_MS);
  });
  const asked = (async () => {
    const reply = await member.send(call);
    return { reply, message: (await responseOf(reply, id)).message };
  })();
  asked.catch(() => {});
  try {
    const { reply, message } = await Promise.race([asked, late]);
    if (!isObject(message['result'])) throw withoutResult(member.name, method, reply.status, message);
    return { upstream: member.name, result: message['result'], sessionId: reply.header('mcp-session-id') };
  } finally {
    clearTimeout(timer);
  }
}

function responseText(id: string, result: JsonObject): string {
  return `{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}`;
}
