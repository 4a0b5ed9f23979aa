import type { JSX } from 'preact';
/** The form of a tool: calls it through the proxy, and shows the call's way beside it. */
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Detail } from '../../record/records.ts';
import type { Question as Asked, RunMessage } from '../../try/messages.ts';
import * as api from '../api.ts';
import { CallView } from '../calls/opened.tsx';
import { Fields, initial, JsonInput, type Values } from '../form/fields.tsx';
import { fieldOf, isSchema, type Schema } from '../form/schema.ts';
import { pretty } from '../json/pretty.ts';
import { calls, opened, view } from '../state.ts';
import { callerChoice, CallerSelect } from './caller-choice.tsx';
import { Question } from './question.tsx';

interface Run {
  readonly isUnderWay: boolean;
  readonly progress?: string;
  readonly question?: Asked | undefined;
  readonly outcome?: { readonly text: string; readonly isError: boolean };
  /** Of the last call of the run. */
  readonly call?: number;
}

export function TryIt({ tool, schema: given }: { readonly tool: string; readonly schema: unknown }): JSX.Element {
  const schema: Schema = isSchema(given) ? given : {};
  const field = fieldOf(schema, schema);
  const [values, setValues] = useState<Values>(() => valuesOf(initial(schema, schema)));
  const [asJson, setAsJson] = useState(
    field.kind !== 'object' &&
      Object.keys(schema).some(
        (key) => key !== 'type' && key !== '$schema' && key !== 'properties' && key !== 'additionalProperties',
      ),
  );
  const [run, setRun] = useState<Run | undefined>(undefined);
  const abort = useRef<AbortController>(undefined);
  const id = useId();
  useEffect(() => () => abort.current?.abort(), []);
  const call = async (): Promise<void> => {
    const controller = new AbortController();
    abort.current = controller;
    setRun({ isUnderWay: true });
    const change = (more: Partial<Run>): void => setRun((before) => ({ isUnderWay: true, ...before, ...more }));
    try {
      const request = { caller: callerChoice(), tool, arguments: values };
      const response = await api.post('/api/try', request, controller.signal);
      for await (const line of api.lines(response)) take(JSON.parse(line) as RunMessage, change);
    } catch (error) {
      change({ outcome: { text: error instanceof Error ? error.message : String(error), isError: true } });
    }
    change({ isUnderWay: false, question: undefined });
  };
  const isUnderWay = run?.isUnderWay === true;
  return (
    <div class="try">
      <form
        class="try-form"
        aria-label={`Call ${tool}`}
        onSubmit={(event) => {
          event.preventDefault();
          if (!isUnderWay) void call();
        }}
      >
        <h3>Try it</h3>
        {asJson ? (
          <div class="field">
            <label for={id}>
              <b>arguments</b> <span class="soft">as JSON</span>
            </label>
            <JsonInput id={id} value={values} onChange={(value) => setValues(valuesOf(value))} />
          </div>
        ) : field.kind === 'object' ? (
          <Fields field={field} root={schema} value={values} onChange={setValues} />
        ) : (
          <p class="soft">It takes no arguments.</p>
        )}
        <div class="actions">
          <button type="submit" class="main" disabled={isUnderWay}>
            Call {tool}
          </button>
          <CallerSelect />
          {isUnderWay ? (
            <button type="button" class="plain" onClick={() => abort.current?.abort()}>
              cancel
            </button>
          ) : null}
          <button type="button" class="plain" onClick={() => setAsJson(!asJson)}>
            {asJson ? 'as a form' : 'as JSON'}
          </button>
        </div>
        <div aria-live="polite">
          {run?.progress === undefined || !isUnderWay ? null : <p class="soft">{run.progress}</p>}
          {run?.outcome === undefined ? null : <Outcome {...run.outcome} />}
        </div>
      </form>
      {run?.question === undefined ? null : (
        <Question
          key={run.question.id}
          question={run.question}
          onAnswered={() => setRun({ ...run, question: undefined })}
        />
      )}
      {run?.call === undefined ? null : <Trace id={run.call} />}
    </div>
  );
}

function valuesOf(value: unknown): Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function take(message: RunMessage, change: (more: Partial<Run>) => void): void {
  switch (message.type) {
    case 'call':
      return change({ call: message.id });
    case 'question':
      return change({ question: message.question });
    case 'progress': {
      const { progress, total, message: words = '' } = message;
      const count = total === undefined ? '' : `${progress} of ${total}: `;
      return change({ progress: words === '' && count === '' ? String(progress) : count + words });
    }
    case 'result':
      return change({ outcome: { text: message.text, isError: message.isError } });
    case 'error':
      return change({ outcome: { text: message.message, isError: true } });
  }
}

function Outcome({ text, isError }: { readonly text: string; readonly isError: boolean }): JSX.Element {
  return (
    <div class={`result ${isError ? 'bad' : 'good'}`}>
      <h4>{isError ? 'Error' : 'Result'}</h4>
      <pre class="code" tabIndex={0}>
        {pretty(text)}
      </pre>
    </div>
  );
}

/** What every control did to the call. */
function Trace({ id }: { readonly id: number }): JSX.Element {
  const [detail, setDetail] = useState<Detail | undefined>(undefined);
  const summary = calls.value.find((call) => call.id === id);
  useEffect(() => {
    let isCurrent = true;
    void api.call(id).then(
      (got) => isCurrent && setDetail(got),
      () => {},
    );
    return () => {
      isCurrent = false;
    };
  }, [id, summary]);
  return (
    <section class="trace" aria-label="The call's way">
      {detail === undefined ? <p class="hint">…</p> : <CallView call={detail} />}
      <p>
        <a
          href="#calls"
          onClick={() => {
            opened.value = id;
            view.value = 'calls';
          }}
        >
          Open it among the calls
        </a>
      </p>
    </section>
  );
}
