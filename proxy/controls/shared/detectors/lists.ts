/** Lists of values: what says what the first one is says so of the next ones, too. */
import type { Span } from './detector.ts';

/** A sign, `and` in several languages, or the next line. */
const BETWEEN =
  /^(?: ?[;/|&+] ?| ?(?:→|->|=>) ?| to | auf |, (?:(?:and|und|et|y|e|or|oder|ou|o) )?| (?:and|und|et|y|e|och|og|en|i|ja|or|oder|ou|o|és|ve|dan|и|та|και) |[ \t]*\r?\n[ \t]*(?:[-*•][ \t])?)$/iu;
const LONGEST = 8;

/** Whether only a sign or a word of a list is between the last find and a position. */
export function continuesList(text: string, spans: readonly Span[], start: number): boolean {
  const end = spans.at(-1)?.end ?? start;
  return start > end && start - end <= LONGEST && BETWEEN.test(text.slice(end, start));
}
