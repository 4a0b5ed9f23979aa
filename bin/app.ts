/** The CDK app, started by `cdk.json`. It deploys `deployments.ts`, or the file of `-c deployments=FILE`. */
import './log-on-stderr.ts';
import { resolve } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { addStacks } from '../lib/deployment/app.ts';
import { deploymentsPath } from './operator/deployments-file.ts';
import { PROJECT } from './project.ts';

// Synthesized below, where errors are printed. At the process's exit, it would write half an app.
const app = new App({ autoSynth: false });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

const given: unknown = app.node.tryGetContext('deployments');
const file = typeof given === 'string' ? resolve(PROJECT, given) : deploymentsPath(undefined);
const faults = await addStacks(app, file);
try {
  if (faults.length === 0) app.synth();
} catch (error) {
  faults.push(error instanceof Error ? error.message : String(error));
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
