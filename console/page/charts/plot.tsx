import type { JSX } from 'preact';
/** One chart over the last hour: drawn by uPlot, and as a table for who can't see it. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clock } from '../parts/format.ts';

export interface Line {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

export interface PlotProps {
  readonly title: string;
  readonly hint?: string;
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly kind: 'lines' | 'stack';
  readonly format: (value: number) => string;
  readonly isLogarithmic?: boolean;
  readonly controls?: JSX.Element;
}

const HEIGHT = 190;
const DARK = matchMedia('(prefers-color-scheme: dark)');
/** Their difference doesn't depend on red and green. */
const COLOURS = {
  light: ['#0b5cad', '#c2570c', '#2a7f62', '#8a3fa0', '#9a7400', '#4b6584', '#b3163f', '#1f7a8c'],
  dark: ['#6cb2ff', '#f5a25d', '#6fce95', '#cf9bea', '#e5c04b', '#9fb3c8', '#ff8fa8', '#6fd0e0'],
};

export function Plot(props: PlotProps): JSX.Element {
  const { title, hint, times, lines, format, controls } = props;
  const isEmpty = lines.every(({ values }) => values.every((value) => value === null || value === 0));
  return (
    <figure class="card">
      <figcaption>
        <h2>{title}</h2> {hint === undefined ? null : <small>{hint}</small>}
        {controls}
      </figcaption>
      {isEmpty ? <p class="hint nothing">Nothing yet in the last hour.</p> : <Canvas {...props} />}
      {isEmpty ? null : <Table times={times} lines={lines} format={format} />}
    </figure>
  );
}

function Canvas({ times, lines, kind, format, isLogarithmic = false }: PlotProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const data = dataOf(times, lines, kind);
  const names = lines.map(({ name }) => name).join('\n');
  const shown = useRef({ lines, format });
  shown.current = { lines, format };
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const make = (): void => {
      plot.current?.destroy();
      const options = optionsOf(names.split('\n'), kind, isLogarithmic, element.clientWidth, shown);
      plot.current = new uPlot(options, data, element);
    };
    make();
    DARK.addEventListener('change', make);
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      DARK.removeEventListener('change', make);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [names, kind, isLogarithmic]);
  useEffect(() => plot.current?.setData(data), [times, lines]);
  return <div class="plot" ref={box} aria-hidden="true" />;
}

/** In a stack, each line is drawn on top of those after it. */
function dataOf(times: readonly number[], lines: readonly Line[], kind: 'lines' | 'stack'): uPlot.AlignedData {
  const rows = lines.map(({ values }) => [...values]);
  if (kind === 'stack')
    for (let row = rows.length - 2; row >= 0; row--)
      rows[row] = (rows[row] ?? []).map((value, i) => (value ?? 0) + (rows[row + 1]?.[i] ?? 0));
  return [[...times], ...rows];
}

interface Shown {
  readonly current: { readonly lines: readonly Line[]; readonly format: (value: number) => string };
}

function optionsOf(
  names: readonly string[],
  kind: 'lines' | 'stack',
  isLogarithmic: boolean,
  width: number,
  shown: Shown,
): uPlot.Options {
  const colours = DARK.matches ? COLOURS.dark : COLOURS.light;
  const [text, grid] = DARK.matches ? ['#9aa6b5', '#2b323c'] : ['#55606f', '#dde1e7'];
  const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { show: false }, font: '11px system-ui' };
  return {
    width,
    height: HEIGHT,
    scales: {
      x: { time: true },
      y: isLogarithmic ? { distr: 3 } : { range: (_, __, max) => [0, max === 0 ? 1 : max * 1.1] },
    },
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    legend: { live: true },
    axes: [
      { ...axis, size: 26, values: (_, at) => at.map((time) => clock(time * 1000).slice(0, 5)) },
      {
        ...axis,
        size: 62,
        values: (_, at) =>
          at.map((value) =>
            isLogarithmic && !/^10*$/.test(String(value).replace(/^0\.0*/, '')) ? '' : shown.current.format(value),
          ),
      },
    ],
    series: [
      { label: 'at', value: (_, time) => (time === null ? '' : clock(time * 1000)) },
      ...names.map((name, i): uPlot.Series => {
        const colour = colours[i % colours.length] ?? text;
        // The own value, not that of the stack.
        const value: uPlot.Series.Value = (_, __, ___, at) => {
          const own = at === null ? null : shown.current.lines[i]?.values[at];
          return own === null || own === undefined ? '–' : shown.current.format(own);
        };
        return kind === 'stack'
          ? { label: name, stroke: colour, fill: colour, width: 0, value, points: { show: false }, ...barPaths() }
          : { label: name, stroke: colour, width: 1.8, value, spanGaps: false, points: { size: 4, fill: colour } };
      }),
    ],
  };
}

function barPaths(): Pick<uPlot.Series, 'paths'> {
  const paths = uPlot.paths.bars?.({ size: [0.9, 24] });
  return paths === undefined ? {} : { paths };
}

function Table({ times, lines, format }: Pick<PlotProps, 'times' | 'lines' | 'format'>): JSX.Element {
  const rows = times.flatMap((time, i) => {
    const cells = lines.map(({ values }) => values[i] ?? null);
    return cells.every((cell) => cell === null || cell === 0) ? [] : [{ time, cells }];
  });
  return (
    <details>
      <summary>As a table</summary>
      <div class="scroll" tabIndex={0} role="group" aria-label="Values">
        <table>
          <thead>
            <tr>
              <th scope="col">at</th>
              {lines.map(({ name }) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ time, cells }) => (
              <tr key={time}>
                <th scope="row">{clock(time * 1000)}</th>
                {cells.map((cell, i) => (
                  <td key={i}>{cell === null ? '–' : format(cell)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
