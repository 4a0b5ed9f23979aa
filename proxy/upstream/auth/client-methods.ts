/** How the proxy's own client may authenticate at a token endpoint, by the names of OAuth's metadata. Imports nothing, so that `lib/` may use it. */
export const CLIENT_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;
export type ClientMethod = (typeof CLIENT_METHODS)[number];
