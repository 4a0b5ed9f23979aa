/** What the upstreams offer, without any control: read by a second proxy, which the console does not watch. */
import type { Fault } from '../../bin/tools/live.ts';
import { readOffered } from '../../bin/tools/upstreams.ts';
import type { Offered } from '../../bin/tools/upstreams.ts';
import type { Environment } from '../../proxy/base/environment.ts';
import type { ProxyConfig } from '../../proxy/config/config.ts';

/** Variables that would make that proxy report its calls as those of the one that is watched. */
const REPORTS = {
  METRICS_NAMESPACE: undefined,
  OTEL_EXPORTER_OTLP_ENDPOINT: undefined,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: undefined,
};

export function offeredBy(
  { upstreams = { default: {} }, separator }: ProxyConfig,
  environment: Environment,
  onFault?: (fault: Fault) => void,
): Promise<Offered> {
  const config = { controls: [], upstreams, ...(separator === undefined ? {} : { separator }) };
  return readOffered({ config, urls: new Map() }, { ...environment, ...REPORTS }, onFault);
}
