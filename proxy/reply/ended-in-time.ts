/**
 * Ends streams whose caller's token ends: what an upstream pushes is for those who may still call. Only streams that would go on
 * until their client disconnects; a reply to a call that was accepted goes on to its end.
 */
import type { Exchange } from '../call/exchange.ts';
import type { Reply } from './reply.ts';

/** Longer than the clocks of issuers may differ: a token that is accepted opens a stream. */
const TOLERANCE_MS = 10_000;
/** The longest timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Ends the reply, as if the upstream had, shortly after the token of its caller: the client may open another one. */
export function endWithToken(reply: Reply, exchange: Exchange): void {
  const { exp } = exchange.caller.claims;
  const { body, openEnded } = reply;
  if (!openEnded || typeof exp !== 'number' || body === undefined || Buffer.isBuffer(body) || body.destroyed) return;
  const endsAt = exp * 1000 + TOLERANCE_MS;
  // Such a token was not verified here: its source doesn't look at its time.
  if (!(endsAt > exchange.arrivedAt)) return;
  const end = (): void => {
    const left = endsAt - Date.now();
    if (left > 0) timer = setTimeout(end, Math.min(left, MAX_TIMER_MS)).unref();
    else {
      reply.isStopped = true;
      body.destroy();
      exchange.abort();
    }
  };
  let timer: NodeJS.Timeout | undefined;
  end();
  body.once('close', () => clearTimeout(timer));
}
