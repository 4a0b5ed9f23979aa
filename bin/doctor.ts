/** `npm run doctor`: checks that everything is ready for a deployment, and says how to fix what isn't. */
import './log-on-stderr.ts';
import { command } from './operator/command.ts';

const USAGE = `usage: npm run doctor [-- NAME] [--deployments FILE] [--region R] [--json]

Checks this machine, the AWS account and the upstream, and says how to fix what is wrong. Changes nothing.

  NAME           a stack of the deployments file, a pattern such as 'prod-*', or sample; default all
  --deployments  a file other than deployments.ts
  --region       the region, if the deployments file names none (default: AWS's own configuration)
  --json         one JSON document

exit codes: 0 nothing failed, 1 a check failed, 2 wrong options or an unknown NAME`;

await command({
  name: 'doctor',
  usage: USAGE,
  options: { deployments: { type: 'string' }, region: { type: 'string' } },
  names: { min: 0, max: 1 },
  run: async ({ values, names }, output) => {
    const { useRegion } = await import('./operator/place.ts');
    useRegion(values.region);
    const { doctor } = await import('./operator/doctor.ts');
    return doctor({ names, deployments: values.deployments }, output);
  },
});
