/** The rows that compare two checkouts: those with a load, and those of an idle process. */
import type { Finding } from '../finding.ts';
import type { RowName } from '../rows/rows.ts';
import type { Checkouts } from './checkouts.ts';
import { controlLoad, hopLoad, latencyLoad, streamLoad } from './load.ts';
import { loadedOf } from './loaded.ts';
import { memoryOf } from './memory.ts';
import { starts } from './start.ts';

export type Compare = (both: Checkouts) => Promise<Finding[]>;

export const COMPARED: Partial<Record<RowName, Compare>> = {
  small: hopLoad('small'),
  large: hopLoad('large'),
  stream: streamLoad('stream'),
  'stream-whole': streamLoad('stream-whole'),
  'stream-slow': streamLoad('stream-slow'),
  legacy: hopLoad('legacy'),
  latency: latencyLoad,
  start: starts,
  loaded: loadedOf,
  memory: memoryOf,
  'set-a': controlLoad('set-a'),
  'set-a-large': controlLoad('set-a-large'),
  'set-a-ten': controlLoad('set-a-ten'),
  policy: controlLoad('policy'),
  reading: controlLoad('reading'),
  'reading-world': controlLoad('reading-world'),
  'reading-structured': controlLoad('reading-structured'),
  finding: controlLoad('finding'),
};
