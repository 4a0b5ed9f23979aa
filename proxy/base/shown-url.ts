/**
 * Returns what an error may show of a text that is or may be a URL: scheme, host, port and path. Leaves out what may be a
 * password: user information and query. `lib/` imports this file, too, so it imports nothing.
 */
export function shownUrl(text: string): string {
  const [scheme = ''] = /^[a-z][a-z0-9+.-]*:[/\\]{2,}/i.exec(text) ?? [];
  const rest = text.slice(scheme.length);
  const [head = ''] = /^[^?#]*/.exec(rest) ?? [];
  const query = rest.length > head.length;
  // In an invalid URL the query's start is unclear: with a later @, it may be inside a password.
  if (query && rest.includes('@', head.length)) return `${scheme}…`;
  const at = head.lastIndexOf('@');
  const [host = ''] = /^(?:\[[^\]]*\])?[^/\\:]*/.exec(head.slice(at + 1)) ?? [];
  const [port = ''] = /^:[^/\\]*/.exec(head.slice(at + 1 + host.length)) ?? [];
  const path = head.slice(at + 1 + host.length + port.length);
  // The end of its user information is unclear, too: an invalid port may be a password.
  return `${scheme}${at < 0 ? '' : '…@'}${host}${/^(?::\d*)?$/.test(port) ? port : ':…'}${path}${query ? '?…' : ''}`;
}
