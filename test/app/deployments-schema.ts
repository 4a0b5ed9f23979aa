/** The schema of deployments files, with what the interfaces of an entry say of each member. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deploymentsSchema } from '../../lib/deployment/schema.ts';
import { ROOT } from '../../lib/root.ts';
import type { Schema } from '../../lib/rules/schema.ts';

/** Where the members of an entry are declared. */
const INTERFACES = [
  ['lib/deployment/entry.ts', 'Deployment'],
  ['lib/common-options.ts', 'CommonOptions'],
  ['lib/variable-options.ts', 'VariableOptions'],
] as const;

export function schemaWithDocs(): Schema {
  return deploymentsSchema(new Map(INTERFACES.flatMap(([file, name]) => docsIn(file, name))));
}

function docsIn(file: string, name: string): (readonly [string, string])[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const body = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([^]*?)^\\}`, 'm').exec(source)?.[1];
  if (body === undefined) throw new Error(`expected an interface ${name} in ${file}`);
  return [...body.matchAll(/\/\*\*([^]*?)\*\/\s*readonly (\w+)\??:/g)].map(([, comment = '', member = '']) => [
    member,
    comment
      .replaceAll(/^\s*\*? ?/gm, '')
      .replaceAll(/\s+/g, ' ')
      .replace(/ ?@default -? ?(.*)$/, ' Default: $1.')
      .replaceAll('`', '')
      .trim(),
  ]);
}
