/**
 * `npm run attack [-- --seconds N] [--seed N] [--only NAME,…]`: attacks this proxy with made-up input, in rounds, until
 * the time is up. It prints what was tried and every fault with its input; the seed repeats it.
 */
import { parseArgs } from 'node:util';
import { answerForms } from './answer-forms.ts';
import { type Attack, type Attacking, Random } from './attack.ts';
import { envelopes } from './envelopes.ts';
import { httpForms } from './http-forms.ts';
import { leaks } from './leaks.ts';
import { linear } from './linear.ts';
import { tokenForms } from './token-forms.ts';

const ATTACKS: readonly Attacking[] = [envelopes, httpForms, answerForms, tokenForms, leaks, linear];
/** More of one kind would hide the others. */
const MOST_SHOWN = 10;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? process.hrtime.bigint() % 1_000_000n);
const names = ATTACKS.map(({ name }) => name);
const only = values.only?.split(',') ?? names;
const unknown = only.filter((name) => !names.includes(name));
if (!(seconds > 0) || !Number.isInteger(seed) || unknown.length > 0) {
  console.error(
    `got ${process.argv.slice(2).join(' ')}, expected --seconds N, --seed N, --only with some of ${names.join(', ')}`,
  );
  process.exit(2);
}

const chosen = ATTACKS.filter(({ name }) => only.includes(name));
console.log(`attacks for ${seconds} s, seed ${seed}`);
let failed = false;
for (const attacking of chosen) failed = !(await run(attacking, (seconds * 1000) / chosen.length)) || failed;
process.exitCode = failed ? 1 : 0;

async function run(attacking: Attacking, ms: number): Promise<boolean> {
  await using attack: Attack = await attacking.prepare();
  const random = new Random(seed);
  const end = performance.now() + ms;
  let tried = 0;
  let rounds = 0;
  const faults: string[] = [];
  do {
    const round = await attack.round(random);
    tried += round.tried;
    rounds++;
    faults.push(...round.faults);
  } while (performance.now() < end && faults.length < MOST_SHOWN);
  console.log(`${attacking.name}: ${tried} inputs in ${rounds} rounds, ${faults.length} faults (${attack.with})`);
  for (const fault of faults.slice(0, MOST_SHOWN)) console.log(`  ${fault}`);
  return faults.length === 0;
}
