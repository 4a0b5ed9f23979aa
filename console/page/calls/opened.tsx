/** The opened call: its outcome, its way through the controls, and both sides of it. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Detail } from '../../record/records.ts';
import { errorOf, pretty } from '../json/pretty.ts';
import { clock, duration, outcomeWords, toneOf, visible } from '../parts/format.ts';
import { about, detail, detailError, opened } from '../state.ts';
import { Sides } from './sides.tsx';
import { ReplyBody, Steps } from './steps.tsx';

const tab = signal<'steps' | 'sides'>('steps');

export function Opened(): JSX.Element {
  const call = detail.value;
  if (detailError.value !== undefined) return <p class="hint">{detailError.value}</p>;
  if (call === undefined) return <p class="hint">…</p>;
  return (
    <article id="opened" tabIndex={-1} aria-label={`Call of ${call.name ?? call.method}`}>
      <button type="button" class="back" onClick={() => (opened.value = undefined)}>
        ← Calls
      </button>
      <CallView call={call} />
    </article>
  );
}

/** A call with its outcome, and both ways to look at it. */
export function CallView({ call }: { readonly call: Detail }): JSX.Element {
  return (
    <>
      <Head call={call} />
      {call.dropped ? (
        <p class="hint">The texts of this call are gone: newer calls needed their place.</p>
      ) : call.kind === 'refused' ? (
        <Unread call={call} />
      ) : call.kind === 'search' ? (
        <Search call={call} />
      ) : (
        <>
          <div class="switch" role="group" aria-label="How to show it">
            <button type="button" aria-pressed={tab.value === 'steps'} onClick={() => (tab.value = 'steps')}>
              Step by step
            </button>
            <button type="button" aria-pressed={tab.value === 'sides'} onClick={() => (tab.value = 'sides')}>
              Side by side
            </button>
          </div>
          {tab.value === 'steps' ? <Steps call={call} /> : <Sides call={call} />}
        </>
      )}
    </>
  );
}

/** A request that did not become a call. */
function Unread({ call: { reply, status } }: { readonly call: Detail }): JSX.Element {
  return (
    <>
      <p class="hint">It was refused before it became a call, so no control saw it, and its text is not kept.</p>
      <h3>The client got</h3>
      {reply === undefined ? <p class="hint">nothing</p> : <ReplyBody reply={reply} status={status} />}
    </>
  );
}

/** A search for tools. */
function Search({ call: { request, reply, status } }: { readonly call: Detail }): JSX.Element {
  return (
    <>
      <p class="hint">The proxy answered it. Controls saw the list that it searched, as a separate call.</p>
      <h3>The client asked</h3>
      {request === undefined ? (
        <p class="hint">nothing</p>
      ) : (
        <pre class="code" tabIndex={0}>
          {pretty(request.text)}
        </pre>
      )}
      <h3>The client got</h3>
      {reply === undefined ? <p class="hint">nothing</p> : <ReplyBody reply={reply} status={status} />}
    </>
  );
}

/** What the code of an error means. */
function Meaning({ code }: { readonly code: string }): JSX.Element | null {
  const { errors = {}, errorsPage } = about.value ?? {};
  if (!Object.hasOwn(errors, code)) return null;
  return (
    <p class="meaning">
      {/* The code is one of the proxy's own, so the address is, too. */}
      <a href={`${errorsPage}#${code}`} target="_blank" rel="noreferrer">
        {code}
      </a>
      : {errors[code]?.replaceAll('`', '')}.
    </p>
  );
}

function Head({ call }: { readonly call: Detail }): JSX.Element {
  const {
    kind,
    method,
    name,
    outcome,
    refusedBy,
    rule,
    answeredBy,
    ms,
    upstreamMs,
    at,
    era,
    version,
    caller,
    claims,
    upstream,
  } = call;
  const tone = toneOf(outcome);
  const told = call.reply && errorOf(call.reply.type, call.reply.body.text);
  return (
    <div class="head">
      <h2>
        {visible(name ?? method)} {name === undefined ? null : <small>{method}</small>}
      </h2>
      <p class={`verdict ${tone}`}>
        {refusedBy === undefined ? (
          <strong>{kind === 'refused' ? `Refused before any control: ${outcome}` : outcomeWords(outcome)}</strong>
        ) : (
          <>
            Refused by <strong>{refusedBy}</strong>: <code>{outcome}</code>
            {rule === undefined ? (
              refusedBy === 'access-policy' ? (
                '. No rule permits it.'
              ) : null
            ) : (
              <>
                , because of <strong>{rule}</strong>
              </>
            )}
          </>
        )}
        {answeredBy === undefined ? null : (
          <>
            {' '}
            by the control <b>{answeredBy}</b>, in place of the upstream
          </>
        )}
      </p>
      {told === undefined ? null : (
        <p class="told">
          The client was told: <q>{visible(told)}</q>
        </p>
      )}
      <Meaning code={outcome} />
      <dl class="facts">
        {kind === 'refused' ? null : <Fact name="took" value={ms === undefined ? 'under way' : duration(ms)} />}
        {upstreamMs === undefined ? null : <Fact name="of it, upstream" value={duration(upstreamMs)} />}
        <Fact name="at" value={clock(at)} />
        {kind === 'refused' ? null : <Fact name="era" value={version === undefined ? era : `${era} (${version})`} />}
        {upstream === undefined ? null : <Fact name="upstream" value={upstream} />}
        {kind === 'refused' ? null : <Fact name="caller" value={caller} title={JSON.stringify(claims, null, 2)} />}
      </dl>
    </div>
  );
}

function Fact({
  name,
  value,
  title,
}: {
  readonly name: string;
  readonly value: string;
  readonly title?: string;
}): JSX.Element {
  return (
    <div title={title}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
