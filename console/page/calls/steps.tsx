/** A call's way: down through the controls to the upstream, and up again with the reply. */
import type { ComponentChildren, JSX } from 'preact';
import { messagesOf } from '../../record/events.ts';
import type { Changed, Detail, Fact, Step, Text } from '../../record/records.ts';
import { Diff } from '../json/diff.tsx';
import { pretty } from '../json/pretty.ts';
import { duration, toneOf } from '../parts/format.ts';

export function Steps({ call }: { readonly call: Detail }): JSX.Element {
  const refused = call.steps.findIndex(
    ({ decision }) => decision !== undefined && decision !== 'pass' && decision !== 'answer',
  );
  return (
    <div class="way">
      <Path call={call} />
      <h3>
        Request <small>from the client, down to the upstream</small>
      </h3>
      <ol class="steps">
        <Point title="The client sent">
          {call.request === undefined ? (
            <p class="hint">no message: a bare HTTP request</p>
          ) : (
            <Whole text={call.request} />
          )}
        </Point>
        {downwards(call)}
        <Point title="Sent to the upstream" isMissing={call.sent === undefined}>
          {call.sent === undefined ? (
            <p class="hint">
              {call.answeredBy === undefined
                ? 'nothing: the call did not get there'
                : `nothing: ${call.answeredBy} answered`}
            </p>
          ) : (
            <Whole text={call.sent} />
          )}
        </Point>
      </ol>
      <h3>
        Reply <small>from the upstream, up to the client</small>
      </h3>
      <ol class="steps">
        {refused >= 0 && call.sent === undefined ? null : upwards(call)}
        <Point title="The client got">
          {call.reply === undefined ? (
            <p class="hint">nothing yet</p>
          ) : (
            <ReplyBody reply={call.reply} status={call.status} />
          )}
        </Point>
      </ol>
    </div>
  );
}

/** The call's way in one line. */
function Path({ call }: { readonly call: Detail }): JSX.Element {
  return (
    <ul class="path" aria-label="The way of the call">
      <li class="end">client</li>
      {call.steps.map((step) => (
        <li key={step.control} class={stateOf(step, call)} title={stateWords(step, call)}>
          {step.control}
          <span class="visually-hidden">: {stateWords(step, call)}</span>
        </li>
      ))}
      <li class={`end ${call.sent === undefined ? 'unreached' : ''}`}>upstream</li>
    </ul>
  );
}

function changesReply(control: string, { changes }: Detail): boolean {
  return changes.some(({ steps }) => steps.some((step) => step.control === control));
}

function stateOf(step: Step, call: Detail): string {
  if (step.decision === undefined) return 'unreached';
  if (step.decision === 'answer') return 'changed';
  if (step.decision !== 'pass') return toneOf(step.decision);
  return step.passed !== undefined || changesReply(step.control, call) ? 'changed' : 'passed';
}

function stateWords(step: Step, call: Detail): string {
  if (step.decision === undefined) return 'the call did not get here';
  if (step.decision === 'answer') return 'answered the call';
  if (step.decision !== 'pass') return `refused (${step.decision})`;
  const [request, reply] = [step.passed !== undefined, changesReply(step.control, call)];
  if (request && reply) return 'changed the request and the reply';
  return request ? 'changed the request' : reply ? 'changed the reply' : 'passed it on unchanged';
}

function downwards(call: Detail): JSX.Element[] {
  let before = call.request;
  return call.steps.map((step) => {
    const from = before;
    if (step.passed !== undefined) before = step.passed;
    const { control, decision, ms, facts, passed } = step;
    return (
      <Point
        key={control}
        title={control}
        isControl
        tone={passed === undefined && decision === 'pass' ? 'passed' : stateOf(step, call)}
        words={
          decision === undefined
            ? 'not reached'
            : decision === 'pass'
              ? passed === undefined
                ? 'passed on'
                : 'changed'
              : decision === 'answer'
                ? 'answered'
                : decision
        }
        time={ms}
        facts={facts}
      >
        {passed === undefined || from === undefined ? null : <Diff before={from.text} after={passed.text} />}
      </Point>
    );
  });
}

/** Innermost first. */
function upwards(call: Detail): JSX.Element[] {
  return call.steps.toReversed().flatMap((step) => {
    const { control, replyMs, decision, replyFacts } = step;
    if (decision === undefined) return [];
    const made = call.changes.flatMap((change) => stepsOf(change, control));
    if (made.length === 0 && replyMs === undefined) return [];
    const refused = made.find((each) => each.refused !== undefined)?.refused;
    const words =
      refused ??
      (made.length === 0
        ? 'looked, changed nothing'
        : made.length === 1
          ? 'changed'
          : `changed ${made.length} messages`);
    return [
      <Point
        key={control}
        title={control}
        isControl
        words={words}
        time={replyMs}
        facts={replyFacts}
        tone={refused !== undefined ? 'refused' : made.length > 0 ? 'changed' : 'passed'}
      >
        {made.map(({ before, after }, i) =>
          after === undefined ? null : <Diff key={i} before={before} after={after} />,
        )}
      </Point>,
    ];
  });
}

function stepsOf(
  { upstream, steps }: Changed,
  control: string,
): { readonly before: string; readonly after: string | undefined; readonly refused: string | undefined }[] {
  let before = upstream.text;
  return steps.flatMap(({ control: by, after, refused }) => {
    const from = before;
    if (after !== undefined) before = after.text;
    return by === control ? [{ before: from, after: after?.text, refused }] : [];
  });
}

interface PointProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly isControl?: boolean;
  readonly isMissing?: boolean;
  readonly words?: string;
  readonly tone?: string;
  readonly time?: number | undefined;
  readonly facts?: readonly Fact[];
}

function Point({
  title,
  children,
  isControl = false,
  isMissing = false,
  words,
  tone = '',
  time,
  facts = [],
}: PointProps): JSX.Element {
  return (
    <li class={`point ${isControl ? 'control' : 'end'} ${tone} ${isMissing ? 'unreached' : ''}`}>
      <div class="title">
        <span class="name">{title}</span>
        {words === undefined ? null : <span class="words">{words}</span>}
        {facts.map((fact, i) => (
          <span class="fact" key={i}>
            {Object.entries(fact)
              .map(([name, value]) => `${name}: ${String(value)}`)
              .join(' · ')}
          </span>
        ))}
        {time === undefined ? null : <span class="took">{duration(time)}</span>}
      </div>
      {children}
    </li>
  );
}

export function Whole({ text: { text, more } }: { readonly text: Text }): JSX.Element {
  return (
    <details>
      <summary>
        <code class="oneline">{text.slice(0, 300)}</code>
      </summary>
      <pre class="code" tabIndex={0}>
        {pretty(text)}
        {more === undefined ? '' : `\n… and ${more} more characters`}
      </pre>
    </details>
  );
}

export function ReplyBody({
  reply: { type, body },
  status,
}: {
  readonly reply: NonNullable<Detail['reply']>;
  readonly status: number | undefined;
}): JSX.Element {
  const messages = messagesOf(type, body.text);
  return (
    <>
      <p class="hint">
        HTTP {status}
        {type === '' ? '' : `, ${type}`}
        {messages.length > 1 ? `, ${messages.length} messages` : ''}
      </p>
      {messages.map((text, i) => (
        <Whole
          key={i}
          text={i === messages.length - 1 && body.more !== undefined ? { text, more: body.more } : { text }}
        />
      ))}
    </>
  );
}
