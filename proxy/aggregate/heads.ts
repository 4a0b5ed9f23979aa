/** The beginnings of several upstreams' streams: a stream begins with those that have answered, the others join it. */
import type { Reply } from '../reply/reply.ts';
import type { Source } from './merge.ts';

/** Milliseconds that a stream waits for other upstreams once one of them streams. */
export const HEAD_MS = 1_000;

/** One upstream's part of a stream, asked for. */
export interface Head {
  readonly name: string;
  readonly reply: Promise<Reply>;
  /** Gives up waiting for it. */
  readonly abort: () => void;
}

/** What has come of each; undefined: nothing yet. All have settled, or one streams and a while has passed. */
export function settledSoon(heads: readonly Head[]): Promise<readonly (PromiseSettledResult<Reply> | undefined)[]> {
  const settled: (PromiseSettledResult<Reply> | undefined)[] = heads.map(() => undefined);
  return new Promise((resolve) => {
    let left = heads.length;
    let timer: NodeJS.Timeout | undefined;
    const done = (): void => {
      clearTimeout(timer);
      resolve([...settled]);
    };
    const note = (i: number, result: PromiseSettledResult<Reply>): void => {
      settled[i] = result;
      if (--left === 0) done();
      else if (result.status === 'fulfilled' && result.value.kind === 'events') timer ??= setTimeout(done, HEAD_MS);
    };
    if (left === 0) done();
    for (const [i, { reply }] of heads.entries())
      reply.then(
        (value) => note(i, { status: 'fulfilled', value }),
        (reason: unknown) => note(i, { status: 'rejected', reason }),
      );
  });
}

/** A source that begins when its upstream answers. @param of undefined: it doesn't stream */
export function joining({ name, reply, abort }: Head, of: (reply: Reply) => Source | undefined): Source {
  let isStopped = false;
  let source: Source | undefined;
  const begun = reply.then((value) => {
    source = isStopped ? undefined : of(value);
    if (source === undefined) discard(value);
    return source;
  });
  begun.catch(() => {});
  const events = async function* (): AsyncGenerator<Buffer, void, undefined> {
    const joined = await begun;
    if (joined !== undefined) yield* joined.events;
  };
  return {
    name,
    events: events(),
    stop: () => {
      isStopped = true;
      if (source === undefined) abort();
      else source.stop();
    },
  };
}

/** Nobody will read its body. */
export function discard({ body }: Reply): void {
  if (body !== undefined && !Buffer.isBuffer(body)) body.destroy();
}

/** Nobody will read any of them, whenever they come. */
export function discardAll(heads: readonly Head[]): void {
  for (const { reply, abort } of heads) {
    reply.then(discard, () => {});
    abort();
  }
}
