/** The app in this process, with the context from `cdk.json`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, vi } from 'vitest';
import { ROOT } from '../../bin/bundle.ts';
import { addStacks } from '../../lib/deployment/app.ts';
import type { Deployment } from '../../lib/deployments.ts';

// A config is type-checked and bundled for the first stack that uses it.
vi.setConfig({ testTimeout: 300_000 });

const folder = mkdtempSync(join(tmpdir(), 'app-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export const GATEWAY = 'arn:aws:bedrock-agentcore:eu-west-1:111122223333:gateway/orders-abcdefghij';
export const ORDERS: Deployment = {
  name: 'orders',
  account: '111122223333',
  region: 'eu-west-1',
  upstream: { gatewayArn: GATEWAY },
};

let count = 0;

/** Writes a file next to this test's deployments files, and returns its path. */
export function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Writes a deployments file as JSON, and returns its path. */
export function listed(list: unknown): string {
  return written(`deployments-${count++}.json`, JSON.stringify(list));
}

export interface Made {
  readonly app: App;
  readonly faults: readonly string[];
  readonly template: (stack: string) => Template;
}

export async function make(list: unknown, context: Readonly<Record<string, unknown>> = {}): Promise<Made> {
  const { context: flags }: { context: Record<string, unknown> } = JSON.parse(
    await readFile(join(ROOT, 'cdk.json'), 'utf8'),
  );
  const app = new App({ autoSynth: false, context: { ...flags, ...context }, outdir: join(folder, `out-${count++}`) });
  const faults = await addStacks(app, listed(list));
  return { app, faults, template: (name) => Template.fromJSON(app.synth().getStackByName(name).template as object) };
}

/** The findings of cdk-nag and CDK's own rules, as `RULE path`. */
export async function findings({ app }: Made): Promise<string[]> {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const { error } = console;
  console.error = () => {};
  try {
    app.synth();
  } catch {
    // Findings end synth, and are in the report.
  } finally {
    console.error = error;
  }
  const { pluginReports }: Report = JSON.parse(await readFile(join(app.outdir, 'validation-report.json'), 'utf8'));
  return pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    ),
  );
}

interface Report {
  readonly pluginReports: readonly {
    readonly violations: readonly {
      readonly ruleName: string;
      readonly violatingConstructs: readonly { readonly constructPath?: string }[];
    }[];
  }[];
}
