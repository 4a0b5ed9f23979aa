/** What changed at the upstreams since the lock was written. */
import { effect, signal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Drift as Data } from '../../catalogue/catalogued.ts';
import { post } from '../api.ts';
import { visible } from '../parts/format.ts';
import { connection, view } from '../state.ts';

const data = signal<Data | undefined>(undefined);
const failure = signal<string | undefined>(undefined);
let isAsked = false;

export async function loadDrift(): Promise<void> {
  isAsked = true;
  try {
    data.value = (await (await post('/api/drift', {})).json()) as Data;
    failure.value = undefined;
  } catch (error) {
    failure.value = error instanceof Error ? error.message : String(error);
  }
}

effect(() => {
  if (view.value === 'catalogue' && connection.value === 'open' && !isAsked) void loadDrift();
});

/** Nothing where there is no lock. */
export function Drift(): JSX.Element | null {
  if (failure.value !== undefined) return <p class="drift wrong">The lock could not be compared: {failure.value}</p>;
  const known = data.value;
  if (known?.lock === undefined) return null;
  const { lock, changes, notes } = known;
  if (changes.length + notes.length === 0) return <p class="drift soft">As in {lock}: no drift.</p>;
  return (
    <section class="drift" aria-label="Drift">
      <h2>
        Drift{' '}
        <small>
          {changes.length} since {lock}
        </small>
      </h2>
      {notes.map(({ what, why }) => (
        <p class="wrong" key={`${what} ${why}`}>
          Not compared: {visible(what)}: {visible(why)}
        </p>
      ))}
      <ul>
        {changes.map(({ what, kind, name, members, dangers }) => (
          <li key={`${kind} ${name}`}>
            <b class={`outcome ${what === 'removed' ? 'refused' : 'changed'}`}>{what}</b> {kind} <b>{name}</b>
            {members.length === 0 ? null : <small> {members.join(', ')}</small>}
            {dangers.map((danger) => (
              <p class="wrong" key={danger}>
                {danger}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}
