/** `npm run deploy`: runs the checks, then the CDK, then says what to try. */
import './log-on-stderr.ts';
import { splitArguments } from './operator/cdk-arguments.ts';
import { reporting } from './operator/command.ts';
import { useOwnNetwork } from './operator/own-network.ts';
import { createOutput } from './operator/terminal.ts';

const USAGE = `usage: npm run deploy -- [NAME…|PATTERN] [--deployments FILE] [--json] [cdk options]

Runs the doctor's checks, stops if one fails, then runs the project's own "cdk deploy" with the options after the names.

  NAME…          stacks of the deployments file, or a pattern such as 'prod-*'; may be left out if there is only one
  sample         a calculator behind an AgentCore gateway, and a proxy in front of it; with -c sample=jwt, callers send tokens instead of SigV4
  --deployments  a file other than deployments.ts
  --json         one JSON document on standard output; what cdk says goes to standard error
  cdk options    such as --profile P, --require-approval never, --no-rollback ("npm run cdk -- deploy --help" lists them)

exit codes: 0 deployed, 1 a check or the deployment failed, 2 wrong options or an unknown NAME, 130 interrupted`;

const split = splitArguments(process.argv.slice(2));
const output = createOutput(split.json);
if (split.help) console.log(USAGE);
else {
  await reporting('deploy', USAGE, output, async () => {
    await useOwnNetwork(process.env);
    if (split.profile !== undefined) process.env['AWS_PROFILE'] = split.profile;
    const { useRegion } = await import('./operator/place.ts');
    useRegion(split.region);
    const { deploy } = await import('./operator/deploy.ts');
    return deploy(split, output);
  });
}
