/**
 * Checks the issuer that an upstream names (RFC 9728 §5.1). The upstream may confirm the configured issuer, but not
 * choose another: otherwise it could have the client secret sent anywhere.
 */
import { UpstreamFailure } from '../../base/errors.ts';
import { documentFetch, jsonObjectIn } from '../../credentials/endpoint.ts';
import { issuerId } from '../../credentials/issuer-id.ts';

const METADATA_LIMIT_MS = 3_000;

/** The result is kept this long: an upstream that refuses every call isn't asked for its metadata at every call. */
const REMEMBERED_MS = 10_000;

/**
 * Returns a check of the `WWW-Authenticate` header that came with a 401 from `upstreamHost` (`host[:port]`). It rejects
 * if the upstream's metadata names issuers and the configured one isn't among them. Metadata that can't be fetched or
 * read has no effect. Metadata at another origin than the upstream's isn't fetched: the upstream chose that URL, and
 * could have the proxy call anything on its network.
 */
export function issuerCheck(issuer: URL): (challenge: string, upstreamHost: string) => Promise<void> {
  const expected = issuerId(issuer.href);
  let last: { readonly address: string; readonly at: number; readonly outcome: Promise<void> } | undefined;

  return async (challenge, upstreamHost) => {
    const offered = /resource_metadata\s*=\s*"([^"\\]{1,2048})"/i.exec(challenge)?.[1];
    const url = URL.parse(offered ?? '');
    // Only https is fetched, or http from this machine: `documentFetch` refuses the rest.
    if (url?.host !== upstreamHost.toLowerCase()) return;
    if (last === undefined || last.address !== url.href || performance.now() - last.at > REMEMBERED_MS) {
      last = { address: url.href, at: performance.now(), outcome: compare(url, expected) };
    }
    await last.outcome;
  };
}

async function compare(url: URL, expected: string): Promise<void> {
  const named = await namedIssuers(url).catch(() => []);
  if (named.length === 0 || named.some((name) => issuerId(name) === expected)) return;
  const got = named
    .slice(0, 3)
    .map((name) => JSON.stringify(name.slice(0, 200)))
    .join(', ');
  throw new UpstreamFailure(
    'upstream-auth',
    `the upstream names another issuer: got ${got}, expected ${JSON.stringify(expected)}: correct UPSTREAM_ISSUER if you trust the upstream`,
  );
}

async function namedIssuers(url: URL): Promise<string[]> {
  const fetchDocument = documentFetch("the upstream's metadata", METADATA_LIMIT_MS);
  const response = await fetchDocument(url.href, { method: 'GET', headers: { accept: 'application/json' } });
  if (response.status !== 200) return [];
  const servers = (await jsonObjectIn(response))?.get('authorization_servers');
  return Array.isArray(servers) ? servers.filter((server): server is string => typeof server === 'string') : [];
}
