/** The files of a new project. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Answers } from './answers.ts';

/** Commands of the package that become scripts of the same name, so that its pages are right in a project, too. */
const SCRIPTS = [
  'agent',
  'build',
  'doctor',
  'deploy',
  'status',
  'verify',
  'destroy',
  'replay',
  'explain',
  'policy',
  'tools',
  'search',
  'audit',
  'keys',
  'tokens',
  'controls',
  'base-image',
] as const;

/** What a project needs to deploy, and to check its types. */
const DEV = ['@types/node', 'aws-cdk', 'aws-cdk-lib', 'cdk-nag', 'constructs', 'typescript'] as const;

/** Read by the CDK, which starts the app. */
const APP = 'npx --no-install agentcore-mcp-proxy app';

export interface Sources {
  /** The folder with the template. */
  readonly template: string;
  /** This package's `cdk.json`, whose feature flags a project shares. */
  readonly cdkJson: string;
  /** Exact versions, by name. */
  readonly pins: Readonly<Record<string, string>>;
}

/** Contents by path. */
export function filesOf(answers: Answers, { template, cdkJson, pins }: Sources): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const path of readdirSync(template, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const file = join(template, path);
    if (statSync(file).isFile()) files.set(named(path), readFileSync(file, 'utf8'));
  }
  const { context } = JSON.parse(readFileSync(cdkJson, 'utf8')) as { context: object };
  files.set('README.md', readme(files.get('README.md') ?? '', answers));
  files.set('package.json', json(manifestOf(answers, pins)));
  files.set('cdk.json', json({ app: APP, context }));
  files.set('deployments.ts', deploymentsOf(answers));
  return files;
}

/** npm leaves files that begin with a dot out of packages, or reads them as its own. */
function named(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(gitignore|github\/)/, '.$1');
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function manifestOf({ name }: Answers, pins: Sources['pins']): object {
  const only = (names: readonly string[]): object => Object.fromEntries(names.map((name) => [name, pins[name]]));
  return {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    engines: { node: '>=22.18' },
    scripts: {
      start: 'agentcore-mcp-proxy start',
      test: 'node --test',
      typecheck: 'tsc',
      synth: 'cdk synth --quiet',
      cdk: 'cdk',
      ...Object.fromEntries(SCRIPTS.map((script) => [script, `agentcore-mcp-proxy ${script}`])),
    },
    dependencies: only(['agentcore-mcp-proxy']),
    devDependencies: only(DEV),
  };
}

function deploymentsOf({ name, account, region, upstream, examples }: Answers): string {
  const members: readonly (readonly [string, unknown])[] = [
    ['name', name.replaceAll('-', '_')],
    ['stage', 'dev'],
    ['account', account],
    ['region', region],
    ['upstream', upstream],
  ];
  const noted = members.map(([key, value]) => {
    const isExample = examples.some((each) => each === key);
    return `    ${key}: ${written(value)},${isExample ? ' // an example: yours' : ''}`;
  });
  return `/** Where the proxy runs: one entry for each proxy, account and region. Your editor shows the other members. */
import { defineDeployments } from 'agentcore-mcp-proxy/cdk';

export default defineDeployments([
  {
${noted.join('\n')}
  },
]);
`;
}

/** As TypeScript: text, or an object of texts. */
function written(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, member]) => `${key}: ${written(member)}`)
      .join(', ')} }`;
  return `'${String(value).replaceAll(/[\\']/g, '\\$&')}'`;
}

function readme(text: string, { name, upstream, examples }: Answers): string {
  const address = examples.includes('upstream') ? 'https://mcp.example.com/mcp' : upstream['url'];
  const lines = text.replace('# NAME', `# ${name}`).split('\n');
  // An ARN is bound by a variable, not by an option.
  return lines
    .flatMap((line) =>
      !line.includes('UPSTREAM') ? [line] : address === undefined ? [] : [line.replace('UPSTREAM', address)],
    )
    .join('\n');
}
