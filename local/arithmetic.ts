import { type CallToolResult, fromJsonSchema, type McpServer } from '@modelcontextprotocol/server';

const operands = fromJsonSchema<{ a: number; b: number }>({
  type: 'object',
  properties: {
    a: { type: 'number', description: 'The left operand' },
    b: { type: 'number', description: 'The right operand' },
  },
  required: ['a', 'b'],
});
const outcome = fromJsonSchema<{ result: number }>({
  type: 'object',
  properties: { result: { type: 'number' } },
  required: ['result'],
});

const operations = [
  { name: 'add', title: 'Add', description: 'Adds two numbers: a + b.', of: (a: number, b: number) => a + b },
  {
    name: 'subtract',
    title: 'Subtract',
    description: 'Subtracts the second number from the first: a − b.',
    of: (a: number, b: number) => a - b,
  },
  {
    name: 'multiply',
    title: 'Multiply',
    description: 'Multiplies two numbers: a × b.',
    of: (a: number, b: number) => a * b,
  },
  {
    name: 'divide',
    title: 'Divide',
    description: 'Divides the first number by the second: a ÷ b. Fails when b is 0.',
    of: (a: number, b: number) => (b === 0 ? undefined : a / b),
  },
] as const;

/** add, subtract, multiply, divide: with output schema, annotations, and the result as text and structured content. */
export function registerArithmetic(server: McpServer, history: { calculations: number }): void {
  for (const { name, title, description, of } of operations) {
    server.registerTool(
      name,
      {
        title,
        description,
        inputSchema: operands,
        outputSchema: outcome,
        annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
      },
      ({ a, b }): CallToolResult => {
        const result = of(a, b);
        if (result === undefined) return failed('cannot divide by 0: expected b to be any other number');
        // JSON has no Infinity, and `null` would not match the schema.
        if (!Number.isFinite(result))
          return failed('the result is too large: expected |result| below 1.8e308, try smaller operands');
        history.calculations += 1;
        return { content: [{ type: 'text', text: String(result) }], structuredContent: { result } };
      },
    );
  }
}

function failed(text: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text }] };
}
