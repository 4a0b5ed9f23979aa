/**
 * What an error shows of a text that should be a URL, or of anything that looks like one: where it leads. Nothing that
 * may be a password: nothing before an @, no query.
 */
export function shownUrl(text: string): string {
  const [scheme = ''] = /^[a-z][a-z0-9+.-]*:[/\\]{2,}/i.exec(text) ?? [];
  const rest = text.slice(scheme.length);
  const [head = ''] = /^[^?#]*/.exec(rest) ?? [];
  const query = rest.length > head.length;
  // What is no URL doesn't say where its query begins: with an @ behind it, that may be within a password.
  if (query && rest.includes('@', head.length)) return `${scheme}…`;
  const at = head.lastIndexOf('@');
  const [host = ''] = /^(?:\[[^\]]*\])?[^/\\:]*/.exec(head.slice(at + 1)) ?? [];
  const [port = ''] = /^:[^/\\]*/.exec(head.slice(at + 1 + host.length)) ?? [];
  const path = head.slice(at + 1 + host.length + port.length);
  // Nor where its user ends: what stands in the place of a port, and is none, may be a password.
  return `${scheme}${at < 0 ? '' : '…@'}${host}${/^(?::\d*)?$/.test(port) ? port : ':…'}${path}${query ? '?…' : ''}`;
}
