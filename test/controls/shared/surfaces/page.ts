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
  const rows = [...alike].map(([marks, places]) => `| ${placesOf(places)} | ${marks} |`);
  const everywhere = columns
    .filter(({ same }) => same)
    .map(({ name, marks }) => `- **${name}**, at every place: ${(marks[0] ?? '').replace(/^passes .$/u, 'passes')}.`);
  return [
    `| place | ${shown.map(({ name }) => name).join(' | ')} |`,
    `|---|${shown.map(() => '---|').join('')}`,
    ...rows,
    '',
    ...reasons.map((reason, i) => `${MARKS[i] ?? ''} ${reason}${i < reasons.length - 1 ? '  ' : ''}`),
    '',
    ...everywhere,
  ].join('\n');
}

/** Names of cells, a line for each method. */
function placesOf(cells: readonly (OutwardCell | InwardCell)[]): string {
  const lines = new Map<string, string[]>();
  for (const { name, eras } of cells) {
    const [method = '', ...place] = name.split(': ');
    const era = eras?.length === 1 ? ` (${eras.join()})` : '';
    lines.set(method, [...(lines.get(method) ?? []), `${place.join(': ')}${era}`]);
  }
  return [...lines]
    .map(
      ([method, places]) =>
        `${method}${places.every((place) => place === '' || place.startsWith(' (')) ? places.join('') : `: ${places.join('; ')}`}`,
    )
    .join('<br>');
}

export function surfacesPage(): string {
  return `# Surfaces

<!-- Generated from test/controls/shared/surfaces: \`npm test -- test/controls/shared/surfaces/page -u\` writes this page. -->

What each control that inspects content does at each place where text travels. Each is tested through the whole proxy, in both eras, with JSON
replies and event streams.

| word | meaning |
|---|---|
| token | a token replaces the value |
| restored | the value replaces its token |
| token stays | a token is not replaced |
| redacted | a placeholder replaces the value |
| stripped | hidden characters are removed |
| refused | the message is refused: software interprets the text, so it cannot be changed; or the control is set to block |
| passes | the text is unchanged |
| not recorded | the text is in no audit line |

[access-policy](control-access-policy.md), [rate-limit](control-rate-limit.md) and [enrichment](control-enrichment.md) do not inspect texts.

## Towards the upstream

${table(OUTWARD, ({ outward }) => outward)}

## Towards the client

${table(INWARD, ({ inward }) => inward)}

## How texts are read

| text | how it is inspected |
|---|---|
| JSON in a string | as JSON, if the whole string is an object or a list; up to three levels deep. JSON inside other text as text, with \`\\uXXXX\` decoded |
| ambiguous JSON in a string (a duplicate key, too many levels) | as text. If a field of the config may be in it, a call is refused, and a reply's text hidden |
| CSV, TSV, Markdown and HTML tables, XML, YAML, vCard, HL7 v2 | as text, without fields. Detectors also search each cell by its heading, tag, position or label |
| lists of JSON lines | as text, without fields |
| percent-encoding | decoded once |
| base64 | decoded where MCP has it (\`blob\` of a resource, \`data\` of an image or audio), if the bytes are text in UTF-8, UTF-16 or Latin-1; not inside other text |
| keys of objects | as text, except the protocol's keys and names in JSON Schemas |
| numbers | if a config names their field, or a detector recognizes their digits and the key says what they are |
| JSON Schemas | fields do not apply to keywords and names; detectors search the texts. \`default\`, \`const\`, \`enum\` and \`examples\` are data |
| headers that mirror arguments | written from the call. If an unknown one holds a value to hide, the call is refused |
| not inspected | reply headers, method names, message ids, progress tokens, what returns to its upstream (cursors, \`requestState\`, task ids), names and versions of software, trace headers, comments and ids of an event stream |

Each message is inspected alone: a value split between two messages of a stream is not found.

## Skills

\`skills/list\` and \`skills/get\` give a digest and a size for each file of a skill (SEP-2640), and a host refuses a file that differs. So if any
control may change what \`resources/read\` returns, every skill's list of files becomes \`"resources": "dynamic"\`, and
\`resources/directory/read\` has no sizes. A host then reads a file without comparing it, or declines the skill. It still compares the
frontmatter in the list with that of the \`SKILL.md\`.

| control | digests stay if |
|---|---|
| access-policy, audit, rate-limit, enrichment, tool-lock | always |
| redaction | it removes nothing towards the client but fields with a \`tool\`, or with a \`method\` other than \`resources/read\` |
| secrets | \`onFound: 'block'\` |
| tokenization | \`hideFrom: 'client'\`, and all it hides is such fields |
| validation | \`results\` has neither \`stripHiddenUnicode\` nor \`maxCharacters\` |
| your own control | it declares \`replies: 'ignores'\` or \`'observes'\` |
| any, in \`auditOnly\` | always |

## Where a config's rules count

**Options that hide** (\`fields\`) apply from every root of a place: \`arguments\` or \`structuredContent\` (elsewhere \`params\` or \`result\`),
and JSON in a string. They hide everything under the path, including names of members; \`customer.*\` keeps the names directly under
\`customer\`. The protocol's own names and words are never fields.

**Options that permit** (\`keep\`, \`restore\`, \`reverses\`) apply only from the outermost root, since anyone can write JSON that looks alike:

| where | counts from |
|---|---|
| a call | \`arguments\` of a tool or prompt |
| a reply | \`structuredContent\`, and JSON that is a whole text block |
| elsewhere in \`params\` or \`result\` | only if the entry names the \`method\` |
| \`_meta\`, answers in a retried request, JSON in a string | nowhere |

A rule with a \`tool\` applies to that tool's calls and tasks, to a prompt of that name, and to the completion of its arguments. Where a message
may belong to any call (a GET stream, a client's notification), options that hide apply, and options that permit do not.
`;
}
