/** The proxy's version, sent to upstreams and written to spans and audit lines. */
export const VERSION = '0.1.0';
