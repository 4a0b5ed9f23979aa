/** The calls: their list, and the opened one beside it. */
import type { JSX } from 'preact';
import { about, calls, opened, shown } from '../state.ts';
import { Filter } from './filter.tsx';
import { List } from './list.tsx';
import { Opened } from './opened.tsx';

export function Calls(): JSX.Element {
  if (calls.value.every(({ tried, method }) => tried && method !== 'tools/call')) return <NoCalls />;
  return (
    <div class={`panes ${opened.value === undefined ? '' : 'has-opened'}`}>
      <section class="pane list" aria-label="Calls, the newest first">
        <Filter />
        {shown.value.length === 0 ? <p class="hint">No call fits the filter.</p> : <List />}
      </section>
      <section class="pane opened" aria-label="Opened call">
        {opened.value === undefined ? <p class="hint">Open a call to see what each control did to it.</p> : <Opened />}
      </section>
    </div>
  );
}

function NoCalls(): JSX.Element {
  return (
    <div class="empty">
      <h2>No calls yet</h2>
      <p>
        Point an MCP client at <code>{about.value?.url ?? '…'}</code>, or run this in another terminal:
      </p>
      <pre class="code command" tabIndex={0}>
        {about.value?.tryIt ?? ''}
      </pre>
    </div>
  );
}
