/** What a search asks for, and what it is answered with. */
import { ProxyError } from '../base/errors.ts';
import { SELF } from '../base/self.ts';
import type { Era } from '../call/exchange.ts';
import type { Message } from '../call/message.ts';
import { isObject } from '../json/lossless.ts';
import { parseJson } from '../json/parse.ts';
import { membersAt } from '../json/strict.ts';
import { LONGEST_QUERY } from './own-tools.ts';
import { MAX_FOUND, type SearchSettings } from './settings.ts';

export interface Question {
  readonly query: string;
  readonly limit: number;
}

/** Characters of the arguments: those of the longest question, each written as `\u0000`, and some. */
const LONGEST = 8 * LONGEST_QUERY;

/** Throws `invalid-arguments`, which the model can read. */
export function questionOf({ text, bodyStart }: Message, { names, limit: standard }: SearchSettings): Question {
  const refused = (expected: string, got: string): ProxyError =>
    new ProxyError('invalid-arguments', `${names.search}: expected ${expected}, got ${got}`);
  let written = 'null';
  membersAt(text, bodyStart, (key, start, end) => {
    if (key === 'arguments') written = text.slice(start, Math.min(end, start + LONGEST + 1));
  });
  if (written.length > LONGEST) throw refused(`a query of at most ${LONGEST_QUERY} characters`, 'a longer one');
  const given = parseJson(written);
  if (!isObject(given)) throw refused('an object with a query', 'none');
  const { query, limit = standard, ...others } = given;
  if (Object.keys(others).length > 0) throw refused('only query and limit', 'another member');
  if (typeof query !== 'string' || query.trim() === '') throw refused('query to be some words', 'none');
  if (query.length > LONGEST_QUERY) throw refused(`a query of at most ${LONGEST_QUERY} characters`, 'a longer one');
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > MAX_FOUND)
    throw refused(`limit to be a whole number from 1 to ${MAX_FOUND}`, 'another value');
  return { query, limit };
}

const META_SERVER = 'io.modelcontextprotocol/serverInfo';

/** The result of a search as JSON text. @param found the JSON text of each tool, best first */
export function resultOf(found: readonly string[], era: Era): string {
  const none = found.length === 0 ? ',"hint":"no tool fits these words: search again with other words"' : '';
  const text = `{"tools":[${found.join(',')}]${none}}`;
  const modern = era === 'modern';
  return JSON.stringify({
    ...(modern ? { resultType: 'complete' } : {}),
    content: [{ type: 'text', text }],
    ...(modern ? { _meta: { [META_SERVER]: SELF } } : {}),
  });
}
