import type { Finding } from '../finding.ts';
import type { Programs } from '../subjects.ts';
import { latency } from './latency.ts';
import { loaded } from './loaded.ts';
import { growth, memory } from './memory.ts';
import { sigv4 } from './sigv4.ts';
import { start } from './start.ts';
import { throughput } from './throughput.ts';

export type Row = 'small' | 'large' | 'stream' | 'legacy' | 'latency' | 'start' | 'loaded' | 'memory' | 'growth' | 'sigv4';

export const ROWS: Record<Row, (programs: Programs, quick: boolean) => Promise<Finding[]>> = {
  small: (programs, quick) => throughput('small', programs, quick),
  large: (programs, quick) => throughput('large', programs, quick),
  stream: (programs, quick) => throughput('stream', programs, quick),
  legacy: (programs, quick) => throughput('legacy', programs, quick),
  latency,
  start,
  loaded,
  memory,
  growth,
  sigv4,
};
