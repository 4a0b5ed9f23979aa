import { TABLE_SCHEMA, TOOL, type Era } from './wire.ts';

interface Tool {
  readonly name: string;
  readonly [member: string]: unknown;
}

/** A `tools/list` result of a medium-sized server: thirty tools with schemas, one page, about 15 KB. */
export function toolList(era: Era): { readonly tools: readonly Tool[] } {
  const names = [...Object.values(TOOL), ...Array.from({ length: 22 }, (_, n) => `warehouse_${n}`)];
  return {
    tools: names.map((name) => (name === TOOL.structured ? { ...tool(name), outputSchema: TABLE_SCHEMA } : tool(name))),
    ...(era === 'modern' ? { resultType: 'complete', ttlMs: 60_000, cacheScope: 'public' } : {}),
  };
}

function tool(name: string): Tool {
  return {
    name,
    title: name.replaceAll('_', ' '),
    description: `Looks into the orders of one customer (${name}). Give the customer's id; narrow it down by status. Newest first.`,
    inputSchema: {
      type: 'object',
      properties: {
        customer: { type: 'string', description: 'The customer id, as in c-20817' },
        status: { type: 'string', enum: ['open', 'shipped', 'returned'] },
        limit: { type: 'integer', minimum: 1, maximum: 100 },
      },
      required: ['customer'],
    },
    annotations: { readOnlyHint: true, openWorldHint: false },
  };
}
