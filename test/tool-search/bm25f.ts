/** BM25F (Robertson and Zaragoza, 2009) written as the book has it: slow, with every word and every tool looked at. */
import { relatedTo } from '../../proxy/tool-search/related-words.ts';
import { wordsOf } from '../../proxy/tool-search/words.ts';

/** The texts of one tool. */
export interface Texts {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Names of arguments. */
  readonly arguments: string;
  /** Descriptions of arguments. */
  readonly descriptions: string;
}

const FIELDS: readonly (readonly [field: keyof Texts, weight: number, length: number])[] = [
  ['name', 3, 0.3],
  ['title', 2, 0.3],
  ['description', 1.5, 0.5],
  ['arguments', 0.7, 0.7],
  ['descriptions', 0.4, 0.7],
];

/** The positions of the tools that fit, best first. */
export function rankedAsInTheBook(tools: readonly Texts[], question: string): number[] {
  const split = tools.map((tool) => new Map(FIELDS.map(([field]) => [field, wordsOf(tool[field])])));
  const averages = new Map(
    FIELDS.map(([field]) => [
      field,
      split.reduce((sum, each) => sum + (each.get(field) ?? []).length, 0) / tools.length,
    ]),
  );
  const occurrences = split.map((fields) => {
    const sums = new Map<string, number>();
    for (const [field, weight, length] of FIELDS) {
      const words = fields.get(field) ?? [];
      const norm = 1 - length + (length * words.length) / (averages.get(field) ?? 0);
      for (const word of new Set(words))
        sums.set(word, (sums.get(word) ?? 0) + (weight * words.filter((each) => each === word).length) / norm);
    }
    return sums;
  });
  const having = new Map<string, number>();
  for (const words of occurrences) for (const word of words.keys()) having.set(word, (having.get(word) ?? 0) + 1);
  const factorOf = (asked: string, word: string): number => {
    if (word === asked) return 1;
    if (asked.length >= 3 && word.startsWith(asked)) return 0.6;
    return relatedTo(asked).includes(word) ? 0.5 : 0;
  };
  const scores = tools.map(() => 0);
  for (const asked of new Set(wordsOf(question))) {
    const best = tools.map(() => 0);
    for (const [word, n] of having) {
      const factor = factorOf(asked, word);
      if (factor === 0) continue;
      const idf = Math.log(1 + (tools.length - n + 0.5) / (n + 0.5));
      for (const [tool, words] of occurrences.entries()) {
        const count = words.get(word) ?? 0;
        const score = (factor * idf * count * (1.2 + 1)) / (count + 1.2);
        best[tool] = Math.max(best[tool] ?? 0, score);
      }
    }
    for (const [tool, score] of best.entries()) scores[tool] = (scores[tool] ?? 0) + score;
  }
  return [...scores.entries()]
    .filter(([, score]) => score > 0)
    .sort(([a, one], [b, two]) => two - one || a - b)
    .map(([tool]) => tool);
}
