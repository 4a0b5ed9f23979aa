/** The CDK command line in the version that the project pins. */
import { join } from 'node:path';
import { PROJECT } from '../project.ts';

/** Run with this process's Node, so that no other `cdk` on the PATH is used. */
export const CDK = join(PROJECT, 'node_modules/aws-cdk/bin/cdk');
