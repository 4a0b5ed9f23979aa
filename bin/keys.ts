/** `npm run keys`: manages the keyring that makes tokens. */
import './log-on-stderr.ts';
import { command } from './operator/command.ts';
import { EXIT, Failure } from './operator/failure.ts';

const USAGE = `usage: npm run keys -- show|rotate|new WHERE [--json]

show    the ids of the keys, which of them makes new tokens, and a fingerprint of each
rotate  adds a key and makes it the current one. The old ones stay, so that every token can still be opened
new     makes a keyring with its first key, if there is none yet

  WHERE   arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME, or file:PATH for local use
  --json  one JSON document

A key itself is never printed.

exit codes: 0 done, 1 it wasn't (no keyring, a faulty one, one that exists already, or one that was changed meanwhile),
2 wrong options, 3 AWS couldn't be asked`;

const ACTIONS = ['show', 'rotate', 'new'] as const;

await command({
  name: 'keys',
  usage: USAGE,
  options: {},
  names: { min: 0, max: 2 },
  run: async ({ names: [action, where] }, output) => {
    const known = ACTIONS.find((name) => name === action);
    if (known === undefined || where === undefined)
      throw new Failure(
        `expected show, rotate or new, and where the keyring is, got ${[action, where].filter((given) => given !== undefined).join(' ') || 'nothing'}\n\n${USAGE}`,
        EXIT.usage,
      );
    const { keys } = await import('./operator/keys.ts');
    return keys(known, where, output);
  },
});
