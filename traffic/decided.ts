/** What controls made of a call, in a form that is compared and read: decisions, and the members that they changed. */
import type { Detail, Step } from '../console/record/records.ts';
import { isObject } from '../proxy/json/lossless.ts';
import type { JsonObject, JsonValue } from '../proxy/json/value.ts';
import { isRefusal } from '../proxy/pipeline/decision.ts';
import { AS_THEY_ARE, changesIn, type Places } from './changes.ts';
import type { Change, ControlDecided, Decided } from './format.ts';

export type { Places } from './changes.ts';

/**
 * @param body what the client got
 * @param places how members and entries are called
 */
export function decidedOf(detail: Detail, body: string | undefined, places: Places = AS_THEY_ARE): Decided {
  const told = detail.refusedBy === undefined && !isRefusedOutcome(detail.outcome) ? undefined : toldIn(body);
  return {
    outcome: endOf(detail),
    ...(detail.refusedBy === undefined ? {} : { by: detail.refusedBy }),
    ...(told === undefined ? {} : { told }),
    controls: controlsOf(detail, places),
  };
}

/** A stream lasts as long as somebody listens, and how that ends says nothing. */
function endOf({ kind, method, outcome }: Detail): string {
  return (kind === 'stream' || method === 'subscriptions/listen') && REPLIES.has(outcome) ? 'ok' : outcome;
}

const REPLIES = new Set(['ok', 'tool-error', 'rpc-error', 'cut', 'unknown', 'open']);

function isRefusedOutcome(outcome: string): boolean {
  return !REPLIES.has(outcome);
}

function controlsOf(detail: Detail, places: Places): ControlDecided[] {
  let before = detail.request?.text;
  return detail.steps.map((step) => {
    const { control, decision, passed } = step;
    const request = passed === undefined ? [] : changesIn(before, passed.text, places);
    if (passed !== undefined) before = passed.text;
    const reply = repliesOf(detail, control, places);
    const would = wouldOf(step);
    const rule = ruleOf(step);
    return {
      control,
      ...(decision === undefined ? {} : { decision }),
      ...(would === undefined ? {} : { would }),
      ...(rule === undefined ? {} : { rule }),
      ...(request.length === 0 ? {} : { request }),
      ...(reply.length === 0 ? {} : { reply }),
    };
  });
}

function repliesOf({ changes }: Detail, control: string, places: Places): Change[] {
  return changes.flatMap(({ upstream, steps }) => {
    let before = upstream.text;
    return steps.flatMap((step) => {
      const from = before;
      if (step.after !== undefined) before = step.after.text;
      if (step.control !== control) return [];
      if (step.refused !== undefined) return [{ at: '(message)', to: `refused: ${step.refused}` }];
      return step.after === undefined ? [{ at: '(message)' }] : changesIn(from, step.after.text, places);
    });
  });
}

/** What `auditOnly` noted. */
function wouldOf({ facts, replyFacts }: Step): string | undefined {
  for (const fact of [...facts, ...replyFacts]) {
    const { wouldDeny, wouldAnswer, wouldChange } = fact;
    if (wouldDeny !== undefined) return `deny: ${String(wouldDeny)}`;
    if (wouldAnswer !== undefined) return `answer: ${String(wouldAnswer)}`;
    if (wouldChange !== undefined) return `change: ${String(wouldChange)}`;
  }
  return undefined;
}

function ruleOf({ facts, replyFacts }: Step): string | undefined {
  const words = [...facts, ...replyFacts].flatMap((fact) =>
    Object.entries(fact).flatMap(([name, value]) =>
      name.startsWith('would') || name === 'retryAfterMs'
        ? []
        : [name === 'policy' ? String(value) : `${name}: ${String(value)}`],
    ),
  );
  return words.length === 0 ? undefined : words.join(', ');
}

/** The proxy's error, without what differs from one time to the next. */
function toldIn(body: string | undefined): string | undefined {
  const message = messageIn(body);
  if (message === undefined) return undefined;
  const { error, result } = message;
  if (isObject(error)) {
    const data = isObject(error['data']) ? error['data'] : {};
    const said = [data['reason'], error['code'], error['message']];
    return steady(said.filter((part) => typeof part === 'string' || typeof part === 'number').join(' '));
  }
  const content: JsonValue | undefined = isObject(result) ? result['content'] : undefined;
  const [first] = Array.isArray(content) ? (content as readonly JsonValue[]) : [];
  return isObject(first) && typeof first['text'] === 'string' ? steady(first['text']) : undefined;
}

/** Times to wait depend on when a window began; a URI is a value of the call. */
function steady(text: string): string {
  return text.replaceAll(/\bin \d+ s\b/g, 'in … s').replace(/Unknown (resource|task): .*/, 'Unknown $1');
}

function messageIn(body: string | undefined): JsonObject | undefined {
  if (body === undefined) return undefined;
  const texts = body.startsWith('{') ? [body] : [...body.matchAll(/^data:[ ]?(.+)$/gm)].map(([, data = '']) => data);
  for (const text of texts.toReversed()) {
    try {
      const value: unknown = JSON.parse(text);
      if (isObject(value) && ('error' in value || 'result' in value)) return value;
    } catch {
      // Half a message.
    }
  }
  return undefined;
}

/** Names of controls that refused, or would. */
export function refusing({ controls }: Decided): string[] {
  return controls.flatMap(({ control, decision }) => (decision !== undefined && isRefusal(decision) ? [control] : []));
}
