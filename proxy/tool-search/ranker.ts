/**
 * Ranks tools by the words of a question: BM25 over several fields (BM25F), each with its own weight. No model, no network.
 */
import { isTurnOver, nextTurn } from '../base/turns.ts';
import { isObject } from '../json/lossless.ts';
import type { JsonObject, JsonValue } from '../json/value.ts';
import { relatedTo } from './related-words.ts';
import { wordsOf } from './words.ts';

/** How much a word counts in each field, and how much the length of the field lowers it. */
const FIELDS = {
  name: { weight: 3, length: 0.3 },
  title: { weight: 2, length: 0.3 },
  description: { weight: 1.5, length: 0.5 },
  arguments: { weight: 0.7, length: 0.7 },
  descriptions: { weight: 0.4, length: 0.7 },
} as const;
type Field = keyof typeof FIELDS;
const NAMES = Object.keys(FIELDS) as Field[];

/** How fast more occurrences of a word count less. */
const SATURATION = 1.2;
/** What a word counts if it is only related to the word that was asked for, or only begins with it. */
const RELATED = 0.5;
const PREFIX = 0.6;
const SHORTEST_PREFIX = 3;
/** Words that begin with a word, and words of a question, that are looked up at most. */
const MOST_PREFIXED = 32;
const MOST_ASKED = 64;
/** Different words of one field of one tool, at most. */
const MOST_WORDS = 256;
/** Different words of all tools, each counted for each tool that has it. Of tools beyond it, only names are found. */
const MOST_POSTINGS = 2_000_000;
/** Levels of a schema that are read, and members of it, at most. */
const DEEPEST = 6;
const MOST_MEMBERS = 512;

interface Posting {
  readonly tool: number;
  /** Occurrences of the word, weighted by field and length. */
  readonly count: number;
}

type Counts = Record<Field, Map<string, number>>;

export class Ranker {
  readonly #postings: ReadonlyMap<string, readonly Posting[]>;
  /** All words, sorted, to find those that begin with another. */
  readonly #words: readonly string[];
  readonly #names: readonly string[];
  /** Approximate bytes in memory. */
  readonly bytes: number;

  private constructor(postings: ReadonlyMap<string, readonly Posting[]>, names: readonly string[]) {
    this.#postings = postings;
    this.#words = [...postings.keys()].sort();
    this.#names = names;
    this.bytes = [...postings].reduce((sum, [word, list]) => sum + 150 + 2 * word.length + 40 * list.length, 0);
  }

  /** @param tools as they are listed */
  static async of(tools: readonly JsonObject[]): Promise<Ranker> {
    const counted: Counts[] = [];
    let left = MOST_POSTINGS;
    const lengths = Object.fromEntries(NAMES.map((field) => [field, 0])) as Record<Field, number>;
    for (const tool of tools) {
      const counts = countsOf(left > 0 ? tool : { name: tool['name'] });
      for (const field of NAMES) {
        lengths[field] += lengthOf(counts[field]);
        left -= counts[field].size;
      }
      counted.push(counts);
      if (isTurnOver()) await nextTurn();
    }
    const postings = new Map<string, Posting[]>();
    for (const [tool, counts] of counted.entries()) {
      for (const [word, count] of weighted(counts, lengths, tools.length)) {
        const list = postings.get(word);
        if (list === undefined) postings.set(word, [{ tool, count }]);
        else list.push({ tool, count });
      }
      if (isTurnOver()) await nextTurn();
    }
    return new Ranker(
      postings,
      tools.map(({ name }) => (typeof name === 'string' ? name : '')),
    );
  }

  /** The positions of the tools that fit best, best first; a tool that is named in full comes first. */
  async search(question: string, limit: number): Promise<number[]> {
    const scores = new Map<number, number>();
    const asked = [...new Set(wordsOf(question))].slice(0, MOST_ASKED);
    for (const word of asked) {
      const best = new Map<number, number>();
      for (const [form, factor] of this.#formsOf(word)) {
        const list = this.#postings.get(form) ?? [];
        const idf = Math.log(1 + (this.#names.length - list.length + 0.5) / (list.length + 0.5));
        for (const { tool, count } of list) {
          const score = (factor * idf * count * (SATURATION + 1)) / (count + SATURATION);
          if (score > (best.get(tool) ?? 0)) best.set(tool, score);
        }
        if (isTurnOver()) await nextTurn();
      }
      for (const [tool, score] of best) scores.set(tool, (scores.get(tool) ?? 0) + score);
    }
    const named = question.trim();
    return [...scores]
      .map(([tool, score]): [number, number] => [tool, this.#names[tool] === named ? Infinity : score])
      .sort(([a, one], [b, two]) => two - one || a - b)
      .slice(0, limit)
      .map(([tool]) => tool);
  }

  /** The word itself, words that begin with it, and related ones, with what each counts. */
  *#formsOf(word: string): Generator<[form: string, factor: number]> {
    yield [word, 1];
    if (word.length >= SHORTEST_PREFIX)
      for (let i = after(this.#words, word), n = 0; n < MOST_PREFIXED; i++, n++) {
        const form = this.#words[i];
        if (form === undefined || !form.startsWith(word)) break;
        yield [form, PREFIX];
      }
    for (const form of relatedTo(word)) yield [form, RELATED];
  }
}

/** Where in a sorted list the words after `word` begin. */
function after(words: readonly string[], word: string): number {
  let low = 0;
  let high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle] ?? '') <= word) low = middle + 1;
    else high = middle;
  }
  return low;
}

function countsOf(tool: JsonObject): Counts {
  const counts: Counts = {
    name: new Map(),
    title: new Map(),
    description: new Map(),
    arguments: new Map(),
    descriptions: new Map(),
  };
  const { name, title, description, annotations, inputSchema } = tool;
  add(counts.name, name);
  add(counts.title, title);
  if (isObject(annotations)) add(counts.title, annotations['title']);
  add(counts.description, description);
  addSchema(counts, inputSchema, DEEPEST, { left: MOST_MEMBERS });
  return counts;
}

/** Adds names and descriptions of arguments, at any level of a schema. */
function addSchema(counts: Counts, schema: JsonValue | undefined, depth: number, budget: { left: number }): void {
  if (depth === 0 || budget.left-- <= 0) return;
  if (Array.isArray(schema)) {
    for (const each of schema as readonly JsonValue[]) addSchema(counts, each, depth - 1, budget);
    return;
  }
  if (!isObject(schema)) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'description' || key === 'title') add(counts.descriptions, value);
    else if (key === 'enum' && Array.isArray(value))
      for (const each of (value as readonly JsonValue[]).slice(0, 32)) add(counts.descriptions, each);
    else if ((key === 'properties' || key === '$defs' || key === 'definitions') && isObject(value))
      for (const [argument, inner] of Object.entries(value)) {
        if (budget.left <= 0) return;
        if (key === 'properties') add(counts.arguments, argument);
        addSchema(counts, inner, depth - 1, budget);
      }
    else if (key === 'items' || key === 'anyOf' || key === 'oneOf' || key === 'allOf')
      addSchema(counts, value, depth - 1, budget);
  }
}

function add(counts: Map<string, number>, text: JsonValue | undefined): void {
  if (typeof text !== 'string') return;
  for (const word of wordsOf(text)) {
    if (counts.size >= MOST_WORDS) return;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
}

function lengthOf(counts: ReadonlyMap<string, number>): number {
  let length = 0;
  for (const count of counts.values()) length += count;
  return length;
}

/** Occurrences in all fields together. */
function weighted(
  counts: Counts,
  lengths: Readonly<Record<Field, number>>,
  tools: number,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const field of NAMES) {
    const { weight, length } = FIELDS[field];
    const average = lengths[field] / tools;
    const own = lengthOf(counts[field]);
    const norm = average === 0 ? 1 : 1 - length + (length * own) / average;
    for (const [word, count] of counts[field]) sums.set(word, (sums.get(word) ?? 0) + (weight * count) / norm);
  }
  return sums;
}
