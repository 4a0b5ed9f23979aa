import { agentcoreJwt, defineProxy } from 'agentcore-mcp-proxy';

/** A proxy that knows its callers by their tokens, without controls. */
export default defineProxy({ caller: agentcoreJwt(), controls: [] });
