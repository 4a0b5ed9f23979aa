import { defineProxy } from 'agentcore-mcp-proxy';
import { email, paymentCard, phone, redaction, secrets, validation } from 'agentcore-mcp-proxy/controls';

const all = { fields: [{ path: '**.hidden' }], detectors: [email(), paymentCard(), phone({ countries: ['US'] })] };
export default defineProxy({
  controls: [
    redaction({ upstream: all, client: all }),
    secrets({ onFound: 'redact' }),
    validation({ checkInputSchema: false, results: { stripHiddenUnicode: true } }),
  ],
});
