import type { ProxyConfig } from '../../proxy/config/config.ts';
import { isObject } from '../../proxy/json/lossless.ts';
import { startProxy } from '../../proxy/start-proxy.ts';
/**
 * Started by the doctor, with a deployment's bindings as its environment. Starts the proxy on a free port of loopback,
 * lists one upstream's tools through it, reports to its parent, and ends. Runs without the deployment's controls, since
 * their tables and keys can't be used from here.
 */
import { askForTools } from '../ask-for-tools.ts';
import { explain } from '../explain.ts';
import { listTools } from '../list-tools.ts';
import { loadConfig } from '../load-config.ts';
import type { Probed } from './checks/upstream.ts';
import { textAt } from './members.ts';

const LIMIT_MS = 20_000;

process.send?.(await probe(process.argv[2] || undefined, process.argv[3]));
process.disconnect?.();

/** @param name one of several upstreams; undefined: the config's only one */
async function probe(config: string | undefined, name: string | undefined): Promise<Probed> {
  try {
    const upstreams = only(await loadConfig(config), name);
    const proxy = await startProxy({ controls: [], ...(upstreams === undefined ? {} : { upstreams }) }, process.env);
    try {
      const { names, text } = await listTools(proxy.url);
      return names === undefined ? await refusal(proxy.url, text) : { tools: names.length, shown: text };
    } finally {
      await proxy.close(0);
    }
  } catch (error) {
    return {
      reason: 'config',
      message: explain(error, '')
        .split('\n')
        .map((line) => line.trim())
        .join(' '),
    };
  }
}

/** Without a prefix, with which the proxy would leave an upstream that is down out of the list, and not say why. */
function only({ upstreams }: ProxyConfig, name: string | undefined): ProxyConfig['upstreams'] {
  const [key, upstream] = Object.entries(upstreams ?? {}).find(([key]) => name === undefined || key === name) ?? [];
  if (key === undefined && name !== undefined)
    throw new Error(`expected the upstream ${name} in the config, got ${Object.keys(upstreams ?? {}).join(', ')}`);
  return key === undefined ? undefined : { [key]: { ...upstream, prefix: false } };
}

/** The proxy's own error, by its code. */
async function refusal(url: string, text: string): Promise<Probed> {
  const reply = await askForTools(url, LIMIT_MS);
  const body: unknown = await reply.json().catch(() => undefined);
  const error = isObject(body) ? body['error'] : undefined;
  const message = textAt(error, 'message') ?? text.replace(/^not available yet: /, '');
  if (error === undefined) return { reason: 'upstream-invalid', message: `HTTP ${reply.status}, ${message}` };
  const data = isObject(error) ? error['data'] : undefined;
  const errorId = textAt(data, 'errorId');
  return { reason: textAt(data, 'reason') ?? 'unknown', message, ...(errorId === undefined ? {} : { errorId }) };
}
