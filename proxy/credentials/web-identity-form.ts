/** What tokens of the role's identity are asked for. Imports nothing, so that `lib/` may use it. */

export interface WebIdentity {
  readonly region: string;
  readonly audience: string;
  readonly algorithm: WebIdentityAlgorithm;
}

/** STS signs with these only. */
export const WEB_IDENTITY_ALGORITHMS = ['RS256', 'ES384'] as const;
export type WebIdentityAlgorithm = (typeof WEB_IDENTITY_ALGORITHMS)[number];

/** STS's least. A token is used at once. */
export const WEB_IDENTITY_SECONDS = 60;

/** Characters of an audience, at most. */
export const MAX_AUDIENCE = 1_000;
