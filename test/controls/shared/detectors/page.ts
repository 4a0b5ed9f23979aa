/** The tables in docs/detectors.md. */
import { ALARMS, CHUNKS, MISTAKEN, recallFloor } from './floors.ts';
import { interval } from './interval.ts';
import type { Alarms, Recall } from './measuring.ts';

const BEGIN = '<!-- measured: npm run measure -- --write -->';
const END = '<!-- /measured -->';

/** A peer's figures, by row; a row is missing if the peer has no such data. */
export interface Peer {
  readonly name: string;
  readonly found: ReadonlyMap<string, { readonly samples: number; readonly found: number }>;
  readonly mistaken: ReadonlyMap<string, { readonly texts: number; readonly mistaken: number }>;
}

export const FRESH = ['new sources', 'newest sources', 'latest sources'];

/** @param fresh what was found with words of new sources, and of the newest */
export function recallTable(
  rows: readonly Recall[],
  peers: readonly Peer[] = [],
  fresh: readonly (readonly Recall[])[] = [],
): string {
  const others = fresh.map((own) => new Map(own.map((row) => [`${row.group} ${row.place}`, row])));
  return table(
    [
      'data',
      'place',
      'values',
      'found',
      '95 %',
      'must',
      ...FRESH.slice(0, fresh.length),
      ...peers.map(({ name }) => name),
    ],
    rows.map(({ group, place, samples, found }) => {
      const [from, to] = interval(found, samples);
      const floor = recallFloor(group, place);
      return [
        group,
        place,
        String(samples),
        marked(found, samples, floor),
        `${(from * 100).toFixed(1)}–${(to * 100).toFixed(1)}`,
        floor === undefined ? '' : `${+(floor * 100).toFixed(1)}`,
        ...others.map((own) => {
          const other = own.get(`${group} ${place}`);
          return other === undefined ? '' : marked(other.found, other.samples, floor);
        }),
        ...peers.map((peer) => {
          const other = peer.found.get(`${group} ${place}`);
          return other === undefined ? '' : percent(other.found, other.samples);
        }),
      ];
    }),
  );
}

export function alarmsTable(real: readonly Alarms[], traps: readonly Alarms[], peers: readonly Peer[] = []): string {
  return table(
    [
      'detector',
      'parts of real text',
      'with a find',
      'must',
      'traps',
      'mistaken',
      'must',
      ...peers.map(({ name }) => `${name}, real text`),
    ],
    real.map(({ detector, texts, mistaken }, i) => {
      const trap = traps[i];
      const floor = ALARMS[detector];
      const most = floor === undefined ? undefined : (floor * texts) / CHUNKS;
      return [
        detector,
        String(texts),
        `${mistaken}${most !== undefined && mistaken > most ? ' ✗' : ''}`,
        most === undefined ? '' : String(Math.floor(most)),
        String(trap?.texts ?? 0),
        trap === undefined
          ? ''
          : `${percent(trap.mistaken, trap.texts)}${trap.mistaken / trap.texts > MISTAKEN ? ' ✗' : ''}`,
        `${MISTAKEN * 100}`,
        ...peers.map((peer) => {
          const other = peer.mistaken.get(detector);
          return other === undefined ? '' : `${other.mistaken} of ${other.texts}`;
        }),
      ];
    }),
  );
}

function marked(found: number, samples: number, floor: number | undefined): string {
  return `${percent(found, samples)}${floor !== undefined && found / samples < floor ? ' ✗' : ''}`;
}

function percent(part: number, of: number): string {
  return of === 0 ? '' : ((part / of) * 100).toFixed(1);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** The tables in the page. */
export function tablesIn(page: string): string {
  return page.slice(page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)).trim();
}

export function pageWith(page: string, tables: string): string {
  if (!page.includes(BEGIN) || !page.includes(END)) throw new Error(`expected the page to have ${BEGIN} and ${END}`);
  return `${page.slice(0, page.indexOf(BEGIN) + BEGIN.length)}\n${tables}\n${page.slice(page.indexOf(END))}`;
}
