import { defineProxy } from 'agentcore-mcp-proxy';

/** A proxy without controls: the cost of only the hop. */
export default defineProxy({ controls: [] });
