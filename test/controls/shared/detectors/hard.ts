/** Reads a line of `hard/`: JSON if it is some, else text with `\n`, `\r` and `\t`. */
import type { JsonValue } from '../../../../proxy/json/value.ts';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

export function hard(line: string): { readonly document: JsonValue; readonly value: string } {
  const value = /⟦(.*)⟧/su.exec(line)?.[1] ?? '';
  const plain = line.replace(/[⟦⟧]/gu, '');
  return { document: json(plain) ?? unescaped(plain), value: unescaped(value) };
}

function json(text: string): JsonValue | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function unescaped(text: string): string {
  return text.replace(/\\([nrt])/g, (_, letter: string) => ESCAPES[letter] ?? letter);
}
