import { defineProxy } from 'agentcore-mcp-proxy';
import { audit } from 'agentcore-mcp-proxy/controls';

/** What this proxy does. The upstream comes from the bindings (UPSTREAM_URL or UPSTREAM_ARN, UPSTREAM_AUTH, …). */
export default defineProxy({ controls: [audit()] });
