/** Host names of this machine. */
const NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

export function isLoopback(host: string): boolean {
  return NAMES.has(host) || /^127\.\d+\.\d+\.\d+$/.test(host);
}
