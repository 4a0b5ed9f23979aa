/** Searches a text for values that its structure names: tables, markup, HL7 segments, labels on a separate line. */
import { atOnce, type Work } from '../../../../base/turns.ts';
import { type Detector, NONE, type Span } from '../detector.ts';
import { edi, isEdi } from './edi.ts';
import { maySegment, segments } from './hl7.ts';
import { card, isCard, lines } from './lines.ts';
import { elements } from './markup.ts';
import { LineScan } from './scan.ts';
import { CellSearch, gainsOf } from './search.ts';
import { copies, isCopy } from './sql-tables.ts';
import { inserts, isInsert } from './sql.ts';
import { isX12, x12 } from './x12.ts';

/** No structure with a name and a value is shorter. */
const SHORTEST = 12;
/** `DMG*D8*19800203` is the shortest of EDI's segments and SQL's statements. */
const LEAST_COMMAND = 15;

/** Findings in the cells of a text. Most texts have none. */
export function inCells(detectors: readonly Detector[], text: string): readonly Span[] {
  const gains = text.length < SHORTEST ? 0 : gainsOf(detectors);
  if (gains === 0) return NONE;
  const hasLines = text.includes('\n');
  const found = hasLines ? scan.read(text).find(text.length) : undefined;
  const hasCard = isCard(text);
  const hasMarkup = isMarkup(text);
  const hasSegments = maySegment(text);
  const isCommand = text.length >= LEAST_COMMAND;
  const hasInserts = isCommand && isInsert(text);
  const hasCopies = hasLines && isCopy(text);
  const hasElements = isCommand && isX12(text);
  const hasTrade = isCommand && isEdi(text);
  if (
    found === undefined &&
    !hasCard &&
    !hasMarkup &&
    !hasSegments &&
    !hasInserts &&
    !hasCopies &&
    !hasElements &&
    !hasTrade
  )
    return NONE;
  const search = new CellSearch(text, detectors, gains);
  if (hasCard) atOnce(card(search));
  if (found !== undefined) atOnce(lines(search, scan, found));
  if (hasMarkup) atOnce(elements(search));
  if (hasSegments) atOnce(segments(search));
  if (hasInserts) atOnce(inserts(search));
  if (hasCopies) atOnce(copies(search));
  if (hasElements) atOnce(x12(search));
  if (hasTrade) atOnce(edi(search));
  return search.spans;
}

/** Of the text that is searched in one go. */
const scan = new LineScan();

/** The same in turns. */
export function* searchCells(detectors: readonly Detector[], text: string): Work<readonly Span[]> {
  const gains = gainsOf(detectors);
  if (gains === 0) return NONE;
  const search = new CellSearch(text, detectors, gains);
  if (isCard(text)) yield* card(search);
  if (text.includes('\n')) yield* lines(search, new LineScan().read(text));
  if (isMarkup(text)) yield* elements(search);
  if (text.includes('|')) yield* segments(search);
  if (isInsert(text)) yield* inserts(search);
  if (isCopy(text)) yield* copies(search);
  if (isX12(text)) yield* x12(search);
  if (isEdi(text)) yield* edi(search);
  return search.spans;
}

function isMarkup(text: string): boolean {
  return text.includes('<') && (text.includes('</') || text.includes('/>'));
}
