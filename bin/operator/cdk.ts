/** The CDK's command line that the project pins. */
import { join } from 'node:path';
import { ROOT } from '../bundle.ts';

/** Run by this very Node, so that no other `cdk` on the PATH comes into it. */
export const CDK = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
