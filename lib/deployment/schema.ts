/** The JSON Schema of a deployments file in JSON, for editors: `deployments.schema.json`. */
import { type Schema, schemaOf } from '../rules/schema.ts';
import { deployment } from './entry.ts';

/**
 * Accepts what the checker accepts, and more: what one member demands of another, and what must exist, is checked at
 * synth.
 * @param docs what each member of an entry is for, by its name
 */
export function deploymentsSchema(docs: ReadonlyMap<string, string>): Schema {
  const { properties, ...entry } = schemaOf(deployment);
  const described = Object.entries(properties ?? {}).map(([name, schema]: [string, Schema]) => {
    const description = docs.get(name);
    return [name, description === undefined ? schema : { ...schema, description }];
  });
  const entries = { type: 'array', items: { $ref: '#/definitions/deployment' } };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Deployments of agentcore-mcp-proxy',
    description: 'Where proxies run: one entry for each proxy, account and region.',
    type: ['array', 'object'],
    items: entries.items,
    properties: { $schema: { type: 'string' }, deployments: entries },
    required: ['deployments'],
    additionalProperties: false,
    definitions: { deployment: { ...entry, properties: Object.fromEntries(described) } },
  };
}
