/** What this proxy says it is: to upstreams, in spans, in audit lines. */
export const VERSION = '0.1.0';
