/** Changes to a message that can be made in its text: reading 100 KB as JSON costs more than all the rest of its way. */
import { faultOf } from '../errors.ts';
import type { Transform } from '../reply.ts';
import { mayContain } from './contains.ts';

export function interests({ contains, verbatim, when }: Transform, text: string | Buffer): boolean {
  return (contains === undefined || mayContain(text, contains, verbatim)) && (when === undefined || when(text));
}

/** The text with what every transformation does to it; undefined: one of them has to see the message itself. */
export async function inText(text: string, transforms: readonly Transform[]): Promise<string | undefined> {
  let out = text;
  for (const transform of transforms) {
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
  return out;
}
