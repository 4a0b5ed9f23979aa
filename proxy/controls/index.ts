/** The controls that come with the proxy: `agentcore-mcp-proxy/controls`. */
export { audit } from './audit.ts';
