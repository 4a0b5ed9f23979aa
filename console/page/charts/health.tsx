/** Each upstream: whether it answers, and how fast, over the last hour. */
import type { JSX } from 'preact';
import type { Charts } from '../../record/charts.ts';
import { duration } from '../parts/format.ts';

/** Steps that count as now: five minutes. */
const NOW = 10;

type Props = Charts['upstreams'] & { readonly names: readonly { readonly name: string; readonly address: string }[] };

export function Health({ calls, failures, ms, names }: Props): JSX.Element {
  const listed = [...new Set([...names.map(({ name }) => name), ...calls.map(({ name }) => name)])];
  return (
    <ul class="health">
      {listed.map((name) => {
        const valuesOf = (series: Props['calls']): readonly number[] =>
          series.find((each) => each.name === name)?.values ?? [];
        const [asked, failed, took] = [valuesOf(calls), valuesOf(failures), valuesOf(ms)];
        const [all, bad] = [sum(asked), sum(failed)];
        const [allNow, badNow] = [sum(asked.slice(-NOW)), sum(failed.slice(-NOW))];
        const state =
          allNow === 0
            ? 'not asked in 5 minutes'
            : badNow === 0
              ? 'answers'
              : badNow === allNow
                ? 'does not answer'
                : 'fails at times';
        const tone = allNow === 0 ? 'open' : badNow === 0 ? 'good' : 'refused';
        return (
          <li key={name}>
            <p>
              <b>{name === '*' ? 'calls to all upstreams, or to none' : name}</b>{' '}
              <span class={`state ${tone}`}>{state}</span>
            </p>
            <p class="soft">
              {all} {all === 1 ? 'call' : 'calls'}, {bad} without an answer
              {all === 0 ? '' : `, ${duration(sum(took) / all)} on average`}
              {' · '}
              {names.find((each) => each.name === name)?.address ?? ''}
            </p>
            <div class="strip" aria-hidden="true">
              {asked.map((count, i) => (
                <i key={i} class={count === 0 ? '' : (failed[i] ?? 0) > 0 ? 'bad' : 'good'} />
              ))}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
