/** What the name of an upstream must look like, and how many there may be, in a config and in a deployment. */
export const UPSTREAM_NAME = /^[a-z][a-z0-9-]{0,30}$/;

/** More than one client can tell apart. */
export const MAX_UPSTREAMS = 64;
