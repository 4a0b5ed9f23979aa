/** Changes to a message that can be made in its text: reading 100 KB as JSON costs more than all the rest of its way. */
import { faultOf } from '../errors.ts';
import type { Transform } from '../reply.ts';
import { mayContain, mayContainAny } from './contains.ts';

export function interests({ contains, verbatim, when }: Transform, text: string | Buffer): boolean {
  return (contains === undefined || mayContain(text, contains, verbatim)) && (when === undefined || when(text));
}

/** The text with what every transformation does to it; undefined: one of them has to see the message itself. */
export async function inText(text: string, transforms: readonly Transform[]): Promise<string | undefined> {
  let out = text;
  // Those that can only parse are looked for together, in what the ones before them made.
  let parsing: Transform[] = [];
  for (const transform of transforms) {
    if (transform.text === undefined && transform.contains !== undefined && transform.when === undefined) {
      parsing.push(transform);
      continue;
    }
    if (parsing.length > 0 && mayContainAny(out, parsing)) return undefined;
    parsing = [];
    if (!interests(transform, out)) continue;
    let next: string | undefined;
    try {
      next = await transform.text?.(out);
    } catch (error) {
      throw faultOf(transform.control, error);
    }
    if (next === undefined) return undefined;
    out = next;
  }
  return parsing.length > 0 && mayContainAny(out, parsing) ? undefined : out;
}
