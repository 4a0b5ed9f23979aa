/** Passwords that a command takes by their position: `htpasswd -b file user …`, `sqlplus user/…@db`, `net user name …`. */
import { isCode } from './code.ts';
import { COMMANDS, type Command } from './command-table.ts';
import { looksSecret } from './looks.ts';
import { PASSWORD } from './names.ts';
import type { Value } from './values.ts';
import { SPACE } from './words.ts';

const LONGEST = 20;
/** How far before a command its input may be. */
const REACH = 160;

/** The password among the arguments of the command from `start` to `end`; undefined for nearly all words. */
export function commanded(text: string, start: number, end: number): Value | undefined {
  if (end - start > LONGEST || (text.charCodeAt(end) !== SPACE && end < text.length)) return undefined;
  if ((begins(end - start) & (1 << (text.charCodeAt(start) & 0x1f))) === 0) return undefined;
  const command = COMMANDS.get(text.slice(start, end).toLowerCase());
  return command === undefined ? undefined : argumentOf(command, text, start, end);
}

/** With which letters a command of this length begins, as bits: of most words that costs less than to look them up. */
function begins(length: number): number {
  if (beginnings === undefined) {
    beginnings = new Int32Array(LONGEST + 1);
    for (const name of COMMANDS.keys())
      beginnings[name.length] = (beginnings[name.length] ?? 0) | (1 << (name.charCodeAt(0) & 0x1f));
  }
  return beginnings[length] ?? 0;
}
let beginnings: Int32Array | undefined;

function argumentOf({ after, input, before, isWord }: Command, text: string, start: number, end: number) {
  const lead = text.slice(Math.max(0, start - REACH), start);
  if (before !== undefined && !before.test(lead)) return undefined;
  let found: string | undefined;
  let at = -1;
  if (after !== undefined) {
    after.lastIndex = end;
    const match = after.exec(text);
    found = match?.slice(1).find((group) => group !== undefined);
    // A quote may close after it.
    if (match !== null && found !== undefined) at = end + match[0].lastIndexOf(found);
  }
  if (found === undefined && input !== undefined) {
    const match = input.exec(lead);
    found = match?.[1];
    if (match !== null && found !== undefined) at = start - lead.length + match.index + match[0].lastIndexOf(found);
  }
  if (found === undefined || (isWord !== true && !/[^A-Za-z.,:;!?-]/.test(found))) return undefined;
  const value: Value = { start: at, end: at + found.length, where: 'quoted' };
  return looksSecret(found, PASSWORD, 'quoted') && !isCode(text, value, found) ? value : undefined;
}
