/** `npm run verify`: checks what only a live deployment can show. */
import './log-on-stderr.ts';
import { command } from './operator/command.ts';

const USAGE = `usage: npm run verify -- NAME [--only ID[,ID…]] [--deployments FILE] [--region R] [--json]

Calls a deployed proxy and checks what only a live deployment shows: docs/operate.md lists the checks. It lists tools, calls
one only if it is known to change nothing, and opens a few sessions; it changes nothing in the deployment. Takes some minutes,
most of them waiting for logs and metrics to arrive.

  NAME           a stack, such as prod-orders or sample-calculator
  --only         only these checks, such as header-pass-through,cold-start
  --deployments  a file other than deployments.ts
  --region       the region, if the deployments file names none (default: AWS's own configuration)
  --json         one JSON document

exit codes: 0 nothing failed, 1 a check failed, 2 wrong options or an unknown NAME, 3 AWS couldn't be asked`;

await command({
  name: 'verify',
  usage: USAGE,
  options: { only: { type: 'string' }, deployments: { type: 'string' }, region: { type: 'string' } },
  names: { min: 1, max: 1 },
  run: async ({ values: { only, deployments, region }, names: [name = ''] }, output) => {
    const { verify } = await import('./operator/verify.ts');
    return verify(name, { only: only?.split(',').filter((id) => id !== ''), deployments, region }, output);
  },
});
