/** An explanation as lines for a person in a hurry: what happened first, then why, then what to do, then all controls. */
import { printable } from '../../proxy/base/printable.ts';
import type { Change } from '../../traffic/format.ts';
import type { ExplainedStep, Explanation } from './explanation.ts';

const MOST_CHANGES = 12;
const WIDE = 200;

export interface Shown {
  /** Values of the call, and not only where they are. */
  readonly values: boolean;
}

export function shown(explanation: Explanation, { values }: Shown): string[] {
  const { id, call, verdict, outcome, by, summary, steps, client, remedies, notes, docs } = explanation;
  const what = [call.method ?? 'a request', call.name].filter((part) => part !== undefined).join(' ');
  const about = [
    call.caller === undefined ? '' : `by ${call.caller}`,
    call.era,
    call.at,
    call.trace === undefined ? '' : `trace ${call.trace}`,
  ];
  const refusal = by === undefined ? outcome : `${outcome}, by ${by}`;
  const line = about.filter((part) => part !== undefined && part !== '').join(' · ');
  const lines = [
    printable(`${what}: ${VERDICTS[verdict]}${verdict === 'allowed' ? '' : ` (${refusal})`}`),
    ...(line === '' ? [] : [printable(`  ${line}`)]),
    ...(id === undefined ? [] : [`  id ${printable(id)}`]),
    '',
    ...wrapped(summary, '  '),
  ];
  if (steps.length > 0) lines.push('', 'Controls, in their order:', ...stepsOf(steps, by, values));
  if (client?.body !== undefined || client?.status !== undefined)
    lines.push(
      '',
      `The client gets${client.status === undefined ? '' : ` HTTP ${client.status}`}:`,
      ...bodyOf(client.body, values || verdict === 'refused'),
    );
  if (remedies.length > 0)
    lines.push(
      '',
      verdict === 'undecided' ? 'To decide it:' : 'What would have to change:',
      ...remedies.flatMap((one) => wrapped(one, '  - ')),
    );
  if (notes.length > 0) lines.push('', 'Note:', ...notes.flatMap((one) => wrapped(one, '  - ')));
  if (docs !== undefined) lines.push('', `More: ${docs}`);
  return lines;
}

const VERDICTS: Readonly<Record<Explanation['verdict'], string>> = {
  allowed: 'allowed',
  refused: 'REFUSED',
  failed: 'not refused by the proxy, but not successful',
  undecided: 'not decided',
};

const MARKS: Readonly<Record<ExplainedStep['state'] | 'refused', string>> = {
  refused: '✗',
  ran: '✓',
  undecided: '?',
  'does not apply': '·',
  'not reached': '·',
  'not told': '·',
};

function stepsOf(steps: readonly ExplainedStep[], by: string | undefined, values: boolean): string[] {
  const wide = Math.max(...steps.map(({ control }) => control.length));
  return steps.flatMap(({ control, state, words, request = [], reply = [] }, i) => {
    const mark = MARKS[control === by ? 'refused' : state];
    const said = state === 'ran' || state === 'not told' ? words : `${state}${words === '' ? '' : `: ${words}`}`;
    const indent = ' '.repeat(wide + 8);
    return [
      `  ${mark} ${i + 1} ${printable(control.padEnd(wide))}  ${printable(said)}`,
      ...changes('call', request, indent, values),
      ...changes('reply', reply, indent, values),
    ];
  });
}

function changes(of: string, list: readonly Change[], indent: string, values: boolean): string[] {
  return [
    ...list
      .slice(0, MOST_CHANGES)
      .map(({ at, to }) =>
        printable(
          `${indent}${to === undefined ? 'took' : 'changed'} ${at} ${to === undefined ? 'out of' : 'in'} the ${of}${values && to !== undefined ? `: ${cut(JSON.stringify(to))}` : ''}`,
        ),
      ),
    ...(list.length > MOST_CHANGES ? [`${indent}and ${list.length - MOST_CHANGES} more places`] : []),
  ];
}

function bodyOf(body: string | undefined, isShown: boolean): string[] {
  if (body === undefined || body === '') return ['  no body'];
  if (!isShown) return [`  a reply of ${body.length} characters (--values shows it)`];
  return body
    .trimEnd()
    .split('\n')
    .map((line) => `  ${printable(cut(line, 2_000))}`);
}

function cut(text: string, most = WIDE): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

/** At words, below the width of a terminal. */
function wrapped(text: string, first: string): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of printable(text).split(' ')) {
    if (line.trim() !== '' && line.trim() !== '-' && line.length + word.length > 108) {
      lines.push(line.trimEnd());
      line = ' '.repeat(first.length);
    }
    line += `${word} `;
  }
  lines.push(line.trimEnd());
  return lines;
}
