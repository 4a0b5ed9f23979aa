/** `docs/surfaces.md`, from the cells and columns that the tests go through. */
import { type InwardCell, INWARD, type OutwardCell, OUTWARD } from './cells.ts';
import { type Column, COLUMNS, type Doing } from './columns.ts';

function table<Cell extends OutwardCell | InwardCell>(cells: readonly Cell[], doing: (column: Column) => Doing<Cell> | undefined): string {
  const columns = COLUMNS.flatMap((column) => {
    const does = doing(column);
    return does === undefined ? [] : [{ name: column.name, does }];
  });
  const rows = cells.map((cell) => {
    const eras = cell.eras?.length === 1 ? ` (${cell.eras.join()})` : '';
    const marks = columns.map(({ does }) => (cell.kind === 'data' ? (does.at?.(cell) ?? does.does) : cell.kind === 'fixed' ? does.refusal : (does.passed?.(cell) ?? `passes: ${cell.kind.passed}`)));
    return `| ${cell.name}${eras} | ${marks.join(' | ')} |`;
  });
  return [`| | ${columns.map(({ name }) => name).join(' | ')} |`, `|---|${columns.map(() => '---|').join('')}`, ...rows].join('\n');
}

export function surfacesPage(): string {
  return `# Surfaces

<!-- Generated from test/controls/surfaces: \`npm test -- test/controls/surfaces/page -u\` writes it anew. -->

Every place at which a text travels through the proxy, and what each content control does with it there. Each cell is tested through
the whole proxy, in both eras (or the one that has it), with JSON replies and event streams.

## Towards the upstream

${table(OUTWARD, ({ outward }) => outward)}

## Towards the client

${table(INWARD, ({ inward }) => inward)}

## How texts are read

- **JSON in a string** is read as JSON where the whole string is an object or a list, three levels deep; paths of a config begin anew
  in there. JSON within other text is searched as text, with its \`\\uXXXX\` escapes decoded, and so is what has a key twice.
- **Percent-encoding** is seen through, once. What was encoded twice is not.
- **Base64** is decoded where MCP puts it (\`blob\` of a resource, \`data\` of an image or audio) and where it decodes to UTF-8 text.
  Other bytes pass. Base64 within running text is not decoded.
- **Keys** of objects are texts like any other, except the protocol's own and names in JSON Schemas, which software goes by.
- **Numbers** are looked at where a config names their field, or where a detector knows all of their digits under a key that says
  what they are.
- **Each message stands by itself.** What two messages of a stream share, half each, is in neither. How a message's bytes were cut
  into chunks doesn't matter.
- **Not visited**: the ids of messages and progress tokens, what an upstream made and gets back (cursors, \`requestState\`, task ids), what
  client and server say of their own software, trace headers, and comments and ids of an event stream. No model writes there.
  Headers that mirror arguments are made anew from the call.
`;
}
