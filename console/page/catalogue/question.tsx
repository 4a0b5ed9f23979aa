import type { JSX } from 'preact';
/** A question of the upstream (elicitation), which the person answers here. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Question as Asked } from '../../try/messages.ts';
import { post } from '../api.ts';
import { Fields, initial, type Values } from '../form/fields.tsx';
import { fieldOf } from '../form/schema.ts';
import { visible } from '../parts/format.ts';

export function Question({
  question,
  onAnswered,
}: {
  readonly question: Asked;
  readonly onAnswered: () => void;
}): JSX.Element {
  const { id, message, url, schema = {} } = question;
  const [values, setValues] = useState<Values>(() => ({ ...(initial(schema, schema) as Values | undefined) }));
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const field = fieldOf(schema, schema);
  const send = (action: 'accept' | 'decline' | 'cancel'): void => {
    const body = action === 'accept' && url === undefined ? { id, action, content: values } : { id, action };
    post('/api/answer', body).then(onAnswered, (error: unknown) =>
      setFailure(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <form
      class="question"
      aria-label="A question of the upstream"
      onSubmit={(event) => {
        event.preventDefault();
        send('accept');
      }}
    >
      <h3 ref={heading} tabIndex={-1}>
        The upstream asks
      </h3>
      <p class="description">{visible(message)}</p>
      {url === undefined ? null : (
        <p>
          It wants you to open this page. Open it yourself, if you trust it: <code>{visible(url)}</code>
        </p>
      )}
      {field.kind === 'object' ? <Fields field={field} root={schema} value={values} onChange={setValues} /> : null}
      <p class="soft">No tool needs your password here.</p>
      <div class="actions">
        <button type="submit" class="main">
          {url === undefined ? 'Answer' : 'I opened it'}
        </button>
        <button type="button" class="plain" onClick={() => send('decline')}>
          Decline
        </button>
        <button type="button" class="plain" onClick={() => send('cancel')}>
          Cancel
        </button>
      </div>
      {failure === undefined ? null : (
        <p class="wrong" role="alert">
          {failure}
        </p>
      )}
    </form>
  );
}
