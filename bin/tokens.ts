/** `npm run tokens`: turns stored data into the tokens that the proxy makes for it, and back. */
import './log-on-stderr.ts';
import { command } from './operator/command.ts';
import { EXIT, Failure } from './operator/failure.ts';

const USAGE = `usage: npm run -s tokens -- encode|decode WHERE --tenant NAME --type TYPE [--shaped [--check CODE]]
       [--csv COLUMN | --jsonl MEMBER] < FROM > TO

encode  replaces each value by the token that \`tokenization\` makes of it, and a token of an earlier form or key by the
        current one
decode  replaces each token by its value. Other values stay

  WHERE           arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME, or file:PATH for local use: the proxy's keyring
  --tenant NAME   whose tokens they are, as in the proxy's config
  --type TYPE     of the values, as in the proxy's config (email, or the type of a field); decode takes several
  --shaped        tokens of the value's own shape, for a field with \`reverses\`. Nothing shows that they are tokens: run
                  each of encode and decode once
  --check CODE    that an earlier run with --shaped printed: another keyring, tenant or type, which would give wrong
                  values, is refused
  --csv COLUMN    the input is CSV (RFC 4180) with a header: only that column changes
  --jsonl MEMBER  each line is a JSON object: only that member changes
                  otherwise, each line is a value

Reads standard input and writes standard output, row by row; counts go to standard error. Empty values stay, and so does
white space around a value. Other text than UTF-8 is refused before anything is written.

exit codes: 0 done, 1 it wasn't (no keyring, a faulty row, a value without a token, a token that can't be opened),
2 wrong options, 3 AWS couldn't be asked`;

// A reader that has enough, such as `head`, ends the command.
process.stdout.on('error', () => process.exit(EXIT.failed));

await command({
  name: 'tokens',
  usage: USAGE,
  options: {
    tenant: { type: 'string' },
    type: { type: 'string', multiple: true },
    shaped: { type: 'boolean' },
    check: { type: 'string' },
    csv: { type: 'string' },
    jsonl: { type: 'string' },
  },
  names: { min: 0, max: 2 },
  run: async (
    { values: { tenant, type: types = [], shaped = false, check, csv, jsonl }, names: [action, where] },
    output,
  ) => {
    const wrong = (expected: string): Failure => new Failure(`expected ${expected}\n\n${USAGE}`, EXIT.usage);
    if ((action !== 'encode' && action !== 'decode') || where === undefined)
      throw wrong(`encode or decode, and where the keyring is, got ${action ?? 'nothing'}`);
    if (tenant === undefined || tenant === '') throw wrong('--tenant NAME');
    if (types.length === 0 || (action === 'encode' && types.length > 1))
      throw wrong(action === 'encode' ? 'one --type TYPE' : '--type TYPE');
    if (shaped && types.length > 1) throw wrong('one --type TYPE with --shaped');
    if (check !== undefined && !shaped) throw wrong('--shaped with --check');
    if (csv !== undefined && jsonl !== undefined) throw wrong('--csv or --jsonl, got both');
    if (output.json) throw wrong('no --json: rows are written to standard output');
    const { tokens } = await import('./operator/tokens.ts');
    return tokens(
      { action, where, tenant, types, shaped, check, csv, jsonl },
      process.stdin,
      process.stdout,
      process.stderr,
    );
  },
});
