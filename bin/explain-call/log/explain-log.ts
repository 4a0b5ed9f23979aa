/** Says in words what the lines of one call mean. They hold no value of the call. */
import { stripVTControlCharacters } from 'node:util';
import { ERRORS_PAGE } from '../../../proxy/base/self.ts';
import { isObject } from '../../../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../../../proxy/json/value.ts';
import { ADVICE } from '../advice.ts';
import type { ExplainedStep, Explanation, Fact } from '../explanation.ts';
import { nameRemedies } from '../names.ts';
import { happened, type Noted, remediesOf, summaryBy, wordsOf } from '../reasons.ts';
import { errorWords } from './failure.ts';
import { type Found, type FoundCall, textIn } from './find.ts';

export function explainLines(call: FoundCall, { warnings, controls, names }: Found): Explanation {
  const { entries } = call;
  const ended = entries.find((entry) => entry['event'] === 'call');
  const begun =
    ended ?? entries.find((entry) => entry['event'] === 'decision') ?? entries.find((entry) => 'code' in entry);
  const failure = entries.find((entry) => entry['message'] === 'internal error');
  const inFull = entries.find((entry) => typeof entry['why'] === 'string');
  const code = textIn(begun, 'code') ?? (failure === undefined ? undefined : 'internal');
  const outcome =
    code ?? textIn(begun, 'outcome') ?? (entries.length === 0 ? 'unknown' : ended === undefined ? 'open' : 'unknown');
  const noted = notedIn(begun);
  const by = code === undefined ? undefined : noted.find(({ decision }) => decision === code);
  const verdict =
    code !== undefined ? 'refused' : outcome === 'ok' ? 'allowed' : ended === undefined ? 'undecided' : 'failed';
  return {
    id: call.id,
    call: {
      at: textIn(begun, 'time'),
      method: textIn(begun, 'method'),
      name: textIn(begun, 'name'),
      caller: textIn(begun, 'caller'),
      era: textIn(begun, 'era'),
      trace: textIn(begun, 'trace'),
    },
    verdict,
    outcome,
    by: by?.control ?? controlIn(failure),
    summary:
      entries.length === 0
        ? UNKNOWN
        : summaryOf({ code, outcome, by, ended, failure, inFull, answeredBy: textIn(begun, 'answeredBy') }),
    // What was refused before it became a call was seen by no control.
    steps: begun?.['method'] === undefined ? [] : stepsOf(noted, controls, by),
    remedies:
      code === undefined
        ? []
        : [
            ...(by === undefined
              ? []
              : nameRemedies(by, { listed: undefined, others: [...(names.get(by.method ?? '') ?? [])] })),
            ...remediesOf(code, by, noted),
          ],
    notes: [
      ...notesOf(begun, ended, controls),
      ...(code === 'internal' && failure === undefined ? [NOTHING_THROWN] : []),
      ...warningsAbout(warnings, by, textIn(begun, 'name')).map((words) => `a warning about the same: ${words}`),
      ...call.others.map((text) => `a line has the id: ${stripVTControlCharacters(text).slice(0, 500)}`),
    ],
    docs: code === undefined ? undefined : `${ERRORS_PAGE}#${code}`,
    lines: entries,
  };
}

const UNKNOWN =
  'Lines have this id, but in no form that is read here. Give the log as the proxy writes it: lines of JSON, which a pipe, a file or CloudWatch gets.';

const NOTHING_THROWN =
  'This log has no line "internal error" with the id. It says what was thrown and where, so give the log of all processes.';

interface Known {
  readonly code: string | undefined;
  readonly outcome: string;
  readonly by: Noted | undefined;
  readonly ended: JsonObject | undefined;
  readonly failure: JsonObject | undefined;
  readonly inFull: JsonObject | undefined;
  readonly answeredBy: string | undefined;
}

function summaryOf({ code, outcome, by, ended, failure, inFull, answeredBy }: Known): string {
  const why = textIn(inFull, 'why');
  if (failure !== undefined) return `${ADVICE.internal.happened} ${errorWords(failure['error'])}`;
  if (code !== undefined) {
    return `${by === undefined ? happened(code) : summaryBy(by)}${why === undefined ? '' : ` The proxy logged: ${why}`}`;
  }
  if (answeredBy !== undefined) return `${answeredBy} answered it in the place of the upstream.`;
  if (outcome === 'ok') return 'All controls let it pass, and the upstream answered with a result.';
  if (outcome === 'tool-error')
    return 'All controls let it pass; the tool itself answered with an error (isError). The proxy did not refuse it.';
  if (outcome === 'rpc-error')
    return 'All controls let it pass; the upstream answered with a JSON-RPC error, which the proxy passed on.';
  if (outcome === 'cut') return 'All controls let it pass; the reply broke off, or the client left before its end.';
  return ended === undefined
    ? 'All controls let it pass. The log has no line about its end: it was still open, or the process ended.'
    : 'All controls let it pass; how the reply ended is not known.';
}

function controlIn(failure: JsonObject | undefined): string | undefined {
  const error = failure?.['error'];
  return isObject(error) ? textIn(error, 'control') : undefined;
}

/** By control, in the order in which they are noted. */
function notedIn(entry: JsonObject | undefined): Noted[] {
  const decisions = entry?.['decisions'];
  const byName = new Map<string, { decision: string | undefined; facts: Fact[] }>();
  for (const fact of Array.isArray(decisions) ? (decisions as readonly JsonValue[]) : []) {
    if (!isObject(fact) || typeof fact['control'] !== 'string') continue;
    const known = byName.get(fact['control']) ?? { decision: undefined, facts: [] };
    byName.set(fact['control'], known);
    const { control: _, decision, ms: __, ...rest } = fact;
    if (typeof decision === 'string') known.decision = decision;
    if (Object.keys(rest).length > 0) known.facts.push(rest as Fact);
  }
  const [method, name] = [textIn(entry, 'method'), textIn(entry, 'name')];
  return [...byName].map(([control, one]) => ({ control, ...one, method, name }));
}

/** In the order of the config, if the log says it; otherwise as the call came to them. */
function stepsOf(
  noted: readonly Noted[],
  controls: readonly string[] | undefined,
  by: Noted | undefined,
): ExplainedStep[] {
  const told = new Map(noted.map((one) => [one.control, one]));
  // A control notes that it let a call pass when the reply came back, so the innermost is first; a refusal comes last.
  const order = controls ?? (by === undefined ? [...told.keys()].toReversed() : [...told.keys()]);
  const names = [...order, ...[...told.keys()].filter((name) => !order.includes(name))];
  const refusedAt = by === undefined ? -1 : names.indexOf(by.control);
  return names.map((control, i) => {
    const one = told.get(control);
    if (one !== undefined) {
      const { decision, facts } = one;
      return { control, state: 'ran', decision, words: wordsOf(one), facts };
    }
    // It is noted only if it had something to say.
    if (i < refusedAt) return { control, state: 'ran', decision: 'pass', words: 'let it pass' };
    if (by === undefined) return { control, state: 'not told', words: 'the log line has nothing of it' };
    return { control, state: 'not reached', words: 'the call did not come to it' };
  });
}

function notesOf(
  begun: JsonObject | undefined,
  ended: JsonObject | undefined,
  controls: readonly string[] | undefined,
): string[] {
  const notes: string[] = [];
  if (begun?.['event'] === 'refused' && begun['method'] === undefined)
    notes.push('It was refused before it became a call, so no control saw it, and only the reason is known.');
  if (ended !== undefined && controls === undefined)
    notes.push(
      'The log has no line "event":"configuration" before it, so controls that the call did not come to are not listed.',
    );
  return notes;
}

function warningsAbout(warnings: readonly JsonObject[], by: Noted | undefined, name: string | undefined): string[] {
  if (by === undefined) return [];
  return warnings
    .filter((entry) => entry['event'] === by.control && (entry['name'] ?? entry['tool'] ?? name) === name)
    .slice(-3)
    .map((entry) => `${textIn(entry, 'time') ?? ''} ${textIn(entry, 'message') ?? ''}`.trim());
}
