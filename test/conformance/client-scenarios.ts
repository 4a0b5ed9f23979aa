import {
  Client,
  type ClientOptions,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';

/** What the suite passes to a client besides the URL (its README, Client Testing). */
export interface Situation {
  url: string;
  modern: boolean;
  context: Record<string, unknown>;
  authProvider?: OAuthClientProvider;
}

type Capabilities = NonNullable<ClientOptions['capabilities']>;

/**
 * The client scenarios that are run, and what a client has to do in each. Most authorization scenarios are left out:
 * see docs/conformance.md.
 */
export const clientScenarios: Record<string, (situation: Situation) => Promise<void>> = {
  initialize: listTools,
  'json-schema-ref-no-deref': listTools,
  'auth/client-credentials-basic': listTools,

  tools_call: (situation) =>
    connected(situation, {}, async (client) => {
      await client.listTools();
      await client.callTool({ name: 'add_numbers', arguments: { a: 5, b: 3 } });
    }),

  'sse-retry': (situation) =>
    connected(situation, {}, async (client) => {
      await client.listTools();
      await client.callTool({ name: 'test_reconnection', arguments: {} });
    }),

  // The person accepts without entering anything, so the server gets the defaults.
  'elicitation-sep1034-client-defaults': (situation) =>
    connected(situation, { elicitation: { form: { applyDefaults: true } } }, async (client) => {
      client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: {} }));
      await client.listTools();
      await client.callTool({ name: 'test_client_elicitation_defaults', arguments: {} });
    }),

  'json-schema-2020-12-preservation': (situation) =>
    connected(situation, {}, async (client) => {
      const { tools } = await client.listTools();
      const schema = tools.find(({ name }) => name === 'json_schema_2020_12_tool')?.inputSchema;
      await client.callTool({ name: 'json_schema_echo', arguments: { schema } });
    }),

  // Connecting is enough: the server refuses the first version and watches the client's reaction.
  'request-metadata': (situation) =>
    connected(situation, { roots: { listChanged: true }, sampling: {}, elicitation: {} }, async () => {}),

  'sep-2322-client-request-state': (situation) =>
    connected(situation, { elicitation: { form: {} } }, async (client) => {
      client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { confirmed: true } }));
      await client.listTools();
      await client.callTool({ name: 'test_mrtr_echo_state', arguments: {} });
      await client.callTool({ name: 'test_mrtr_unrelated', arguments: {} });
      await client.callTool({ name: 'test_mrtr_no_state', arguments: {} });
      // The server leaves out `resultType` on purpose. This SDK calls such a result invalid and does not retry, which
      // is what is checked.
      await client.callTool({ name: 'test_mrtr_no_result_type', arguments: {} }).catch(() => {});
    }),

  'http-standard-headers': (situation) =>
    connected(situation, {}, async (client) => {
      const { tools } = await client.listTools();
      for (const { name } of tools) await client.callTool({ name, arguments: {} });
      const { resources } = await client.listResources();
      for (const { uri } of resources) await client.readResource({ uri });
      const { prompts } = await client.listPrompts();
      for (const { name } of prompts) await client.getPrompt({ name, arguments: {} });
    }),

  // The list comes first: from it the client learns which arguments to repeat in a header.
  'http-custom-headers': (situation) =>
    connected(situation, {}, async (client) => {
      await client.listTools();
      for (const call of toolCalls(situation.context)) await client.callTool(call);
    }),

  // The client must drop the tools with an invalid annotation; it calls every one that is left.
  'http-invalid-tool-headers': (situation) =>
    connected(situation, {}, async (client) => {
      const { tools } = await client.listTools();
      for (const { name } of tools) await client.callTool({ name, arguments: { region: 'us-west1' } });
    }),
};

function listTools(situation: Situation): Promise<void> {
  return connected(situation, {}, async (client) => {
    await client.listTools();
  });
}

async function connected(
  { url, modern, authProvider }: Situation,
  capabilities: Capabilities,
  act: (client: Client) => Promise<void>,
): Promise<void> {
  const client = new Client(
    { name: 'conformance-client', version: '1.0.0' },
    { capabilities, versionNegotiation: { mode: modern ? 'auto' : 'legacy' } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL(url), authProvider && { authProvider }));
  try {
    await act(client);
  } finally {
    await client.close();
  }
}

function toolCalls({
  toolCalls: calls,
}: Record<string, unknown>): { name: string; arguments: Record<string, unknown> }[] {
  if (!Array.isArray(calls))
    throw new Error(`expected "toolCalls" in the scenario's context, got ${JSON.stringify(calls)}`);
  return calls.map((call: { name: unknown; arguments: object }) => ({
    name: String(call.name),
    arguments: { ...call.arguments },
  }));
}
