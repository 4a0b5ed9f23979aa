/**
 * Runs of characters that encode something: hexadecimal, Base64, tokens, keys. Character by character, letters for letters,
 * they would still say what they encode to one who has candidates: which characters are digits or capitals is a fingerprint.
 */
import { createHmac } from 'node:crypto';

/** Characters from which on a run may be an encoding. */
const LEAST = 16;
export const RUN = /[A-Za-z0-9+=]{16,}/g;

const ALL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SMALL = 'abcdefghijklmnopqrstuvwxyz0123456789';
const HEX = '0123456789abcdef';

/** Digits and letters alternate, or cases do, as in no word. */
export function isOpaque(run: string): boolean {
  if (run.length < LEAST) return false;
  const turns = run.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  const humps = run.match(/[a-z](?=[A-Z])/g)?.length ?? 0;
  return turns >= 3 || humps >= 4;
}

/** As long, of the same alphabet; all else is other. */
export function otherRun(key: Buffer, run: string, nonce = 0): string {
  const alphabet = /^[0-9a-f]+$/.test(run) ? HEX : /[A-Z]/.test(run) ? ALL : SMALL;
  const bytes = stream(key, `${nonce}\n${run}`, run.length);
  let at = 0;
  return run.replaceAll(/[A-Za-z0-9+/]/g, () => alphabet[(bytes[at++] ?? 0) % alphabet.length] ?? 'x');
}

/** Base64 of other bytes. */
export function otherBase64(key: Buffer, text: string): string {
  return stream(key, text, Math.ceil((text.length * 3) / 4))
    .toString('base64')
    .slice(0, text.length);
}

function stream(key: Buffer, name: string, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let i = 0, size = 0; size < length; i++, size += 64)
    parts.push(createHmac('sha512', key).update(`${i}\n${name}`).digest());
  return Buffer.concat(parts).subarray(0, length);
}
