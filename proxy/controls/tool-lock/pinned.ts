/** One entry of the lock while the proxy runs: whether what the upstream shows now is the same. */
import { isObject } from '../../json/lossless.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { canonical, isCanonically } from './canonical.ts';
import type { LockedEntry } from './lock.ts';
import { lockable } from './lockable.ts';

/** Members that may be named in a log. Others are the upstream's own words. */
const NAMED: ReadonlySet<string> = new Set([
  'name',
  'title',
  'description',
  'inputSchema',
  'outputSchema',
  'annotations',
  'execution',
  'icons',
  '_meta',
  'arguments',
  'uri',
  'uriTemplate',
  'mimeType',
  'frontmatter',
  'resources',
]);

/** When a change that had gone is reported again, at the earliest. */
const AGAIN_MS = 60_000;
/** After a change was seen, others' lists are fetched again at most this often. */
const OTHERS_MS = 2_000;
/** Changes of one entry that are reported until then. */
const MAX_REPORTED = 16;

export class Pinned {
  readonly name: string;
  readonly upstream: string;
  readonly #entry: JsonObject;
  readonly #text: string;
  /** Verdicts by the object that was compared: the catalogue keeps its objects. */
  readonly #same = new WeakMap<object, boolean>();
  /**
   * Descriptions that match, but are older than a list that showed another. No call is decided by them any more. Callers
   * may have one each.
   */
  readonly #outdated = new WeakSet();
  #toldOthersAt = Number.NEGATIVE_INFINITY;
  /** What the log said of it, and when it last did. */
  readonly #reported = new Set<string>();
  #reportedAt = 0;

  constructor({ name, upstream, entry }: LockedEntry) {
    this.name = name;
    this.upstream = upstream;
    this.#entry = entry;
    this.#text = canonical(entry);
  }

  matches(entry: object): boolean {
    let same = this.#same.get(entry);
    if (same === undefined)
      this.#same.set(entry, (same = isCanonically(isObject(entry) ? lockable(entry) : entry, this.#text)));
    return same;
  }

  /** Whether a call may be decided by this description. */
  vouches(entry: object | undefined): boolean {
    return entry !== undefined && !this.#outdated.has(entry) && this.matches(entry);
  }

  /** A list is newer than this description, and shows another. */
  outdate(entry: object): void {
    this.#outdated.add(entry);
  }

  /** Whether others' lists should be fetched again: no list of such a caller makes it happen all the time. */
  isDue(): boolean {
    const now = Date.now();
    if (now - this.#toldOthersAt < OTHERS_MS) return false;
    this.#toldOthersAt = now;
    return true;
  }

  /** Whether the log hasn't said so yet. */
  isNew(differs: readonly string[]): boolean {
    const text = differs.join();
    if (this.#reported.has(text) || this.#reported.size >= MAX_REPORTED) return false;
    this.#reported.add(text);
    this.#reportedAt = Date.now();
    return true;
  }

  /** A later change is reported, but not each of a list that shows the entry in both ways, many times. */
  agreed(): void {
    if (this.#reported.size > 0 && Date.now() - this.#reportedAt >= AGAIN_MS) this.#reported.clear();
  }

  /** Whether every member that is there is the same; members may be missing. */
  matchesInPart(given: JsonObject): boolean {
    const entry = lockable(given);
    return Object.keys(entry).every((member) => this.#hasSame(member, entry[member]));
  }

  /** Names of the members that differ. */
  differences(given: JsonObject): readonly string[] {
    const entry = lockable(given);
    const members = new Set([...Object.keys(this.#entry), ...Object.keys(entry)]);
    const differing = [...members].filter((member) => !this.#hasSame(member, entry[member]));
    const named = differing.filter((member) => NAMED.has(member)).toSorted();
    return named.length === differing.length ? named : [...named, 'another member'];
  }

  #hasSame(member: string, value: JsonValue | undefined): boolean {
    const locked = Object.hasOwn(this.#entry, member) ? this.#entry[member] : undefined;
    return locked === undefined ? value === undefined : isCanonically(value, canonical(locked));
  }
}
