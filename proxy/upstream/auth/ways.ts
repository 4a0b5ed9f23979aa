/**
 * The ways to authenticate at an upstream, one declaration each. Bindings, `--describe`, usage and error texts are
 * derived from it, and `lib/upstream-auth.ts` does not compile until the construct knows the way, too.
 *
 * This file is loaded at the start; the code of a way only if the way is bound.
 */
import { given } from '../../base/environment.ts';
import { readSecret } from '../../credentials/secret.ts';
import { SECRET_HEADER } from './secret-header.ts';
import { readEndpoint, readSecretSource, SECRET_WORDS, type Way, way } from './way.ts';

export const WAYS = {
  none: way({ variables: {}, read: () => () => Promise.resolve(undefined) }),

  iam: way({
    variables: { SERVICE: 'the SigV4 service name; default bedrock-agentcore' },
    forbiddenIsOurs: true,
    read({ address, get, environment, faults }) {
      // The missing address is reported already.
      if (address === undefined) return undefined;
      const region = address.region ?? given(environment, 'AWS_REGION') ?? given(environment, 'AWS_DEFAULT_REGION');
      if (region === undefined)
        return faults.error(`AWS_REGION: expected a region to sign for (the upstream's URL names none), got nothing`);
      const service = get('SERVICE') ?? 'bedrock-agentcore';
      return async () => (await import('./iam.ts')).iam({ region, service });
    },
  }),

  oauth: way({
    variables: {
      ISSUER: 'the issuer, whose metadata names the token endpoint',
      TOKEN_URL: 'the token endpoint, if the issuer publishes no metadata',
      CLIENT_ID: 'the client id; with a cognito: secret, taken from there',
      SCOPES: 'scopes, separated by spaces',
      RESOURCE: 'the resource indicator (RFC 8707)',
      SECRET: SECRET_WORDS,
    },
    read(bindings) {
      const { prefix, get, faults } = bindings;
      const secret = readSecretSource(bindings);
      const issuer = readEndpoint('ISSUER', bindings);
      const tokenEndpoint = readEndpoint('TOKEN_URL', bindings);
      const cognito = secret?.kind === 'cognito' ? secret : undefined;
      const clientId = get('CLIENT_ID') ?? cognito?.clientId;
      const found = issuer ?? (cognito && cognitoIssuer(cognito));
      const server = tokenEndpoint === undefined ? found && { issuer: found } : { issuer, tokenEndpoint };
      if (get('ISSUER') === undefined && get('TOKEN_URL') === undefined && server === undefined)
        faults.error(`${prefix}_ISSUER: expected the issuer's URL (or ${prefix}_TOKEN_URL), got nothing`);
      if (clientId === undefined) faults.error(`${prefix}_CLIENT_ID: expected the OAuth client id, got nothing`);
      if (secret === undefined || clientId === undefined || server === undefined) return undefined;
      const scopes = (get('SCOPES') ?? '').split(/[\s,]/).filter((scope) => scope !== '');
      const resource = get('RESOURCE');
      return async () => {
        const { clientCredentials } = await import('./client-credentials.ts');
        return clientCredentials({ server, clientId, scopes, resource, secret: () => readSecret(secret) });
      };
    },
  }),

  bearer: way({
    variables: { HEADER: 'the header that carries the secret; default Authorization: Bearer', SECRET: SECRET_WORDS },
    read(bindings) {
      const { prefix, get, faults } = bindings;
      const secret = readSecretSource(bindings);
      const header = get('HEADER');
      if (header !== undefined && !SECRET_HEADER.test(header))
        return faults.error(
          `${prefix}_HEADER: expected the name of a header for the secret, got ${JSON.stringify(header)}`,
        );
      if (secret === undefined) return undefined;
      return async () => (await import('./bearer.ts')).bearer({ header, secret: () => readSecret(secret) });
    },
  }),
} satisfies Readonly<Record<string, Way<never>>>;

/** The values of `UPSTREAM_AUTH`. */
export type WayName = keyof typeof WAYS;
/** The names of a way's variables, without prefix. */
export type VariableOf<Name extends WayName> = keyof (typeof WAYS)[Name]['variables'] & string;

export const WAY_NAMES: readonly string[] = Object.keys(WAYS);

export function isWay(name: string): name is WayName {
  return Object.hasOwn(WAYS, name);
}

/** Returns `none, iam, oauth or bearer`, for errors. */
export function waysInWords(names: readonly string[] = WAY_NAMES): string {
  return names.join(', ').replace(/, (?=[^,]*$)/, ' or ');
}

/** Says what each variable is for, and which ways read it: `oauth, bearer: where the secret is …`. */
export function variablesOfWays(): Record<string, string> {
  const uses = new Map<string, Map<string, string[]>>();
  for (const [name, { variables }] of Object.entries(WAYS)) {
    for (const [variable, purpose] of Object.entries(variables)) {
      const purposes = uses.get(variable) ?? new Map<string, string[]>();
      uses.set(variable, purposes.set(purpose, [...(purposes.get(purpose) ?? []), name]));
    }
  }
  const shown = (purposes: ReadonlyMap<string, readonly string[]>): string =>
    [...purposes].map(([purpose, names]) => `${names.join(', ')}: ${purpose}`).join('; ');
  return Object.fromEntries([...uses].map(([variable, purposes]) => [variable, shown(purposes)]));
}

/** A user pool is its own issuer. */
function cognitoIssuer({ region, userPoolId }: { readonly region: string; readonly userPoolId: string }): URL {
  return new URL(`https://cognito-idp.${region}.amazonaws.com/${userPoolId}`);
}
