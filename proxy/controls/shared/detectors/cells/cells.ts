/** Searches a text for values that its structure names: tables, markup, HL7 segments, labels on a line of their own. */
import { atOnce, type Work } from '../../../../base/turns.ts';
import { type Detector, NONE, type Span } from '../detector.ts';
import { segments } from './hl7.ts';
import { lines, mayHaveLines } from './lines.ts';
import { elements } from './markup.ts';
import { CellSearch, gainsOf } from './search.ts';

/** No structure with a name and a value is shorter. */
const SHORTEST = 12;

/** Findings in the cells of a text. Most texts have none. */
export function inCells(detectors: readonly Detector[], text: string): readonly Span[] {
  if (text.length < SHORTEST) return NONE;
  const may = (text.includes('\n') && mayHaveLines(text)) || isMarkup(text) || text.includes('|');
  return may ? atOnce(searchCells(detectors, text)) : NONE;
}

/** The same in turns. */
export function* searchCells(detectors: readonly Detector[], text: string): Work<readonly Span[]> {
  const gains = gainsOf(detectors);
  if (gains === 0) return NONE;
  const search = new CellSearch(text, detectors, gains);
  if (text.includes('\n')) yield* lines(search);
  if (isMarkup(text)) yield* elements(search);
  if (text.includes('|')) yield* segments(search);
  return search.spans;
}

function isMarkup(text: string): boolean {
  return text.includes('<') && (text.includes('</') || text.includes('/>'));
}
