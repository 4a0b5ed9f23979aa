/** `npm run status`: the state of a deployed proxy, from AWS's APIs. */
import './log-on-stderr.ts';
import { command } from './operator/command.ts';

const USAGE = `usage: npm run status -- NAME [--deployments FILE] [--region R] [--json]

Shows the runtime, its endpoints, image and URL, the last hour in figures, and the last errors. Changes nothing.

  NAME           a stack, such as prod-orders or sample-calculator
  --deployments  a file other than deployments.ts
  --region       the region, if the deployments file names none (default: AWS's own configuration)
  --json         one JSON document

exit codes: 0 runtime and endpoints are ready, 1 they are not, 2 wrong options or an unknown NAME, 3 AWS couldn't be asked`;

await command({
  name: 'status',
  usage: USAGE,
  options: { deployments: { type: 'string' }, region: { type: 'string' } },
  names: { min: 1, max: 1 },
  run: async ({ values: { deployments, region }, names: [name = ''] }, output) => {
    const { status } = await import('./operator/status.ts');
    return status(name, { deployments, region }, output);
  },
});
