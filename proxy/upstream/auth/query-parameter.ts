/** The names that a query parameter with a key may have. Imports nothing, so that `lib/` may use it. */
export const QUERY_PARAMETER = /^[A-Za-z0-9._~-]{1,64}$/;
