/**
 * The MCP registry's rules for `server.json` (its schema of 2025-12-11) in our own words, and stricter: a
 * transport and an argument are checked by their type, so that a fault is named, unknown members are refused, since they
 * are misspelt ones, and a version is a published one.
 */

export const REGISTRY_SCHEMA_URL = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json';

const text = { type: 'string' };
const flag = { type: 'boolean' };
const link = { type: 'string', pattern: '^https://[^\\s{}]+$' };
/** Published versions only: no ranges, and no tags. */
const version = { type: 'string', minLength: 1, maxLength: 255, pattern: '^\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?$' };

const record = (required: readonly string[], properties: Readonly<Record<string, unknown>>) => ({
  type: 'object',
  required,
  properties,
  additionalProperties: false,
});

const listOf = (name: string) => ({ type: 'array', items: { $ref: `#/definitions/${name}` } });

const input = {
  description: text,
  isRequired: flag,
  isSecret: flag,
  format: { enum: ['string', 'number', 'boolean', 'filepath'] },
  value: text,
  default: text,
  placeholder: text,
  choices: { type: 'array', items: text, minItems: 1, uniqueItems: true },
};
const inputs = { type: 'object', additionalProperties: { $ref: '#/definitions/input' } };
const withVariables = { ...input, variables: inputs };

const byType = (kinds: Readonly<Record<string, unknown>>) => ({
  type: 'object',
  required: ['type'],
  properties: { type: { enum: Object.keys(kinds) } },
  allOf: Object.entries(kinds).map(([type, then]) => ({
    if: { required: ['type'], properties: { type: { const: type } } },
    // oxlint-disable-next-line unicorn/no-thenable
    then,
  })),
});

/** A URL may hold names in braces, which are replaced. */
const http = (more: Readonly<Record<string, unknown>> = {}) =>
  record(['type', 'url'], {
    type: text,
    url: { type: 'string', pattern: '^https?://([^\\s{}]|\\{[^\\s{}]+\\})+$' },
    headers: listOf('named'),
    ...more,
  });

export const REGISTRY_SCHEMA = {
  $ref: '#/definitions/server',
  definitions: {
    server: record(['$schema', 'name', 'description', 'version'], {
      $schema: { const: REGISTRY_SCHEMA_URL },
      name: { type: 'string', minLength: 3, maxLength: 200, pattern: '^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$' },
      title: { type: 'string', minLength: 1, maxLength: 100 },
      description: { type: 'string', minLength: 1, maxLength: 100 },
      version,
      websiteUrl: link,
      repository: record(['url', 'source'], { url: link, source: text, id: text, subfolder: text }),
      packages: listOf('package'),
      remotes: {
        type: 'array',
        items: byType({ 'streamable-http': http({ variables: inputs }), sse: http({ variables: inputs }) }),
      },
      icons: { type: 'array', items: { type: 'object', required: ['src'], properties: { src: link } } },
      _meta: { type: 'object' },
    }),
    package: record(['registryType', 'identifier', 'transport'], {
      registryType: { enum: ['npm', 'pypi', 'oci', 'nuget', 'mcpb'] },
      registryBaseUrl: link,
      identifier: { type: 'string', minLength: 1 },
      version,
      fileSha256: { type: 'string', pattern: '^[a-f0-9]{64}$' },
      runtimeHint: text,
      runtimeArguments: listOf('argument'),
      packageArguments: listOf('argument'),
      environmentVariables: listOf('named'),
      transport: byType({ stdio: record(['type'], { type: text }), 'streamable-http': http(), sse: http() }),
    }),
    argument: byType({
      named: record(['type', 'name'], { ...withVariables, type: text, name: text, isRepeated: flag }),
      positional: {
        ...record(['type'], { ...withVariables, type: text, valueHint: text, isRepeated: flag }),
        anyOf: [{ required: ['valueHint'] }, { required: ['value'] }],
      },
    }),
    named: record(['name'], { ...withVariables, name: text }),
    input: record([], input),
  },
};
