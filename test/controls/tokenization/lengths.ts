/** The table of docs/control-tokenization.md that says how long tokens are. */
import type { Form } from '../../../proxy/controls/tokenization/tokens.ts';
import { TENANT, tokensWith } from './keys.ts';

const tokens = tokensWith();
const lengthOf = (value: string, form: Form, type: string): string => {
  const length = tokens.token(TENANT, { type, value, percent: false }, form)?.length;
  return length === undefined ? 'none' : String(length);
};

/** An address such as people have, of that length. */
function addressOf(length: number): string {
  const domain = length < 16 ? '@x.io' : length < 48 ? '@inventado.com' : '@mail.department.inventado.co.uk';
  return 'mara.inventado.lindqvist-'.repeat(8).slice(0, length - domain.length) + domain;
}

const LENGTHS = [8, 16, 32, 64, 128];

export function lengthsTable(): string {
  const rows = LENGTHS.map((length) => {
    const address = addressOf(length);
    return [
      length,
      lengthOf('x'.repeat(length), 'plain', 'name'),
      lengthOf('x'.repeat(length), 'url', 'name'),
      lengthOf(address, 'email', 'email'),
      lengthOf(`é${address.slice(2)}`, 'email', 'email'),
    ];
  });
  return [
    '| bytes of the value | plain | URL | address, such as people have | address with rare characters |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n');
}

const TABLE = /\| bytes of the value \|[^]*?\n(?=\n)/;

export function withLengths(page: string): string {
  return page.replace(TABLE, () => `${lengthsTable()}\n`);
}
