/** Several upstreams' streams as one. An event is never cut by another one. */
import { Readable } from 'node:stream';

export interface Source {
  /** Of its upstream. */
  readonly name: string;
  readonly events: AsyncIterable<Buffer>;
  /** Ends what the events are read from. */
  readonly stop: () => void;
}

/**
 * The events of all sources in the order of their arrival. Ends when all have ended; one that breaks off ends alone, and
 * only if all broke off does the stream break off, too.
 * @param isEnd an event that ends a source. One of these comes last, when all have ended.
 */
export function mergedStream(
  sources: readonly Source[],
  onLost: (upstream: string, error: unknown) => void,
  isEnd: (event: Buffer) => boolean = () => false,
): Readable {
  const state = { isOver: false };
  const told = (upstream: string, error: unknown): void => {
    // Sources that are stopped with their client break off, too.
    if (!state.isOver) onLost(upstream, error);
  };
  const stream = Readable.from(merged(sources, told, isEnd), { objectMode: false });
  stream.on('close', () => {
    state.isOver = true;
    sources.forEach(({ stop }) => stop());
  });
  return stream;
}

interface Arrival {
  readonly index: number;
  readonly result: IteratorResult<Buffer> | undefined;
  readonly error?: unknown;
}

async function* merged(
  sources: readonly Source[],
  onLost: (upstream: string, error: unknown) => void,
  isEnd: (event: Buffer) => boolean,
): AsyncGenerator<Buffer, void, undefined> {
  const iterators = sources.map(({ events }) => events[Symbol.asyncIterator]());
  const waiting = new Map<number, Promise<Arrival>>();
  const ask = (index: number): void => {
    const iterator = iterators[index];
    if (iterator === undefined) return;
    waiting.set(
      index,
      iterator.next().then(
        (result) => ({ index, result }),
        (error: unknown) => ({ index, result: undefined, error }),
      ),
    );
  };
  iterators.forEach((_, index) => ask(index));
  let lost = 0;
  let end: Buffer | undefined;
  let last: unknown;
  while (waiting.size > 0) {
    const { index, result, error } = await Promise.race(waiting.values());
    waiting.delete(index);
    if (result === undefined) {
      lost++;
      last = error;
      onLost(sources[index]?.name ?? '*', error);
    } else if (result.done !== true) {
      if (isEnd(result.value)) end = result.value;
      else yield result.value;
      ask(index);
    }
  }
  if (end !== undefined) yield end;
  else if (lost > 0 && lost === sources.length) throw last;
}
