/** A team's own detectors, by RE2 pattern: the time is proportional to the length of the text, for any text. */
import { ControlFault } from '../../../base/errors.ts';
import { kindOf } from '../../../base/kind-of.ts';
import { added, type Detector, type Evidence, NONE, type Span } from './detector.ts';
import { isIn, onlyIn } from './only-in.ts';
import { inParts } from './parts.ts';
import { searchFor } from './pattern.ts';

export interface CustomOptions {
  /** Lower-case letters, digits and hyphens: `employee-number`. */
  readonly name: string;
  /**
   * RE2 syntax: that of JavaScript without look-around and back-references. Its matches must have a maximum length:
   * `{1,32}` instead of `+` and `*`.
   */
  readonly pattern: string;
  /** @default - the name */
  readonly type?: string;
  /** @default false */
  readonly ignoreCase?: boolean;
  /** A text without this string cannot match, so most texts need no search. @default - every text is searched */
  readonly contains?: string;
  /** Only under these names: of a key, of a column's heading, or beside the value. @default - any */
  readonly fields?: readonly string[];
}

const NAME = /^[a-z][a-z0-9-]{0,47}$/;

/** @throws TypeError for invalid options; an invalid RE2 pattern is found when it is loaded */
export function custom(options: CustomOptions): Detector {
  checkMembers(options);
  const { name, pattern, type = name, ignoreCase = false, contains, fields } = options;
  for (const [what, value] of [
    ['name', name],
    ['type', type],
  ] as const) {
    if (!NAME.test(value))
      throw new TypeError(
        `detector ${name}: ${what}: expected lower-case letters, digits and hyphens (at most 48), got ${JSON.stringify(value)}`,
      );
  }
  const endless = unbounded(pattern);
  // If a match may have any length, each match may read the rest of the text.
  if (endless !== undefined)
    throw new TypeError(
      `detector ${name}: pattern: expected a maximum length of a match, got ${endless}, which has none: give a bound, such as {1,32}`,
    );
  const names = fields === undefined ? undefined : new Set(fields);
  let find: ((text: string) => readonly Span[]) | undefined;
  let search: ReturnType<typeof searchFor> | undefined;
  let loading: Promise<void> | undefined;
  const load = async (): Promise<void> => {
    const { RE2JS } = await import('re2js');
    const compiled = RE2JS.compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    search = searchFor(compiled, type);
    find = (text) => {
      if (!compiled.test(text)) return NONE;
      let spans = NONE;
      const matcher = compiled.matcher(text);
      while (matcher.find())
        if (matcher.end() > matcher.start()) spans = added(spans, matcher.start(), matcher.end(), type);
      return spans;
    };
  };
  const isOfUse = (text: string, evidence?: Evidence): boolean =>
    (contains === undefined || text.includes(contains)) && (names === undefined || isIn(names, evidence));
  const notLoaded = (): ControlFault =>
    new ControlFault(`detector ${name}: it was used before load(): await load() first`);
  const detector: Detector = {
    name,
    type,
    load: () =>
      (loading ??= load().catch((error: unknown) => {
        throw new ControlFault(
          `detector ${name}: expected a pattern in RE2's syntax: ${error instanceof Error ? error.message : 'not understood'}`,
        );
      })),
    find(text: string, evidence?: Evidence) {
      if (find === undefined) throw notLoaded();
      return isOfUse(text, evidence) ? find(text) : NONE;
    },
  };
  const made = inParts(detector, function* (text, evidence) {
    if (search === undefined) throw notLoaded();
    return isOfUse(text, evidence) ? yield* search(text) : NONE;
  });
  if (names !== undefined) onlyIn(made, names);
  return made;
}

const MEMBERS: readonly string[] = [
  'name',
  'pattern',
  'type',
  'ignoreCase',
  'contains',
  'fields',
] satisfies (keyof CustomOptions)[];

/** Needed because a config may come from a file without types. */
function checkMembers(options: unknown): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`custom: expected a name and a pattern, got ${kindOf(options)}`);
  const given: Readonly<Record<string, unknown>> = { ...options };
  const { name, type = 'type', pattern, ignoreCase = false, contains = 'text', fields = [] } = given;
  const faults = Object.keys(given).flatMap((key) =>
    MEMBERS.includes(key) ? [] : [`expected ${MEMBERS.join(', ')}, got ${JSON.stringify(key)}`],
  );
  for (const [what, value] of Object.entries({ name, type, pattern, contains }))
    if (typeof value !== 'string' || value === '')
      faults.push(`${what}: expected a string, got ${value === '' ? 'an empty one' : kindOf(value)}`);
  if (typeof ignoreCase !== 'boolean') faults.push(`ignoreCase: expected true or false, got ${kindOf(ignoreCase)}`);
  if (!Array.isArray(fields) || !fields.every((field) => typeof field === 'string'))
    faults.push(`fields: expected a list of names, got ${kindOf(fields)}`);
  else if (given['fields'] !== undefined && fields.length === 0)
    faults.push('fields: expected names, got an empty list: leave it out to search all');
  if (faults.length > 0)
    throw new TypeError(`detector ${typeof name === 'string' ? name : 'custom'}: ${faults.join('; ')}`);
}

/**
 * The unbounded repetition in a pattern: `*`, `+` or `{n,}` outside of classes and escapes; undefined if there is none.
 */
function unbounded(pattern: string): string | undefined {
  const literal = pattern.replace(/\\Q[^]*?(?:\\E|$)/g, '').replace(/\\[^]/g, '_');
  const plain = literal.replace(/\[\^?\]?(?:\[:\^?\w+:\]|[^\]])*\]/g, '_');
  return /[*+]|\{\d*,\}/.exec(plain)?.[0];
}
