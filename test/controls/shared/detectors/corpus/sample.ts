/** One text or structure of the corpus, and what is in it. */
import type { JsonValue } from '../../../../../proxy/json/value.ts';
import type { Random } from './random.ts';
import type { Half, Words } from './words.ts';

/** What must be found: a detector, or a part of its data that has its own floor. */
export const GROUPS = [
  'email',
  'phone-international',
  'phone-national',
  'phone-elsewhere',
  'payment-card',
  'iban',
  'us-ssn',
  'ip',
  'date-of-birth',
  'passport',
  'secret-known',
  'secret-named',
] as const;
export type Group = (typeof GROUPS)[number];

/** Kinds of place. */
export const PLACES = [
  'usual field',
  'unusual field',
  'label',
  'prose',
  'table',
  'siblings',
  'contrary word',
  'odd spelling',
  'extension',
  'medical and HR',
  'code',
] as const;
export type PlaceKind = (typeof PLACES)[number];

export interface Value {
  readonly text: string;
  /** The part that must be found. @default - all of it */
  readonly core?: string;
  /** It proves what it is without a name or label. */
  readonly proves: boolean;
  /** The country, issuer or form. */
  readonly kind: string;
}

export interface Sample {
  readonly group: Group;
  readonly place: PlaceKind;
  /** A finer kind of place: `csv`, `full-width`. */
  readonly shape: string;
  readonly kind: string;
  /** What a tool returns: a string is text, anything else is structured content. */
  readonly document: JsonValue;
  /** As it is written in one string or number of the document. */
  readonly value: string;
  /** A find may be longer by so many characters. */
  readonly slack: number;
}

/** What a document is made from. */
export interface Making {
  readonly random: Random;
  readonly words: Words;
  readonly half: Half;
  /** The type of words: `phone` for both groups of phones. */
  readonly type: string;
}

/** A document with a value in it. */
export interface Made {
  readonly shape: string;
  readonly document: JsonValue;
  /** If it is written otherwise than given. */
  readonly value?: string;
  readonly slack?: number;
}

/** What no detector may find anything in. */
export interface Trap {
  readonly kind: string;
  readonly document: JsonValue;
}
