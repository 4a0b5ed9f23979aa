import { fromJsonSchema, McpServer, ResourceTemplate } from '@modelcontextprotocol/server';
import { registerArithmetic } from './arithmetic.ts';
import { registerConversation } from './conversation.ts';
import { customers, customerSchema, describeCustomer, findCustomer } from './customers.ts';
import { startEndpoint } from './endpoint.ts';
import type { Listening } from './http.ts';

/**
 * Starts the calculator, the upstream that `npm start` puts behind the proxy: a real MCP server in both eras that uses
 * every feature a proxy has to pass on.
 *
 * @param options where to listen. @default - a free port on 127.0.0.1
 * @returns the URL of its MCP endpoint
 */
export async function startCalculator(options: { port?: number; host?: string } = {}): Promise<Listening> {
  const history = { calculations: 0 };
  return startEndpoint(() => {
    const server = new McpServer(
      { name: 'calculator', title: 'Calculator', version: '1.0.0' },
      {
        instructions: 'Use the arithmetic tools instead of calculating yourself. Customer ids look like C-1001.',
        // A legacy client may only set a log level if this is declared (2025-11-25, Logging).
        capabilities: { logging: {} },
      },
    );
    registerArithmetic(server, history);
    registerConversation(server, history);
    registerCustomers(server);
    registerReading(server);
    return server;
  }, options);
}

const customerInput = fromJsonSchema<{ id: string }>({
  type: 'object',
  properties: { id: { type: 'string', description: `One of ${customers.map((customer) => customer.id).join(', ')}` } },
  required: ['id'],
});
const customerOutput = fromJsonSchema(customerSchema);

function registerCustomers(server: McpServer): void {
  server.registerTool(
    'lookup_customer',
    {
      title: 'Look up a customer',
      description: 'Finds a customer by id and returns everything on file. All of it is made up.',
      inputSchema: customerInput,
      outputSchema: customerOutput,
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ id }) => {
      const customer = findCustomer(id);
      if (!customer)
        return { isError: true, content: [{ type: 'text', text: `no customer ${id}: expected an id such as C-1001` }] };
      return { content: [{ type: 'text', text: describeCustomer(customer) }], structuredContent: { ...customer } };
    },
  );
  server.registerResource(
    'customer',
    new ResourceTemplate('customer://{id}', {
      list: () => ({
        resources: customers.map(({ id }) => ({ uri: `customer://${id}`, name: id, mimeType: 'application/json' })),
      }),
      complete: { id: (typed) => customers.map(({ id }) => id).filter((id) => id.startsWith(typed)) },
    }),
    { title: 'Customer file', description: 'The same made-up customer as a document.', mimeType: 'application/json' },
    (uri, { id }) => {
      // URLs have their host in lower case (WHATWG URL), so compare the id without case.
      const customer = customers.find((one) => one.id.toLowerCase() === String(id).toLowerCase());
      if (!customer) throw new Error(`no customer ${String(id)}: expected an id such as C-1001`);
      return { contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify(customer) }] };
    },
  );
}

const explainArguments = fromJsonSchema<{ calculation: string }>({
  type: 'object',
  properties: { calculation: { type: 'string', description: 'For example: 17 * 23' } },
  required: ['calculation'],
});

function registerReading(server: McpServer): void {
  server.registerResource(
    'constants',
    'calculator://constants',
    { title: 'Constants', description: 'π, e and √2 as this calculator knows them.', mimeType: 'application/json' },
    (uri) => ({
      contents: [
        {
          uri: uri.href,
          mimeType: 'application/json',
          text: JSON.stringify({ pi: Math.PI, e: Math.E, sqrt2: Math.SQRT2 }),
        },
      ],
    }),
  );
  server.registerPrompt(
    'explain_calculation',
    {
      title: 'Explain a calculation',
      description: 'Asks for the steps of a calculation, done with the tools.',
      argsSchema: explainArguments,
    },
    ({ calculation }) => ({
      messages: [
        {
          role: 'user',
          content: { type: 'text', text: `Work out ${calculation} with the calculator's tools and explain each step.` },
        },
      ],
    }),
  );
}
