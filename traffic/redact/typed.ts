/** Replaces what a detector finds by something else of the same type, which the same detector finds again. */
import type { Detector, Evidence } from '../../proxy/controls/shared/detectors/index.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** A check digit fits one of ten, an IBAN's two one of 97. */
const TRIES = 200;

/** What stands beside a value, redacted. */
export interface Around {
  readonly before: string;
  readonly after: string;
  readonly evidence: Evidence;
}

/** Undefined: nothing was found that the detector takes for the same type. */
export function typed(
  text: string,
  detector: Detector,
  { before, after, evidence }: Around,
  pseudonyms: Pseudonyms,
): string | undefined {
  for (let nonce = 1; nonce <= TRIES; nonce++) {
    const made = madeLike(text, detector.type, pseudonyms, nonce);
    if (made === text) continue;
    const [start, end] = [before.length, before.length + made.length];
    const found = detector.find(before + made + after, evidence);
    if (found.some((span) => span.start === start && span.end === end)) return made;
  }
  return undefined;
}

function madeLike(text: string, type: string, pseudonyms: Pseudonyms, nonce: number): string {
  switch (type) {
    case 'email': {
      // The end of a domain says nothing of a person.
      const end = text.lastIndexOf('.');
      return end < 0 ? pseudonyms.all(text, nonce) : pseudonyms.all(text.slice(0, end), nonce) + text.slice(end);
    }
    case 'iban':
      // Country and length stay; of the check digits one pair is right.
      return (
        text.slice(0, 2) + String(nonce % 100).padStart(2, '0') + pseudonyms.all(text.slice(4), Math.trunc(nonce / 100))
      );
    case 'person-name':
      return text.replaceAll(/\p{L}[\p{L}\p{M}'’-]*/gu, (word) => nameFor(word, pseudonyms, nonce));
    case 'payment-card':
      // What names the issuer says nothing of a person.
      return keeping(text, 6, pseudonyms, nonce);
    case 'phone':
      return keeping(text, 4, pseudonyms, nonce);
    case 'secret': {
      const kind = KINDS.exec(text)?.[0] ?? '';
      return kind + pseudonyms.opaque(text.slice(kind.length), nonce);
    }
    default:
      // First as a date, where it is written like one.
      return nonce === 1 ? pseudonyms.text(text) : pseudonyms.all(text, nonce);
  }
}

/** How keys of known services begin: that says whose service it is, and nothing of the key. */
const KINDS = /^(?:AKIA|ASIA|gh[a-z]_|github_pat_|xox[a-z]-|sk[-_](?:live_|test_|proj-|ant-)?|eyJ)/;

/** Keeps the first digits. */
function keeping(text: string, digits: number, pseudonyms: Pseudonyms, nonce: number): string {
  let left = digits;
  let end = 0;
  while (end < text.length && left > 0) if (/\d/.test(text[end++] ?? '')) left--;
  const rest = text
    .slice(end)
    .replaceAll(/\d/g, (_, at: number) => String(pseudonyms.pick(`${text}\n${nonce}\n${at}`, 10)));
  return text.slice(0, end) + rest;
}

/** Names that a detector of names knows. */
const NAMES =
  'Anna Maria Peter Paul Laura Thomas Julia Martin Sarah David Emma Daniel Sofia Michael Clara Robert Elena Simon Lucia Andrew'.split(
    ' ',
  );

function nameFor(word: string, pseudonyms: Pseudonyms, nonce: number): string {
  return NAMES[pseudonyms.pick(`${nonce}\n${word.toLowerCase()}`, NAMES.length)] ?? 'Anna';
}
