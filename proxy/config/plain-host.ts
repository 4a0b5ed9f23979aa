/** A host in `PLAIN_HTTP_HOSTS`: a name or an address, IPv6 in brackets. */
export const PLAIN_HOST = /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/i;
