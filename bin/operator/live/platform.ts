/** Checks AgentCore's description of the runtime, and how its endpoint behaves. */
import { either, failed, type LiveCheck, ok, skipped } from './check.ts';
import { errorOf, post, resultOf, shown } from './exchange.ts';
import { modernMeta } from './live.ts';

export const platformChecks: readonly LiveCheck[] = [
  {
    id: 'runtime-ready',
    expected: 'the platform finds the container healthy: runtime and endpoints are READY',
    run: async ({ runtime, endpoints }) => {
      const states = [`runtime ${runtime.status}`, ...endpoints.map(({ name, status }) => `${name} ${status}`)].join(
        ', ',
      );
      const ready =
        runtime.status === 'READY' && endpoints.length > 0 && endpoints.every(({ status }) => status === 'READY');
      return either(ready, runtime.failureReason === undefined ? states : `${states}: ${runtime.failureReason}`);
    },
  },
  {
    id: 'endpoints-pinned',
    expected: 'DEFAULT serves the latest version, every other endpoint the one it is pinned to',
    run: async ({ runtime, endpoints }) => {
      const versions = endpoints
        .map(
          ({ name, liveVersion, targetVersion }) =>
            `${name} ${liveVersion ?? 'none'}${targetVersion === undefined || targetVersion === liveVersion ? '' : ` (going to ${targetVersion})`}`,
        )
        .join(', ');
      const moving = endpoints.some(
        ({ liveVersion, targetVersion }) =>
          liveVersion === undefined || (targetVersion !== undefined && targetVersion !== liveVersion),
      );
      const latest = endpoints.find(({ name }) => name === 'DEFAULT')?.liveVersion === runtime.version;
      return either(!moving && latest, `latest ${runtime.version}; ${versions}`);
    },
  },
  {
    id: 'endpoints-answer',
    expected: 'every named endpoint answers at its own qualifier',
    run: async (live) => {
      const others = live.endpoints.filter(({ name }) => name !== 'DEFAULT');
      if (others.length === 0) return skipped('there is none beside DEFAULT');
      const got: string[] = [];
      let good = true;
      for (const { name } of others) {
        const answer = await post(live.fetch, live.urlOf(name), { id: live.id(), method: 'ping' });
        good &&= resultOf(answer) !== undefined;
        got.push(`${name}: ${shown(answer)}`);
      }
      return either(good, got.join('; '));
    },
  },
  {
    id: 'unsigned-refused',
    expected: 'without credentials: 401 with the resource metadata (JWT), or 403 (SigV4)',
    run: async (live) => {
      const answer = await post((url, init) => fetch(url, { ...init, redirect: 'manual' }), live.url, {
        id: live.id(),
        method: 'ping',
      });
      const challenge = answer.headers.get('www-authenticate');
      const got = `HTTP ${answer.status}${challenge === null ? '' : `, WWW-Authenticate: ${challenge.slice(0, 120)}`}`;
      if (answer.status !== 401 && answer.status !== 403) return failed(`${got}: anybody can call it`);
      return either(
        live.inbound.kind === 'iam' || (answer.status === 401 && /resource_metadata=/.test(challenge ?? '')),
        got,
      );
    },
  },
  {
    id: 'ping',
    expected: 'JSON-RPC ping is answered by the proxy itself',
    run: async (live) => {
      const answer = await live.raw({ id: live.id(), method: 'ping' });
      return either(
        answer.status === 200 && resultOf(answer) !== undefined,
        `${shown(answer)}, ${answer.ms.toFixed(0)} ms`,
      );
    },
  },
  {
    id: 'platform-host',
    expected: "the proxy accepts the platform's Host header",
    run: async (live) => {
      // Not a ping: that is answered for any Host, since the platform's probes may send any.
      const answer = await live.modernList();
      if (errorOf(answer)?.reason === 'forbidden-host')
        return failed(
          `refused: ALLOWED_HOSTS is ${live.runtime.environment['ALLOWED_HOSTS'] ?? 'not set'}; ${errorOf(answer)?.message ?? ''}`,
        );
      if (answer.message === undefined) return failed(shown(answer));
      return ok(
        live.runtime.environment['ALLOWED_HOSTS'] === undefined
          ? 'not refused (ALLOWED_HOSTS is not bound)'
          : 'not refused, with ALLOWED_HOSTS bound',
      );
    },
  },
  {
    id: 'status-pass-through',
    expected: "the proxy's refusals arrive with their status and body: 400 and JSON-RPC -32600",
    run: async (live) => {
      // The proxy itself refuses this for any upstream: MCP's parameters are never a list.
      const answer = await live.raw(
        JSON.stringify({ jsonrpc: '2.0', id: live.id(), method: 'ping', params: [modernMeta()] }),
      );
      return either(answer.status === 400 && errorOf(answer)?.code === -32600, shown(answer));
    },
  },
];
