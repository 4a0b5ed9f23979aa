/** `docs/surfaces.md`, from the cells and columns that the tests go through. */
import { type InwardCell, INWARD, type OutwardCell, OUTWARD } from './cells.ts';
import type { Column, Doing } from './column.ts';
import { COLUMNS } from './columns.ts';

/** Marks of the reasons for which some cells pass, in the order of `reasons`. */
const MARKS = ['¹', '²', '³', '⁴'];

function table<Cell extends OutwardCell | InwardCell>(
  cells: readonly Cell[],
  doing: (column: Column) => Doing<Cell> | undefined,
): string {
  const reasons = [...new Set(cells.flatMap(({ kind }) => (typeof kind === 'object' ? [kind.passed] : [])))];
  if (reasons.length > MARKS.length)
    throw new Error(`expected at most ${MARKS.length} reasons for a cell to pass, got ${reasons.length}`);
  const markOf = (cell: Cell, does: Doing<Cell>): string =>
    cell.kind === 'data'
      ? (does.at?.(cell) ?? does.does)
      : cell.kind === 'fixed'
        ? does.refusal
        : (does.passed?.(cell) ?? `passes ${MARKS[reasons.indexOf(cell.kind.passed)] ?? ''}`);
  const columns = COLUMNS.flatMap((column) => {
    const does = doing(column);
    if (does === undefined) return [];
    const marks = cells.map((cell) => markOf(cell, does));
    return [
      {
        name: column.name,
        marks,
        same: new Set(marks.map((mark) => mark.replace(/^passes .$/u, 'passes'))).size === 1,
      },
    ];
  });
  const shown = columns.filter(({ same }) => !same);
  const rows = cells.map((cell, i) => {
    const eras = cell.eras?.length === 1 ? ` (${cell.eras.join()})` : '';
    return `| ${cell.name}${eras} | ${shown.map(({ marks }) => marks[i] ?? '').join(' | ')} |`;
  });
  const everywhere = columns
    .filter(({ same }) => same)
    .map(({ name, marks }) => `- **${name}**, at every place: ${(marks[0] ?? '').replace(/^passes .$/u, 'passes')}.`);
  return [
    `| | ${shown.map(({ name }) => name).join(' | ')} |`,
    `|---|${shown.map(() => '---|').join('')}`,
    ...rows,
    '',
    ...reasons.map((reason, i) => `${MARKS[i] ?? ''} ${reason}${i < reasons.length - 1 ? '  ' : ''}`),
    '',
    ...everywhere,
  ].join('\n');
}

export function surfacesPage(): string {
  return `# Surfaces

<!-- Generated from test/controls/shared/surfaces: \`npm test -- test/controls/shared/surfaces/page -u\` writes this page. -->

A surface is a place where a text travels through the proxy. This page lists all surfaces and what each control that inspects content does
there. Each cell is tested through the whole proxy, in both eras (or in the era that has the surface), with JSON replies and event streams.

| word | meaning |
|---|---|
| token | the value is replaced by a token |
| restored | a token is replaced by its value |
| token stays | a token is not replaced |
| redacted | the value is replaced by a placeholder |
| stripped | the hidden characters are removed |
| refused | the message is refused: software interprets the text there, so it cannot be changed; or the control is set to block |
| passes | the text is not changed |
| not recorded | the text is in no audit line |

Other controls do not inspect texts: [access-policy](control-access-policy.md) decides by method, name and, if a rule reads them, arguments;
[rate-limit](control-rate-limit.md) counts calls; [enrichment](control-enrichment.md) changes what its config names.

## Towards the upstream

${table(OUTWARD, ({ outward }) => outward)}

## Towards the client

${table(INWARD, ({ inward }) => inward)}

## How texts are read

- **JSON in a string** is read as JSON if the whole string is an object or a list. So is such JSON written as a string again, up to three levels
  deep. JSON inside other text is searched as text, with its \`\\uXXXX\` escapes decoded.
- **Ambiguous JSON in a string** (a duplicate key, or too many levels) is searched as text. If a field of the config may be in it, a call
  is refused, and a text in a reply is hidden completely.
- **Other formats** (CSV, YAML, XML, a list of JSON lines) are text. Detectors search them. Fields are not found in them.
- **Percent-encoding** is decoded once. Text that was encoded twice is not found.
- **Base64** is decoded where MCP has it (\`blob\` of a resource, \`data\` of an image or audio): both alphabets, with or without padding and line
  breaks, if the bytes are text in UTF-8, UTF-16 or Latin-1. Text that may not be base64 is also searched as it is. Other bytes pass. Base64
  inside running text is not decoded.
- **Keys** of objects are searched like other texts, except the protocol's own keys and names in JSON Schemas.
- **Numbers** are inspected if a config names their field, or if a detector recognizes all digits of their integer part and the key says what
  they are. The digits are used as written, also beyond 2^53.
- **JSON Schemas** are not data. Fields of a config do not apply to their keywords and names, but detectors search their texts. \`default\`,
  \`const\`, \`enum\` and \`examples\` are data.
- **Each message is inspected alone.** A value that is split between two messages of a stream is not found. How a message's bytes are split into
  chunks does not matter.
- **Not inspected**: reply headers, method names, message ids, progress tokens, values that return to the upstream that created them
  (cursors, \`requestState\`, task ids), the names and versions of client and server software, trace headers, and comments and ids of an event
  stream. No model writes there.
- **Headers that mirror arguments** are written again from the call. If a header that no schema knows holds a value to hide, the call is
  refused.

## Where a config's rules count

A path begins at a root.

**Options that hide** (\`fields\`) apply from every root that a place has: from \`arguments\` or \`structuredContent\` (in other messages from \`params\` or
\`result\`), and from each JSON in a string around the place. They hide everything under the path, including the names of members;
\`customer.*\` keeps the names directly under \`customer\`. The protocol's own names and words are never fields, whatever they are called.

**Options that permit** (\`keep\`, \`restore\`, \`reverses\`) apply from the outermost root only, because anyone can write JSON that looks like it:

| where | counts from |
|---|---|
| a call | \`arguments\` of a tool or prompt |
| a reply | \`structuredContent\`, and JSON that is a whole text block |
| elsewhere in \`params\` or \`result\` | only if the entry names the \`method\` |
| \`_meta\`, answers in a retried request, JSON in a string | nowhere |

A rule with a \`tool\` applies to that tool's calls and tasks, to a prompt of that name, and to the completion of its arguments. Some messages may
belong to any call: on a GET stream, in an answer to a question that this process did not see, in a client's notification. There, options that
hide apply as if the message belonged to that tool, and options that permit do not apply.
`;
}
