/** Reads a curl command, as a person copies it from a terminal or from a browser's developer tools. */
import { OptionError } from '../../option-error.ts';

export interface CurlCall {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

const DATA = new Set(['-d', '--data', '--data-raw', '--data-binary', '--data-ascii', '--json']);
const HEADER = new Set(['-H', '--header']);
/** Options with a value that says nothing about the call. */
const VALUED = new Set([
  '-X',
  '--request',
  '-o',
  '--output',
  '-u',
  '--user',
  '-A',
  '--user-agent',
  '--url',
  '-m',
  '--max-time',
  '--cacert',
  '-w',
]);

export function isCurl(text: string): boolean {
  return /^\s*(?:\$\s*)?curl\s/.test(text);
}

export function readCurl(text: string): CurlCall {
  const words = wordsIn(text.trim().replace(/^\$\s*/, ''));
  const headers: (readonly [string, string])[] = [];
  const data: string[] = [];
  for (let i = 1; i < words.length; i++) {
    const word = words[i] ?? '';
    const [, long = '', joined] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
    const [, short = '', attached] = /^(-[Hd])(.+)$/s.exec(word) ?? [];
    const option = long || short || word;
    const value = (): string => joined ?? attached ?? words[++i] ?? '';
    if (HEADER.has(option)) {
      const header = value();
      const at = header.indexOf(':');
      if (at > 0) headers.push([header.slice(0, at).trim(), header.slice(at + 1).trim()]);
    } else if (DATA.has(option)) data.push(value());
    else if (VALUED.has(option)) value();
  }
  const body = data.join('&');
  if (body === '') throw new OptionError(['CALL: expected a curl command with --data, found none']);
  if (body.startsWith('@'))
    throw new OptionError([
      'CALL: expected a curl command with its data in it, got --data @FILE: give that file as CALL',
    ]);
  return { headers, body };
}

/** Words as a shell reads them, without expansions. */
function wordsIn(text: string): string[] {
  const words: string[] = [];
  const WORD = /\\\n|\s+|(?:\$?'(?:[^'])*'|"(?:[^"\\]|\\[^])*"|\\[^]|[^\s'"\\])+/gy;
  for (const [part] of text.matchAll(WORD)) {
    if (part === '\\\n' || part.trim() === '') continue;
    words.push(
      part.replaceAll(
        /\$?'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])/g,
        (_, single?: string, double?: string, escaped?: string) =>
          single ??
          (double === undefined ? (escaped ?? '') : double.replaceAll(/\\(["\\$`])/g, '$1').replaceAll('\\\n', '')),
      ),
    );
  }
  return words;
}
