/** The frame of the page: what is running, the views, and what is wrong, if anything is. */
import { Component, type ComponentChildren, type JSX } from 'preact';
import { Matrix } from './callers/matrix.tsx';
import { Calls } from './calls/calls.tsx';
import { Catalogue } from './catalogue/catalogue.tsx';
import { Charts } from './charts/charts.tsx';
import { clock } from './parts/format.ts';
import { about, connection, swapped, type View, view } from './state.ts';

const TITLES: Readonly<Record<View, string>> = {
  calls: 'Calls',
  catalogue: 'Catalogue',
  callers: 'Callers',
  charts: 'Charts',
};

export function Shell(): JSX.Element {
  if (connection.value === 'key') return <NoKey />;
  const known = about.value;
  return (
    <>
      <header class="top">
        <div class="brand">
          <img src="/icon.svg" alt="" width="22" height="22" />
          <h1>Console</h1>
        </div>
        <nav aria-label="Views">
          {Object.entries(TITLES).map(([name, title]) => (
            <a key={name} href={`#${name}`} aria-current={view.value === name ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        {known === undefined ? null : (
          <p class="where" title={known.upstreams.map(({ name, address }) => `${name} ${address}`).join('\n')}>
            <span class={`dot ${connection.value}`} aria-hidden="true" />
            <span class="visually-hidden">{connection.value === 'open' ? 'connected to' : 'no connection to'} </span>
            <code>{known.url}</code>
          </p>
        )}
      </header>
      <Notice />
      <SwappedNotice />
      <main>
        <Guarded key={view.value}>{VIEW_OF[view.value]()}</Guarded>
      </main>
    </>
  );
}

const VIEW_OF: Readonly<Record<View, () => JSX.Element>> = {
  calls: () => <Calls />,
  catalogue: () => <Catalogue />,
  callers: () => <Matrix />,
  charts: () => <Charts />,
};

/** What can't be shown takes only its own view with it. */
class Guarded extends Component<{ readonly children: ComponentChildren }, { readonly failure?: string }> {
  static override getDerivedStateFromError(error: unknown): { readonly failure: string } {
    return { failure: error instanceof Error ? error.message : String(error) };
  }

  override render(): ComponentChildren {
    const { failure } = this.state;
    return failure === undefined ? (
      this.props.children
    ) : (
      <p class="hint page" role="alert">
        This could not be shown: {failure}
      </p>
    );
  }
}

function Notice(): JSX.Element | null {
  const known = about.value;
  if (connection.value === 'ended')
    return (
      <div class="notice bad" role="alert">
        The proxy has ended, or can't be reached. Start it again, and open the address that it prints.
      </div>
    );
  if (known === undefined) return null;
  return (
    <aside class="notice" aria-label="Values">
      {known.showsValues ? (
        <>
          Values of calls are shown, since this is your machine. <code>--no-values</code> shows shapes in their place.
        </>
      ) : (
        'Shapes are shown in place of values. Equal values have equal marks.'
      )}
    </aside>
  );
}

function SwappedNotice(): JSX.Element | null {
  const news = swapped.value;
  return (
    <div role="status">
      {news === undefined ? null : (
        <p class="notice">
          Since {clock(news.at)} a changed config serves: {news.controls.join(', ') || 'no controls'}. Calls before it
          show the controls that they passed.
        </p>
      )}
    </div>
  );
}

function NoKey(): JSX.Element {
  return (
    <main class="empty">
      <h1>This page needs its key</h1>
      <p>
        Open the address that <code>npm start</code> printed beside <code>console</code>: the part after{' '}
        <code>#key=</code> lets this page in. It is new at each start.
      </p>
    </main>
  );
}
