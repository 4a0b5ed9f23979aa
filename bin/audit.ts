/** `npm run audit -- verify FILE`: checks that audit lines are complete and unchanged. */
import './log-on-stderr.ts';
import { parseArgs } from 'node:util';
import type { ChainReport } from './audit/chain-check.ts';
import { checkByKeyring, checkByPublicKey } from './audit/keys.ts';
import { eachLine } from './audit/lines.ts';
import { type CheckHead, type Report, Verifier } from './audit/verify.ts';
import { fromHere, placeFromHere } from './from-here.ts';

const USAGE = `usage: npm run audit -- verify FILE (--keyring WHERE | --public-key PEM | --unsigned) [--open] [--any-order] [--json]

Reads lines as the audit control wrote them (format json, ocsf, cloudevents or cef), of any number of processes, with other lines
among them, and finds those that were removed, changed, moved, added, or cut off at the end.

  FILE          a file, or - for standard input
  --keyring     the keyring that signed: arn:aws:secretsmanager:…, file:PATH or env:NAME
  --public-key  a PEM file with the Ed25519 key that signed, or with the public key of the KMS key that vouched
  --unsigned    check no signatures: lines that were all rewritten are then not detected
  --open        accept a chain without its last line: the process still runs, or was killed. Lines after the last signature
                are not protected
  --any-order   accept lines in any order, and repeated lines: Firehose may deliver them so
  --json        one JSON document

exit codes: 0 every chain is whole, 1 one is not, or there is none, 2 wrong options, or the file or the key can't be read`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(USAGE);
    return 0;
  }
  let options: Options;
  try {
    options = parse(args);
  } catch (error) {
    return failed(error, USAGE);
  }
  try {
    const check = await checkOf(options);
    const verifier = new Verifier(check, options.anyOrder);
    await eachLine(options.file, (line) => verifier.take(line));
    return print(judged(verifier.report(), options, check !== undefined), options, check !== undefined);
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown, usage?: string): number {
  console.error(
    `audit: ${error instanceof Error ? error.message : String(error)}${usage === undefined ? '' : `\n\n${usage}`}`,
  );
  return 2;
}

async function checkOf({ keyring, publicKey }: Options): Promise<CheckHead | undefined> {
  return keyring !== undefined
    ? checkByKeyring(placeFromHere(keyring))
    : publicKey !== undefined
      ? checkByPublicKey(fromHere(publicKey))
      : undefined;
}

/** Adds the faults that depend on the options. */
function judged({ chains, ...rest }: Report, { open }: Options, signed: boolean): Report & { readonly whole: boolean } {
  const all = chains.map((chain) => {
    return chain.ended || open ? chain : { ...chain, faults: [...chain.faults, openFault(chain, signed)] };
  });
  return {
    whole: all.length > 0 && rest.stray === 0 && rest.unread === 0 && all.every(({ faults }) => faults.length === 0),
    chains: all,
    ...rest,
  };
}

function openFault({ lines, signedTo }: ChainReport, signed: boolean): string {
  const known = signed ? `; signatures cover the lines up to ${signedTo}` : '';
  return `the chain has no end after ${lines} lines${known}: cut off, or the process was killed or still runs (--open accepts that)`;
}

function print(report: Report & { readonly whole: boolean }, { json }: Options, signed: boolean): number {
  const { whole, chains, stray, unread, others } = report;
  if (json) {
    console.log(JSON.stringify(report, null, 2));
    return whole ? 0 : 1;
  }
  for (const { id, lines, heads, from, to, unsigned, repeated, pub, faults } of chains) {
    console.log(
      `${faults.length === 0 ? 'whole ' : 'BROKEN'}  ${id}  ${lines} lines, ${heads} heads, ${from} to ${to}${signed ? '' : ', signatures not checked'}`,
    );
    if (pub !== undefined) console.log(`        key ${pub}`);
    for (const fault of faults) console.log(`        ${fault}`);
    if (signed && unsigned > 0) console.log(`        ${unsigned} lines after the last signature are covered by none`);
    if (repeated > 0) console.log(`        ${repeated} lines are repeated unchanged`);
  }
  if (chains.length === 0) console.log('no line is in a chain: turn chains on with audit({ chain: { keyring: … } })');
  if (stray > 0)
    console.log(
      `BROKEN  ${stray} audit lines are in no chain: written before chains were turned on, or by another program`,
    );
  if (unread > 0)
    console.log(`BROKEN  ${unread} lines are longer than 4 MiB and were not read: the proxy never writes such lines`);
  if (others > 0) console.log(`${others} lines are not audit lines`);
  return whole ? 0 : 1;
}

interface Options {
  /** An absolute path, or `-`. */
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
    options: {
      keyring: { type: 'string' },
      'public-key': { type: 'string' },
      unsigned: { type: 'boolean' },
      open: { type: 'boolean' },
      'any-order': { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
  const [command, file, ...more] = positionals;
  if (command !== 'verify' || file === undefined || more.length > 0) throw new TypeError('expected: verify FILE');
  const {
    keyring,
    'public-key': publicKey,
    unsigned = false,
    open = false,
    'any-order': anyOrder = false,
    json = false,
  } = values;
  const ways = [keyring, publicKey, unsigned ? true : undefined].filter((way) => way !== undefined).length;
  if (ways !== 1)
    throw new TypeError(
      `expected one of --keyring, --public-key and --unsigned, got ${ways === 0 ? 'none' : 'several'}`,
    );
  return { file: file === '-' ? file : fromHere(file), keyring, publicKey, open, anyOrder, json };
}
