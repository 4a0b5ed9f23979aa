/** Parses a typed call: `add {"a":2,"b":3}`, or `add a=2 b=3`. */
import type { Tool } from '@modelcontextprotocol/client';
import { isObject } from '../../proxy/json/lossless.ts';
import { jsonObject } from './options.ts';

export interface TypedCall {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** A returned string says what is wrong with the line. */
export function parseLine(line: string, tools: readonly Tool[]): TypedCall | string {
  const [, name = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(line) ?? [];
  const words = rest.startsWith('{') ? [rest] : splitWords(rest);
  if (typeof words === 'string') return words;
  const args = parseArguments(name, words, tools);
  return typeof args === 'string' ? args : { tool: name, arguments: args };
}

/**
 * @param words one JSON object, or `key=value` pairs. A value has the type in the tool's schema; otherwise it is read
 * as JSON, or as text
 */
export function parseArguments(
  name: string,
  words: readonly string[],
  tools: readonly Tool[],
): Readonly<Record<string, unknown>> | string {
  const [first, ...more] = words;
  if (first === undefined) return {};
  if (first.trimStart().startsWith('{'))
    return more.length === 0 ? jsonObject(first) : `expected nothing after the JSON, got ${JSON.stringify(more[0])}`;
  const properties = tools.find((tool) => tool.name === name)?.inputSchema.properties;
  const result: Record<string, unknown> = {};
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals < 1) return `expected key=value or a JSON object, got ${JSON.stringify(word)}`;
    const key = word.slice(0, equals);
    if (Object.hasOwn(result, key)) return `expected ${key} once, got it twice`;
    // Defined, not assigned, so that `__proto__=x` is an ordinary argument.
    Object.defineProperty(result, key, {
      value: valueOf(word.slice(equals + 1), isObject(properties) ? properties[key] : undefined),
      enumerable: true,
    });
  }
  return result;
}

function valueOf(text: string, schema: unknown): unknown {
  if (isObject(schema) && schema['type'] === 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Splits at spaces; quotes keep spaces in a word, as in a shell. */
function splitWords(text: string): readonly string[] | string {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (const char of text) {
    if (quote !== '') {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
    } else if ((char === '"' || char === "'") && !/^[^=]*=[[{]/.test(word ?? '')) {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== '') return `expected a closing ${quote}`;
  if (word !== undefined) words.push(word);
  return words;
}
