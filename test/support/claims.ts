/** The tables of docs/security-claims.md, and which claims a test run proves. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** From the repository's root. */
export const CLAIMS_PAGE = 'docs/security-claims.md';
const HEADER = '| claim | test |';
const RULE = '|---|---|';

export interface Claim {
  readonly claim: string;
  /** From the repository's root. */
  readonly file: string;
  /** As in the source, with the placeholders of a `test.each`; with {@link CUT} at its end, only the beginning. */
  readonly title: string;
}

/** Ends the beginning of a title that no other test of the file begins with. */
export const CUT = '…';

export interface Ran {
  readonly file: string;
  /** Placeholders filled in. */
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped' | 'pending';
  /** The number of `expect` calls in it. */
  readonly assertions: number;
}

/**
 * Returns the tests of every row of every table; in a row, `<br>` is between them, and one without a file is in the file
 * before it. Throws for a row that is neither a table's header nor a claim, so that every claim is tested.
 */
export function claimsIn(root: string): readonly Claim[] {
  return claimsOf(readFileSync(join(root, CLAIMS_PAGE), 'utf8'));
}

export function claimsOf(page: string): readonly Claim[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith('|') && line !== HEADER && line !== RULE)
    .flatMap((line) => {
      const [, claim, cell] = /^\| ([^|]+) \| (`test\/[^|]+) \|$/.exec(line) ?? [];
      if (claim === undefined || cell === undefined) throw wrong(line);
      let file: string | undefined;
      return cell.split('<br>').map((test) => {
        const [, own, title] = /^(?:`(test\/\S+)`: )?([^`].*)$/.exec(test) ?? [];
        file = own ?? file;
        if (file === undefined || title === undefined) throw wrong(line);
        return { claim, file, title };
      });
    });
}

function wrong(line: string): Error {
  return new Error(`${CLAIMS_PAGE}: expected "| claim | \`test/…\`: title |", got ${line}`);
}

/**
 * Returns the faults of the claims whose files ran: their test is missing, was skipped, or asserted nothing. One line
 * each.
 */
export function unproved(claims: readonly Claim[], ran: readonly Ran[]): readonly string[] {
  const files = new Set(ran.map(({ file }) => file));
  return claims
    .filter(({ file }) => files.has(file))
    .flatMap(({ claim, file, title }) => {
      const pattern = patternOf(title);
      const tests = ran.filter((test) => test.file === file && pattern.test(test.title));
      const what =
        tests.length === 0
          ? 'no such test ran'
          : tests.every(({ state }) => state === 'skipped' || state === 'pending')
            ? 'it was skipped'
            : tests.some(({ state, assertions }) => state === 'passed' && assertions === 0)
              ? 'it asserted nothing, or ran at the same time as others'
              : undefined;
      return what === undefined ? [] : [`${what}: "${title}" in ${file}, the test of "${claim}"`];
    });
}

/** Placeholders (`%s`, `$name`, `$0.a`) match anything, and so does what was cut. */
function patternOf(title: string): RegExp {
  const isCut = title.endsWith(CUT);
  const parts = (isCut ? title.slice(0, -CUT.length) : title).split(/%[sdifjoOc#$]|\$[A-Za-z_0-9.]+/);
  const text = parts.map((part) => part.replaceAll('%%', '%').replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[\\s\\S]*');
  return new RegExp(isCut ? `^${text}` : `^${text}$`);
}
