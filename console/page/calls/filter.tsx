/** Chooses which calls are listed. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { calls, filter, type Only, openTold, shown, toldError } from '../state.ts';

const ONLY: readonly (readonly [Only, string])[] = [
  ['all', 'All calls'],
  ['tools', 'Tool calls'],
  ['changed', 'Changed'],
  ['refused', 'Refused or failed'],
  ['own', "With the console's own lists"],
];

export function Filter(): JSX.Element {
  const { text, only } = filter.value;
  const all =
    only === 'own'
      ? calls.value.length
      : calls.value.filter(({ tried, method }) => !tried || method === 'tools/call').length;
  const some = shown.value.length;
  return (
    <>
      <form class="filter" role="search" onSubmit={(event) => event.preventDefault()}>
        <input
          type="search"
          aria-label="Filter by method, tool, caller or outcome"
          placeholder="Filter: tool, caller, outcome, rule"
          value={text}
          onInput={({ currentTarget }) => (filter.value = { only, text: currentTarget.value })}
        />
        <select
          aria-label="Which calls"
          value={only}
          onChange={({ currentTarget }) =>
            (filter.value = { text, only: ONLY.find(([name]) => name === currentTarget.value)?.[0] ?? 'all' })
          }
        >
          {ONLY.map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </select>
        <output class="count">{some === all ? all : `${some} of ${all}`}</output>
      </form>
      <OpenTold />
    </>
  );
}

/** Opens a call by what its client was told. */
function OpenTold(): JSX.Element {
  const [text, setText] = useState('');
  return (
    <form
      class="filter told-id"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '') void openTold(text);
      }}
    >
      <input
        type="text"
        aria-label="Open a call by the errorId that its client got"
        placeholder="errorId that a client got"
        spellcheck={false}
        autocomplete="off"
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit" class="plain">
        Open
      </button>
      {toldError.value === undefined ? null : (
        <p class="wrong" role="alert">
          {toldError.value}
        </p>
      )}
    </form>
  );
}
