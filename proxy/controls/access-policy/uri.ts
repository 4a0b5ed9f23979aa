/**
 * A rule compares a URI's text, and an upstream reads it: parsers of URLs drop tabs and fold case, file systems walk `.` and `//`, and
 * most decode. So a URI is decided as each of the texts that it may be read as. What no two readers agree on is refused.
 */

export interface Readings {
  /** As it is written, and as the parser of the WHATWG writes it (`new URL(uri).href`): each has to be permitted. */
  readonly plain: readonly string[];
  /** As more lenient readers may take it. To be permitted says little about those; none may be forbidden. */
  readonly lenient: readonly string[];
}

/** What some parsers drop and others don't: control characters anywhere, white space around. */
const DROPPED = /\p{Cc}|^\s|\s$/u;
/** A null, which ends a text in C, and longer encodings of a character than it has in UTF-8, which lenient decoders take for it. */
const MALFORMED = /%00|%c[01]%[89ab]|%e0%[89]|%f0%8/i;
/** One character of UTF-8, encoded. What isn't one stays as it is. */
const ENCODED = /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-4](?:%[89ab][\da-f]){3}/gi;
/** What is encoded once more than this is decoded by nobody. */
const MAX_ENCODED = 4;
/** `..` as a segment of a path; some servers cut what begins with a semicolon. */
const CLIMBING = /(?:^|[/\\:])\.\.(?:[/\\?#;]|$)/;
/** Of these the parser knows what a port means. */
const WITH_PORTS: ReadonlySet<string> = new Set(['http:', 'https:', 'ws:', 'wss:', 'ftp:']);

/** Undefined: refused whatever is permitted. */
export function readingsOf(uri: string): Readings | undefined {
  const decoded = decodingsOf(uri);
  if (DROPPED.test(uri) || decoded.some((text) => MALFORMED.test(text) || CLIMBING.test(text))) return undefined;
  const plain = spellingsOf(uri);
  const texts = new Set([...decoded, ...plain.flatMap(decodingsOf)]);
  const lenient = new Set([...texts, ...[...texts].flatMap(pathsOf).flatMap(cutsOf)]);
  return { plain, lenient: [...lenient].filter((text) => !plain.includes(text)) };
}

/** A URI, or a pattern of one, as it is written, and as a parser of URLs writes it, where that is something else. */
export function spellingsOf(uri: string): readonly string[] {
  const href = URL.parse(uri)?.href;
  return href === undefined || href === uri ? [uri] : [uri, href];
}

/** As it is, decoded once, twice, … */
function decodingsOf(uri: string): string[] {
  const texts = [uri];
  for (let text = uri; text.includes('%') && texts.length <= MAX_ENCODED; texts.push(text)) {
    const next = text.replaceAll(ENCODED, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'));
    if (next === text) break;
    text = next;
  }
  return texts;
}

/** Without what makes no difference to many: who logs in, where there is no host, `\` for `/`, segments without a name. */
function pathsOf(uri: string): readonly string[] {
  const text = uri.replaceAll('\\', '/').replaceAll(/\p{Cc}/gu, '');
  const colon = text.indexOf(':') + 1;
  const scheme = text.slice(0, colon).toLowerCase();
  const rest = text.slice(colon);
  if (!rest.startsWith('//')) return [scheme + walked(rest)];
  const length = rest.slice(2).search(/[/?#]/);
  const end = length < 0 ? rest.length : length + 2;
  const path = walked(rest.slice(end));
  // Many take the path alone, whatever the host; Windows takes a host for it where four slashes stand.
  if (scheme === 'file:') return rest.startsWith('////') ? [`file://${path}`, `file:/${path}`] : [`file://${path}`];
  const host = hostOf(rest.slice(2, end), WITH_PORTS.has(scheme));
  return host === '' ? [`${scheme}//${path.slice(1)}`] : [`${scheme}//${host}${path}`, `${scheme}//${host.toLowerCase()}${path}`];
}

function hostOf(authority: string, withPort: boolean): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return (withPort ? host : host.replace(/:\d*$/, '')).replace(/\.(?=:\d*$|$)/, '');
}

function walked(path: string): string {
  const segments = path.split('/');
  const named = segments.filter((segment) => segment !== '' && segment !== '.').join('/');
  const last = segments.at(-1);
  return `${path.startsWith('/') ? '/' : ''}${named}${named !== '' && (last === '' || last === '.') ? '/' : ''}`;
}

/** Without parameters of segments; without query and fragment; without the slash at the end. */
function cutsOf(uri: string): readonly string[] {
  const bare = uri.replaceAll(/;[^/?#]*/g, '');
  const path = bare.replace(/[?#].*$/s, '');
  return [uri, bare, path, path.endsWith('/') ? path.slice(0, -1) : path];
}
