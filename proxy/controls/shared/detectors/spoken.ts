/** Answers in transcripts: `Agent: Your date of birth?`, and on the next line `Caller: It's 17 May 1980`. */

/**
 * What is said on a line before a value, if the line before it asks; undefined otherwise.
 * @param from the start of the line. @param start of the value
 */
export function replyLead(text: string, from: number, start: number): string | undefined {
  let end = from - 1;
  const least = Math.max(0, from - MOST_SPACE);
  while (end > least && text.charCodeAt(end - 1) <= 0x20) end--;
  const sign = text.charCodeAt(end - 1);
  return sign === QUESTION || sign === FULL_QUESTION ? SPEAKER.exec(text.slice(from, start))?.[1] : undefined;
}

const QUESTION = 0x3f;
const FULL_QUESTION = 0xff1f;
/** Between the question and the answer. */
const MOST_SPACE = 8;
/** A name, perhaps after a time, before what is said. */
const SPEAKER = /^\s*(?:[[(]?\d{1,2}:\d\d(?::\d\d)?[\])]? ?)?\p{L}[\p{L} .'-]{0,24}[:>] ?(.{0,40})$/u;
