/**
 * Refusals of issuers that say more than their code does: Keycloak by fixed sentences, Microsoft Entra ID by a second code
 * and a number. Without an entry, the code decides.
 */

/**
 * What a refusal is about. `sign in`: another token of the caller may be accepted. `caller`: this caller gets none, whatever
 * the token. `client`: this client's own registration or settings.
 */
export type About = 'sign in' | 'caller' | 'client';

export interface Named {
  readonly error: string;
  /** Entra's second code. */
  readonly suberror: string | undefined;
  /** Entra's number: `AADSTS65001`. */
  readonly number: string | undefined;
  /** The description, which is compared and never shown. */
  readonly said: string;
}

interface Known {
  readonly about: About;
  readonly advice: string;
}

const AUDIENCE_OF_CALLERS =
  "callers' tokens are expected to be for this client: put it into their aud (Keycloak: an Audience mapper; Entra ID: clients ask for a scope of this application)";
const CONSENT =
  'the caller has to consent, or an administrator for everybody (Entra ID: admin consent, or knownClientApplications)';

/** Keycloak 26, standard token exchange. */
const SENTENCES: readonly (readonly [says: RegExp, error: string, known: Known])[] = [
  [/^Invalid token$/, 'invalid_request', { about: 'sign in', advice: "the caller's token or session has ended" }],
  [
    /^Sender-constrained token exchange rejected/,
    'invalid_request',
    { about: 'caller', advice: "callers' tokens are bound to their clients (DPoP, mTLS), and can't be exchanged" },
  ],
  [
    /^Requested audience not available: /,
    'invalid_request',
    {
      about: 'caller',
      advice:
        'UPSTREAM_AUDIENCE is expected to be the id of a client that this client may ask for: give this client a client scope whose mapper adds it, and the caller the roles that it depends on',
    },
  ],
  [/^Client is not within the token audience$/, 'access_denied', { about: 'caller', advice: AUDIENCE_OF_CALLERS }],
  [/^Missing consents for Token Exchange /, 'invalid_scope', { about: 'caller', advice: CONSENT }],
  [
    /^Audience not found$/,
    'invalid_client',
    { about: 'client', advice: 'UPSTREAM_AUDIENCE is expected to be the id of a client of that realm' },
  ],
  [
    /^Public client is not allowed to exchange token$/,
    'invalid_client',
    { about: 'client', advice: 'turn on client authentication for this client' },
  ],
  [
    /^Standard token exchange is not enabled /,
    'invalid_request',
    { about: 'client', advice: 'turn on standard token exchange for this client' },
  ],
  [
    /^Parameter 'subject_token' supports access tokens only$/,
    'invalid_request',
    { about: 'client', advice: 'leave out UPSTREAM_SUBJECT_TOKEN_TYPE' },
  ],
];

/** Microsoft Entra ID. Its numbers may change, so they decide little. */
const NUMBERS: ReadonlyMap<string, Known> = new Map([
  ['AADSTS500131', { about: 'caller', advice: AUDIENCE_OF_CALLERS }],
  ['AADSTS65001', { about: 'caller', advice: CONSENT }],
  ['AADSTS50105', { about: 'caller', advice: 'assign the caller to the application' }],
  ['AADSTS90014', { about: 'client', advice: 'a parameter is missing: check UPSTREAM_SCOPES and UPSTREAM_TOKEN_USE' }],
]);

/** Entra's second codes that no other token of the same person helps against. */
const SUBERRORS: ReadonlyMap<string, Known> = new Map([
  ['consent_required', { about: 'caller', advice: CONSENT }],
  ['additional_action', { about: 'caller', advice: "the caller has to do what the issuer's policies demand" }],
  ['message_only', { about: 'caller', advice: "the issuer's policies don't let this caller in" }],
]);

/** Undefined: the code says all. */
export function knownRefusal({ error, suberror, number, said }: Named): Known | undefined {
  return (
    NUMBERS.get(number ?? '') ??
    SUBERRORS.get(suberror ?? '') ??
    SENTENCES.find(([says, of]) => of === error && says.test(said))?.[2]
  );
}
