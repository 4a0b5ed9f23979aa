/** Writes docs/faults.md: what each fault declares. */
import { GROUPS } from '../faults/cases/index.ts';
import { type Fault, type Lines, linesOf } from '../faults/fault.ts';

const HEAD = `# Faults

What a client gets, and what the log says, when something around a proxy goes wrong. \`npm run faults\` plays all of them, in both eras.

<!-- Generated from test/faults/cases: \`npm test -- test/docs/faults-page -u\` writes this page. -->

- \`N\` is a number and \`HOST\` the upstream's address. \`cut\`: the reply ends before its end, so that the client notices.
- *Passing*: no control reads replies, as in the shipped config. *Read*: a control transforms them, such as \`redaction\`. A reply
  that is read is sent once it is whole, and a stream event by event. So the client gets an error where it would else be cut.
- The status is that of 2026-07-28. Up to 2025-11-25, an error in answer to a request has [HTTP 200](errors.md#http-status-in-the-legacy-era).
- The log has one audit line for each call (\`call\`, its outcome, its code). \`warn refused\` has what the client may not see, under the
  \`errorId\` that it got. No line holds a value of a call.
- After each fault the next call works, and the process keeps no connection, socket or timer of it.
- \`npm run soak -- --minutes N\` sends mixed traffic with some of these faults, and checks that memory, sockets and timers stay.
- Time limits are [options of the config](controls.md#options-of-a-config). The error codes are in [errors.md](errors.md).
`;

export function faultsPage(): string {
  const groups = Object.entries(GROUPS).map(([title, faults]) =>
    [
      `## ${title}`,
      '',
      '| fault | the client gets | the log says | what to do |',
      '|---|---|---|---|',
      ...faults.map(rowOf),
    ].join('\n'),
  );
  return [HEAD, ...groups.map((group) => `${group}\n`)].join('\n');
}

function rowOf(fault: Fault): string {
  const { happens, gets, logs, advice } = fault;
  return `| ${[happens, cell(fault, gets), cell(fault, logs), advice].map((text) => text.replaceAll(' | ', ' or ').replaceAll('|', '\\|')).join(' | ')} |`;
}

/** The lines of a cell: once, if they are the same for both sets of controls. */
function cell({ configs }: Fault, lines: Lines): string {
  const [passing, read] = [shown(linesOf(lines, 'passing')), shown(linesOf(lines, 'inspecting'))];
  return passing === read || configs?.length === 1 ? passing : `*passing:* ${passing}<br>*read:* ${read}`;
}

function shown(lines: readonly string[]): string {
  return lines.length === 0 ? 'nothing' : lines.map((line) => `\`${line}\``).join('<br>');
}
