import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';

/** Far more than a client misses between two connections. Bounded, so that an open session can't grow forever. */
const KEPT = 1_000;

/**
 * One session's events, so that a client can resume a stream with `Last-Event-ID` (2025-11-25, Transports,
 * Resumability). An id is `<stream>.<n>`, so it names its stream even after the event was dropped.
 */
export function createEventLog(): EventStore {
  const events: { stream: string; n: number; message: JSONRPCMessage | undefined }[] = [];
  let last = 0;
  return {
    storeEvent(stream, message) {
      // The SDK stores `{}` for the event that opens a stream: its id can be resumed from, but there is nothing to
      // replay.
      events.push({ stream, n: ++last, message: 'jsonrpc' in message ? message : undefined });
      if (events.length > KEPT) events.shift();
      return Promise.resolve(`${stream}.${last}`);
    },
    async replayEventsAfter(lastEventId, { send }) {
      const dot = lastEventId.lastIndexOf('.');
      const stream = lastEventId.slice(0, dot);
      const after = Number(lastEventId.slice(dot + 1));
      if (dot < 1 || !Number.isInteger(after))
        throw new Error(`unknown Last-Event-ID: got ${lastEventId}, expected <stream>.<number>`);
      for (const event of events.slice()) {
        if (event.stream === stream && event.n > after && event.message)
          await send(`${stream}.${event.n}`, event.message);
      }
      return stream;
    },
  };
}
