/** Whether what a process holds stays the same, by samples over time. */
export interface Sample {
  /** Bytes after a full collection. */
  readonly live: number;
  readonly resident: number;
  readonly sockets: number;
  readonly timers: number;
}

const MB = 1024 ** 2;

/**
 * How much more the median of the last quarter may be than that of the quarter before.
 * `live` is exact but for code that V8 compiles late: a leak of 100 bytes a call is 1 MB in a minute.
 * `resident` moves in steps of some MB, since V8 keeps memory for its next collection.
 * Sockets and timers follow the clients that are connected at the moment of a sample.
 */
const TOLERATED: Readonly<Record<keyof Sample, number>> = { live: 1 * MB, resident: 10 * MB, sockets: 12, timers: 12 };

/** What grew in the second half, in words. */
export function grown(samples: readonly Sample[]): string[] {
  const quarter = Math.floor(samples.length / 4);
  const [third, fourth] = [samples.slice(-2 * quarter, -quarter), samples.slice(-quarter)];
  if (quarter < 2) return [`got ${samples.length} samples, expected 8 or more: run it for longer`];
  return (Object.keys(TOLERATED) as (keyof Sample)[]).flatMap((what) => {
    const [before, after] = [medianOf(third, what), medianOf(fourth, what)];
    return after - before > TOLERATED[what]
      ? [`${what}: ${shown(what, before)} in the third quarter, ${shown(what, after)} in the last`]
      : [];
  });
}

export function shown(what: keyof Sample, value: number): string {
  return what === 'live' || what === 'resident' ? `${(value / MB).toFixed(1)} MB` : String(value);
}

function medianOf(samples: readonly Sample[], what: keyof Sample): number {
  const sorted = samples.map((sample) => sample[what]).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
