/** Makes the explanation of a call that was played. */
import type { Detail } from '../../../console/record/records.ts';
import { ERRORS_PAGE } from '../../../proxy/base/self.ts';
import type { ProxyConfig } from '../../../proxy/config/config.ts';
import { isObject } from '../../../proxy/json/lossless.ts';
import type { JsonObject } from '../../../proxy/json/value.ts';
import { decidedOf } from '../../../traffic/decided.ts';
import type { ControlDecided } from '../../../traffic/format.ts';
import { messagesIn } from '../../../traffic/replay/tokens.ts';
import type { ExplainedStep, Explanation } from '../explanation.ts';
import { type KnownNames, nameRemedies } from '../names.ts';
import { happened, isCode, type Noted, remediesOf, summaryBy, wordsOf } from '../reasons.ts';
import { applies } from './applies.ts';
import { permitsFor, permittedNames } from './permits.ts';
import type { Answered } from './request.ts';

export interface PlayedCall {
  readonly detail: Detail;
  /** What the client got. */
  readonly answered: Answered;
  /** No upstream was called, and the call came to one. */
  readonly wasForwarded: boolean;
  /** What the proxy wanted to know of its upstreams, and can't. */
  readonly unknown: ReadonlySet<string>;
  readonly config: ProxyConfig;
  readonly claims: JsonObject;
  /** Names of the method's tools or prompts. Asked for only if a name is refused. */
  readonly names: (method: string) => Promise<readonly string[] | undefined>;
  readonly notes: readonly string[];
}

type Verdict = Explanation['verdict'];

export async function toldOf(played: PlayedCall): Promise<Explanation> {
  const { detail, answered, wasForwarded, claims, notes } = played;
  const { method, name, era, outcome } = detail;
  const verdict = verdictOf(played);
  const noted = detail.steps.map(({ control, decision, facts, replyFacts }): Noted => ({
    control,
    decision,
    facts: [...facts, ...replyFacts],
    method,
    name,
  }));
  const by = verdict === 'refused' ? noted.find(({ control }) => control === detail.refusedBy) : undefined;
  const isCalled = detail.kind !== 'refused';
  return {
    call: {
      method,
      name,
      caller: typeof claims['sub'] === 'string' ? claims['sub'] : undefined,
      ...(isCalled ? { era } : {}),
    },
    verdict,
    outcome: verdict === 'allowed' ? 'ok' : outcome,
    by: by?.control ?? (verdict === 'refused' ? beneath(played) : undefined),
    summary: summaryOf(verdict, played, by),
    steps: isCalled ? stepsOf(noted, decidedOf(detail, answered.body).controls, method, verdict) : [],
    ...(verdict === 'undecided' || wasForwarded ? {} : { client: answered }),
    remedies: await remediesFor(verdict, played, by, noted),
    notes: [
      ...notes,
      ...(verdict === 'allowed' && noted.some(({ control }) => control === 'rate-limit')
        ? ['Limits count from zero here. Those of a running proxy are in its log (--id).']
        : []),
    ],
    docs: verdict === 'refused' ? `${ERRORS_PAGE}#${outcome}` : undefined,
  };
}

function verdictOf({ detail: { outcome, answeredBy }, wasForwarded, unknown }: PlayedCall): Verdict {
  const isOfUpstream = outcome.startsWith('upstream-');
  if (wasForwarded && isOfUpstream) return 'allowed';
  if (isOfUpstream && unknown.size > 0) return 'undecided';
  if (isCode(outcome)) return isOfUpstream ? 'failed' : 'refused';
  return outcome === 'ok' || answeredBy !== undefined ? 'allowed' : 'failed';
}

/** What refuses calls that passed all controls. */
function beneath({ detail: { kind, outcome } }: PlayedCall): string | undefined {
  return kind !== 'refused' && outcome === 'invalid-arguments' ? 'argument-names' : undefined;
}

function summaryOf(
  verdict: Verdict,
  { detail, answered, wasForwarded, unknown }: PlayedCall,
  by: Noted | undefined,
): string {
  const { outcome, answeredBy } = detail;
  switch (verdict) {
    case 'undecided':
      return `A control has to know ${[...unknown].join(', ')} to decide this, and no upstream is asked.`;
    case 'allowed':
      if (answeredBy !== undefined) return `${answeredBy} answers it in the place of the upstream.`;
      return wasForwarded
        ? 'All controls let the call pass, and it would be sent to the upstream. Its answer may still be refused.'
        : 'All controls let the call and its answer pass.';
    case 'failed':
      return `All controls let the call pass. The upstream did not answer with a result (${outcome}).`;
    case 'refused': {
      const said = messageIn(answered.body);
      const what = by === undefined ? happened(outcome) : summaryBy(by);
      return `${what}${said === undefined || outcome === 'unknown-name' ? '' : ` The client is told: ${said.replaceAll('\n', '; ')}`}`;
    }
  }
}

function stepsOf(
  noted: readonly Noted[],
  changed: readonly ControlDecided[],
  method: string,
  verdict: Verdict,
): ExplainedStep[] {
  return noted.map((one) => {
    const { control, decision, facts } = one;
    if (decision === undefined) return { control, state: 'not reached', words: 'the call did not come to it' };
    const { request = [], reply = [] } = changed.find((each) => each.control === control) ?? {};
    if (verdict === 'undecided' && decision.startsWith('upstream-'))
      return { control, state: 'undecided', words: 'it has to know what the upstream offers' };
    const words = wordsOf(one);
    const isIdle = decision === 'pass' && facts.length === 0 && request.length + reply.length === 0;
    if (isIdle && !applies(control, method))
      return { control, state: 'does not apply', decision, words: `it does not look at ${method}` };
    return {
      control,
      state: 'ran',
      decision,
      words: isIdle
        ? 'let it pass, and changed nothing'
        : words === 'let it pass'
          ? 'changed it, and let it pass'
          : words,
      ...(facts.length === 0 ? {} : { facts }),
      ...(request.length === 0 ? {} : { request }),
      ...(reply.length === 0 ? {} : { reply }),
    };
  });
}

async function remediesFor(
  verdict: Verdict,
  { config, detail, claims, names }: PlayedCall,
  by: Noted | undefined,
  noted: readonly Noted[],
): Promise<string[]> {
  if (verdict === 'undecided')
    return [
      'give what the upstream offers: --tools FILE, with a saved list (npm run -s agent -- --list --json) or a lock',
      'or let it be asked, and called if the call passes: --upstream URL',
    ];
  if (verdict !== 'refused') return [];
  const { method, name, outcome } = detail;
  // A permit that lacks only scopes fits in all else.
  if (by?.control !== 'access-policy' || by.decision === 'insufficient-scope') return remediesOf(outcome, by, noted);
  const permits = isForbidden(by) ? [] : await permitsFor(config, method, name, claims);
  const named = outcome === 'unknown-name' ? nameRemedies(by, await knownNames(names, config, method)) : [];
  // A permit that exists says more than how to write one.
  return [...named, ...(permits.length > 0 ? permits : remediesOf(outcome, by))];
}

async function knownNames(names: PlayedCall['names'], config: ProxyConfig, method: string): Promise<KnownNames> {
  const listed = await names(method);
  // Permits name tools that exist, as a rule.
  return { listed, others: listed === undefined ? await permittedNames(config, method) : [] };
}

/** A policy forbids it, which no permit outweighs. */
function isForbidden({ facts }: Noted): boolean {
  return facts.some(({ policy }) => policy !== undefined);
}

/** The words of an error, or of a result that is one. */
function messageIn(body: string): string | undefined {
  for (const message of messagesIn(body).toReversed()) {
    if (!isObject(message)) continue;
    const { error, result } = message;
    if (isObject(error) && typeof error['message'] === 'string') return error['message'];
    const content = isObject(result) && result['isError'] === true ? result['content'] : undefined;
    const [first] = Array.isArray(content) ? content : [];
    if (isObject(first) && typeof first['text'] === 'string') return first['text'];
  }
  return undefined;
}
