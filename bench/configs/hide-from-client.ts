import { defineProxy } from 'agentcore-mcp-proxy';
import { email, paymentCard, tokenization } from 'agentcore-mcp-proxy/controls';

export default defineProxy({
  controls: [
    tokenization({ hideFrom: 'client', keyring: 'BENCH_KEYRING', tenant: 'acme', detectors: [email(), paymentCard()] }),
  ],
});
