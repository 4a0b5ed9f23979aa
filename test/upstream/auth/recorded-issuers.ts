/**
 * How Keycloak and Microsoft Entra ID answer token requests for a caller: written from Keycloak 26's documentation and source
 * (standard token exchange), and from Microsoft's pages on the on-behalf-of flow, error codes and claims challenges.
 */

export interface Recorded {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Keycloak's errors have a code and a sentence. */
const keycloak = (status: number, error: string, error_description: string): Recorded => ({
  status,
  body: { error, error_description },
});

const TRACE =
  '\r\nTrace ID: 0000aaaa-11bb-cccc-dd22-eeeeee333333\r\nCorrelation ID: aaaa0000-bb11-2222-33cc-444444dddddd\r\nTimestamp: 2026-11-30 22:43:20Z';

/** Entra's have numbers, ids for its support, and sometimes a second code and a request for claims. */
const entra = (
  error: string,
  number: number,
  words: string,
  more: Readonly<Record<string, unknown>> = {},
  status = 400,
): Recorded => ({
  status,
  body: {
    error,
    error_description: `AADSTS${number}: ${words}${TRACE}`,
    error_codes: [number],
    timestamp: '2026-11-30 22:43:20Z',
    trace_id: '0000aaaa-11bb-cccc-dd22-eeeeee333333',
    correlation_id: 'aaaa0000-bb11-2222-33cc-444444dddddd',
    error_uri: `https://login.microsoftonline.com/error?code=${number}`,
    ...more,
  },
});

export const CLAIMS =
  '{"access_token":{"polids":{"essential":true,"values":["9ab03e19-ed42-4168-b6b7-7001fb3e933a"]}}}';

export const KEYCLOAK = {
  token: {
    status: 200,
    body: {
      access_token: 'of-keycloak',
      expires_in: 300,
      refresh_expires_in: 0,
      token_type: 'Bearer',
      'not-before-policy': 0,
      session_state: '6b1a4f5e-0d0f-4e8c-9d3c-8f2f0c1d2e3f',
      scope: 'profile',
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    },
  },
  ended: keycloak(400, 'invalid_request', 'Invalid token'),
  bound: keycloak(
    400,
    'invalid_request',
    'Sender-constrained token exchange rejected as the token was not issued for the requesting client',
  ),
  otherAudience: keycloak(403, 'access_denied', 'Client is not within the token audience'),
  unavailable: keycloak(400, 'invalid_request', 'Requested audience not available: crm'),
  unknownAudience: keycloak(400, 'invalid_client', 'Audience not found'),
  noConsent: keycloak(400, 'invalid_scope', 'Missing consents for Token Exchange in client mcp-proxy'),
  badScope: keycloak(400, 'invalid_scope', 'Invalid scopes: crm.write'),
  publicClient: keycloak(400, 'invalid_client', 'Public client is not allowed to exchange token'),
  notEnabled: keycloak(400, 'invalid_request', 'Standard token exchange is not enabled for the requested client'),
  otherType: keycloak(400, 'invalid_request', "Parameter 'subject_token' supports access tokens only"),
  wrongSecret: keycloak(401, 'unauthorized_client', 'Invalid client or Invalid client credentials'),
} satisfies Record<string, Recorded>;

export const ENTRA = {
  token: {
    status: 200,
    body: {
      token_type: 'Bearer',
      scope: 'api://crm/read',
      expires_in: 3269,
      ext_expires_in: 0,
      access_token: 'of-entra',
    },
  },
  secondFactor: entra(
    'interaction_required',
    50079,
    "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multifactor authentication to access 'bf8d80f9-9098-4972-b203-500f535113b1'.",
    { claims: CLAIMS },
  ),
  secondFactorBySuberror: entra(
    'invalid_grant',
    50076,
    'Due to a configuration change made by your administrator, you must use multi-factor authentication.',
    { suberror: 'basic_action', claims: CLAIMS },
  ),
  interaction: entra('interaction_required', 50158, 'External security challenge not satisfied.'),
  noConsent: entra(
    'invalid_grant',
    65001,
    "The user or administrator has not consented to use the application with ID 'aaaa' named 'mcp-proxy'. Send an interactive authorization request for this user and resource.",
    { suberror: 'consent_required' },
  ),
  notAssigned: entra(
    'invalid_grant',
    50105,
    "Your administrator has configured the application crm to block users unless they are specifically granted access. The signed in user 'alice@example.com' is blocked.",
  ),
  blocked: entra('invalid_grant', 53003, 'Access has been blocked by Conditional Access policies.', {
    suberror: 'message_only',
  }),
  expired: entra('invalid_grant', 500133, 'Assertion is not within its valid time range.'),
  badToken: entra('invalid_grant', 50013, 'Assertion failed signature validation.', { suberror: 'bad_token' }),
  otherAudience: entra(
    'invalid_grant',
    500131,
    'Assertion audience does not match the Client app presenting the assertion.',
  ),
  noScope: entra('invalid_request', 90014, "The required field 'scope' is missing from the credential."),
  noResource: entra('invalid_resource', 500011, 'The resource principal named api://crm was not found in the tenant.'),
  wrongSecret: entra('invalid_client', 7000215, 'Invalid client secret provided.', {}, 401),
  unknownClient: entra(
    'unauthorized_client',
    700016,
    "Application with identifier 'x' was not found in the directory.",
  ),
} satisfies Record<string, Recorded>;
