/** Totals by name, as bars. */
import type { JSX } from 'preact';
import type { Series } from '../../record/charts.ts';

export function Bars({ series, empty }: { readonly series: readonly Series[]; readonly empty: string }): JSX.Element {
  const totals = series.map(({ name, values }) => ({ name, total: values.reduce((all, value) => all + value, 0) }));
  const most = Math.max(1, ...totals.map(({ total }) => total));
  if (totals.length === 0) return <p class="hint nothing">{empty}</p>;
  return (
    <ul class="bars">
      {totals.map(({ name, total }) => (
        <li key={name}>
          <span class="name">{name}</span> <b>{total}</b>
          <span class="bar" style={{ width: `${(100 * total) / most}%` }} aria-hidden="true" />
        </li>
      ))}
    </ul>
  );
}
