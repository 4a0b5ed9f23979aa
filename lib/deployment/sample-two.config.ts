import { defineProxy } from 'agentcore-mcp-proxy';
import { audit } from 'agentcore-mcp-proxy/controls';

/** The sample's proxy before two gateways (`-c sample=two`): a tool is `one___calculator___add`. */
export default defineProxy({ upstreams: { one: { prefix: true }, two: { prefix: true } }, controls: [audit()] });
