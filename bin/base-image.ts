/** `npm run base-image`: prints the digest that the base image's tag now refers to. */
import './log-on-stderr.ts';
import { parseArgs } from 'node:util';
import { BASE_IMAGE_CONTEXT, defaultBase } from '../lib/base-image.ts';
import { explain } from './explain.ts';
import { digestOf } from './registry/digest.ts';

const USAGE = `usage: npm run -s base-image [-- --image NAME] [--digest]

Asks the registry which image the base's tag refers to now, and prints it in the form that cdk reads:

  npx cdk deploy -c "$(npm run -s base-image)" 'prod-*'

  --image   an image other than that of proxy/Dockerfile, in a registry that needs no credentials
  --digest  prints only the digest, for baseImageDigest

exit codes: 0 printed, 1 the registry gave no digest, 2 wrong options`;

const { values, wrong } = options();
if (wrong !== undefined) {
  console.error(wrong);
  process.exitCode = 2;
} else if (values?.help === true) {
  console.log(USAGE);
} else {
  try {
    const digest = await digestOf(values?.image ?? defaultBase());
    console.log(values?.digest === true || values?.image !== undefined ? digest : `${BASE_IMAGE_CONTEXT}=${digest}`);
  } catch (error) {
    console.error(explain(error, USAGE));
    process.exitCode = 1;
  }
}

function options() {
  try {
    const { values } = parseArgs({
      options: { image: { type: 'string' }, digest: { type: 'boolean' }, help: { type: 'boolean' } },
    });
    return { values, wrong: undefined };
  } catch (error) {
    return { values: undefined, wrong: explain(error, USAGE) };
  }
}
