/** `scores.md`: the last score of each file, which `npm run mutate` writes for the files that it ran. */
import type { Score } from './score.ts';

const HEAD = ['file', 'mutants', 'killed', 'of them by time', 'survived', 'explained', 'score'];

/** The page with these scores in place of earlier ones, sorted by file. */
export function pageWith(page: string, scores: readonly Score[]): string {
  const rows = new Map(
    page
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => [line.split('`')[1] ?? '', line]),
  );
  for (const { file, mutants, killed, late, survived, explained, percent } of scores)
    rows.set(
      file,
      row([`\`${file}\``, mutants, killed, late.length, survived.length, explained, `${percent.toFixed(1)} %`]),
    );
  const table = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
  return `${INTRODUCTION}\n${[row(HEAD), row(HEAD.map(() => '---')), ...table].join('\n')}\n`;
}

const INTRODUCTION = `# Scores of the mutation tests

The last score of each file below \`proxy/\` that \`npm run mutate\` ran. A file that is missing was not run yet. 90 % is required
of the mutants that no explanation in \`survivors/\` names. "By time": noticed only by a limit of time, which a busy machine exceeds,
too.
`;

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}
