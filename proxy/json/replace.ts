/** Replaces scalars at some places of a JSON text. The text between them stays as it is, and nothing is parsed. */
import { JsonText } from './lossless.ts';
import { itemsAt, membersAt } from './strict.ts';
import type { JsonObject, JsonValue } from './value.ts';

export interface Replacement {
  /** Keys and indexes from the root. */
  readonly path: readonly (string | number)[];
  /** The new value. */
  readonly value: string | number | boolean | null;
}

/** The path to the places that change, as a tree. */
interface Branch {
  readonly under: Map<string | number, Branch | Replacement>;
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * @param json an object or an array, without white space before it
 * @throws TypeError if a path doesn't exist, leads to an object or array, or occurs twice
 */
export function replaceAt({ text, value }: JsonText, replacements: readonly Replacement[]): JsonText {
  const known = atOnce(text, value, replacements);
  const [first] = replacements;
  if (known !== undefined && replacements.length === 1 && first !== undefined)
    return new JsonText(written(text, known), along(value, first, 0));
  const tree = treeOf(replacements);
  const next = grown(value, tree);
  const found = known ?? located(text, tree);
  if (found.length !== replacements.length) throw new TypeError('expected each path to lead to a place of the text');
  return new JsonText(written(text, found), next);
}

function written(text: string, found: Found[]): string {
  let out = '';
  let from = 0;
  for (const { start, end, text: scalar } of found.sort((a, b) => a.start - b.start)) {
    out += text.slice(from, start) + scalar;
    from = end;
  }
  return out + text.slice(from);
}

/** From this number on, one pass over the text costs less than searches. */
const FEW = 4;
/** Longest old string, in characters: the engine's search may compare all of them at each position. */
const SHORT = 256;

/**
 * Finds the places without a pass over the text. Works if each old string occurs once: in a text without escapes a
 * string has only one spelling. Undefined if that isn't so.
 */
function atOnce(text: string, value: JsonValue, replacements: readonly Replacement[]): Found[] | undefined {
  // Each replacement costs a search.
  if (replacements.length > FEW || text.includes('\\')) return undefined;
  const found: Found[] = [];
  for (const { path, value: next } of replacements) {
    const old = path.reduce<JsonValue | undefined>(inside, value);
    if (typeof old !== 'string' || old.length > SHORT) return undefined;
    const start = text.indexOf(`"${old}"`);
    const end = start + old.length + 2;
    // A second occurrence may share a quote with the first.
    if (start < 0 || text.indexOf(`"${old}"`, start + 1) >= 0) return undefined;
    found.push({ start, end, text: JSON.stringify(next) });
  }
  return found;
}

function inside(value: JsonValue | undefined, segment: string | number): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
  return (value as Readonly<Record<string | number, JsonValue>>)[segment];
}

function located(text: string, tree: Branch): Found[] {
  const found: Found[] = [];
  locate(text, 0, tree, found);
  return found;
}

/** {@link grown} for one path. */
function along(value: JsonValue | undefined, replacement: Replacement, depth: number): JsonValue {
  const segment = replacement.path[depth];
  if (segment === undefined) return replacement.value;
  return withInner(value, (copy) => set(copy, segment, (inner) => along(inner, replacement, depth + 1)));
}

/** The value of the new text: containers on the path are copied and frozen. */
function grown(value: JsonValue | undefined, branch: Branch | Replacement): JsonValue {
  if (!('under' in branch)) return branch.value;
  return withInner(value, (copy) => {
    for (const [segment, next] of branch.under) set(copy, segment, (inner) => grown(inner, next));
  });
}

type Container = JsonValue[] | Record<string, JsonValue | undefined>;

/** A frozen copy of an object or a list. */
function withInner(value: JsonValue | undefined, change: (copy: Container) => void): JsonValue {
  if (typeof value !== 'object' || value === null)
    throw new TypeError('expected each path to lead to a place of the value');
  if (Array.isArray(value)) {
    const items = [...(value as readonly JsonValue[])];
    change(items);
    return Object.freeze(items);
  }
  const members: Record<string, JsonValue | undefined> = { ...(value as JsonObject) };
  change(members);
  return Object.freeze(members);
}

function set(copy: Container, segment: string | number, change: (inner: JsonValue | undefined) => JsonValue): void {
  if (Array.isArray(copy)) copy[Number(segment)] = change(copy[Number(segment)]);
  // `__proto__` must be read and written as an own property.
  else if (segment === '__proto__')
    Object.defineProperty(copy, segment, {
      value: change(Object.getOwnPropertyDescriptor(copy, segment)?.value as JsonValue),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  else copy[segment] = change(copy[segment]);
}

function treeOf(replacements: readonly Replacement[]): Branch {
  const root: Branch = { under: new Map() };
  for (const replacement of replacements) {
    const { path } = replacement;
    let at = root;
    path.forEach((segment, i) => {
      const known = at.under.get(segment);
      if (i === path.length - 1) {
        if (known !== undefined) throw new TypeError('expected paths that differ');
        at.under.set(segment, replacement);
        return;
      }
      if (known !== undefined && !('under' in known))
        throw new TypeError('expected paths that do not contain each other');
      const next = known ?? { under: new Map<string | number, Branch | Replacement>() };
      at.under.set(segment, next);
      at = next;
    });
  }
  return root;
}

function locate(text: string, start: number, { under }: Branch, into: Found[]): void {
  const inner: [start: number, branch: Branch][] = [];
  const visit = (segment: string | number, start: number, end: number): void => {
    const next = under.get(segment);
    if (next === undefined) return;
    const first = text.charCodeAt(start);
    const isScalar = first !== OBJECT && first !== ARRAY;
    if ('under' in next) {
      if (!isScalar) inner.push([start, next]);
    } else if (isScalar) into.push({ start, end, text: JSON.stringify(next.value) });
  };
  if (text.charCodeAt(start) === OBJECT) membersAt(text, start, visit);
  else {
    let index = 0;
    itemsAt(text, start, (start, end) => visit(index++, start, end));
  }
  // The reader isn't re-entrant: recurse only now.
  for (const [at, branch] of inner) locate(text, at, branch, into);
}

const OBJECT = 0x7b;
const ARRAY = 0x5b;
