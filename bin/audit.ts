/** `npm run audit -- verify FILE`: whether audit lines are all there, and as they were written. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkByKeyring, checkByPublicKey } from './audit/keys.ts';
import { type ChainReport, type CheckHead, verifyLines } from './audit/verify.ts';

const USAGE = `usage: npm run audit -- verify FILE (--keyring WHERE | --public-key PEM | --unsigned) [--open] [--any-order] [--json]

Reads lines as the audit control wrote them (format json, ocsf, cloudevents or cef), of any number of processes, with other lines
among them, and finds those that were removed, changed, moved, added, or cut off at the end.

  FILE          a file, or - for standard input
  --keyring     the keyring that signed: arn:aws:secretsmanager:…, file:PATH or env:NAME
  --public-key  a PEM file with the Ed25519 key that signed
  --unsigned    check no signatures: then whoever wrote all lines anew isn't found out
  --open        a chain without its last line is right: the process is still running, or was killed
  --any-order   sort the lines first: Firehose may deliver them in another order
  --json        one JSON document

exit codes: 0 every chain is whole, 1 one is not, or there is none, 2 wrong options`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  let check: CheckHead | undefined;
  try {
    options = parse(args);
    const { keyring, publicKey } = options;
    check = keyring !== undefined ? await checkByKeyring(keyring) : publicKey !== undefined ? checkByPublicKey(publicKey) : undefined;
  } catch (error) {
    console.error(`audit: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  const { chains, stray, others } = verifyLines(linesOf(options.file), check, options.anyOrder);
  const judged = chains.map((chain) => ({ ...chain, faults: [...chain.faults, ...(chain.ended || options.open ? [] : [openFault(chain, check !== undefined)])] }));
  const whole = judged.length > 0 && stray === 0 && judged.every(({ faults }) => faults.length === 0);
  if (options.json) console.log(JSON.stringify({ whole, chains: judged, stray, others }, null, 2));
  else {
    for (const { id, lines, heads, faults } of judged) {
      console.log(`${faults.length === 0 ? 'whole ' : 'BROKEN'}  ${id}  ${lines} lines, ${heads} heads${check === undefined ? ', signatures not checked' : ''}`);
      for (const fault of faults) console.log(`        ${fault}`);
    }
    if (judged.length === 0) console.log('no line is in a chain: was the audit control given one? audit({ chain: { keyring: … } })');
    if (stray > 0) console.log(`BROKEN  ${stray} audit lines are in no chain: written before there was one, or by somebody else`);
    if (others > 0) console.log(`${others} lines are no audit lines`);
  }
  return whole ? 0 : 1;
}

function openFault({ lines, signedTo }: ChainReport, signed: boolean): string {
  const known = signed ? `; signatures vouch for the lines before ${signedTo}` : '';
  return `the chain has no end after ${lines} lines${known}: cut off, or the process was killed or still runs (--open permits that)`;
}

interface Options {
  readonly file: string;
  readonly keyring: string | undefined;
  readonly publicKey: string | undefined;
  readonly open: boolean;
  readonly anyOrder: boolean;
  readonly json: boolean;
}

function parse(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { keyring: { type: 'string' }, 'public-key': { type: 'string' }, unsigned: { type: 'boolean' }, open: { type: 'boolean' }, 'any-order': { type: 'boolean' }, json: { type: 'boolean' } },
  });
  const [command, file, ...more] = positionals;
  if (command !== 'verify' || file === undefined || more.length > 0) throw new TypeError('expected: verify FILE');
  const { keyring, 'public-key': publicKey, unsigned = false, open = false, 'any-order': anyOrder = false, json = false } = values;
  const ways = [keyring, publicKey, unsigned ? true : undefined].filter((way) => way !== undefined).length;
  if (ways !== 1) throw new TypeError(`expected one of --keyring, --public-key and --unsigned, got ${ways === 0 ? 'none' : 'several'}`);
  return { file, keyring, publicKey, open, anyOrder, json };
}

function linesOf(file: string): string[] {
  return readFileSync(file === '-' ? 0 : file, 'utf8').split(/\r?\n/);
}
