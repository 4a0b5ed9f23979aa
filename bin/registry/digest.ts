/**
 * Finds the digest that a tag now refers to, requested anonymously from its registry by the distribution API: a `HEAD` for
 * the manifest, with a token from the registry's token service if required.
 * https://distribution.github.io/distribution/spec/auth/token/
 */
const LIMIT_MS = 20_000;
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

export interface ImageName {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

/** Reads names as builders do: without a registry it is Docker Hub's, without a tag it is `latest`. */
export function parseImage(name: string): ImageName {
  const [, host, rest = ''] = /^([^/]+[.:][^/]*|localhost)\/(.+)$/.exec(name) ?? [undefined, undefined, name];
  const [, path = '', tag = 'latest'] = /^([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?$/.exec(rest) ?? [];
  if (path === '')
    throw new Error(
      `expected the name of an image with a tag, such as public.ecr.aws/docker/library/node:26-trixie-slim, got ${JSON.stringify(name)}`,
    );
  if (host === undefined || host === 'docker.io')
    return { registry: 'registry-1.docker.io', repository: path.includes('/') ? path : `library/${path}`, tag };
  return { registry: host, repository: path, tag };
}

export async function digestOf(name: string): Promise<string> {
  const { registry, repository, tag } = parseImage(name);
  const url = new URL(`${isLoopback(registry) ? 'http' : 'https'}://${registry}/v2/${repository}/manifests/${tag}`);
  const first = await head(url, undefined, name);
  const response = first.status === 401 ? await head(url, await tokenFor(first, repository, name), name) : first;
  if (!response.ok)
    throw new Error(
      `${name}: expected its manifest from ${registry}, got HTTP ${response.status}${response.status === 401 || response.status === 403 ? ': it needs credentials, so give the digest yourself' : ''}`,
    );
  const digest = response.headers.get('docker-content-digest');
  if (digest === null || !/^sha256:[0-9a-f]{64}$/.test(digest))
    throw new Error(`${name}: expected a Docker-Content-Digest of sha256 from ${registry}, got ${digest ?? 'none'}`);
  return digest;
}

async function head(url: URL, token: string | undefined, name: string): Promise<Response> {
  return ask(
    url,
    {
      method: 'HEAD',
      headers: { accept: MANIFESTS.join(', '), ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    },
    name,
  );
}

async function tokenFor(refused: Response, repository: string, name: string): Promise<string> {
  const challenge = refused.headers.get('www-authenticate') ?? '';
  const said = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));
  const realm = URL.parse(said.get('realm') ?? '');
  if (!/^Bearer /i.test(challenge) || realm === null || (realm.protocol !== 'https:' && !isLoopback(realm.host)))
    throw new Error(`${name}: expected a Bearer challenge with an https realm, got ${JSON.stringify(challenge)}`);
  const service = said.get('service');
  if (service !== undefined) realm.searchParams.set('service', service);
  realm.searchParams.set('scope', said.get('scope') ?? `repository:${repository}:pull`);
  const response = await ask(realm, {}, name);
  const answer: unknown = response.ok ? await response.json() : undefined;
  const { token, access_token: other } =
    typeof answer === 'object' && answer !== null
      ? (answer as { readonly token?: unknown; readonly access_token?: unknown })
      : {};
  const given = typeof token === 'string' ? token : other;
  if (typeof given !== 'string')
    throw new Error(`${name}: expected a token from ${realm.host}, got HTTP ${response.status}`);
  return given;
}

async function ask(url: URL, init: RequestInit, name: string): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(LIMIT_MS) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(`${name}: ${url.host} can't be reached: ${cause}`, { cause: error });
  }
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(host);
}
