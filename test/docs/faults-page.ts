/** Writes docs/faults.md: what each fault declares. */
import { GROUPS } from '../faults/cases/index.ts';
import { type Fault, type Lines, linesOf } from '../faults/fault.ts';

const HEAD = `# Faults

What a client gets when something around a proxy fails. \`npm run faults\` plays it, in both eras.

<!-- Generated from test/faults/cases: \`npm test -- test/docs/faults-page -u\` writes this page. -->

- *Passing*: no control reads replies, as in the shipped config. *Read*: a control transforms them, such as \`redaction\`.
- The client gets the status of 2026-07-28 (up to 2025-11-25 [200](errors.md#http-status-in-the-legacy-era)), the
  [code](errors.md#each-code), and the message without its usual beginning. \`?\` stands for
  \`whether the call was carried out is not known\`, \`no credentials\` for \`the proxy has no credentials that the upstream accepts\`.
  \`cut\`: the reply ends early, and the client notices.
- The log has a line \`call\`, with \`ok\`, \`cut\`, \`unknown\` (no JSON, or no answer), or the code after \`refused\` or \`rpc-error\`; and
  \`warn refused\` with the client's message and \`HOST\`, the upstream's address. *Log*: what it says besides, or after \`…\` instead.
- Afterwards the next call works, and the process keeps nothing of the fault. An empty cell: report it to the upstream's owners.
  Time limits are [options](controls.md#options-of-a-config).
`;

export function faultsPage(): string {
  const groups = Object.entries(GROUPS).map(([title, faults]) =>
    [`## ${title}`, '', '| fault | the client gets | what to do |', '|---|---|---|', ...rowsOf(faults)].join('\n'),
  );
  return [HEAD, ...groups.map((group) => `${group}\n`)].join('\n');
}

/** The page says these once. */
const SAME_MEMORY = 'and no more memory than before';
const OWNERS = "report it to the upstream's owners";

/** Faults that follow each other and end in the same way share a row. */
function rowsOf(faults: readonly Fault[]): string[] {
  const rows: { readonly happens: string[]; readonly rest: string }[] = [];
  for (const fault of faults) {
    const { happens, gets, logs, advice } = fault;
    const rest = [
      [cell(fault, gets), cell(fault, logs, gets)].filter((text) => text !== '').join('<br>'),
      advice === OWNERS ? '' : advice,
    ]
      .map(escaped)
      .join(' | ');
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
    const news = all.filter(
      (line) => !following.includes(line) && !line.split(' | ').every((one) => following.includes(one)),
    );
    if (all.length === 0) return known === undefined ? 'nothing' : '*log:* no line';
    return news.length === 0 ? '' : `${known === undefined ? '' : '*log:* '}${shown(news)}`;
  });
  if (passing === read || configs?.length === 1) return passing ?? '';
  return [passing === '' ? '' : `*passing:* ${passing}`, read === '' ? '' : `*read:* ${read}`]
    .filter((text) => text !== '')
    .join('<br>');
}

/** What the log's line `call` says of a reply without an error. */
const OUTCOMES: readonly (readonly [reply: RegExp, logged: string])[] = [
  [/^200 (?:result|and all)/, 'call ok'],
  [/200 cut/, 'call cut'],
  [/^200 (?:no JSON|no answer|nothing)/, 'call unknown'],
];

/** What the log says of what the client gets as this line: `502 error CODE (-32603): MESSAGE`, or several with ` | ` between. */
function loggedFor(line: string): string[] {
  const outcomes = OUTCOMES.flatMap(([reply, logged]) => (reply.test(line) ? [logged] : []));
  const texts = line
    .split(' | ')
    .map((one) => /^(?:(?:in|after) the \w+: )?(?:\d+ )?error ([\w-]+) \(-?\d+\): (.+)$/s.exec(one) ?? ['', '', one]);
  const code = texts[0]?.[1] ?? '';
  const warnings = ['HOST: ', ''].map((host) =>
    texts.map(([, own, message]) => (own === '' ? message : `warn refused ${own}: ${host}${message}`)).join(' | '),
  );
  const codes = texts.flatMap(([, own]) => (own === '' || own === undefined ? [] : [own]));
  const calls = codes.flatMap((own) => [`call refused ${own}`, `call rpc-error ${own}`]);
  return code === '' ? [...outcomes, ...calls] : [...outcomes, ...calls, ...warnings];
}

const UNKNOWN = '; whether the call was carried out is not known';
const BEGINNINGS =
  /(error [\w-]+ \(-?\d+\): )the upstream(?: can't be reached| is slow|'s answer is not HTTP\/1\.1): /g;

function shown(lines: readonly string[]): string {
  return lines.flatMap((line) => (line === SAME_MEMORY ? [] : [`\`${short(line)}\``])).join('<br>');
}

/** A line as the page's beginning explains it. */
function short(line: string): string {
  return (
    line
      .replaceAll(BEGINNINGS, '$1')
      .replaceAll(/ \| the upstream can't be reached: (?=[A-Z])/g, ' | ')
      .replaceAll(/\berror ([\w-]+) \(-?\d+\): /g, '$1: ')
      .replaceAll(UNKNOWN, ' ?')
      .replaceAll("inspection-failed: the upstream's reply can't be inspected: …", 'inspection-failed: …')
      .replaceAll(/^warn refused [\w-]+: (?:HOST: |the token endpoint at http:\/\/HOST )?/g, '… ')
      .replaceAll('the proxy has no credentials that the upstream accepts', 'no credentials')
      .replaceAll(
        /the upstream answered a request with HTTP 200 and (no response in it): expected one of JSON-RPC/g,
        '$1',
      )
      .replaceAll("the upstream's answer broke off", 'broke off')
      // The same twice, with and without the doubt.
      .replace(/^(.+) \| \1 \?$/, '$1 | with ?')
  );
}
