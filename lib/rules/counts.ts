/** How many there may be of something. */

/** Subnets of a runtime, and its security groups. */
export const PER_RUNTIME = { min: 1, max: 16 } as const;

/** Scopes of a resource server, of which none would be of no use. */
export const SCOPES = { min: 1, max: 100 } as const;
