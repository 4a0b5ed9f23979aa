/** `subscriptions/listen` is acknowledged once: what any upstream grants is granted. */
import { Readable } from 'node:stream';
import { isObject, JsonText } from '../json/lossless.ts';
import type { JsonValue } from '../json/value.ts';
import { readEvent } from '../reply/events.ts';
import { scanWhole } from '../reply/treatment.ts';
import { HEAD_MS } from './heads.ts';
import type { Source } from './merge.ts';
import { subscriptions } from './shapes.ts';

/** Milliseconds until a stream goes on though no upstream has acknowledged it. After the first one, others have a second. */
const ACKNOWLEDGE_MS = 10_000;
const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';

/** The sources without their acknowledgements, and before them one that grants what any of them granted. */
export async function withOneAcknowledgement(sources: readonly Source[]): Promise<readonly Source[]> {
  const asked = sources.map((source) => {
    const iterator = source.events[Symbol.asyncIterator]();
    return { ...source, iterator, next: iterator.next() };
  });
  const late = Promise.race([
    after(ACKNOWLEDGE_MS),
    Promise.any(asked.map(({ next }) => next)).then(
      () => after(HEAD_MS),
      () => undefined,
    ),
  ]);
  const begun = await Promise.all(
    asked.map(async ({ name, iterator, next, stop }) => {
      const first = await Promise.race([next.catch(() => undefined), late]);
      const event = first === undefined || first.done === true ? undefined : first.value;
      return { name, iterator, next, stop, event, isAcknowledged: event !== undefined && isAcknowledgement(event) };
    }),
  );
  const acknowledged = begun.flatMap(({ event, isAcknowledged }) =>
    event !== undefined && isAcknowledged ? [event] : [],
  );
  const merged = mergedAcknowledgement(acknowledged);
  return [
    { name: '*', events: Readable.from(merged === undefined ? [] : [merged]) as AsyncIterable<Buffer>, stop: () => {} },
    ...begun.map(({ name, iterator, next, stop, isAcknowledged }) => ({
      name,
      events: rest(iterator, isAcknowledged ? undefined : next),
      stop,
    })),
  ];
}

async function* rest(
  iterator: AsyncIterator<Buffer>,
  pending: Promise<IteratorResult<Buffer>> | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  for (let next = pending ?? iterator.next(); ; next = iterator.next()) {
    const { done, value } = await next;
    if (done === true) return;
    // One that comes late was granted to nobody.
    if (isAcknowledgement(value)) continue;
    yield value;
  }
}

function isAcknowledgement(event: Buffer): boolean {
  const { data } = readEvent(event);
  return data !== undefined && data.includes(ACKNOWLEDGED) && scanWhole(data).method === ACKNOWLEDGED;
}

function mergedAcknowledgement(events: readonly Buffer[]): Buffer | undefined {
  const texts = events.flatMap((event) => readEvent(event).data ?? []);
  const [first] = texts;
  if (first === undefined) return undefined;
  const json = JsonText.parse(first);
  const granted: Record<string, JsonValue> = {};
  for (const text of texts) {
    const { value } = JsonText.parse(text);
    const params = isObject(value) ? value['params'] : undefined;
    const filter = isObject(params) ? params['notifications'] : undefined;
    for (const [key, each] of Object.entries(subscriptions(filter ?? {}) ?? {})) {
      if (each === undefined) continue;
      const before: unknown = granted[key];
      granted[key] =
        Array.isArray(before) && Array.isArray(each)
          ? ([...before, ...each] as JsonValue)
          : granted[key] === true
            ? true
            : each;
    }
  }
  const { value } = json;
  if (!isObject(value) || !isObject(value['params'])) return events[0];
  const text = json.edit({ ...value, params: { ...value['params'], notifications: granted } });
  return Buffer.from(`event: message\ndata: ${text}\n\n`);
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());
}
