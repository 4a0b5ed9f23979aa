/**
 * The client under test, as the suite starts it: `node client.ts URL`, with the scenario in the environment. With
 * CONFORMANCE_VIA=proxy it puts the proxy (CONFORMANCE_MAIN) between itself and that URL. If the scenario requires
 * client credentials, the proxy has them, and the client has none.
 */
import { ClientCredentialsProvider } from '@modelcontextprotocol/client';
import { clientScenarios, type Situation } from './client-scenarios.ts';
import { startProxy } from './proxy-process.ts';

const {
  MCP_CONFORMANCE_SCENARIO: scenario = '',
  MCP_CONFORMANCE_PROTOCOL_VERSION: version = '2025-11-25',
  MCP_CONFORMANCE_CONTEXT,
} = process.env;
const { CONFORMANCE_VIA, CONFORMANCE_MAIN = 'proxy/main.ts' } = process.env;

const url = process.argv.at(-1) ?? '';
const run = clientScenarios[scenario];
if (!run || !URL.canParse(url)) {
  const known = Object.keys(clientScenarios).join(', ');
  throw new Error(
    `expected MCP_CONFORMANCE_SCENARIO to be one of ${known} and a URL as last argument, got ${scenario || 'none'} and ${url}`,
  );
}
const context = parseContext(MCP_CONFORMANCE_CONTEXT);
const situation = { modern: version >= '2026-07-28', context };
const credentials =
  'client_secret' in context
    ? { clientId: String(context['client_id']), clientSecret: String(context['client_secret']) }
    : undefined;

if (CONFORMANCE_VIA === 'proxy') await viaProxy(run);
else await run({ ...situation, url, ...(credentials && { authProvider: new ClientCredentialsProvider(credentials) }) });

async function viaProxy(act: (situation: Situation) => Promise<void>): Promise<void> {
  const proxy = await startProxy(CONFORMANCE_MAIN, url, credentials && (await oauthBindings(credentials)));
  try {
    await act({ ...situation, url: proxy.url });
  } finally {
    await proxy.close();
  }
}

/**
 * The bindings that an operator would set. An operator knows the issuer; here it is unknown before the scenario runs,
 * so it is looked up once.
 */
async function oauthBindings({
  clientId,
  clientSecret,
}: {
  clientId: string;
  clientSecret: string;
}): Promise<Record<string, string>> {
  const metadata: unknown = await (await fetch(new URL('/.well-known/oauth-protected-resource/mcp', url))).json();
  const issuers =
    typeof metadata === 'object' && metadata !== null && 'authorization_servers' in metadata
      ? metadata.authorization_servers
      : undefined;
  const issuer: unknown = Array.isArray(issuers) ? issuers[0] : undefined;
  if (typeof issuer !== 'string')
    throw new Error(
      `expected "authorization_servers" in the protected resource metadata, got ${JSON.stringify(metadata)}`,
    );
  return {
    UPSTREAM_AUTH: 'oauth',
    UPSTREAM_ISSUER: issuer,
    UPSTREAM_CLIENT_ID: clientId,
    UPSTREAM_SECRET: 'env:CONFORMANCE_SECRET',
    CONFORMANCE_SECRET: clientSecret,
  };
}

function parseContext(json: string | undefined): Record<string, unknown> {
  const parsed: unknown = json === undefined ? {} : JSON.parse(json);
  return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
}
