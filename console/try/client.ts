/** An MCP client of the proxy, as a chosen caller, in whichever era the upstream supports. */
import {
  Client,
  type ElicitRequestParams,
  type ElicitResult,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { WholeLists } from '../../bin/tools/whole-lists.ts';
import { SELF } from '../../proxy/base/self.ts';
import { TICKET, type Ticket } from './chosen-callers.ts';

const CONNECT_MS = 30_000;
const FAREWELL_MS = 2_000;

export type Ask = (question: ElicitRequestParams) => Promise<ElicitResult>;

export async function withClient<T>(
  url: string,
  ticket: Ticket,
  ask: Ask | undefined,
  use: (client: Client, lists: WholeLists) => Promise<T>,
): Promise<T> {
  const client = new Client(
    { ...SELF, name: `${SELF.name}-console` },
    {
      versionNegotiation: { mode: 'auto' },
      // Some servers show a tool only to clients that can answer its questions.
      capabilities: { elicitation: { form: {}, url: {} } },
    },
  );
  client.setRequestHandler('elicitation/create', async ({ params }) => (await ask?.(params)) ?? { action: 'decline' });
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { [TICKET]: ticket.header } },
  });
  const lists = new WholeLists(transport);
  try {
    await client.connect(transport, { timeout: CONNECT_MS });
    return await use(client, lists);
  } finally {
    await Promise.race([
      transport.terminateSession().catch(() => {}),
      new Promise((resolve) => setTimeout(resolve, FAREWELL_MS).unref()),
    ]);
    await client.close();
    ticket.end();
  }
}
