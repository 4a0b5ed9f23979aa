/** Changes to a message that can be made in its text: reading 100 KB as JSON costs more than all the rest of its way. */
import { faultOf } from '../errors.ts';
import type { Transform } from '../reply.ts';
import { hasEscapes, mayContain } from './contains.ts';

/**
 * @param ascii where it is at hand: the bytes as Latin-1, in which ASCII is found faster
 * @param escaped whether that has escapes of ASCII, where several ask
 */
export function interests({ contains, verbatim, when }: Transform, text: string | Buffer, ascii: string | Buffer = text, escaped = hasEscapes(ascii)): boolean {
  return (contains === undefined || mayContain(ascii, contains, verbatim, escaped)) && (when === undefined || when(text));
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
