/**
 * Recognizes events that each report progress in the plain form that SDKs write: only the members of the protocol, each
 * once, without escapes and without white space. A strict reader finds nothing else in them. Any other form is left to a
 * parse.
 */

const NUMBER = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`;
/** Without escapes; UTF-8 may be in the form of Latin-1. */
const TEXT = String.raw`"[^"\\\0-\x1f]*"`;
/** Of one spelling: no number that a double would change, and nothing beyond ASCII. */
const TOKEN = String.raw`"[ !#-[\]-~]*"|-?\d{1,15}`;
const KINDS = 8;

/** By kind, made on first use. */
const patterns: RegExp[] = [];

/**
 * Finds a run of such events with one progress token, which is its only group. Servers write the members in some orders.
 * @param kind each bit is a choice: where the token and `jsonrpc` are, and how lines end
 */
function patternOf(kind: number): RegExp {
  return (patterns[kind] ??= madeFor((kind & 1) === 0, (kind & 2) === 0, (kind & 4) === 0 ? '\\n' : '\\r\\n'));
}

function madeFor(isFirst: boolean, isVersionFirst: boolean, end: string): RegExp {
  const total = `(?:,"total":${NUMBER})?`;
  const values = `"progress":${NUMBER}${total}(?:,"message":${TEXT})?`;
  const others = `"message":${TEXT},"progress":${NUMBER}${total}`;
  const event = (token: string): string => {
    const own = `"progressToken":${token}`;
    const params = isFirst ? `${own},(?:${values}|${others})` : `(?:${values}|${others}),${own}`;
    const rest = `"method":"notifications/progress","params":\\{${params}\\}`;
    const version = String.raw`"jsonrpc":"2\.0"`;
    const message = isVersionFirst ? `${version},${rest}` : `${rest},${version}`;
    return `(?:event: message${end})?data: \\{${message}\\}${end}${end}`;
  };
  return new RegExp(`${event(`(${TOKEN})`)}(?:${event('\\1')})*`, 'y');
}

/** A run of events: the progress token as JSON text, and where it ends in the text. */
export interface Run {
  readonly token: string;
  readonly end: number;
}

/** How such an event begins. */
const BEGINNING = /(?:event: message\r?\n)?data: \{"(?:jsonrpc|method)"/y;

/** Finds runs in the chunks of one stream. */
export class PlainProgress {
  #kind = 0;

  /** The run that begins at a position; undefined if none does. */
  at(text: string, from: number): Run | undefined {
    BEGINNING.lastIndex = from;
    if (!BEGINNING.test(text)) return undefined;
    for (let tries = 0; tries < KINDS; tries++) {
      const pattern = patternOf(this.#kind);
      pattern.lastIndex = from;
      const token = pattern.exec(text)?.[1];
      if (token !== undefined) return { token, end: pattern.lastIndex };
      this.#kind = (this.#kind + 1) % KINDS;
    }
    return undefined;
  }
}
