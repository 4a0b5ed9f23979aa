/** The verdict of a replay, for a person. */
import { printable } from '../../proxy/base/printable.ts';
import type { TrafficRecord } from '../format.ts';
import type { Otherwise, Verdict } from './judge.ts';

/** Calls that are listed of one kind. */
const SHOWN = 8;
const WIDE = 100;
const AROUND = 30;

export function report(record: TrafficRecord, verdict: Verdict, config: string): string[] {
  const { head } = record;
  const lines = [
    `${verdict.calls} calls recorded ${head.began.slice(0, 16).replace('T', ' ')} UTC, values ${head.values}, through ${config}`,
  ];
  for (const [control, own] of grouped(verdict.otherwise, ({ difference }) => difference.control)) {
    lines.push('', printable(control));
    for (const [, same] of grouped(own, keyOf)) lines.push(...described(same));
  }
  if (verdict.unknown.length > 0) {
    lines.push('', 'requests to upstreams that the record has no answer to');
    for (const [request, same] of grouped(verdict.unknown, (one) => one.request))
      lines.push(`  ${printable(request)}  ${numbers(same.map(({ call }) => call))}`);
  }
  if (verdict.undecided.length > 0) {
    lines.push('', 'not decided');
    for (const [why, same] of grouped(verdict.undecided, (one) => `${one.why}  ${labelOf(one)}`))
      lines.push(`  ${printable(why)}  ${numbers(same.map(({ call }) => call))}`);
  }
  for (const warning of verdict.warnings) lines.push('', `warning: ${printable(warning)}`);
  if (verdict.against === 'decisions')
    lines.push(
      '',
      'warning: the record was not closed, so there is no replay to compare with: only decisions and places are compared. npm run replay -- FILE --config OLD --accept adds it',
    );
  const differing = new Set([...verdict.otherwise, ...verdict.unknown].map(({ call }) => call)).size;
  const open = new Set(verdict.undecided.map(({ call }) => call)).size;
  lines.push(
    '',
    `${verdict.calls - differing} of ${verdict.calls} as recorded${differing === 0 ? '' : `, ${differing} otherwise`}${open === 0 ? '' : `, ${open} not decided in part`}`,
  );
  return lines;
}

export function differs({ otherwise, unknown }: Verdict): boolean {
  return otherwise.length + unknown.length > 0;
}

function keyOf({ difference: { what, was, now, changes = [] }, method, name }: Otherwise): string {
  return JSON.stringify([what, was, now, changes.map(({ at }) => at.replaceAll(/\d+/g, '#')), method, name]);
}

function described(same: readonly Otherwise[]): string[] {
  const [first] = same;
  if (first === undefined) return [];
  const { what, was, now, rule, changes = [] } = first.difference;
  const who = new Set(same.map(({ caller }) => caller));
  const by = who.size === 1 && !who.has('anyone') ? `  as ${[...who].join('')}` : '';
  const times = same.length === 1 ? '' : `${same.length} × `;
  const head =
    what === 'decision' || what === 'outcome'
      ? `${was} → ${now}`
      : what === 'would'
        ? `audit only: would ${was} → would ${now}`
        : what === 'told'
          ? 'the client is told something else'
          : `${what}: ${was} → ${now}`;
  return [
    `  ${printable(head)}  ${times}${printable(labelOf(first))}${printable(by)}  ${numbers(same.map(({ call }) => call))}`,
    ...(rule === undefined ? [] : [`      by ${printable(rule)}`]),
    ...(what === 'told' ? [`      then ${cut(was)}`, `      now  ${cut(now)}`] : []),
    ...changes
      .slice(0, SHOWN)
      .flatMap(({ at, was: before, now: after }) => [
        `      ${printable(at)}`,
        `        then ${cut(before, sameStart(before, after))}`,
        `        now  ${cut(after, sameStart(before, after))}`,
      ]),
    ...(changes.length > SHOWN ? [`      and ${changes.length - SHOWN} more`] : []),
  ];
}

function labelOf({ method, name }: { readonly method: string; readonly name: string | undefined }): string {
  return name === undefined ? method : `${method} ${name}`;
}

function numbers(calls: readonly number[]): string {
  const unique = [...new Set(calls)];
  const shown = unique.slice(0, SHOWN).join(', ');
  return `(call${unique.length === 1 ? '' : 's'} ${shown}${unique.length > SHOWN ? ', …' : ''})`;
}

/** Characters before the first difference, without a few that say where it is. */
function sameStart(one: string, other: string): number {
  let same = 0;
  while (same < one.length && one[same] === other[same]) same++;
  return Math.max(0, same - AROUND);
}

/** @param from what is before it is the same in both */
function cut(text: string, from = 0): string {
  const shown = printable(text);
  if (shown.length <= WIDE) return shown;
  const start = Math.min(from, shown.length - WIDE);
  const end = start + WIDE;
  return `${start === 0 ? '' : '…'}${shown.slice(start, end)}${end < shown.length ? '…' : ''}`;
}

function grouped<T>(list: readonly T[], by: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const key = by(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
