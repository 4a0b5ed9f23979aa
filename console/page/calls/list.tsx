import type { JSX } from 'preact';
/** The list: only the rows in sight are in the document, so that ten thousand calls scroll like ten. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Summary } from '../../record/records.ts';
import { clock, duration, outcomeWords, toneOf, visible } from '../parts/format.ts';
import { opened, shown } from '../state.ts';

/** As in console.css. */
const ROW = 46;
const SPARE = 8;

export function List(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [{ top, height }, setSight] = useState({ top: 0, height: 800 });
  const rows = shown.value;
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const look = (): void => setSight({ top: element.scrollTop, height: element.clientHeight });
    const resized = new ResizeObserver(look);
    resized.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  const first = Math.max(0, Math.floor(top / ROW) - SPARE);
  const sight = rows.slice(first, Math.ceil((top + height) / ROW) + SPARE);
  const at = rows.findIndex(({ id }) => id === opened.value);
  const move = (to: number): void => {
    const next = rows[Math.min(rows.length - 1, Math.max(0, to))];
    const element = box.current;
    if (next === undefined || element === null) return;
    opened.value = next.id;
    const start = rows.indexOf(next) * ROW;
    if (start < element.scrollTop) element.scrollTop = start;
    else if (start + ROW > element.scrollTop + element.clientHeight)
      element.scrollTop = start + ROW - element.clientHeight;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height / ROW) - 1);
    const to: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? 0 : at - 1,
      Home: 0,
      End: rows.length - 1,
      PageDown: at + page,
      PageUp: at - page,
    };
    const target = to[event.key];
    if (target !== undefined) {
      event.preventDefault();
      move(target);
    } else if (event.key === 'Escape') opened.value = undefined;
    else if (event.key === 'Enter' && at >= 0) document.getElementById('opened')?.focus();
  };
  const isInSight = at >= first && at < first + sight.length;
  return (
    <div
      class="rows"
      ref={box}
      role="listbox"
      aria-label="Calls, the newest first"
      tabIndex={0}
      aria-activedescendant={isInSight ? `call-${opened.value}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div class="spacer" role="presentation" style={{ height: `${rows.length * ROW}px` }}>
        {sight.map((call, i) => (
          <Row key={call.id} call={call} index={first + i} of={rows.length} />
        ))}
      </div>
    </div>
  );
}

function Row({
  call,
  index,
  of,
}: {
  readonly call: Summary;
  readonly index: number;
  readonly of: number;
}): JSX.Element {
  const { id, method, name, caller, outcome, refusedBy, rule, changed } = call;
  const tone = toneOf(outcome);
  return (
    <div
      id={`call-${id}`}
      class={`row ${tone}`}
      role="option"
      aria-selected={opened.value === id}
      aria-setsize={of}
      aria-posinset={index + 1}
      style={{ transform: `translateY(${index * ROW}px)` }}
      onClick={() => (opened.value = id)}
    >
      <span class="what">
        <b>{visible(name ?? method)}</b> {name === undefined ? null : <span class="method">{method}</span>}
        {changed.request ? (
          <span class="mark" title="A control changed the request">
            ↓ changed
          </span>
        ) : null}
        {changed.reply ? (
          <span class="mark" title="A control changed the reply">
            ↑ changed
          </span>
        ) : null}
      </span>
      <span class={`outcome ${tone}`}>{outcomeWords(outcome)}</span>
      <span class="who">
        {call.kind === 'refused' ? 'refused before any control' : visible(caller)}
        {call.tried ? ' · from here' : ''}
        {refusedBy === undefined ? '' : ` · ${refusedBy}${rule === undefined ? '' : ` (${rule})`}`}
      </span>
      <span class="time">
        {duration(call.ms)} <time dateTime={new Date(call.at).toISOString()}>{clock(call.at)}</time>
      </span>
    </div>
  );
}
