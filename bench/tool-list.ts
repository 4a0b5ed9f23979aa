import { TABLE_SCHEMA, TOOL, type Era } from './wire.ts';

interface Tool {
  readonly name: string;
  readonly [member: string]: unknown;
}

/** A `tools/list` result of a medium-sized server: 31 tools with schemas, one page, about 15 KB; or of another size. */
export function toolList(era: Era, count = 31): { readonly tools: readonly Tool[] } {
  const known = Object.values(TOOL);
  const names = [...known, ...Array.from({ length: Math.max(0, count - known.length) }, (_, n) => `warehouse_${n}`)];
  return {
    tools: names
      .slice(0, count)
      .map((name) => (name === TOOL.structured ? { ...tool(name), outputSchema: TABLE_SCHEMA } : tool(name))),
    ...(era === 'modern' ? { resultType: 'complete', ttlMs: 60_000, cacheScope: 'public' } : {}),
  };
}

const texts = new Map<string, readonly [before: string, after: string]>();

/** The text of such a result, split at a number in it that stands for its version. */
export function listText(era: Era, count: number): readonly [before: string, after: string] {
  const key = `${era} ${count}`;
  const known = texts.get(key);
  if (known !== undefined) return known;
  const [before = '', after = ''] = JSON.stringify(toolList(era, count)).split(' (get_order).');
  const made = [`${before}, version `, `.${after}`] as const;
  texts.set(key, made);
  return made;
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
