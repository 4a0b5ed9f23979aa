/** Rewrites a URI into forms that many readers treat as equal. */
import { foldName } from '../fold.ts';

/** `..` as a path segment, with characters after it that systems ignore; some servers cut at a semicolon. */
const CLIMBING = /(?:^|[/\\:\u2044\u2215\u29f8])\s*\.\.(?: [ .]*)?(?:[/\\?#;\u2044\u2215\u29f8]|$)/;
const CONTROL = /\p{Cc}/gu;
/** Invisible; some file systems and host parsers ignore them. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;
/** Schemes with a default port that the URL parser knows. */
const WITH_PORTS: ReadonlySet<string> = new Set(['http:', 'https:', 'ws:', 'wss:', 'ftp:']);

/** Whether some reader leaves the folder that the path seems to be in: a segment of it is `..`. */
export function isClimbing(text: string): boolean {
  return CLIMBING.test(text.replace(CONTROL, ''));
}

/** With and without segment parameters (`;v=1`). */
export function withoutParameters(uri: string): readonly string[] {
  return uri.includes(';') ? [uri, uri.replaceAll(/;[^/\\?#]*/g, '')] : [uri];
}

/** Removes differences that many readers ignore: the user, an empty host, `\` for `/`, empty segments. */
export function pathsOf(uri: string): readonly string[] {
  const text = uri.replaceAll(CONTROL, '');
  return [text, text.replaceAll('\\', '/')].flatMap(pathOf);
}

function pathOf(text: string): readonly string[] {
  const colon = text.indexOf(':') + 1;
  const scheme = text.slice(0, colon).toLowerCase();
  const rest = text.slice(colon);
  if (!rest.startsWith('//')) return [scheme + walked(rest)];
  return authorityEnds(rest).flatMap((end) => {
    const path = walked(rest.slice(end));
    // Many readers use only the path and ignore the host; after four slashes, Windows reads a host from the path.
    if (scheme === 'file:') return rest.startsWith('////') ? [`file://${path}`, `file:/${path}`] : [`file://${path}`];
    return hostsOf(rest.slice(2, end), WITH_PORTS.has(scheme)).flatMap((host) =>
      host === ''
        ? [`${scheme}//${path.slice(1)}`]
        : [`${scheme}//${host}${path}`, `${scheme}//${host.toLowerCase()}${path}`],
    );
  });
}

/** The possible ends of the host; some readers only look for a slash. */
function authorityEnds(rest: string): number[] {
  const ends = [/[/?#]/, /\//].map((mark) => rest.slice(2).search(mark)).map((at) => (at < 0 ? rest.length : at + 2));
  return [...new Set(ends)];
}

/** The user ends at the last `@`; for some readers, at the first. */
function hostsOf(authority: string, withPort: boolean): string[] {
  const starts = new Set([authority.lastIndexOf('@') + 1, authority.indexOf('@') + 1]);
  return [...starts].map((start) => {
    const host = authority.slice(start);
    return (withPort ? host : host.replace(/:\d*$/, '')).replace(/\.(?=:\d*$|$)/, '');
  });
}

function walked(path: string): string {
  const segments = path.split('/');
  const named = segments.filter((segment) => segment !== '' && segment !== '.').join('/');
  const last = segments.at(-1);
  return `${path.startsWith('/') ? '/' : ''}${named}${named !== '' && (last === '' || last === '.') ? '/' : ''}`;
}

/** With and without trailing dots and spaces of segments and the stream names of files, which Windows removes. */
export function withoutTrailing(uri: string): readonly string[] {
  if (!TRAILING.test(uri)) return [uri];
  return [uri, uri.replaceAll(TRAILINGS, '')];
}

const TRAILING = /[^/.\s:][. ]+(?:[/?#]|$)|::\$/;
const TRAILINGS = /(?<=[^/.\s:])[. ]+(?=[/?#]|$)|::\$\w+(?=[/?#]|$)/g;

/** As it is, and in normalized width and form without invisible characters. */
export function usual(uri: string): readonly string[] {
  return ASCII.test(uri) ? [uri] : [uri, uri.normalize('NFKC').replaceAll(UNSEEN, '')];
}

const ASCII = /^[\0-\x7f]*$/;

/** In one letter case. */
export function folded(uri: string): string {
  return foldName(usual(uri).at(-1) ?? uri);
}
