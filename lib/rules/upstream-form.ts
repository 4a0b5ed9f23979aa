/** The two forms of upstreams: `upstream` for one, or `upstreams` by name. The construct and entries share the rule. */
import type { Place } from './place.ts';

export interface UpstreamForms {
  readonly upstream?: unknown;
  readonly upstreamAuth?: unknown;
  readonly upstreams?: unknown;
}

export function checkUpstreamForm({ upstream, upstreamAuth, upstreams }: UpstreamForms, place: Place): void {
  if (upstream === undefined && upstreams === undefined)
    place
      .at('upstream')
      .fault('expected it, or upstreams with one member for each upstream of the config, got neither');
  if (upstreams === undefined) return;
  if (upstream !== undefined) place.at('upstreams').fault('expected either upstream or upstreams, got both');
  if (upstreamAuth !== undefined)
    place.at('upstreamAuth').fault('expected auth in each member of upstreams, got upstreamAuth besides upstreams');
}
