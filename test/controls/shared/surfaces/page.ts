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
        ? (('ofFile' in cell ? does.at?.(cell) : undefined) ?? does.refusal)
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
  const alike = new Map<string, Cell[]>();
  cells.forEach((cell, i) => {
    const key = shown.map(({ marks }) => marks[i] ?? '').join(' | ');
    alike.set(key, [...(alike.get(key) ?? []), cell]);
  });
  const most = Math.max(...[...alike.values()].map(({ length }) => length));
  const rows = [...alike].map(
    ([marks, places]) =>
      `| ${places.length === most ? `all other text, in [${most} places](../test/controls/shared/surfaces/cells.ts) that are tested` : placesOf(places)} | ${marks} |`,
  );
  const everywhere = new Map<string, string[]>();
  for (const { name, marks, same } of columns) {
    const mark = (marks[0] ?? '').replace(/^passes .$/u, 'passes');
    if (same) everywhere.set(mark, [...(everywhere.get(mark) ?? []), `**${name}**`]);
  }
  return [
    `| place | ${shown.map(({ name }) => name).join(' | ')} |`,
    `|---|${shown.map(() => '---|').join('')}`,
    ...rows,
    '',
    ...reasons.map((reason, i) => `${MARKS[i] ?? ''} ${reason}${i < reasons.length - 1 ? '  ' : ''}`),
    '',
    ...[...everywhere].map(([mark, names]) => `- ${names.join('; ')}, at every place: ${mark}.`),
  ].join('\n');
}

/** Names of cells, a line for each method; methods with the same places share one. */
function placesOf(cells: readonly (OutwardCell | InwardCell)[]): string {
  const lines = new Map<string, string[]>();
  for (const { name } of cells) {
    const [method = '', ...place] = name.split(': ');
    lines.set(method, [...(lines.get(method) ?? []), place.join(': ')]);
  }
  const methods = new Map<string, string[]>();
  for (const [method, places] of lines) {
    const key = places.join('; ');
    methods.set(key, [...(methods.get(key) ?? []), method]);
  }
  return [...methods]
    .map(([places, names]) => (places === '' ? names.join('<br>') : `${names.join(', ')}: ${places}`))
    .join('<br>');
}

export function surfacesPage(): string {
  return `# Surfaces

<!-- Generated from test/controls/shared/surfaces: \`npm test -- test/controls/shared/surfaces/page -u\` writes this page. -->

What each control does where text travels, in both eras, JSON replies and event streams. Those not named here inspect no texts.

- **token**, **redacted**: a token or a placeholder replaces the value. **restored**: the value replaces its token.
- **stripped**: hidden characters are removed. **passes**, **token stays**: the text is unchanged.
- **refused**: the message is refused, since software interprets the text, or the control is set to block.

## Towards the upstream

${table(OUTWARD, ({ outward }) => outward)}

## Towards the client

${table(INWARD, ({ inward }) => inward)}

## How texts are read

| text | is inspected |
|---|---|
| JSON in a string | as JSON, if the whole string is an object or a list; three levels deep. Inside other text: as text, with \`\\uXXXX\` decoded |
| ambiguous JSON in a string (a duplicate key, too many levels) | as text. If a field of the config may be in it, a call is refused, and a reply's text hidden |
| tables in text (CSV, TSV, Markdown, HTML), XML, YAML, vCard, HL7 v2, lines of JSON | as text, without fields. [Detectors](detectors.md) also read headings, tags and labels |
| percent-encoding | decoded once |
| base64 | decoded where MCP has it (\`blob\`, \`data\` of an image or audio), if the bytes are text in UTF-8, UTF-16 or Latin-1 |
| keys of objects | as text, except the protocol's keys and names in JSON Schemas |
| numbers | if a config names their field, or a detector recognizes digits and key |
| JSON Schemas | by detectors. \`default\`, \`const\`, \`enum\` and \`examples\` are data |
| headers that mirror arguments | written from the call. If an unknown one holds a value to hide, the call is refused |
| reply headers, method names, message ids, progress tokens, cursors, \`requestState\`, task ids, names and versions of software, trace headers, comments and ids of an event stream | not |

A value split between two messages of a stream is not found.

## Skills

A skill lists a digest and a size for each of its files (SEP-2640), and a host refuses a file that differs. So if a control may
change what \`resources/read\` returns, the list of files becomes \`"resources": "dynamic"\`, and \`resources/directory/read\` has no
sizes. Digests stay:

| control | if |
|---|---|
| access-policy, audit, rate-limit, enrichment, tool-lock; any in \`auditOnly\` | always |
| redaction | towards the client, it removes only fields with a \`tool\`, or with a \`method\` other than \`resources/read\` |
| secrets | \`onFound: 'block'\` |
| tokenization | \`hideFrom: 'client'\`, and it hides only such fields |
| validation | \`results\` has neither \`stripHiddenUnicode\` nor \`maxCharacters\` |
| your own control | \`replies: 'ignores'\`, \`'observes'\`, or [other methods](controls.md#change-a-reply) |

## Where a config's rules count

**Options that hide** (\`fields\`) apply from every root: \`arguments\` or \`structuredContent\` (elsewhere \`params\` or \`result\`), and JSON
in a string. They hide everything under the path, including names of members; \`customer.*\` keeps those directly under \`customer\`. The
protocol's own names and words are never fields.

**Options that permit** (\`keep\`, \`restore\`, \`reverses\`) apply only from the outermost root, since anyone can write JSON that looks alike:

- in a call, from \`arguments\` of a tool or prompt;
- in a reply, from \`structuredContent\`, and JSON that is a whole text block;
- elsewhere in \`params\` or \`result\`, if the entry names the \`method\`; never in \`_meta\`, answers in a retried request, JSON in a string.

A rule with a \`tool\` applies to that tool's calls and tasks, to a prompt of that name, and to the completion of its arguments. To a message
that may belong to any call, only options that hide apply.
`;
}
