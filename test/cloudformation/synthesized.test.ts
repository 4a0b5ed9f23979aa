import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addStacks } from '../../lib/deployment/app.ts';
import modes from './modes.ts';
import { validateTemplate } from './validate.ts';
import '../support/template-validation.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'synthesized-'));
const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as {
  readonly context: Readonly<Record<string, unknown>>;
};

/** The app's templates for a deployments file, by stack, with the feature flags that it ships with. */
async function templatesOf(
  name: string,
  deployments: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Map<string, unknown>> {
  const app = new App({ autoSynth: false, outdir: join(folder, name), context: { ...context, ...more } });
  expect(await addStacks(app, join(ROOT, deployments))).toEqual([]);
  return new Map(app.synth().stacks.map(({ stackName, template }) => [stackName, template]));
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('every way to deploy a proxy yields a template that CloudFormation accepts', () => {
  let templates: Map<string, unknown>;
  beforeAll(async () => {
    templates = await templatesOf('modes', 'test/cloudformation/modes.ts');
  });

  test.each(modes.map(({ name }) => name.replaceAll('_', '-')))('%s', (name) => {
    expect(templates.has(name)).toBe(true);
    expect(validateTemplate(templates.get(name))).toEqual([]);
  });

  test('a broken template is detected', () => {
    const text = JSON.stringify(templates.get('plain'));
    const broken = [
      text.replace('"AgentRuntimeName"', '"RuntimeName"'),
      text.replace('"PUBLIC"', '"OPEN"'),
      text.replace(/"Fn::GetAtt":\["Proxy/, '"Fn::GetAtt":["Prozy'),
      text.replace('"IdleRuntimeSessionTimeout":900', '"IdleRuntimeSessionTimeout":9'),
    ];
    for (const changed of broken) {
      expect(changed).not.toBe(text);
      expect(validateTemplate(JSON.parse(changed))).not.toEqual([]);
    }
  });
});

test.each(['iam', 'jwt'])('the sample with %s yields two such templates', async (sample) => {
  const templates = await templatesOf(sample, 'deployments.ts', { sample });
  expect([...templates.keys()].toSorted()).toEqual(['sample-calculator', 'sample-gateway']);
  for (const template of templates.values()) expect(validateTemplate(template)).toEqual([]);
});
