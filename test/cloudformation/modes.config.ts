/** A config whose controls need one binding of each kind. */
import { agentcoreJwt, defineControl, defineProxy } from 'agentcore-mcp-proxy';

const needing = defineControl({
  name: 'needing',
  replies: 'ignores',
  perCaller: true,
  bindings: {
    TICKETS: { for: 'a table', kind: 'table' },
    KEYS: { for: 'a keyring', kind: 'keyring' },
    SIGNER: { for: 'an API key', kind: 'secret' },
    LEVEL: 'how strict',
  },
  setup: () => ({ otherwise: 'pass' }),
});

export default defineProxy({ caller: agentcoreJwt(), controls: [needing] });
