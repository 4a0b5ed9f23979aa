/** Writes the table of the controls in docs/controls.md: what each of them declares, in each of its forms. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../bin/bundle.ts';
import { BUILDS_ON } from '../../lint-rooms.ts';
import type { BuiltIn } from '../../proxy/pipeline/built-in.ts';
import type { DefinedControl } from '../../proxy/pipeline/control.ts';
import { usualOrder } from '../../proxy/pipeline/order.ts';
import { allSamples, type Samples } from '../controls/samples.ts';

/** For a control without a page, the page of the control that it is built on. */
function pageOf(name: string): string {
  const page = [name, ...(BUILDS_ON[name] ?? [])]
    .map((of) => `control-${of}.md`)
    .find((file) => existsSync(join(ROOT, 'docs', file)));
  if (page === undefined) throw new Error(`expected a page docs/control-${name}.md, found none`);
  return page;
}

/** The value of the plain control, and of each option that changes it. */
function cell([plain, ...others]: Samples['table'], of: (control: DefinedControl) => string): string {
  const first = of(plain);
  const differ = others.flatMap(([option, control]) => (of(control) === first ? [] : [`${option}: ${of(control)}`]));
  return [first, ...differ].join('; ');
}

/** @throws an error that names a control without the declarations */
function declaredBy({ name, builtIn }: DefinedControl): BuiltIn {
  if (builtIn === undefined)
    throw new Error(`control ${name}: expected it to be made by defineBuiltIn, got a control without its declarations`);
  return builtIn;
}

/** With the methods, if it does not read all replies. */
function repliesOf({ replies, maps }: DefinedControl): string {
  if (maps === 'all' || maps.length === 0) return `\`${replies}\``;
  return `\`${replies}\` ${maps.map((method) => `\`${method}\``).join(', ')}`;
}

const bindingsOf = ({ bindings }: DefinedControl): string => {
  const kinds = Object.values(bindings).map(({ kind = 'value', actions = [] }) =>
    actions.length > 0 ? `an ARN (${actions.join(', ')})` : kind === 'value' ? 'a value' : `a ${kind}`,
  );
  return kinds.length === 0 ? 'none' : kinds.join(', ');
};

function rowOf(name: string, table: Samples['table']): string {
  const cells = [
    `[\`${name}\`](${pageOf(name)})`,
    declaredBy(table[0]).does,
    cell(table, repliesOf),
    cell(table, ({ perCaller }) => (perCaller ? 'yes' : 'no')),
    cell(table, bindingsOf),
  ];
  return `| ${cells.join(' | ')} |`;
}

export async function controlsTable(): Promise<string> {
  const rows = (await allSamples()).map(([name, { table }]) => ({ name, table, builtIn: declaredBy(table[0]) }));
  return [
    '| control | what it does | `replies` | `perCaller` | bindings |',
    '|---|---|---|---|---|',
    ...usualOrder(rows).map(({ name, table }) => rowOf(name, table)),
  ].join('\n');
}

const BEGIN = '<!-- generated: `npm test -- test/docs/controls-table -u` updates it -->';
const END = '<!-- /generated -->';

export function withTable(page: string, table: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`expected the page to have ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n${table}\n${page.slice(end)}`;
}
