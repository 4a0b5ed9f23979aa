/** Finds out how callers authenticate at a deployed proxy, and which credentials this machine can use. */
import { parseEndpoint } from '../../proxy/credentials/endpoint.ts';
import { parseSecretSource } from '../../proxy/credentials/secret.ts';
import { EXIT, Failure } from './failure.ts';
import type { Inbound } from './inbound.ts';
import { describeRuntime, type JwtAuthorizer } from './runtime.ts';
import type { Stack } from './stack.ts';

const DISCOVERY = '/.well-known/openid-configuration';

/**
 * Returns SigV4, unless the runtime has a JWT authorizer. Then a token: of the stack's own user pool, of another Cognito
 * pool that the authorizer names, or of any issuer with the client in `INBOUND_CLIENT_ID`, `INBOUND_SECRET` (written
 * like `UPSTREAM_SECRET`) and `INBOUND_SCOPES`.
 */
export async function inboundOf(
  stack: Stack,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Inbound> {
  const { userPoolId, clientId, tokenUrl } = stack.outputs;
  if (userPoolId !== undefined && clientId !== undefined && tokenUrl !== undefined) {
    return {
      kind: 'jwt',
      clientId,
      secret: { kind: 'cognito', region: stack.region, userPoolId, clientId },
      server: { tokenEndpoint: tokenUrl },
      scopes: [],
    };
  }
  const { jwt } = await describeRuntime(stack);
  return jwt === undefined ? { kind: 'iam', region: stack.region } : jwtInbound(jwt, environment);
}

export function jwtInbound(jwt: JwtAuthorizer, environment: Readonly<Record<string, string | undefined>>): Inbound {
  const parsed = parseEndpoint(jwt.discoveryUrl.replace(DISCOVERY, ''), "the runtime's discovery URL");
  if ('error' in parsed) throw new Failure(parsed.error, EXIT.usage);
  const issuer = parsed.url;
  const clientId = given(environment, 'INBOUND_CLIENT_ID');
  const secret = given(environment, 'INBOUND_SECRET');
  const scopes = (given(environment, 'INBOUND_SCOPES') ?? '').split(/[\s,]+/).filter((scope) => scope !== '');
  if (secret !== undefined) {
    const read = parseSecretSource(secret);
    if ('error' in read) throw new Failure(`INBOUND_SECRET: ${read.error.replace('; ', ', ')}`, EXIT.usage);
    const id = clientId ?? (read.source.kind === 'cognito' ? read.source.clientId : undefined);
    if (id === undefined)
      throw new Failure(
        'INBOUND_CLIENT_ID: expected the id of the OAuth client whose secret INBOUND_SECRET points to, got nothing',
        EXIT.usage,
      );
    return { kind: 'jwt', clientId: id, secret: read.source, server: { issuer }, scopes };
  }
  const pool = cognitoPool(issuer);
  const [only, ...others] = clientId === undefined ? jwt.allowedClients : [clientId];
  if (pool !== undefined && only !== undefined && others.length === 0) {
    return {
      kind: 'jwt',
      clientId: only,
      secret: { kind: 'cognito', ...pool, clientId: only },
      server: { issuer },
      scopes,
    };
  }
  const clients = jwt.allowedClients.length === 0 ? '' : ` (one of ${jwt.allowedClients.join(', ')})`;
  const lacking =
    pool === undefined
      ? `INBOUND_SECRET to where its secret is (arn:…, file:… or env:NAME), and INBOUND_SCOPES if the issuer asks for scopes`
      : 'its secret is then read from Cognito';
  throw new Failure(
    `the runtime accepts tokens of ${issuer.href}: set INBOUND_CLIENT_ID to a client of it${clients}; ${lacking}`,
    EXIT.usage,
  );
}

/** Cognito's issuer URLs contain the pool's id. */
function cognitoPool({
  hostname,
  pathname,
}: URL): { readonly region: string; readonly userPoolId: string } | undefined {
  const [, region] = /^cognito-idp\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(hostname) ?? [];
  const [, userPoolId] = /^\/([a-z0-9-]+_[0-9A-Za-z]+)\/?$/.exec(pathname) ?? [];
  return region === undefined || userPoolId === undefined ? undefined : { region, userPoolId };
}

function given(environment: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const value = environment[name];
  return value === '' ? undefined : value;
}
