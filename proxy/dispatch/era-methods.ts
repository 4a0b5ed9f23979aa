/** Methods that the protocol has only in the other era. They are refused here, so no control has to know them. */
import type { Era } from '../call/exchange.ts';

/** Requests of clients, by the protocol package's lists for 2025-11-25 and 2026-07-28, without those of extensions. */
const OTHERS: Readonly<Record<Era, ReadonlySet<string>>> = {
  modern: new Set([
    'initialize',
    'ping',
    'logging/setLevel',
    'resources/subscribe',
    'resources/unsubscribe',
    'tasks/list',
    'tasks/result',
  ]),
  legacy: new Set(['server/discover', 'subscriptions/listen']),
};

export function isOfOtherEra(method: string, era: Era): boolean {
  return OTHERS[era].has(method);
}
