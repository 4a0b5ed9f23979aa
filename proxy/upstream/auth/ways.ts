/**
 * The ways to authenticate at an upstream, one declaration each. Bindings, `--describe`, usage and error texts are
 * derived from it, and `lib/upstream-auth.ts` does not compile until the construct knows the way, too.
 *
 * This file is loaded at the start; the code of a way only if the way is bound.
 */
import { given } from '../../base/environment.ts';
import { shownBinding } from '../../base/shown-binding.ts';
import { entraAudience } from '../../credentials/entra-id.ts';
import { readSecret, warmSecret } from '../../credentials/secret.ts';
import type { Authenticator } from './auth.ts';
import { warmProof } from './client-proof.ts';
import { FLOWS } from './identity-arns.ts';
import {
  allowsUnverified,
  IDENTITY_VARIABLES,
  identityToken,
  isPersonal,
  readIdentityBindings,
} from './identity-bindings.ts';
import { QUERY_PARAMETER } from './query-parameter.ts';
import { SECRET_HEADER } from './secret-header.ts';
import { SUBJECT_TOKEN_TYPES } from './subject-token-types.ts';
import {
  askedOf,
  clientOf,
  readTokenBindings,
  saysForWhom,
  type TokenBindings,
  TOKEN_VARIABLES,
} from './token-bindings.ts';
import { readSecretSource, SECRET_WORDS, type Way, way } from './way.ts';

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
    variables: TOKEN_VARIABLES,
    read(bindings) {
      const bound = readTokenBindings(bindings);
      if (bound === undefined) return undefined;
      return async (connecting = {}) => {
        const { clientCredentials } = await import('./client-credentials.ts');
        return warmedBy(clientCredentials({ ...askedOf(bound), ...clientOf(bound, connecting) }), () =>
          warmTokens(bound),
        );
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
          `${prefix}_HEADER: expected the name of a header for the secret, got ${shownBinding(header)}`,
        );
      if (secret === undefined) return undefined;
      return async () =>
        warmedBy((await import('./bearer.ts')).bearer({ header, secret: () => readSecret(secret) }), () =>
          warmSecret(secret),
        );
    },
  }),

  'api-key': way({
    variables: { PARAMETER: 'the query parameter that carries the key', SECRET: SECRET_WORDS },
    read(bindings) {
      const { prefix, get, address, faults } = bindings;
      const secret = readSecretSource(bindings);
      const parameter = get('PARAMETER');
      if (parameter === undefined || !QUERY_PARAMETER.test(parameter))
        return faults.error(
          `${prefix}_PARAMETER: expected the name of a query parameter, got ${shownBinding(parameter)}`,
        );
      if (address?.url.searchParams.has(parameter) === true)
        return faults.error(
          `${prefix}_URL: expected a URL without the parameter ${parameter}, which carries the key of ${prefix}_SECRET, got one with it`,
        );
      if (secret === undefined) return undefined;
      return async () =>
        warmedBy((await import('./api-key.ts')).apiKey({ parameter, secret: () => readSecret(secret) }), () =>
          warmSecret(secret),
        );
    },
  }),

  'token-exchange': way({
    variables: {
      ...TOKEN_VARIABLES,
      SUBJECT_TOKEN_TYPE: "what the caller's token is: access_token | jwt | id_token; default access_token",
      ACTOR: 'client: names the proxy as the actor, with its own token; default: no actor',
    },
    callerToken: 'bearer',
    read(bindings) {
      const { prefix, get, faults } = bindings;
      const bound = readTokenBindings(bindings);
      const given = get('SUBJECT_TOKEN_TYPE') ?? 'access_token';
      const subjectTokenType = SUBJECT_TOKEN_TYPES.find((type) => type === given);
      if (subjectTokenType === undefined)
        faults.error(
          `${prefix}_SUBJECT_TOKEN_TYPE: expected ${waysInWords(SUBJECT_TOKEN_TYPES)}, got ${shownBinding(given)}`,
        );
      const actor = get('ACTOR');
      if (actor !== undefined && actor !== 'client')
        faults.error(`${prefix}_ACTOR: expected client (or no such variable), got ${shownBinding(actor)}`);
      if (bound === undefined || subjectTokenType === undefined || !saysForWhom(bound, bindings)) return undefined;
      return async (connecting = {}) => {
        const [{ onBehalf }, { TokenClient }, { tokenExchange }, { tokenSource }] = await Promise.all([
          import('./on-behalf.ts'),
          import('./token-client.ts'),
          import('./grants.ts'),
          import('./client-credentials.ts'),
        ]);
        const client = clientOf(bound, connecting);
        const exchanging = onBehalf({
          client: new TokenClient(client),
          invalidRequest: 'sign in',
          grant: tokenExchange({
            ...bound,
            subjectTokenType,
            actor: actor === undefined ? undefined : tokenSource(client),
          }),
        });
        return warmedBy(exchanging, () => warmTokens(bound));
      };
    },
  }),

  'jwt-bearer': way({
    variables: {
      ...TOKEN_VARIABLES,
      TOKEN_USE: 'requested_token_use; default on_behalf_of at Microsoft Entra ID, else none',
    },
    callerToken: 'bearer',
    read(bindings) {
      const { get } = bindings;
      const bound = readTokenBindings(bindings);
      if (bound === undefined || !saysForWhom(bound, bindings)) return undefined;
      const { issuer, tokenEndpoint } = bound.server;
      const isEntra = entraAudience((tokenEndpoint ?? issuer)?.href) !== undefined;
      const tokenUse = get('TOKEN_USE') ?? (isEntra ? 'on_behalf_of' : undefined);
      return async (connecting = {}) => {
        const [{ onBehalf }, { TokenClient }, { jwtBearer }] = await Promise.all([
          import('./on-behalf.ts'),
          import('./token-client.ts'),
          import('./grants.ts'),
        ]);
        const asserting = onBehalf({
          client: new TokenClient(clientOf(bound, connecting)),
          invalidRequest: 'client',
          grant: jwtBearer(bound, tokenUse),
        });
        return warmedBy(asserting, () => warmTokens(bound));
      };
    },
  }),

  'agentcore-identity': way({
    variables: IDENTITY_VARIABLES,
    callerTokenOf: identityToken,
    isPersonalOf: ({ get }) => isPersonal(FLOWS.find((flow) => flow === get('FLOW'))),
    allowsUnverified,
    asksCallers: true,
    read(bindings) {
      const bound = readIdentityBindings(bindings);
      if (bound === undefined) return undefined;
      return async () => {
        const [{ agentcoreIdentity }, { warmIdentity }] = await Promise.all([
          import('./agentcore-identity.ts'),
          import('./identity-service.ts'),
        ]);
        return warmedBy(agentcoreIdentity(bound), warmIdentity);
      };
    },
  }),
} satisfies Readonly<Record<string, Way<never>>>;

const warmedBy = (authenticator: Authenticator, warm: () => Promise<unknown>): Authenticator => ({
  ...authenticator,
  warm,
});

async function warmTokens({ proof }: TokenBindings): Promise<void> {
  await Promise.all([warmProof(proof), import('oauth4webapi'), import('./token.ts')]);
}

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
