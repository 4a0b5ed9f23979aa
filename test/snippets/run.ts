/**
 * `npm run snippets [-- PAGE…]`: runs each command and checks each piece of code of the pages, and prints counts.
 *
 * Exit codes: 0 all did what they should, 1 some did not.
 */
import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { type Code, compile, shown } from './code.ts';
import { type Page, readPages } from './pages.ts';
import { reasonFor, reasonForLanguage } from './reasons.ts';
import { Session } from './session.ts';
import { statementsOf } from './statements.ts';

/** The pages' commands use this port. */
const PORT = 8_000;

if (await isTaken(PORT)) alone();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const wanted = process.argv.slice(2);
const pages = (await readPages()).filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const counts = new Map<string, number>();
const faults: string[] = [];
const code: Code[] = [];
for (const [i, page] of pages.entries()) {
  const before = faults.length;
  await check(page);
  console.log(`${faults.length === before ? 'ok' : '✗ '}  ${i + 1} of ${pages.length}  ${page.name}`);
}
const said = code.length === 0 ? '' : await compile(code);
if (said === '') count('TypeScript compiled', code.length);
else faults.push(said);

for (const [what, number] of [...counts].toSorted(([a], [b]) => a.localeCompare(b))) console.log(`${number}  ${what}`);
for (const fault of faults) console.log(`✗  ${fault}`);
console.log(faults.length === 0 ? 'all pages hold' : `${faults.length} do not hold`);
process.exitCode = faults.length === 0 ? 0 : 1;

function count(what: string, number = 1): void {
  counts.set(what, (counts.get(what) ?? 0) + number);
}

async function check(page: Page): Promise<void> {
  await using session = await Session.begin(page.blocks);
  for (const block of page.blocks) {
    const { language, text, line } = block;
    const notRun = block.notRun ?? reasonForLanguage(language, text);
    if (notRun !== undefined) {
      count(`blocks not run: ${notRun}`);
      continue;
    }
    try {
      if (language === 'sh') await runAll(session, statementsOf(text));
      else if (language === 'json') {
        JSON.parse(text);
        count('JSON parsed');
      } else if (language === 'ts') code.push({ page: page.name, block });
      else if (language === 'python' && page.name === 'docs/connect.md') count('Python, which npm run clients runs');
      else throw new Error(`nothing runs ${language}: say why in a comment before it, <!-- not run: why -->`);
    } catch (error) {
      faults.push(`${shown(page.name, line)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function runAll(session: Session, commands: readonly string[]): Promise<void> {
  const run = commands.filter((command) => {
    const reason = reasonFor(command);
    if (reason !== undefined) count(`commands not run: ${reason}`);
    return reason === undefined;
  });
  await session.run(run);
  count('commands run', run.length);
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket.destroy() !== undefined));
    socket.once('error', () => resolve(false));
  });
}

/** Runs this again in a separate network, where the port is free, and ends. */
function alone(): never {
  const script = 'ip link set lo up && exec "$@"';
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status } = spawnSync('unshare', ['-rn', 'sh', '-c', script, 'sh', ...again], { stdio: 'inherit' });
  if (status !== null) process.exit(status);
  console.error(`port ${PORT} is in use, and there is no unshare to get another network: end what listens there`);
  process.exit(1);
}
