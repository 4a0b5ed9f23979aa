/** The CDK app: `cdk.json` starts it. What it deploys is in `deployments.ts`, or the file of `-c deployments=FILE`. */
import { resolve } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { addStacks } from '../lib/deployment/app.ts';
import { ROOT } from './bundle.ts';

// What is wrong is told below, in words; half an app must not be written because this process ends.
const app = new App({ autoSynth: false });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

const faults = await addStacks(app, resolve(ROOT, String(app.node.tryGetContext('deployments') ?? 'deployments.ts')));
try {
  if (faults.length === 0) app.synth();
} catch (error) {
  faults.push(error instanceof Error ? error.message : String(error));
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
