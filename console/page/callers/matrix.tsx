/** Who may use what, as a table. */
import { effect, signal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Cell, Kind, Matrix as Data } from '../../catalogue/catalogued.ts';
import { post } from '../api.ts';
import { visible } from '../parts/format.ts';
import { about, connection, view } from '../state.ts';

const data = signal<Data | undefined>(undefined);
const failure = signal<string | undefined>(undefined);
const isLoading = signal(false);

async function load(): Promise<void> {
  isLoading.value = true;
  try {
    data.value = (await (await post('/api/matrix', {})).json()) as Data;
    failure.value = undefined;
  } catch (error) {
    failure.value = error instanceof Error ? error.message : String(error);
  }
  isLoading.value = false;
}

effect(() => {
  if (view.value === 'callers' && connection.value === 'open' && data.peek() === undefined && !isLoading.peek())
    void load();
});

const TITLES: Readonly<Partial<Record<Kind, string>>> = { tools: 'Tools', prompts: 'Prompts', resources: 'Resources' };

export function Matrix(): JSX.Element {
  const known = data.value;
  return (
    <div class="matrix">
      <div class="head">
        <h2>Who may use what</h2>
        <button type="button" class="plain" onClick={() => void load()} disabled={isLoading.value}>
          {isLoading.value ? 'asking …' : 'ask again'}
        </button>
      </div>
      {failure.value === undefined ? null : (
        <p class="wrong" role="alert">
          {failure.value}
        </p>
      )}
      {known === undefined ? (
        <p class="hint">{failure.value === undefined ? 'Each caller is asked for its lists …' : ''}</p>
      ) : (
        <Table {...known} />
      )}
    </div>
  );
}

function Table({ callers, hasPolicy, rows, notes }: Data): JSX.Element {
  if (callers.length === 0)
    return (
      <p class="hint">
        The config reads callers from requests ({about.value?.callerSource}). Name some:{' '}
        <code>npm start -- --callers callers.json</code>, with claims by name.
      </p>
    );
  return (
    <>
      <p class="soft">
        {hasPolicy
          ? 'What each caller is shown, and the rules of the access policy that decide.'
          : 'What each caller is shown. The config has no access policy.'}
        {callers.length === 1 ? (
          <>
            {' '}
            More callers: <code>npm start -- --callers callers.json</code>
          </>
        ) : null}
      </p>
      {notes.map(({ what, why }) => (
        <p class="wrong" key={`${what} ${why}`}>
          {visible(what)}: {visible(why)}
        </p>
      ))}
      <div class="scroll" tabIndex={0} role="group" aria-label="Table of callers">
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span class="visually-hidden">name</span>
              </th>
              {callers.map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          {Object.entries(TITLES).map(([kind, title]) => {
            const own = rows.filter((row) => row.kind === kind);
            return own.length === 0 ? null : (
              <tbody key={kind}>
                <tr class="group">
                  <th scope="rowgroup" colSpan={callers.length + 1}>
                    {title}
                  </th>
                </tr>
                {own.map(({ name, cells }) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    {cells.map((cell, i) => (
                      <td key={i}>
                        <Verdict {...cell} />
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            );
          })}
        </table>
      </div>
    </>
  );
}

function Verdict({ isShown, verdict, rules }: Cell): JSX.Element {
  const [words, tone] =
    verdict === 'undecidable'
      ? ['by arguments', 'changed']
      : verdict === 'deny' || (verdict === undefined && isShown === false)
        ? ['no', 'refused']
        : verdict === 'allow' || isShown === true
          ? ['yes', 'good']
          : ['not known', 'open'];
  // What else withholds or adds it, such as a lock or a control of the team's own.
  const differs = verdict !== undefined && isShown !== undefined && isShown !== (verdict !== 'deny');
  return (
    <>
      <b class={`outcome ${tone}`}>{words}</b>
      {rules.length === 0 ? null : <small> {rules.join(', ')}</small>}
      {differs ? (
        <small class="wrong"> {isShown ? 'but shown' : 'but not shown: another control withholds it'}</small>
      ) : null}
    </>
  );
}
