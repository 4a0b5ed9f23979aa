/** The exact versions of what goes with this package. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IS_PUBLISHED, ROOT } from '../lib/root.ts';
import { isObject } from '../proxy/json/lossless.ts';

/** What a project pins to deploy. */
export const OF_PROJECT = ['aws-cdk', 'aws-cdk-lib', 'cdk-nag', 'constructs', 'typescript', '@types/node'] as const;

/** Only for a chat with a model: the command says how to install them. */
const OF_CHAT = ['@strands-agents/sdk', '@aws-sdk/client-bedrock-runtime', '@smithy/node-http-handler'] as const;

/** By name. In an installed package, they are in a separate file, since it has no `devDependencies`. */
export function pins(): Readonly<Record<string, string>> {
  const read: unknown = JSON.parse(readFileSync(join(ROOT, IS_PUBLISHED ? 'pins.json' : 'package.json'), 'utf8'));
  if (!isObject(read)) throw new Error(`expected an object of versions in ${ROOT}`);
  if (IS_PUBLISHED) return textsIn(read);
  const versions = textsIn(read['devDependencies']);
  return Object.fromEntries([
    ['agentcore-mcp-proxy', String(textsIn(read)['version'])],
    ...[...OF_PROJECT, ...OF_CHAT].map((name) => [name, pinned(versions, name)]),
  ]);
}

function textsIn(value: unknown): Readonly<Record<string, string>> {
  const members = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(members.flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])));
}

export function pinned(versions: Readonly<Record<string, string>>, name: string): string {
  const version = versions[name];
  if (version === undefined) throw new Error(`package.json: expected ${name} in devDependencies, found none`);
  return version;
}
