/** The options of `npm run measure`. */
import { parseArgs } from 'node:util';
import { type Group, GROUPS, type Half, typeOf } from './corpus/index.ts';

export const USAGE = `usage: npm run measure -- [development [--examples]] [--only TYPE,…] [--each N] [--peers] [--write]

  development  the half that detectors are made with; without it, the half that is held out
  --examples   what was missed and what was mistaken: of the half development only
  --only       some types of data: ${[...new Set([...GROUPS.map(typeOf), ...GROUPS])].join(', ')}
  --each       how many samples of each kind of data at each kind of place (default: 400)
  --peers      asks Presidio and detect-secrets too, which takes minutes; --write does so in any case
  --write      puts the tables into docs/detectors.md: of the whole half that is held out only

The parts that were measured are kept in .cache/detectors: a run that was stopped continues where it was.

exit codes: 0 done, 1 no Python or Go for --write, 2 wrong options`;

export interface Options {
  readonly half: Half;
  readonly examples: boolean;
  readonly write: boolean;
  readonly peers: boolean;
  readonly each: number;
  readonly groups: readonly Group[];
}

/** Undefined: only the usage is asked for. Throws for wrong options. */
export function optionsOf(args: readonly string[]): Options | undefined {
  const flag = { type: 'boolean' } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      examples: flag,
      write: flag,
      peers: flag,
      help: flag,
      only: { type: 'string' },
      each: { type: 'string', default: '400' },
    },
  });
  if (values.help === true) return undefined;
  const { examples = false, write = false, peers = write, only, each } = values;
  const development = positionals[0] === 'development';
  if (positionals.length > (development ? 1 : 0))
    throw new TypeError(`expected development or nothing, got ${positionals.join(' ')}`);
  if (examples && !development)
    throw new TypeError('--examples: expected it with development only, because nobody may look at the held-out half');
  if (write && (development || only !== undefined))
    throw new TypeError('--write: expected it alone, because the page shows the whole held-out half');
  if (!/^[1-9]\d{0,4}$/.test(each)) throw new TypeError(`--each: expected a number from 1 to 99999, got ${each}`);
  const names = only?.split(',') ?? [];
  for (const name of names)
    if (!GROUPS.some((group) => group === name || typeOf(group) === name))
      throw new TypeError(`--only: expected types of data, got ${name}`);
  const groups = GROUPS.filter((group) => only === undefined || names.includes(group) || names.includes(typeOf(group)));
  return { half: development ? 'development' : 'heldOut', examples, write, peers, each: Number(each), groups };
}
