/** `docs/surfaces.md`, from the cells and columns that the tests go through. */
import { type InwardCell, INWARD, type OutwardCell, OUTWARD } from './cells.ts';
import type { Column, Doing } from './column.ts';
import { COLUMNS } from './columns.ts';

function table<Cell extends OutwardCell | InwardCell>(
  cells: readonly Cell[],
  doing: (column: Column) => Doing<Cell> | undefined,
): string {
  const columns = COLUMNS.flatMap((column) => {
    const does = doing(column);
    return does === undefined ? [] : [{ name: column.name, does }];
  });
  const rows = cells.map((cell) => {
    const eras = cell.eras?.length === 1 ? ` (${cell.eras.join()})` : '';
    const marks = columns.map(({ does }) =>
      cell.kind === 'data'
        ? (does.at?.(cell) ?? does.does)
        : cell.kind === 'fixed'
          ? does.refusal
          : (does.passed?.(cell) ?? `passes: ${cell.kind.passed}`),
    );
    return `| ${cell.name}${eras} | ${marks.join(' | ')} |`;
  });
  return [
    `| | ${columns.map(({ name }) => name).join(' | ')} |`,
    `|---|${columns.map(() => '---|').join('')}`,
    ...rows,
  ].join('\n');
}

export function surfacesPage(): string {
  return `# Surfaces

<!-- Generated from test/controls/shared/surfaces: \`npm test -- test/controls/shared/surfaces/page -u\` writes it anew. -->

Every place at which a text travels through the proxy, and what each control that looks at content, or must not keep it, does with it
there. Each cell is tested through the whole proxy, in both eras (or the one that has it), with JSON replies and event streams.

The others visit no texts: [access-policy](control-access-policy.md) decides by method, name and, where its rules read them, arguments;
[rate-limit](control-rate-limit.md) counts; [enrichment](control-enrichment.md) changes what its config names.

## Towards the upstream

${table(OUTWARD, ({ outward }) => outward)}

## Towards the client

${table(INWARD, ({ inward }) => inward)}

## How texts are read

- **JSON in a string** is read as JSON where the whole string is an object or a list, or such JSON written as a string once more, three
  levels deep. JSON within other text is searched as text, with its \`\\uXXXX\` escapes decoded. JSON that has a key twice, or is nested
  too deeply, may say one thing to one reader and another to the next: it is searched as text, and where a field of the config may be in
  it, a call is refused, and what comes back is hidden whole. Other formats (CSV, YAML, XML, a list of JSON lines) are text: fields
  aren't found in them, detectors search them.
- **Percent-encoding** is seen through, once. What was encoded twice is not.
- **Base64** is decoded where MCP puts it (\`blob\` of a resource, \`data\` of an image or audio), in either alphabet, with or without padding
  and line breaks, where it decodes to text in UTF-8, UTF-16 or Latin-1. What may be no base64 is read as it stands, too. Other
  bytes pass. Base64 within running text is not decoded.
- **Keys** of objects are texts like any other, except the protocol's own and names in JSON Schemas, which software goes by.
- **Numbers** are looked at where a config names their field, or where a detector knows all digits of their whole part under a key that
  says what they are: the digits as they were written, beyond 2^53 as well.
- **JSON Schemas** are no data: a field that a config names isn't looked for in their keywords and names, but detectors search their texts.
  \`default\`, \`const\`, \`enum\` and \`examples\` are data.
- **Each message stands by itself.** What two messages of a stream share, half each, is in neither. How a message's bytes were cut
  into chunks doesn't matter.
- **Not visited**: the headers of a reply, names of methods, the ids of messages and progress tokens, what an upstream made and gets back
  (cursors, \`requestState\`, task ids), what client and server say of their own software, trace headers, and comments and ids of an
  event stream. No model writes there. Headers that mirror arguments are made anew from the call; with something to hide in a header
  that no schema knows, the call is refused.

## Where a config's rules count

A path begins at a root. What **hides** (\`fields\`) counts from each root that a place has: from \`arguments\` or \`structuredContent\`
(elsewhere \`params\` or \`result\`), and from every JSON in a string around it. All of what it names is hidden as it stands, names of members
included; \`customer.*\` leaves the names of \`customer\`. The names and words of the protocol are no fields, whatever they are called.

What **permits** (\`keep\`, \`restore\`, \`reverses\`) counts from the outermost root alone, since anybody may write JSON that looks like it:

| | counts from |
|---|---|
| a call | \`arguments\` of a tool or prompt |
| what comes back | \`structuredContent\`, and JSON that a whole text block is |
| elsewhere in \`params\` or \`result\` | only where the entry names the \`method\` |
| \`_meta\`, answers in a retried request, JSON in a string | nowhere |

A rule with a \`tool\` counts for that tool's calls, for its tasks, for a prompt of that name and while its arguments are completed. What may
belong to any call (a GET stream, an answer to a question that this process didn't see, a client's notification) is hidden as if it were that
tool's, and permitted nothing.
`;
}
