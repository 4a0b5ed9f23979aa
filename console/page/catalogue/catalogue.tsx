/** Tools, prompts and resources as a caller is shown them, and the form that calls a tool. */
import { effect, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Catalogue as Shown, Kind } from '../../catalogue/catalogued.ts';
import { post } from '../api.ts';
import { pretty } from '../json/pretty.ts';
import { visible } from '../parts/format.ts';
import { connection, view } from '../state.ts';
import { callerChoice, callerKey, CallerSelect } from './caller-choice.tsx';
import { Drift, loadDrift } from './drift.tsx';
import { TryIt } from './try-it.tsx';

type Entry = Readonly<Record<string, unknown>>;

const catalogue = signal<Shown | undefined>(undefined);
const failure = signal<string | undefined>(undefined);
const search = signal('');
/** With the entry: it stays open if another caller is not shown it. */
const selected = signal<{ readonly kind: Kind; readonly name: string; readonly entry: Entry } | undefined>(undefined);

const TITLES: readonly (readonly [Kind, string])[] = [
  ['tools', 'Tools'],
  ['prompts', 'Prompts'],
  ['resources', 'Resources'],
  ['templates', 'Resource templates'],
];

/** Characters of a description in the list. */
const MOST = 300;

let asked = '';

async function load(key: string): Promise<void> {
  asked = key;
  try {
    const got = (await (await post('/api/catalogue', { caller: callerChoice() })).json()) as Shown;
    if (asked !== key) return;
    catalogue.value = got;
    failure.value = undefined;
  } catch (error) {
    if (asked === key) failure.value = error instanceof Error ? error.message : String(error);
  }
}

effect(() => {
  if (view.value === 'catalogue' && connection.value === 'open' && callerKey() !== asked) void load(callerKey());
});

export function nameOf(entry: Entry): string {
  const name = entry['name'] ?? entry['uri'] ?? entry['uriTemplate'];
  return typeof name === 'string' ? name : '?';
}

function keyOf(kind: Kind, entry: Entry): string {
  const key = kind === 'resources' ? entry['uri'] : kind === 'templates' ? entry['uriTemplate'] : undefined;
  return typeof key === 'string' ? key : nameOf(entry);
}

export function Catalogue(): JSX.Element {
  const shown = catalogue.value;
  const chosen = selected.value;
  const listed = chosen && shown?.[chosen.kind].find((each) => keyOf(chosen.kind, each) === chosen.name);
  const entry = listed ?? chosen?.entry;
  return (
    <div class={`panes catalogue ${entry === undefined ? '' : 'has-opened'}`}>
      <section class="pane list" aria-label="Catalogue">
        <div class="filter">
          <input
            type="search"
            aria-label="Filter by name or description"
            placeholder="Filter"
            value={search.value}
            onInput={({ currentTarget }) => (search.value = currentTarget.value)}
          />
          <CallerSelect />
          <button type="button" class="plain" onClick={() => void Promise.all([load(callerKey()), loadDrift()])}>
            reload
          </button>
        </div>
        <Drift />
        {failure.value === undefined ? null : (
          <p class="hint wrong" role="alert">
            {failure.value}
          </p>
        )}
        {shown === undefined ? failure.value === undefined ? <p class="hint">…</p> : null : <Lists shown={shown} />}
      </section>
      <section class="pane opened" aria-label="Opened entry">
        {entry === undefined || chosen === undefined ? (
          <p class="hint">Open a tool to see its schema and to call it.</p>
        ) : (
          <Opened
            key={`${chosen.kind} ${chosen.name}`}
            kind={chosen.kind}
            entry={entry}
            isListed={listed !== undefined}
          />
        )}
      </section>
    </div>
  );
}

function Lists({ shown }: { readonly shown: Shown }): JSX.Element {
  const words = search.value.toLowerCase();
  return (
    <div class="lists">
      {TITLES.map(([kind, title]) => {
        const why = shown.failed[kind];
        const entries = shown[kind].filter((each) =>
          `${keyOf(kind, each)} ${textIn(each, 'title')} ${textIn(each, 'description')}`.toLowerCase().includes(words),
        );
        const invalid = shown.invalid.filter((each) => each.kind === kind);
        if (shown[kind].length + invalid.length === 0 && why === undefined && kind !== 'tools') return null;
        return (
          <section key={kind} aria-label={title}>
            <h2>
              {title} <small>{shown[kind].length}</small>
            </h2>
            {why === undefined ? null : <p class="hint wrong">{why}</p>}
            {invalid.map((each, i) => (
              <p class="hint wrong" key={i}>
                <b>{each.name === undefined ? 'one without a name' : visible(each.name)}</b> is not valid:{' '}
                {visible(each.why)}. Clients may refuse the whole list.
              </p>
            ))}
            {shown[kind].length + invalid.length === 0 && why === undefined ? (
              <p class="hint">This caller is shown none.</p>
            ) : null}
            <ul>
              {entries.map((each) => {
                const name = keyOf(kind, each);
                const isOpen = selected.value?.kind === kind && selected.value.name === name;
                return (
                  <li key={name}>
                    <button
                      type="button"
                      class="entry"
                      aria-current={isOpen ? 'true' : undefined}
                      onClick={() => (selected.value = { kind, name, entry: each })}
                    >
                      <b>{visible(name)}</b>
                      <span>{visible(textIn(each, 'description') || textIn(each, 'title')).slice(0, MOST)}</span>
                    </button>
                  </li>
                );
              })}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

function textIn(entry: Entry, member: string): string {
  const text = entry[member];
  return typeof text === 'string' ? text : '';
}

function Opened({
  kind,
  entry,
  isListed,
}: {
  readonly kind: Kind;
  readonly entry: Entry;
  readonly isListed: boolean;
}): JSX.Element {
  useEffect(() => document.getElementById('entry')?.focus(), []);
  const { name, description, title, inputSchema, outputSchema, annotations, ...rest } = entry;
  return (
    <article id="entry" tabIndex={-1} aria-label={nameOf(entry)}>
      <button type="button" class="back" onClick={() => (selected.value = undefined)}>
        ← Catalogue
      </button>
      <div class="head">
        <h2>
          {visible(keyOf(kind, entry))}{' '}
          {typeof title === 'string' && title !== name ? <small>{visible(title)}</small> : null}
        </h2>
        {typeof description === 'string' ? <p class="description">{visible(description)}</p> : null}
        {isListed ? null : <p class="hint">The chosen caller is not shown it.</p>}
        <Hints annotations={annotations} />
      </div>
      {kind === 'tools' ? <TryIt tool={nameOf(entry)} schema={inputSchema} /> : null}
      <Part title="Arguments, as a schema" value={inputSchema} />
      <Part title="Result, as a schema" value={outputSchema} />
      <Part title="Everything else that is listed" value={Object.keys(rest).length === 0 ? undefined : rest} />
    </article>
  );
}

function Hints({ annotations }: { readonly annotations: unknown }): JSX.Element | null {
  if (typeof annotations !== 'object' || annotations === null) return null;
  return (
    <ul class="hints" aria-label="What the upstream says of it">
      {Object.entries(annotations).map(([name, value]) => (
        <li key={name}>{visible(`${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)}</li>
      ))}
    </ul>
  );
}

function Part({ title, value }: { readonly title: string; readonly value: unknown }): JSX.Element | null {
  if (value === undefined) return null;
  return (
    <details class="part">
      <summary>{title}</summary>
      <pre class="code" tabIndex={0}>
        {pretty(JSON.stringify(value))}
      </pre>
    </details>
  );
}
