import { defineProxy } from 'agentcore-mcp-proxy';
import { audit } from 'agentcore-mcp-proxy/controls';
import { limits, upstreams } from './limits.ts';

/** As shipped: replies pass byte for byte. */
export default defineProxy({ limits, upstreams, controls: [audit()] });
