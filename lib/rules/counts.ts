/** How many values a list may have. */

/** Of a runtime's subnets, and of its security groups. */
export const PER_RUNTIME = { min: 1, max: 16 } as const;

/** Of a resource server's scopes. Without one it would be useless. */
export const SCOPES = { min: 1, max: 100 } as const;
