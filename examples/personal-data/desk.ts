/** A server with customers and a mailbox: two tools, one returns personal data, the other needs it. */
import { fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import { startEndpoint } from '../../local/endpoint.ts';
import type { Listening } from '../../local/http.ts';

export const CUSTOMER = { name: 'Mara Inventado', email: 'mara.inventado@example.com', card: '4111 1111 1111 1111' };

export interface Desk extends Listening {
  /** What was sent, and to whom. */
  readonly mails: readonly Mail[];
}

interface Mail {
  readonly to: string;
  readonly text: string;
}

const TEXT = { type: 'string' };

export async function startDesk(): Promise<Desk> {
  const mails: Mail[] = [];
  const endpoint = await startEndpoint(() => {
    const server = new McpServer({ name: 'desk', version: '1.0.0' });
    server.registerTool(
      'find_customer',
      {
        description: 'Finds a customer by id',
        inputSchema: fromJsonSchema<{ id: string }>({ type: 'object', properties: { id: TEXT }, required: ['id'] }),
        outputSchema: fromJsonSchema({ type: 'object', properties: { name: TEXT, email: TEXT, card: TEXT } }),
      },
      () => ({
        content: [{ type: 'text', text: `${CUSTOMER.name}, ${CUSTOMER.email}, pays with ${CUSTOMER.card}` }],
        structuredContent: { ...CUSTOMER },
      }),
    );
    const mail = { type: 'object', properties: { to: TEXT, text: TEXT }, required: ['to', 'text'] };
    server.registerTool(
      'send_mail',
      { description: 'Sends a mail', inputSchema: fromJsonSchema<Mail>(mail) },
      (sent) => {
        mails.push(sent);
        return { content: [{ type: 'text', text: `sent to ${sent.to}` }] };
      },
    );
    return server;
  });
  return { ...endpoint, mails };
}
