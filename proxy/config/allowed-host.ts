/** One of `ALLOWED_HOSTS`: `host` or `host:port`. `lib/` checks the option by it, too, so this file imports nothing. */
export const ALLOWED_HOST = /^(?:[\w.-]+|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
