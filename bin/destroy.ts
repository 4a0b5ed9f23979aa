/** `npm run destroy`: removes a deployment, and everything it would leave behind that costs money. */
import './log-on-stderr.ts';
import { command } from './operator/command.ts';

const USAGE = `usage: npm run destroy -- NAME [--yes] [--data] [--deployments FILE] [--region R] [--json]

Runs the project's own "cdk destroy", then removes the logs that AWS's services made for it, and lists what is left.
If the stack is gone already, only its leftovers are removed.

  NAME           a stack, such as prod-orders; or sample, for the walk-through's two
  --yes          don't ask
  --data         also remove resources that hold data: the shared table, the keyring (for good in 7 days), the user pool
  --deployments  a file other than deployments.ts
  --region       the region, if the deployments file names none (default: AWS's own configuration)
  --json         one JSON document on standard output (with --yes); what cdk says goes to standard error

exit codes: 0 it is gone, 1 something could not be removed, 2 wrong options or an unknown NAME, 3 AWS couldn't be asked, 130 interrupted`;

await command({
  name: 'destroy',
  usage: USAGE,
  options: {
    yes: { type: 'boolean' },
    data: { type: 'boolean' },
    deployments: { type: 'string' },
    region: { type: 'string' },
  },
  names: { min: 1, max: 1 },
  run: async ({ values: { yes = false, data = false, deployments, region }, names: [name = ''] }, output) => {
    const { useRegion } = await import('./operator/place.ts');
    useRegion(region);
    const { destroy } = await import('./operator/destroy.ts');
    return destroy(name, { yes, data, deployments, region }, output);
  },
});
