/** Whether callers may have to give access to an upstream, and what asks them. */
import type { UpstreamBindings } from './config/bindings.ts';
import type { Consents } from './dispatch/consents.ts';
import type { StartedUpstream } from './start-upstreams.ts';
import type { Sealer } from './upstream/seal.ts';

/** Undefined: no caller has to, and no code for it is loaded. @param bound of each upstream */
export async function loadConsents(
  bound: ReadonlyMap<string, UpstreamBindings>,
  upstream: StartedUpstream,
  sealer: Sealer,
): Promise<Consents | undefined> {
  if (![...bound.values()].some(({ auth }) => auth.asksCallers)) return undefined;
  const { Consents } = await import('./dispatch/consents.ts');
  return new Consents({
    seal: (payload, binding) => sealer.seal(payload, binding),
    open: (sealed, binding) => sealer.open(sealed, binding),
    takesUrls: (exchange) => upstream.takesUrls(exchange),
  });
}
