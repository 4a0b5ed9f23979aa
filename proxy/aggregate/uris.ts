/**
 * URIs of resources. One that only a single upstream lists stays as it is. Any other carries its upstream's name:
 * `crm+file:///a` is `file:///a` of the upstream `crm`.
 */

export interface Template {
  readonly text: string;
  /** The parts between the expressions. */
  readonly literals: readonly string[];
}

export function templateOf(text: string): Template {
  return { text, literals: text.split(/\{[^{}]*\}/) };
}

/**
 * Whether a template may give a URI: its literal parts occur in order, at both ends exactly. More lenient than any
 * expression, so that a URI that two upstreams may mean is never taken for one upstream's.
 */
export function mayGive({ literals }: Template, uri: string): boolean {
  const first = literals[0] ?? '';
  if (literals.length === 1) return uri === first;
  const last = literals.at(-1) ?? '';
  if (!uri.startsWith(first) || !uri.endsWith(last) || uri.length < first.length + last.length) return false;
  let at = first.length;
  const end = uri.length - last.length;
  for (const literal of literals.slice(1, -1)) {
    const found = uri.indexOf(literal, at);
    if (found < 0 || found + literal.length > end) return false;
    at = found + literal.length;
  }
  return true;
}

/**
 * Templates of one upstream that are compared, their literal parts, and the characters of these. One with more counts as
 * one that may give any URI: a reply may have a hundred thousand.
 */
const MAX_TEMPLATES = 200;
const MAX_LITERALS = 1_000;
const MAX_CHARACTERS = 64 * 1024;
/** A longer URI may be given by any template. */
const LONGEST_URI = 8 * 1024;

export function mayGiveAny(templates: readonly Template[]): boolean {
  if (templates.length > MAX_TEMPLATES) return true;
  const literals = templates.flatMap((template) => template.literals);
  return literals.length > MAX_LITERALS || literals.reduce((total, { length }) => total + length, 0) > MAX_CHARACTERS;
}

/** What an upstream lists: its resources, and its templates (RFC 6570). */
export class ListedUris {
  readonly #uris: ReadonlySet<string>;
  readonly #templates: readonly Template[];
  readonly #mayGiveAny: boolean;
  #sorted: readonly string[] | undefined;

  constructor(uris: Iterable<string>, templates: readonly Template[]) {
    this.#uris = new Set(uris);
    this.#templates = templates;
    this.#mayGiveAny = mayGiveAny(templates);
  }

  has(uri: string): boolean {
    if (this.#uris.has(uri) || this.#mayGiveAny) return true;
    if (uri.length > LONGEST_URI) return this.#templates.length > 0;
    return this.#templates.some((template) => mayGive(template, uri));
  }

  /** Whether a URI is the folder of one that is listed, at any depth. */
  hasBelow(folder: string): boolean {
    const start = folder.endsWith('/') ? folder : `${folder}/`;
    // Replies may hold many URIs that nobody lists, so this is no walk over all that are listed.
    const sorted = (this.#sorted ??= [...this.#uris].sort());
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? '') < start) low = middle + 1;
      else high = middle;
    }
    return sorted[low]?.startsWith(start) === true;
  }

  /** Whether a template may give a URI that is listed here. */
  mayMeet(template: Template): boolean {
    if (this.#mayGiveAny || this.#templates.some((other) => overlap(template, other))) return true;
    for (const uri of this.#uris) if (mayGive(template, uri)) return true;
    return false;
  }
}

/** Two templates whose beginnings and ends don't contradict one another. */
function overlap(one: Template, other: Template): boolean {
  const [first = '', otherFirst = ''] = [one.literals[0], other.literals[0]];
  const [last = '', otherLast = ''] = [one.literals.at(-1), other.literals.at(-1)];
  return (
    (first.startsWith(otherFirst) || otherFirst.startsWith(first)) &&
    (last.endsWith(otherLast) || otherLast.endsWith(last))
  );
}

export function wrapUri(upstream: string, uri: string): string {
  return `${upstream}+${uri}`;
}

/** The upstream that a URI names, of those given, and its own URI. Undefined: it names none. */
export function unwrapUri<T>(
  uri: string,
  byName: ReadonlyMap<string, T>,
): { readonly of: T; readonly uri: string } | undefined {
  const at = uri.indexOf('+');
  const of = at < 0 ? undefined : byName.get(uri.slice(0, at));
  return of === undefined ? undefined : { of, uri: uri.slice(at + 1) };
}
