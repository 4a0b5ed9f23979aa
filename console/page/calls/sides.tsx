/** Both sides of a call: what the client and its model see, and what the upstream sees. */
import type { JSX } from 'preact';
import { messagesOf } from '../../record/events.ts';
import type { Detail } from '../../record/records.ts';
import { Marked } from '../json/diff.tsx';
import { pretty } from '../json/pretty.ts';

interface Pair {
  readonly title: string;
  readonly client: string;
  readonly upstream: string | undefined;
}

export function Sides({ call }: { readonly call: Detail }): JSX.Element {
  const pairs = [...requestPair(call), ...replyPairs(call)];
  const isSame = pairs.every(({ client, upstream }) => client === upstream);
  return (
    <div class="sides">
      {isSame ? <p class="hint">Both sides see the same: no control changed anything.</p> : null}
      {pairs.map(({ title, client, upstream }, i) =>
        client === upstream && !isSame ? (
          <details key={i} class="equal">
            <summary>{title}: the same on both sides</summary>
            <pre class="code" tabIndex={0}>
              {pretty(client)}
            </pre>
          </details>
        ) : (
          <section key={i} aria-label={title}>
            <h3>{title}</h3>
            <div class="pair">
              <figure>
                <figcaption>The client and its model see</figcaption>
                <Marked text={client} other={upstream ?? client} side="gone" />
              </figure>
              <figure>
                <figcaption>The upstream sees</figcaption>
                {upstream === undefined ? (
                  <p class="hint">nothing</p>
                ) : (
                  <Marked text={upstream} other={client} side="new" />
                )}
              </figure>
            </div>
          </section>
        ),
      )}
    </div>
  );
}

function requestPair({ request, sent }: Detail): Pair[] {
  return request === undefined ? [] : [{ title: 'Request', client: request.text, upstream: sent?.text }];
}

function replyPairs({ reply, changes, sent }: Detail): Pair[] {
  if (reply === undefined) return [];
  const got = messagesOf(reply.type, reply.body.text);
  // What a client got as it was made by the last control; anything else it got as it came.
  const sources = new Map(
    changes.flatMap(({ upstream, steps }) => {
      const last = steps.at(-1)?.after?.text;
      return last === undefined ? [] : [[last, upstream.text] as const];
    }),
  );
  const refused = changes.find(({ steps }) => steps.at(-1)?.after === undefined);
  return got.map((client, i) => ({
    title: got.length > 1 ? `Reply, message ${i + 1}` : 'Reply',
    client,
    upstream: sources.get(client) ?? (sent === undefined ? undefined : (refused?.upstream.text ?? client)),
  }));
}
