/** Changes that can be made in a message's text. Parsing 100 KB as JSON would cost more than all other work on it. */
import { ControlFault, faultOf } from '../base/errors.ts';
import type { Applied } from './applied.ts';
import { mayContain, mayContainAny } from './contains.ts';
import type { TextEdit, Transform } from './mapping.ts';

export function interests({ contains, verbatim, when }: Transform, text: string | Buffer): boolean {
  return (contains === undefined || mayContain(text, contains, verbatim)) && (when === undefined || when(text));
}

/**
 * The text after all transformations; undefined if one of them may need the parsed message.
 * @param applied gets what the transformations do
 */
export async function inText(
  text: string,
  transforms: readonly Transform[],
  applied?: Applied,
): Promise<string | undefined> {
  if (transforms.some(alwaysParses)) return undefined;
  let parsing = transforms.filter(onlyParses);
  // Search once for all of them; later matches can only come from changes.
  if (parsing.length > 0 && mayContainAny(text, parsing)) return undefined;
  let out = text;
  for (const [by, transform] of transforms.entries()) {
    if (transform === parsing[0]) {
      parsing = parsing.slice(1);
      continue;
    }
    if (!interests(transform, out)) continue;
    let changed: Changed | undefined;
    try {
      applied?.begin(transform, by);
      const edits = await transform.text?.(out);
      applied?.end(transform);
      changed = edits && changedBy(out, edits, parsing);
    } catch (error) {
      throw faultOf(transform.control, error);
    }
    if (changed === undefined || (parsing.length > 0 && mayContainAny(changed.around, parsing))) return undefined;
    out = changed.text;
  }
  applied?.endedInText();
  return out;
}

function alwaysParses({ contains, when, text }: Transform): boolean {
  return text === undefined && contains === undefined && when === undefined;
}

function onlyParses({ contains, when, text }: Transform): boolean {
  return text === undefined && contains !== undefined && when === undefined;
}

interface Changed {
  readonly text: string;
  /** The text near the changes, where a string that is searched for may have appeared. */
  readonly around: string;
}

function changedBy(text: string, edits: readonly TextEdit[], wanted: readonly Transform[]): Changed {
  let out = '';
  let from = 0;
  const ends: number[] = [];
  for (const edit of edits) {
    const { start, end, text: next } = edit;
    if (!(start >= from && end >= start && end <= text.length))
      throw new ControlFault(
        'a transformation of the text returned parts that overlap, are out of order, or lie outside of it',
      );
    out += text.slice(from, start) + next;
    ends.push(out.length);
    from = end;
  }
  out += text.slice(from);
  const margin = wanted.reduce((longest, { contains = '' }) => Math.max(longest, contains.length), ESCAPE);
  // No searched string contains a line end.
  const around =
    wanted.length === 0
      ? ''
      : edits
          .map(({ text: next }, i) =>
            out.slice(Math.max(0, (ends[i] ?? 0) - next.length - margin), (ends[i] ?? 0) + margin),
          )
          .join('\n');
  return { text: out, around };
}

/** Length of an escape that may make parsing necessary. */
const ESCAPE = 5;
