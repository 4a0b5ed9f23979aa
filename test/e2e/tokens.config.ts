/** A proxy that identifies its caller by the token that the platform has verified. */
import { agentcoreJwt, defineProxy } from 'agentcore-mcp-proxy';
import { audit } from 'agentcore-mcp-proxy/controls';

export default defineProxy({ caller: agentcoreJwt(), controls: [audit()] });
