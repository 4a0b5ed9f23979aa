/** What `npm run tokens` does: data to the tokens that the proxy makes for it, and back. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { atOnce } from '../../proxy/base/turns.ts';
import { Cipher } from '../../proxy/controls/tokenization/cipher.ts';
import { replaced } from '../../proxy/controls/tokenization/find.ts';
import { brokenIn, findTokens, URL_PREFIX } from '../../proxy/controls/tokenization/token.ts';
import { Tokens } from '../../proxy/controls/tokenization/tokens.ts';
import { wrappedToken } from '../../proxy/controls/tokenization/wrapped.ts';
import { EXIT, Failure } from './failure.ts';
import { ringAt } from './keys.ts';
import { csv, jsonLines, lines } from './rows.ts';
import { checkedText } from './text-input.ts';

interface Wanted {
  readonly action: 'encode' | 'decode';
  readonly where: string;
  readonly tenant: string;
  readonly types: readonly string[];
  /** Tokens without a marker. */
  readonly shaped: boolean;
  /** What an earlier run printed, if this one must use the same key, tenant and type. */
  readonly check: string | undefined;
  readonly csv: string | undefined;
  readonly jsonl: string | undefined;
}

/** Rows after which the count is shown. */
const BATCH = 10_000;
/** How a file in UTF-8 may begin. */
const MARK = '\ufeff';
export async function tokens(
  { action, where, tenant, types, shaped, check, csv: column, jsonl: member }: Wanted,
  input: NodeJS.ReadableStream & { readonly fd?: number },
  output: NodeJS.WritableStream,
  report: NodeJS.WritableStream,
): Promise<number> {
  const [type = ''] = types;
  const cipher = new Cipher(await ringAt(where));
  const made = new Tokens(cipher, types);
  const own = shaped ? cipher.check(tenant, type) : undefined;
  if (check !== undefined && check !== own)
    throw new Failure(
      `expected the keyring, tenant and type of --check ${check}, got others (${own}): they would give wrong values. Nothing was written`,
    );
  const counts = { changed: 0, kept: 0, lost: 0 };
  const keep = (value: string): string => {
    counts.kept++;
    return value;
  };
  /** The token of the whole value in the form that the proxy would use. */
  const tokenOf = (value: string, row: number, isUrl = false): string => {
    const form = isUrl ? 'url' : type === 'email' ? 'email' : 'plain';
    const token = made.token(tenant, { type, value, percent: false }, form);
    if (token === undefined)
      throw new Failure(
        `row ${row}: expected well-formed text that fits a token (as an address about 140 bytes, otherwise 64 KiB), got another value`,
      );
    return token;
  };
  const encoded = (value: string, row: number): string => {
    const wrapped = wrappedToken(value);
    const known = wrapped && made.open(tenant, wrapped.token)?.value;
    if (wrapped !== undefined && known !== undefined)
      return `${wrapped.before}${tokenOf(known, row, wrapped.isUrl)}${wrapped.after}`;
    if (findTokens(value).length > 0)
      throw new Failure(`row ${row}: expected a value or a token, got a token within other text`);
    const data = bare(value, type);
    const at = value.indexOf(data);
    return `${value.slice(0, at)}${tokenOf(data, row)}${value.slice(at + data.length)}`;
  };
  const decoded = (value: string): string => {
    const parts = findTokens(value).map((token) => {
      const isUrl = value.slice(0, token.start).endsWith(URL_PREFIX);
      return { ...token, start: token.start - (isUrl ? URL_PREFIX.length : 0) };
    });
    return replaced(
      value,
      parts,
      parts.map((token) => made.open(tenant, token)?.value ?? ''),
    );
  };
  /** Without a marker, a token looks like data. */
  const reshaped = (value: string, row: number): string => {
    const data = bare(value, type);
    const part = { type, value: data, percent: false };
    const other =
      action === 'decode'
        ? made.openShaped(tenant, type, data)
        : (made.token(tenant, part, 'shaped') ?? made.token(tenant, part, 'word'));
    if (other === undefined || findTokens(value).length > 0)
      throw new Failure(
        `row ${row}: expected ${action === 'decode' ? 'a token' : 'a value that has a token'} of its own shape, got another value`,
      );
    counts.changed++;
    return value.replace(data, () => other);
  };
  const change = (value: string, row: number): string => {
    if (value.trim() === '') return value;
    if (shaped) return reshaped(value, row);
    const found = findTokens(value);
    const lost = found.filter((token) => made.open(tenant, token) === undefined).length;
    const broken = lost + atOnce(brokenIn(value, found));
    counts.lost += broken;
    if (broken > 0 || (found.length === 0 && action === 'decode')) return keep(value);
    counts.changed++;
    return action === 'decode' ? decoded(value) : encoded(value, row);
  };
  const rows = column !== undefined ? csv(column) : member !== undefined ? jsonLines(member) : lines;
  let number = 0;
  let held: string[] = [];
  let isOpen = false;
  const text = await checkedText(input);
  for await (const read of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    const mark: string = number === 0 && held.length === 0 && read.startsWith(MARK) ? MARK : '';
    if (mark !== '') output.write(mark);
    const line = read.slice(mark.length);
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
  const fault = rows.fault?.();
  if (fault !== undefined) throw new Failure(fault);
  report.write(`${number} rows: ${counts.changed} ${action}d, ${counts.kept} kept as they were\n`);
  if (own !== undefined) report.write(`key, tenant and type: --check ${own}\n`);
  if (counts.lost === 0) return EXIT.ok;
  throw new Failure(
    `${counts.lost} tokens could not be opened: they were cut or changed, or belong to another tenant, type or keyring`,
  );
}

/** Without white space around it; an address also without `mailto:` and angle brackets. */
function bare(value: string, type: string): string {
  const trimmed = value.trim();
  return type === 'email' ? trimmed.replace(/^<?(?:mailto:)?(?=.)/i, '').replace(/(?<=.)>$/, '') : trimmed;
}
