import { defineProxy } from 'agentcore-mcp-proxy';
import { email, paymentCard, redaction } from 'agentcore-mcp-proxy/controls';

export default defineProxy({ controls: [redaction({ client: { detectors: [email(), paymentCard()] } })] });
