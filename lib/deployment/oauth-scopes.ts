/** Scopes of OAuth, as a list in an entry. */
import { listOf, text } from '../rules/parse.ts';

export const scopes = listOf(text(/^[\x21\x23-\x5b\x5d-\x7e]{1,255}$/, 'a scope without spaces and quotes'), 'scopes', {
  min: 1,
});
