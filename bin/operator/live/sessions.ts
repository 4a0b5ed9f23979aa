/** Checks which session a request belongs to, and what a new session costs. */
import { RUNTIME_SESSION } from '../inbound.ts';
import { either, failed, type LiveCheck, ok, type Seen, skipped } from './check.ts';
import { errorOf, resultOf, shown } from './exchange.ts';
import { freshSession, isVersionRefusal, type Live } from './live.ts';

/** The time that AgentCore allows for a container's start. */
const START_LIMIT_MS = 30_000;
/** Has the form of the proxy's session ids, but can't be decrypted. */
const UNKNOWN_SESSION = `mcps1.${'A'.repeat(64)}`;

export const sessionChecks: readonly LiveCheck[] = [
  {
    id: 'session-returned',
    expected: 'initialize gives an Mcp-Session-Id: of the proxy (mcps1.…) or of the platform',
    run: async (live) => {
      const session = await live.legacy();
      if (!session.opened) return notLegacy(session.opening);
      const { sessionId } = session;
      if (sessionId === undefined)
        return ok('none: the upstream has no sessions, and the platform adds none to the reply');
      return ok(
        `${sessionId.startsWith('mcps1.') ? "the proxy's own" : "the platform's"}, ${sessionId.length} characters`,
      );
    },
  },
  {
    id: 'session-continued',
    expected: 'later requests with that id find the same upstream session',
    run: async (live) => {
      const session = await live.legacy();
      if (!session.opened) return notLegacy(session.opening);
      const answers = [await session.send('tools/list'), await session.send('tools/list')];
      const lost = answers.find((answer) => resultOf(answer) === undefined);
      const now = answers.at(-1)?.headers.get('mcp-session-id') ?? session.sessionId;
      const same =
        now === session.sessionId ? 'the id stays the same' : `the id changes to one of ${now?.length ?? 0} characters`;
      return lost === undefined ? ok(`two requests answered; ${same}`) : failed(`${shown(lost)}; ${same}`);
    },
  },
  {
    id: 'session-ended',
    slow: true,
    expected: 'DELETE ends the session: 200, 202 or 204; 405 if the upstream has none',
    run: async (live) => {
      const session = await live.legacy();
      if (!session.opened || session.sessionId === undefined) return skipped('there is no session');
      const { status } = await live.end(session.sessionId, session.headers);
      return either([200, 202, 204, 405].includes(status), `HTTP ${status}`);
    },
  },
  {
    id: 'lost-session',
    expected: "the proxy's 404 arrives as 404, with its JSON-RPC error: clients need it to start a new session",
    run: async (live) => {
      // The proxy itself refuses both for any upstream: a method that its version doesn't have, and a session that
      // was never opened.
      const post = await live.modern('ping');
      const end = await live.end(UNKNOWN_SESSION);
      const got = `POST: ${shown(post)}; DELETE: ${shown(end)}`;
      return either(
        post.status === 404 &&
          errorOf(post)?.reason === 'method-not-found' &&
          end.status === 404 &&
          errorOf(end)?.reason === 'session-not-found',
        got,
      );
    },
  },
  {
    id: 'cold-start',
    expected: 'the first call of a new session is answered within 30 s',
    run: async (live) => {
      const [first, second] = await twoPings(live);
      if (first === undefined || second === undefined) return failed('no answer');
      const got = `first ${first.toFixed(0)} ms, next ${second.toFixed(0)} ms`;
      return either(first < START_LIMIT_MS, got);
    },
  },
  {
    id: 'restored-session',
    expected: 'on platform V2, sessions restored from a snapshot reach the upstream immediately',
    run: async (live) => {
      if (live.runtime.platformVersion !== 'V2')
        return skipped(`the runtime is on platform ${live.runtime.platformVersion ?? 'V1'}`);
      const tools = resultOf(await live.modernList()) === undefined ? undefined : 'tools/list';
      if (tools === undefined)
        return skipped('the upstream is not of the modern era, in which each call can have its own session');
      const times: string[] = [];
      for (let round = 0; round < 3; round++) {
        const answer = await live.modern(tools, {}, { [RUNTIME_SESSION]: freshSession() });
        if (resultOf(answer) === undefined) return failed(`session ${round + 1}: ${shown(answer)}`);
        times.push(`${answer.ms.toFixed(0)} ms`);
      }
      return ok(`three new sessions: ${times.join(', ')}`);
    },
  },
];

function notLegacy(opening: Awaited<ReturnType<Live['legacy']>>['opening']): Seen {
  return isVersionRefusal(opening)
    ? skipped(`the upstream has no sessions: ${shown(opening)}`)
    : failed(`initialize: ${shown(opening)}`);
}

/** `ping` doesn't reach the upstream, so this measures the platform and the start of the process. */
async function twoPings(live: Live): Promise<readonly (number | undefined)[]> {
  const headers = { [RUNTIME_SESSION]: freshSession() };
  const times: (number | undefined)[] = [];
  for (let round = 0; round < 2; round++) {
    const answer = await live.raw({ id: live.id(), method: 'ping' }, headers);
    times.push(errorOf(answer) === undefined && resultOf(answer) !== undefined ? answer.ms : undefined);
  }
  return times;
}
