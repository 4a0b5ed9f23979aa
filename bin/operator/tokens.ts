/** What `npm run tokens` does: data to the tokens that the proxy makes for it, and back. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { atOnce } from '../../proxy/base/turns.ts';
import { Cipher } from '../../proxy/controls/tokenization/cipher.ts';
import { brokenIn, findTokens } from '../../proxy/controls/tokenization/token.ts';
import { Tokens } from '../../proxy/controls/tokenization/tokens.ts';
import { EXIT, Failure } from './failure.ts';
import { ringAt } from './keys.ts';
import { csv, jsonLines, lines } from './rows.ts';

interface Wanted {
  readonly action: 'encode' | 'decode';
  readonly where: string;
  readonly tenant: string;
  readonly types: readonly string[];
  readonly csv: string | undefined;
  readonly jsonl: string | undefined;
}

/** Rows after which the count is shown. */
const BATCH = 10_000;

export async function tokens(
  { action, where, tenant, types, csv: column, jsonl: member }: Wanted,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  report: NodeJS.WritableStream,
): Promise<number> {
  const made = new Tokens(new Cipher(await ringAt(where)), types);
  const [type = ''] = types;
  const counts = { changed: 0, kept: 0, lost: 0 };
  const keep = (value: string): string => {
    counts.kept++;
    return value;
  };
  /** The value of a token that is the whole text; undefined: it is none of this tenant and these types. */
  const opened = (text: string): string | undefined => {
    const [token] = findTokens(text);
    const isWhole = token !== undefined && token.start === 0 && token.end === text.length;
    const value = isWhole ? made.open(tenant, token)?.value : undefined;
    if (value === undefined && (isWhole || atOnce(brokenIn(text, findTokens(text))) > 0)) counts.lost++;
    return value;
  };
  const change = (value: string, row: number): string => {
    if (value === '') return value;
    const lost = counts.lost;
    const known = opened(value);
    if (counts.lost > lost || (known === undefined && action === 'decode')) return keep(value);
    counts.changed++;
    if (action === 'decode') return known ?? value;
    const token = made.token(
      tenant,
      { type, value: known ?? value, percent: false },
      type === 'email' ? 'email' : 'plain',
    );
    if (token === undefined) throw new Failure(`row ${row}: expected a value that a token can hold, got a longer one`);
    return token;
  };
  const rows = column !== undefined ? csv(column) : member !== undefined ? jsonLines(member) : lines;
  let number = 0;
  let held: string[] = [];
  let isOpen = false;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    held.push(line);
    isOpen = rows.isOpen(line, isOpen);
    if (isOpen) continue;
    const row = held.join('\n');
    held = [];
    const current = ++number;
    if (!output.write(`${rows.changed(row, current, (value) => change(value, current))}\n`))
      await once(output, 'drain');
    if (current % BATCH === 0) report.write(`${current} rows\n`);
  }
  if (isOpen) throw new Failure(`row ${number + 1}: expected the end of a quoted field, got the end of the input`);
  report.write(`${number} rows: ${counts.changed} ${action}d, ${counts.kept} kept as they were\n`);
  if (counts.lost === 0) return EXIT.ok;
  throw new Failure(
    `${counts.lost} tokens could not be opened: they were cut or changed, or belong to another tenant, type or keyring`,
  );
}
