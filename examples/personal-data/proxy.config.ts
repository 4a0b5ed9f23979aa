/** The model works with tokens in place of addresses and never reads a card; the mail server gets the real address. */
import { defineProxy } from 'agentcore-mcp-proxy';
import { audit, email, paymentCard, redaction, tokenization } from 'agentcore-mcp-proxy/controls';

export default defineProxy({
  controls: [
    audit(),
    redaction({ client: { detectors: [paymentCard()] } }),
    tokenization({
      hideFrom: 'client',
      tenant: 'acme',
      detectors: [email()],
      fields: [{ tool: 'find_customer', path: 'name', type: 'name' }],
      restore: [{ tool: 'send_mail', path: 'to', type: 'email' }],
    }),
  ],
});
