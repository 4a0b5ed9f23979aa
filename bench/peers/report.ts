/** The tables of `--peers`, in Markdown. */
import { median, pairwise, type Spread } from '../stats.ts';
import { ROWS, type Score, type Scores } from './contest.ts';
import type { Asked } from './judge.ts';
import type { Peer } from './peer.ts';

/** A contestant's CPU per call, over the pipe's in the same round. */
export function overPipe(scores: ReadonlyMap<string, Score>, name: string): Spread | undefined {
  const [score, pipe] = [scores.get(name), scores.get('pipe')];
  if (score === undefined || pipe === undefined || score.right === 0) return undefined;
  const usable = score.cpu
    .map((cpu, round) => ({ cpu, pipe: pipe.cpu[round] ?? NaN }))
    .filter(({ cpu, pipe }) => Number.isFinite(cpu / pipe));
  if (usable.length === 0) return undefined;
  return pairwise(
    usable.map(({ cpu }) => cpu),
    usable.map(({ pipe }) => pipe),
    (a, b) => a / b,
  );
}

/**
 * @param rows that were measured
 * @param peers all, with why those are missing that could not be had
 */
export function report(scores: Scores, rows: readonly Asked[], peers: ReadonlyMap<Peer, string | undefined>): string {
  const names = ranked(scores, rows);
  return [
    'CPU per right answer, of all processes of a contestant, and its ratio to the pipe in the same round (median, min … max):',
    table(
      ['', ...rows.map((row) => ROWS[row].what), 'wrong', 'failed', 'as the upstream sent it'],
      names.map((name) => [
        name,
        ...rows.map((row) => cost(scores[row], name)),
        ...counts(rows.map((row) => scores[row].get(name))),
      ]),
    ),
    ...faults(scores, rows, names),
    'Calls per second, median milliseconds per call, and resident memory of all processes at the end of a turn:',
    table(
      ['', ...rows.map((row) => ROWS[row].what)],
      names.map((name) => [name, ...rows.map((row) => pace(scores[row].get(name)))]),
    ),
    'How each was had and configured:',
    table(
      ['', 'from', 'configured'],
      [...peers].map(([{ name, from, configured }, why]) => [
        name,
        from,
        why === undefined ? configured : `SKIPPED: ${why}`,
      ]),
    ),
  ].join('\n\n');
}

/** Cheapest first, by the first row. */
export function ranked(scores: Scores, rows: readonly Asked[]): string[] {
  const [first = 'small'] = rows;
  const cost = (name: string): number => overPipe(scores[first], name)?.median ?? Infinity;
  return [...scores[first].keys()].sort((a, b) => cost(a) - cost(b));
}

function cost(scores: ReadonlyMap<string, Score>, name: string): string {
  const [score, ratio] = [scores.get(name), overPipe(scores, name)];
  if (score === undefined || ratio === undefined) return 'no right answer';
  const micros = median(score.cpu.filter(Number.isFinite));
  if (name === 'pipe') return `${whole(micros)} µs`;
  return `**${times(ratio.median)} ×** (${times(ratio.min)} … ${times(ratio.max)}), ${whole(micros)} µs`;
}

function counts(scores: readonly (Score | undefined)[]): string[] {
  const sum = (of: (score: Score) => number): number =>
    scores.reduce((total, score) => total + (score === undefined ? 0 : of(score)), 0);
  const [right, wrong, failed] = [sum((s) => s.right), sum((s) => s.wrong), sum((s) => s.failed)];
  const all = right + wrong + failed;
  const share = (part: number): string => (part === 0 ? '0' : `${whole(part)} of ${whole(all)}`);
  return [share(wrong), share(failed), right === 0 ? '' : sum((s) => s.changed) === 0 ? 'yes' : 'no'];
}

function faults(scores: Scores, rows: readonly Asked[], names: readonly string[]): string[] {
  const lines = names.flatMap((name) =>
    rows.flatMap((row) => {
      const fault = scores[row].get(name)?.fault;
      return fault === undefined
        ? []
        : [`- ${name}, ${ROWS[row].what}: ${fault.replaceAll(/\s+/g, ' ').slice(0, 300)}`];
    }),
  );
  return lines.length === 0 ? [] : [`The first fault of each:\n\n${lines.join('\n')}`];
}

function pace(score: Score | undefined): string {
  if (score === undefined || score.right === 0) return '';
  const megabytes = median(score.rss) / 2 ** 20;
  return `${whole(median(score.perSecond))}/s, ${median(score.p50).toFixed(1)} ms, ${whole(megabytes)} MB`;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const times = (value: number): string =>
  value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : whole(value);

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...lines.map(line)].join('\n');
}
