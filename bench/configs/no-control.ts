import { defineProxy } from 'agentcore-mcp-proxy';

/** A proxy without controls: the cost of the hop alone. */
export default defineProxy({ controls: [] });
