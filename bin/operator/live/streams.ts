/** Checks that a stream's events arrive while it is still open. */
import { failed, type LiveCheck, ok, type Seen, skipped } from './check.ts';
import { messagesIn } from './exchange.ts';
import { type Live, modernMeta } from './live.ts';

/** @param limitMs how long a stream may take to begin */
export function streamChecks(limitMs: number): readonly LiveCheck[] {
  return [
    {
      id: 'streaming',
      expected: 'a stream begins at once and stays open: subscriptions/listen, or GET in a session',
      run: async (live) => {
        const modern = await listen(live, limitMs);
        return modern.state === 'skipped' ? getStream(live, modern.got, limitMs) : modern;
      },
    },
  ];
}

/** The first event, the acknowledgement, must arrive while the stream is open, since the stream doesn't end. */
async function listen(live: Live, limitMs: number): Promise<Seen> {
  const abort = new AbortController();
  const limit = setTimeout(() => abort.abort(), limitMs);
  const startedAt = performance.now();
  try {
    const response = await live.fetch(live.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'subscriptions/listen',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: live.id(),
        method: 'subscriptions/listen',
        params: { notifications: { toolsListChanged: true }, _meta: modernMeta() },
      }),
      signal: abort.signal,
    });
    if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
      await response.body?.cancel();
      return skipped(`subscriptions/listen: HTTP ${response.status}, no stream`);
    }
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const [first] = messagesIn(text);
      if (first === undefined) continue;
      if ('error' in first) return skipped('subscriptions/listen: the upstream has none');
      return ok(
        `subscriptions/listen: first event after ${(performance.now() - startedAt).toFixed(0)} ms, on an open stream`,
      );
    }
    return failed('subscriptions/listen: the stream ended without an event');
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    return failed(`subscriptions/listen: nothing within ${limitMs / 1000} s: the platform holds it back`);
  } finally {
    clearTimeout(limit);
    abort.abort();
  }
}

/** No event is required, but the headers must arrive. */
async function getStream(live: Live, modern: string, limitMs: number): Promise<Seen> {
  const session = await live.legacy();
  if (!session.opened) return skipped(`${modern}; and no session to GET a stream in`);
  const startedAt = performance.now();
  const abort = new AbortController();
  const limit = setTimeout(() => abort.abort(), limitMs);
  try {
    const response = await live.fetch(live.url, {
      method: 'GET',
      headers: { ...session.headers, accept: 'text/event-stream' },
      signal: abort.signal,
    });
    const ms = (performance.now() - startedAt).toFixed(0);
    if (response.status === 200 && response.headers.get('content-type')?.startsWith('text/event-stream') === true)
      return ok(`GET: its headers came after ${ms} ms`);
    return skipped(`${modern}; GET: HTTP ${response.status}, the upstream or the platform offers no stream`);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    return failed(`GET: no headers within ${limitMs / 1000} s: the platform holds it back`);
  } finally {
    clearTimeout(limit);
    abort.abort();
  }
}
