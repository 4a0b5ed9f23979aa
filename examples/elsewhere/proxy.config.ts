/** Elsewhere nothing in front verifies tokens: the proxy does. */
import { defineProxy, jwks } from 'agentcore-mcp-proxy';
import { audit } from 'agentcore-mcp-proxy/controls';

export default defineProxy({
  caller: jwks({ issuer: 'https://login.example.com', audience: 'https://mcp.example.com' }),
  controls: [audit()],
});
