/** Checks that calls reach the upstream and return, in both eras. */
import { textAt } from '../members.ts';
import { type RuntimeUpstream, upstreamsIn } from '../upstreams.ts';
import { either, failed, type LiveCheck, ok, type Seen, skipped } from './check.ts';
import { type Answer, errorOf, resultOf, shown } from './exchange.ts';
import { isVersionRefusal, type Live, type Tool } from './live.ts';
import { reasonsOf } from './missing.ts';
import type { Patience } from './patience.ts';

export const callChecks = (patience: Patience): readonly LiveCheck[] => [
  {
    id: 'list-tools',
    expected: "the upstream's tools, through the invocation URL",
    run: async (live) => {
      const tools = await live.tools();
      if (!isList(tools)) return failed(shown(tools));
      return ok(
        `${tools.length} tools${
          tools.length === 0
            ? ''
            : `: ${tools
                .slice(0, 5)
                .map(({ name }) => name)
                .join(', ')}${tools.length > 5 ? ', …' : ''}`
        }`,
      );
    },
  },
  {
    id: 'upstream-credentials',
    expected: "the upstream takes the proxy's credentials",
    run: async (live) => {
      const tools = await live.tools();
      const upstreams = upstreamsIn(live.runtime.environment);
      const [{ auth = 'the default of its address' } = {}] = upstreams;
      if (isList(tools) && upstreams.length > 1) return ofEach(live, upstreams, patience);
      if (isList(tools)) return ok(`accepted (${auth})`);
      const reason = errorOf(tools)?.reason;
      if (reason === 'consent-required')
        return skipped(`${auth} has a page for this caller, who has to give access first: ${shown(tools)}`);
      return reason === 'upstream-auth' || reason === 'caller-refused'
        ? failed(`${auth}: ${errorOf(tools)?.message ?? ''}`)
        : skipped(`not seen: ${shown(tools)}`);
    },
  },
  {
    id: 'call-tool',
    expected: 'a call comes back with its result',
    run: async (live) => {
      const tools = await live.tools();
      if (!isList(tools)) return skipped(`without tools: ${shown(tools)}`);
      const chosen = harmless(tools);
      if (chosen === undefined)
        return skipped(
          'no tool here is known to change nothing: try one yourself with "npm run agent -- NAME --call TOOL ARGUMENTS"',
        );
      const answer = await live.call(chosen.name, chosen.args);
      const result = resultOf(answer);
      if (result === undefined) return failed(`${chosen.name}: ${shown(answer)}`);
      const text = JSON.stringify(result['structuredContent'] ?? result['content'] ?? null);
      const right = result['isError'] !== true && (chosen.result === undefined || text.includes(chosen.result));
      return either(
        right,
        `${chosen.name}: ${text.length > 80 ? `${text.slice(0, 77)}…` : text}, ${answer.ms.toFixed(0)} ms`,
      );
    },
  },
  { id: 'modern-era', expected: '2026-07-28, without a session', run: async (live) => byEra(await live.modernList()) },
  {
    id: 'legacy-era',
    expected: '2025-11-25 or before: initialize, then a request in the session',
    run: async (live) => {
      const session = await live.legacy();
      if (!session.opened) return byEra(session.opening);
      const answer = await session.send('tools/list');
      return either(
        resultOf(answer) !== undefined,
        `${textAt(resultOf(session.opening), 'protocolVersion') ?? 'no version'}; tools/list: ${shown(answer)}`,
      );
    },
  },
  {
    id: 'unknown-tool',
    expected: "an unknown tool is the upstream's or the proxy's JSON-RPC error, not the platform's",
    run: async (live) => {
      const tools = await live.tools();
      if (!isList(tools)) return skipped(`without tools: ${shown(tools)}`);
      // The marker is sent as a value: `no-values-logged` later searches the log for it.
      const answer = await live.call('verify_no_such_tool', { value: live.marker });
      return either(errorOf(answer) !== undefined || resultOf(answer)?.['isError'] === true, shown(answer));
    },
  },
];

function isList(tools: readonly Tool[] | Answer): tools is readonly Tool[] {
  return Array.isArray(tools);
}

function byEra(answer: Answer): ReturnType<typeof ok> {
  if (resultOf(answer) !== undefined) return ok(`${shown(answer)}, ${answer.ms.toFixed(0)} ms`);
  return isVersionRefusal(answer) ? skipped(`the upstream doesn't speak it: ${shown(answer)}`) : failed(shown(answer));
}

interface Chosen {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** What its result must contain, if known. */
  readonly result?: string;
}

/**
 * The calculator's addition, with any gateway prefix; otherwise a tool that is marked read-only and needs no arguments.
 */
function harmless(tools: readonly Tool[]): Chosen | undefined {
  const add = tools.find(({ name, required }) => /(^|___)add$/.test(name) && required.toSorted().join() === 'a,b');
  if (add !== undefined) return { name: add.name, args: { a: 2, b: 3 }, result: '5' };
  const reading = tools.find(({ readOnly, required }) => readOnly && required.length === 0);
  return reading === undefined ? undefined : { name: reading.name, args: {} };
}

/** A list lacks an upstream that refused the proxy's credentials, and one that is down. */
async function ofEach(live: Live, upstreams: readonly RuntimeUpstream[], patience: Patience): Promise<Seen> {
  const unavailable = await live.unavailable();
  const isMissing = ({ name = 'default' }: RuntimeUpstream): boolean => unavailable.has(name);
  const missing = upstreams.filter(isMissing).map(({ name = 'default' }) => name);
  const accepted = upstreams
    .filter((upstream) => !isMissing(upstream))
    .map(({ name = 'default', auth = 'none' }) => `${name} (${auth})`);
  const got = accepted.length === 0 ? 'accepted by none' : `accepted by ${accepted.join(', ')}`;
  if (missing.length === 0) return ok(got);
  const reasons = await reasonsOf(live, missing, patience).catch(() => undefined);
  const words = missing.map(
    (name) => `${name} (${reasons?.get(name) ?? "see the log's lines upstream-down and upstream-missing"})`,
  );
  return failed(`no list from ${words.join(', ')}; ${got}`);
}
