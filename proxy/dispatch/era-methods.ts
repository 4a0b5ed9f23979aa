/**
 * Methods that the protocol has in the other era only. They are answered here, in either era: no control has to know
 * them.
 */
import type { Era } from '../call/exchange.ts';

/**
 * Requests of clients, by the protocol package's lists for 2025-11-25 and 2026-07-28; what an extension adds to an era
 * is in neither.
 */
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
