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
  \`errorId\` that it got. No line holds a value of a call. *The same*, which is left out beside other lines:
  \`call refused CODE\`, and \`warn refused CODE: HOST: \` with the message that the client gets.
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
      ...rowsOf(faults),
    ].join('\n'),
  );
  return [HEAD, ...groups.map((group) => `${group}\n`)].join('\n');
}

/** Faults that follow each other and end in the same way share a row. */
function rowsOf(faults: readonly Fault[]): string[] {
  const rows: { readonly happens: string[]; readonly rest: string }[] = [];
  for (const fault of faults) {
    const { happens, gets, logs, advice } = fault;
    const rest = [cell(fault, gets), cell(fault, logs, gets), advice].map(escaped).join(' | ');
    const last = rows.at(-1);
    if (last?.rest === rest) last.happens.push(escaped(happens));
    else rows.push({ happens: [escaped(happens)], rest });
  }
  return rows.map(({ happens, rest }) => `| ${happens.join('<br>')} | ${rest} |`);
}

function escaped(text: string): string {
  return text.replaceAll(' | ', ' or ').replaceAll('|', '\\|');
}

/**
 * The lines of a cell: once, if they are the same for both sets of controls.
 * @param known lines that the reader has seen: log lines that follow from them are left out
 */
function cell({ configs }: Fault, lines: Lines, known?: Lines): string {
  const [passing, read] = (['passing', 'inspecting'] as const).map((kind) => {
    const all = linesOf(lines, kind);
    const following = known === undefined ? [] : linesOf(known, kind).flatMap(loggedFor);
    const news = all.filter((line) => !following.includes(line));
    return news.length === 0 && all.length > 0 ? '*the same*' : shown(news);
  });
  return passing === read || configs?.length === 1 ? (passing ?? '') : `*passing:* ${passing}<br>*read:* ${read}`;
}

/** What the log says of an error that the client gets as this line: `502 error CODE (-32603): MESSAGE`, or several with ` | ` between. */
function loggedFor(line: string): string[] {
  const texts = line
    .split(' | ')
    .map((one) => /^(?:(?:in|after) the \w+: )?(?:\d+ )?error ([\w-]+) \(-?\d+\): (.+)$/s.exec(one) ?? ['', '', one]);
  const code = texts[0]?.[1] ?? '';
  const warnings = ['HOST: ', ''].map((host) =>
    texts.map(([, own, message]) => (own === '' ? message : `warn refused ${own}: ${host}${message}`)).join(' | '),
  );
  return code === '' ? [] : [`call refused ${code}`, ...warnings];
}

function shown(lines: readonly string[]): string {
  return lines.length === 0 ? 'nothing' : lines.map((line) => `\`${line}\``).join('<br>');
}
