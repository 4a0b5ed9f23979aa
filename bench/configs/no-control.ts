import { defineProxy } from 'agentcore-mcp-proxy';

/** The proxy with nothing to do: what a hop through it costs before any control is added. */
export default defineProxy({ controls: [] });
