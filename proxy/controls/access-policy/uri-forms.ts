/** The same resource in other words: what makes no difference to many who read a URI. */
import { foldName } from '../shared/fold.ts';

/** `..` as a segment of a path, with what systems pass over after it; some servers cut what begins with a semicolon. */
const CLIMBING = /(?:^|[/\\:\u2044\u2215\u29f8])\s*\.\.(?: [ .]*)?(?:[/\\?#;\u2044\u2215\u29f8]|$)/;
const CONTROL = /\p{Cc}/gu;
/** Nobody sees them, and some file systems and parsers of hosts pass over them. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;
/** Of these the parser knows what a port means. */
const WITH_PORTS: ReadonlySet<string> = new Set(['http:', 'https:', 'ws:', 'wss:', 'ftp:']);

/** Whether some reader leaves the folder that the path seems to be in. */
export function isClimbing(text: string): boolean {
  return CLIMBING.test(text.replace(CONTROL, ''));
}

/** With and without parameters of segments (`;v=1`). */
export function withoutParameters(uri: string): readonly string[] {
  return uri.includes(';') ? [uri, uri.replaceAll(/;[^/\\?#]*/g, '')] : [uri];
}

/**
 * Without what makes no difference to many: who logs in, where there is no host, `\` for `/`, segments without a name.
 */
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
    // Many take the path alone, whatever the host; Windows takes a host for it where four slashes stand.
    if (scheme === 'file:') return rest.startsWith('////') ? [`file://${path}`, `file:/${path}`] : [`file://${path}`];
    return hostsOf(rest.slice(2, end), WITH_PORTS.has(scheme)).flatMap((host) =>
      host === ''
        ? [`${scheme}//${path.slice(1)}`]
        : [`${scheme}//${host}${path}`, `${scheme}//${host.toLowerCase()}${path}`],
    );
  });
}

/** Where the host ends; some look for a slash alone. */
function authorityEnds(rest: string): number[] {
  const ends = [/[/?#]/, /\//].map((mark) => rest.slice(2).search(mark)).map((at) => (at < 0 ? rest.length : at + 2));
  return [...new Set(ends)];
}

/** Who logs in ends with the last `@`, to some with the first. */
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

/** With and without the dots and spaces at the end of a segment, and the streams of files, which Windows drops. */
export function withoutTrailing(uri: string): readonly string[] {
  if (!TRAILING.test(uri)) return [uri];
  return [uri, uri.replaceAll(TRAILINGS, '')];
}

const TRAILING = /[^/.\s:][. ]+(?:[/?#]|$)|::\$/;
const TRAILINGS = /(?<=[^/.\s:])[. ]+(?=[/?#]|$)|::\$\w+(?=[/?#]|$)/g;

/** As it is, and in letters of the usual width and form, without what nobody sees. */
export function usual(uri: string): readonly string[] {
  return ASCII.test(uri) ? [uri] : [uri, uri.normalize('NFKC').replaceAll(UNSEEN, '')];
}

const ASCII = /^[\0-\x7f]*$/;

/** The same in one letter case. */
export function folded(uri: string): string {
  return foldName(usual(uri).at(-1) ?? uri);
}
