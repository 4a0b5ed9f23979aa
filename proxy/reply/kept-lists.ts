/**
 * What controls made of lists. An upstream sends the same list again and again, so what was made of one exact text is
 * kept for calls that no control tells apart. Each control declares what its treatment of a reply depends on besides the
 * reply (`reply.dependsOn`). If one that transformed the text did not, nothing is kept.
 *
 * An entry is found by what all controls depend on and by the bytes of the upstream's answer. All of them are compared,
 * except the id, in whose place that of the call stands.
 */
import { Cache } from '../base/cache.ts';
import type { Applied, Noted } from './applied.ts';
import { around, type Around, matches } from './around-id.ts';
import type { Transform } from './mapping.ts';
import type { Scanned } from './scanned.ts';
import type { Treatment } from './treatment.ts';

/** Lists that are the same for many calls. Results of other methods are the data of one call. */
const LISTS: ReadonlySet<string> = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'skills/list',
]);

/** Bytes of all texts that are kept, before and after. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_KEY = 4 * 1024;
/** Texts of one length for calls of one kind. */
const MAX_TEXTS = 4;
/** An entry's objects, and a fact's. */
const OWN_BYTES = 1024;
const FACT_BYTES = 512;
/** For how long a text is kept, in milliseconds: a wrong declaration has no effect for longer. */
const MAX_AGE_MS = 600_000;

interface Kept {
  readonly source: Around;
  /** Undefined: the text stays as it is. */
  readonly made: Around | undefined;
  /** Facts that are noted with each delivery. */
  readonly noted: readonly Noted[];
  readonly scanned: Scanned;
  readonly until: number;
}

export interface Found {
  /** What is sent; undefined: the reply's own bytes. */
  readonly parts: readonly Buffer[] | undefined;
  readonly scanned: Scanned;
}

/** The texts that are kept for one reply. */
export interface KeptList {
  /** Notes the facts of what is found. @param length of all chunks */
  find(chunks: readonly Buffer[], length: number): Found | undefined;
  /**
   * @param made undefined: the text stays as it is
   * @param applied what transformations did; undefined: none of them concerns this text
   */
  keep(source: Buffer, made: Buffer | undefined, applied: Applied | undefined, scanned: Scanned): void;
}

export class KeptLists {
  readonly #kept = new Cache<readonly Kept[]>({
    maxBytes: MAX_BYTES,
    maxKey: MAX_KEY,
    weigh: (kept) =>
      kept.reduce(
        (sum, { source, made, noted }) => sum + OWN_BYTES + noted.length * FACT_BYTES + sizeOf(source) + sizeOf(made),
        0,
      ),
  });

  /** Undefined: nothing that is made of this reply may be kept. */
  for({ transforms, refused }: Treatment, form: 'json' | 'events'): KeptList | undefined {
    const { kind, method = '', id, era } = refused;
    if (kind !== 'request' || id === undefined || !LISTS.has(method)) return undefined;
    const before = dependenceOf(transforms);
    if (before === undefined) return undefined;
    const own = Buffer.from(id);
    const keyOf = (length: number): string => `${form} ${era} ${method} ${length - own.length} ${before}`;
    return {
      find: (chunks, length) => {
        const found = this.#valid(keyOf(length)).find(({ source }) => matches(chunks, length, source, own));
        if (found === undefined) return undefined;
        const { noted, made, scanned } = found;
        for (const { by, fact } of noted) transforms[by]?.call?.note(fact);
        return { parts: made && [made.before, own, made.after], scanned };
      },
      keep: (text, changed, applied, scanned) => {
        if (applied?.isRepeatable === false || dependenceOf(transforms) !== before) return;
        const source = around(text, own);
        const made = changed && around(changed, own);
        if (source === undefined || (changed !== undefined && made === undefined)) return;
        const key = keyOf(text.length);
        const kept = { source, made, noted: applied?.noted ?? [], scanned, until: performance.now() + MAX_AGE_MS };
        this.#kept.set(key, [kept, ...this.#valid(key).slice(0, MAX_TEXTS - 1)]);
      },
    };
  }

  #valid(key: string): readonly Kept[] {
    const now = performance.now();
    return (this.#kept.get(key) ?? NONE).filter(({ until }) => until >= now);
  }
}

const NONE: readonly Kept[] = Object.freeze([]);

function sizeOf(text: Around | undefined): number {
  return text === undefined ? 0 : text.before.length + text.after.length;
}

/** All that transformations depend on besides the message, as a key. Undefined: it is not known. */
function dependenceOf(transforms: readonly Transform[]): string | undefined {
  const parts: unknown[] = [];
  for (const { control, contains, verbatim, when, whenNamed, dependsOn } of transforms) {
    // If it is not known, the transformation must not run. Whether it does then depends on the text.
    const searches = when === undefined ? contains !== undefined : whenNamed !== undefined;
    if (dependsOn === undefined && !searches) return undefined;
    const on = dependsOn?.map((each) => (typeof each === 'function' ? each() : each));
    if (on?.includes(undefined) === true) return undefined;
    parts.push([control, contains, verbatim, whenNamed, on]);
  }
  return JSON.stringify(parts);
}
