/** One proxy before three servers: a calculator, the reference server of MCP, and one behind OAuth. */
import { defineProxy } from 'agentcore-mcp-proxy';
import { audit } from 'agentcore-mcp-proxy/controls';

export default defineProxy({
  upstreams: { math: { prefix: true }, everything: { prefix: true }, orders: { prefix: true } },
  controls: [audit()],
});
