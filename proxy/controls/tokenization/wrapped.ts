/** Recognizes a string that is one token, with what stores put around one. */
import type { FoundToken } from './found-token.ts';
import { findTokens, URL_PREFIX } from './token.ts';

export interface Wrapped {
  readonly token: FoundToken;
  /** Whether the token stands for a URL. */
  readonly isUrl: boolean;
  /** Padding, `<`, `mailto:`. */
  readonly before: string;
  readonly after: string;
}

const BEFORE = /^\s*<?(?:mailto:)?$/i;
const AFTER = /^>?\s*$/;

/** Undefined: the text is none, or holds more than one token. */
export function wrappedToken(text: string): Wrapped | undefined {
  const [token] = findTokens(text);
  if (token === undefined) return undefined;
  const isUrl = text.slice(0, token.start).toLowerCase().endsWith(URL_PREFIX);
  const before = text.slice(0, token.start - (isUrl ? URL_PREFIX.length : 0));
  const after = text.slice(token.end);
  return BEFORE.test(before) && AFTER.test(after) ? { token, isUrl, before, after } : undefined;
}
