/** Redacts one text: what detectors find becomes something of its type, tokens other tokens, every other word another word. */
import {
  dateOfBirth,
  type Detector,
  email,
  type Evidence,
  findAll,
  iban,
  ip,
  loadDetectors,
  passport,
  paymentCard,
  personName,
  phone,
  secret,
  type Span,
  usSsn,
} from '../../proxy/controls/shared/detectors/index.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { type Around, typed } from './typed.ts';

/** What they find says of whom something is, whatever stands beside it. */
const TELLING: readonly Detector[] = [email(), paymentCard(), iban(), phone(), usSsn(), secret()];

/** All that the proxy has. */
const DETECTORS: readonly Detector[] = [...TELLING, passport(), dateOfBirth(), ip(), personName()];

/** Tokens of `tokenization` in all forms that have a mark. */
export const TOKEN = /(?:https:\/\/qtk\.invalid\/)?qtk_[a-z0-9]{1,8}[_-][\w.+-]*(?:@q(?:tk)?\.invalid)?/gi;
const MARK = /^(?:https:\/\/qtk\.invalid\/)?qtk_[a-z0-9]{1,8}[_-]/i;
const DOMAIN = /@q(?:tk)?\.invalid$/i;

/** Characters beside a value that say what it is. */
const AROUND = 80;

export function loadRedaction(): Promise<void> {
  return loadDetectors(DETECTORS);
}

/** Whether a text that is kept otherwise has data in it. */
export function isTelling(text: string): boolean {
  return /\d{3}|@/.test(text) && findAll(TELLING, text, { field: undefined, path: [] }).length > 0;
}

/** The same, or a number that is long enough to be somebody's. */
export function mayName(text: string): boolean {
  return /\d{5}/.test(text) || isTelling(text);
}

export interface RedactedText {
  readonly text: string;
  /** Detectors find other types in it than in the original. */
  readonly differs: boolean;
}

/** How often other digits are tried if a detector takes those of a pseudonym for something. */
const TRIES = 8;

export function redactText(text: string, evidence: Evidence, pseudonyms: Pseudonyms): RedactedText {
  if (text === '') return { text, differs: false };
  const found = findAll(DETECTORS, text, evidence);
  let redacted = redactedText(text, found, evidence, pseudonyms, 0);
  for (let nonce = 1; redacted.differs && nonce < TRIES; nonce++)
    redacted = redactedText(text, found, evidence, pseudonyms, nonce);
  return redacted;
}

function redactedText(
  text: string,
  found: readonly Span[],
  evidence: Evidence,
  pseudonyms: Pseudonyms,
  nonce: number,
): RedactedText {
  const tokens = [...text.matchAll(TOKEN)].map(({ 0: token, index }): Span => ({
    start: index,
    end: index + token.length,
    type: 'token',
  }));
  let out = '';
  let at = 0;
  for (const span of [...tokens, ...outside(found, tokens)].toSorted((a, b) => a.start - b.start)) {
    if (span.start < at) continue;
    out += pseudonyms.text(text.slice(at, span.start), nonce);
    const value = text.slice(span.start, span.end);
    const after = pseudonyms.text(text.slice(span.end, span.end + AROUND), nonce);
    out +=
      span.type === 'token'
        ? otherToken(value, pseudonyms)
        : other(value, span.type, { before: out.slice(-AROUND), after, evidence }, pseudonyms);
    at = span.end;
  }
  out += pseudonyms.text(text.slice(at), nonce);
  const before = outside(found, tokens).map(({ type }) => type);
  const after = outside(findAll(DETECTORS, out, evidence), spansOf(out)).map(({ type }) => type);
  return { text: out, differs: before.join() !== after.join() };
}

function spansOf(text: string): Span[] {
  return [...text.matchAll(TOKEN)].map(({ 0: token, index }) => ({
    start: index,
    end: index + token.length,
    type: 'token',
  }));
}

function outside(found: readonly Span[], tokens: readonly Span[]): readonly Span[] {
  return found.filter(({ start, end }) => !tokens.some((token) => start < token.end && token.start < end));
}

function other(value: string, type: string, around: Around, pseudonyms: Pseudonyms): string {
  const detector = DETECTORS.find((one) => one.type === type);
  // Not by words: those that a text keeps may be all that it is made of.
  return (detector && typed(value, detector, around, pseudonyms)) ?? pseudonyms.all(value);
}

/** Opens nothing, but looks like one, so that it can be found and replaced in a replay. */
function otherToken(token: string, pseudonyms: Pseudonyms): string {
  const mark = MARK.exec(token)?.[0] ?? '';
  const domain = DOMAIN.exec(token)?.[0] ?? '';
  return mark + pseudonyms.opaque(token.slice(mark.length, token.length - domain.length)) + domain;
}
