import type { Contenders, Shape } from '../contest.ts';
import type { Finding } from '../finding.ts';
import type { Programs } from '../subjects.ts';
import { controlled, controls, controlShape, type ControlLoad } from './controls.ts';
import { exchanged } from './exchanged.ts';
import { first } from './first.ts';
import { calls, encrypted, hopped, hopShape, tls } from './hops.ts';
import { huge, hugeContenders, hugeShape } from './huge.ts';
import { latency, latencyShape } from './latency.ts';
import { lists } from './lists.ts';
import { loaded } from './loaded.ts';
import { growth, memory } from './memory.ts';
import { resident } from './resident.ts';
import { connections, largeCalls, largeShape } from './scale.ts';
import { search } from './search.ts';
import { growthBy, sessions } from './sessions.ts';
import { callers, several } from './several.ts';
import { sigv4 } from './sigv4.ts';
import { start } from './start.ts';
import { streamed, type StreamLoad, streams, streamShape } from './streams.ts';
import { table } from './table.ts';
import { hops, shape, throughput, type Load } from './throughput.ts';
import { waiting } from './waiting.ts';

export type RowName =
  | Load
  | 'calls'
  | 'huge'
  | 'tls'
  | 'latency'
  | 'start'
  | 'loaded'
  | 'memory'
  | 'growth'
  | 'growth-by'
  | 'first'
  | 'resident'
  | 'connections'
  | 'calls-large'
  | 'sessions'
  | 'sigv4'
  | 'exchanged'
  | ControlLoad
  | StreamLoad
  | 'table'
  | 'waiting'
  | 'several'
  | 'search'
  | 'lists';

export interface Row {
  measure(programs: Programs, quick: boolean): Promise<Finding[]>;
  /** What can be profiled: the contenders and their load. */
  readonly load?: (programs: Programs) => { readonly contenders: Contenders<string>; readonly shape: Shape };
}

const hop = (load: Load): Row => ({
  measure: (programs, quick) => throughput(load, programs, quick),
  load: (programs) => ({ contenders: hops(programs), shape: shape(load, true) }),
});
const control = (row: ControlLoad): Row => ({
  measure: (programs, quick) => controls(row, programs, quick),
  load: (programs) => ({ contenders: controlled(row, programs), shape: controlShape(row, true) }),
});
const stream = (row: StreamLoad): Row => ({
  measure: (programs, quick) => streams(row, programs, quick),
  load: (programs) => ({ contenders: streamed(programs), shape: streamShape(row, true) }),
});

export const ROWS: Record<RowName, Row> = {
  small: hop('small'),
  large: hop('large'),
  stream: stream('stream'),
  'stream-whole': stream('stream-whole'),
  'stream-slow': stream('stream-slow'),
  legacy: hop('legacy'),
  calls: { measure: calls, load: (programs) => ({ contenders: hopped(programs, false), shape: hopShape(32, true) }) },
  huge: { measure: huge, load: (programs) => ({ contenders: hugeContenders(programs), shape: hugeShape(true) }) },
  tls: { measure: tls, load: (programs) => ({ contenders: encrypted(programs), shape: hopShape(32, true) }) },
  latency: { measure: latency, load: (programs) => ({ contenders: hops(programs), shape: latencyShape(true) }) },
  start: { measure: start },
  loaded: { measure: loaded },
  memory: { measure: memory },
  growth: { measure: growth },
  'growth-by': { measure: growthBy },
  first: { measure: first },
  resident: { measure: resident },
  connections: { measure: connections },
  'calls-large': {
    measure: largeCalls,
    load: (programs) => ({ contenders: hopped(programs, false), shape: largeShape(true) }),
  },
  sessions: { measure: sessions },
  sigv4: { measure: sigv4 },
  exchanged: { measure: exchanged },
  'set-a': control('set-a'),
  'set-a-large': control('set-a-large'),
  'set-a-ten': control('set-a-ten'),
  policy: control('policy'),
  reading: control('reading'),
  'reading-world': control('reading-world'),
  'reading-structured': control('reading-structured'),
  finding: control('finding'),
  table: { measure: table },
  waiting: { measure: waiting },
  search: { measure: search },
  lists: { measure: lists },
  several: { measure: several, load: (programs) => ({ contenders: callers(programs), shape: shape('small', true) }) },
};
